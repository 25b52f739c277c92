/** The rows of a facet as they are shown: what was counted, and what is ticked. */
import type { FacetRange, FacetValue, Scalar } from 'conversation-store'
import type { Answer } from '../answers/contract.ts'
import { rangeOf, stateOf, type Tick, type TickState, ticksIn } from '../asking/changes/index.ts'
import type { Asked } from '../asking/contract.ts'
import { missingId, nullId, type OpenFacet, SHARED } from './asks.ts'
import { overlap, type Range } from './bins.ts'
import type { Facet } from './fields.ts'
import { type Label, labelOf, rangeText } from './label.ts'
import { isExcluded } from './ranges.ts'

/** One row. */
export interface Shown {
  /** Names the row among those of its facet. */
  readonly key: string
  readonly label: Label
  readonly count: number
  /** `part`: a bin that the range covers in part. */
  readonly state: TickState | 'part'
  /** What ticking it is about: a value, or a range of numbers. */
  readonly of: { readonly value: Scalar; readonly isMissing: boolean } | Range
}

/** The rows of a facet, and whether there are more values than are listed. */
export interface ShownFacet {
  readonly rows: readonly Shown[]
  readonly hasMore: boolean
  /** Whether the counts are those of the question before. */
  readonly isOld: boolean
  readonly error: Error | null
}

type Answers = ReadonlyMap<string, Answer>
const NOTHING_COUNTED: Counted = new Map()

/** What was counted in each field last. */
export type Counted = ReadonlyMap<string, readonly (FacetValue | FacetRange)[]>

/** What was counted last, with all answers that there are now. */
export function countedLast(before: Counted, answers: Answers): Counted {
  const entries = [...answers.values()].flatMap(({ facets }) => Object.entries(facets))
  return new Map([...before, ...entries.flatMap(([field, counted]) => (counted ? [[field, counted] as const] : []))])
}

/**
 * Undefined until the first answer is there. A facet that another question is asked for from now on shows what was counted
 * `last` until that one is answered.
 */
export function shownFacet(
  asked: Asked,
  open: OpenFacet,
  answers: Answers,
  last: Counted = NOTHING_COUNTED,
): ShownFacet | undefined {
  const { field } = open.facet
  const answer = answers.get(field) ?? answers.get(SHARED)
  const error = answer?.error ?? null
  const isKept = answer?.facets[field] === undefined && error === null
  const counted = isKept ? last.get(field) : answer?.facets[field]
  const isOld = isKept || answer?.isOld === true
  if (counted === undefined) return error === null ? undefined : { rows: [], hasMore: false, isOld, error }
  if (open.edges !== undefined) {
    return { rows: bins(asked, open, counted as readonly FacetRange[], answers), hasMore: false, isOld, error }
  }
  return { ...values(asked, open, counted as readonly FacetValue[]), isOld, error }
}

function values(asked: Asked, { facet, limit, find }: OpenFacet, counted: readonly FacetValue[]) {
  // A range is not a value: the answer to the question before may still be one of bins.
  const listed = counted.filter((each) => 'value' in each)
  const rows = listed.map(({ value, count, missing = false }) => valueRow(asked, facet, value, missing, count))
  const known = new Set(rows.map(({ key }) => key))
  // Among the first there is one more than is shown. Those that are ticked come besides.
  const isExtra = rows.length > limit ? rows.findLastIndex(({ state }) => state === 'none') : -1
  const shown = rows.filter((_, i) => i !== isExtra)
  const ticked = ticksOf(asked, facet)
    .map(({ value, isMissing = false }) => valueRow(asked, facet, value, isMissing, 0))
    .filter(({ key }) => !known.has(key))
  const all = withoutLast([...shown, ...new Map(ticked.map((row) => [row.key, row])).values()])
  return { rows: facet.isOfNumbers && find === '' ? byNumber(all) : all, hasMore: isExtra !== -1 }
}

function valueRow(asked: Asked, facet: OpenFacet['facet'], value: Scalar, isMissing: boolean, count: number): Shown {
  return {
    key: JSON.stringify([value, isMissing]),
    label: labelOf(facet, value, isMissing),
    count,
    state: valueState(asked, facet, value, isMissing),
    of: { value, isMissing },
  }
}

/** That no action failed is a condition of its own. */
export const NONE_FAILED = { field: 'action_failed', value: true, isNegated: true } as const

/** The values that are ticked in a facet, that no action failed among them. */
function ticksOf(asked: Asked, { field }: Facet): readonly Tick[] {
  const isNoneTicked = field === 'failed_action' && stateOf(asked, NONE_FAILED.field, NONE_FAILED.value) !== 'none'
  return [...ticksIn(asked, field), ...(isNoneTicked ? [{ value: null }] : [])]
}

/** Whether a value is ticked, and which way. */
export function valueState(
  asked: Asked,
  { field, lists }: Pick<Facet, 'field'> & { readonly lists?: Facet['lists'] | undefined },
  value: Scalar,
  isMissing: boolean,
): TickState {
  if (field === 'failed_action' && value === null) {
    const opposite = stateOf(asked, NONE_FAILED.field, NONE_FAILED.value)
    return opposite === 'none' ? 'none' : opposite === 'negated' ? 'ticked' : 'negated'
  }
  const isInList = lists !== undefined && !isMissing
  const state = stateOf(asked, field, value, { isMissing, isItem: isInList })
  return state === 'none' && lists === 'mixed' ? stateOf(asked, field, value, { isMissing }) : state
}

/** Whether a row is for conversations without a value. */
export function isWithout({ of }: Shown): boolean {
  return 'value' in of && of.value === null
}

/** Conversations without a value come last, however many they are: they say the least. */
function withoutLast(rows: readonly Shown[]): readonly Shown[] {
  return [...rows.filter((row) => !isWithout(row)), ...rows.filter(isWithout)]
}

/** Numbers by size; what is none after them. */
function byNumber(rows: readonly Shown[]): readonly Shown[] {
  const number = ({ of }: Shown) =>
    'value' in of && typeof of.value === 'number' ? of.value : Number.POSITIVE_INFINITY
  return rows.toSorted((a, b) => Math.sign(number(a) - number(b)) || 0)
}

function bins(asked: Asked, { facet }: OpenFacet, counted: readonly FacetRange[], answers: Answers): readonly Shown[] {
  const { field, unit } = facet
  const given = rangeOf(asked, field)
  const range = { from: numberOf(given.from), to: numberOf(given.to) }
  const isRanged = range.from !== null || range.to !== null
  const rows = counted
    .filter((each) => 'from' in each)
    .map(({ from, to, count }): Shown => {
      const of = { from: Number.isFinite(from) ? from : null, to: Number.isFinite(to) ? to : null }
      const part = isRanged ? overlap({ from, to }, range) : 'none'
      const state = isExcluded(asked, field, of)
        ? 'negated'
        : part === 'whole'
          ? 'ticked'
          : part === 'part'
            ? 'part'
            : 'none'
      return { key: `${from} ${to}`, label: { text: rangeText(from, to, unit), kind: 'plain' }, count, state, of }
    })
    // Beyond both ends there may be nothing.
    .filter(
      ({ count, state, of }, i, all) => count > 0 || state !== 'none' || (i > 0 && i < all.length - 1) || !isEnd(of),
    )
  const none = answers.get(nullId(field))?.count ?? 0
  const missing = answers.get(missingId(field))?.count ?? 0
  const without = [valueRow(asked, facet, null, false, none), valueRow(asked, facet, null, true, missing)]
  return [...rows, ...without.filter(({ count, state }) => count > 0 || state !== 'none')]
}

const isEnd = (of: Shown['of']) => 'from' in of && (of.from === null || of.to === null)

function numberOf(end: number | string | null): number | null {
  return typeof end === 'number' ? end : null
}
