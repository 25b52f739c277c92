/** What the open facets ask: as few questions as say it, all sent together. */
import type { AggregateNumber, Condition, FacetRequest } from 'conversation-store'
import type { Ask } from '../answers/contract.ts'
import {
  addCondition,
  keysOf,
  stateOf,
  ticksIn,
  toggleValue,
  withoutField,
  withoutRange,
} from '../asking/changes/index.ts'
import type { Asked } from '../asking/contract.ts'
import { NOTHING, queryOfRows } from '../asking/query.ts'
import type { Facet } from './fields.ts'
import { withoutExcluded } from './ranges.ts'

/** A facet that is open, and how much of it is shown. */
export interface OpenFacet {
  readonly facet: Facet
  /** Only values that contain this. */
  readonly find: string
  /** At most so many values. */
  readonly limit: number
  /** Bins, where numbers are not listed one by one. */
  readonly edges?: readonly number[] | undefined
}

/** The question that all facets share whose own conditions the library leaves out. Its count is that of the list. */
export const SHARED = 'shared'

/** Fields of few values, which come all: what is ticked in them need not be asked for. */
const ALWAYS_LISTED: ReadonlySet<string> = new Set([
  ...['feedback_sentiment', 'feedback_source', 'has_feedback', 'has_messages', 'has_action'],
  ...['is_marked', 'is_used', 'message_sender', 'action_failed', 'failed_action'],
])

/**
 * One question for all facets with nothing ticked in them, or plain values: the library counts each as if its own
 * conditions were not there. What it does not leave out (`not`, `or`, conditions on another field that say the same) is
 * left out here, in a question of the facet's own. Rows without a number are counted beside bins.
 */
export function asksOf(asked: Asked, open: readonly OpenFacet[]): readonly Ask[] {
  const shared: Record<string, unknown> = {}
  const own: Ask[] = []
  for (const each of open) {
    const { field } = each.facet
    const free = withoutOwn(asked, each.facet)
    if (isLeftOut(asked, free, field)) shared[field] = listingOf(each)
    else own.push({ id: field, query: queryOfRows(withTicks(free, asked, each.facet)), facets: requestOf(each) })
    if (each.edges !== undefined) own.push(...withoutNumber(free, each.facet))
  }
  return [{ id: SHARED, query: queryOfRows(asked), facets: shared as FacetRequest }, ...own]
}

/** What edges of bins are made of: the numbers of a field among all conversations, whatever is asked. */
export function scaleAsk({ field }: Facet, { includeDeleted }: Asked): Ask {
  const of = field as AggregateNumber
  const request = { min: ['min', of], max: ['max', of], p99: ['p99', of], distinct: ['distinct', of] } as const
  return { id: scaleId(field), query: queryOfRows({ ...NOTHING, includeDeleted }), aggregate: [request] }
}

/** The name of the question for the scale of a field. */
export const scaleId = (field: string) => `${field} scale`

/** The names of the questions for rows without a number: of those with a stored null or no number, and with nothing there. */
export const nullId = (field: string) => `${field} null`
export const missingId = (field: string) => `${field} missing`

/** What is asked without all that a facet's own values say. */
export function withoutOwn(asked: Asked, { field, isOfNumbers }: Facet): Asked {
  const free = withoutField(field === 'failed_action' ? withoutFailed(asked) : asked, field)
  return isOfNumbers ? withoutExcluded(withoutRange(free, field), field) : free
}

/** That no action failed is a condition of its own: see `NONE_FAILED`. */
function withoutFailed(asked: Asked): Asked {
  const state = stateOf(asked, 'action_failed', true)
  return state === 'none' ? asked : toggleValue(asked, 'action_failed', true, { isNegated: state === 'negated' })
}

/** Whether the library leaves out just the parts that `free` lacks: conditions on the field itself that must all hold. */
function isLeftOut(asked: Asked, free: Asked, field: string): boolean {
  const kept = new Set(free.parts)
  const path = JSON.stringify(keysOf(field))
  return asked.parts.every((part) => {
    if (kept.has(part)) return true
    if (!('condition' in part) || part.isNegated) return false
    const { condition } = part
    return path === undefined
      ? condition.field === field
      : condition.field === 'metadata' && JSON.stringify(condition.path) === path
  })
}

/** Asks for each ticked value by a condition of its own, which the library lists for it and leaves out of the counts. */
function withTicks(free: Asked, asked: Asked, { field }: Facet): Asked {
  if (ALWAYS_LISTED.has(field)) return free
  const path = keysOf(field)
  const on = path === undefined ? { field } : { field: 'metadata', path }
  return ticksIn(asked, field).reduce((all, { value, isMissing, isItem }) => {
    const compared = isMissing
      ? { lookup: 'exists', value: false }
      : value === null && path === undefined
        ? { lookup: 'isnull', value: true }
        : { lookup: isItem ? 'contains' : 'exact', value }
    return addCondition(all, { ...on, ...compared } as Condition)
  }, free)
}

function listingOf({ find, limit, edges }: OpenFacet) {
  if (edges !== undefined) return { ranges: edges }
  return { limit: limit + 1, ...(find !== '' && { match: find }) }
}

function requestOf(open: OpenFacet): FacetRequest {
  return { [open.facet.field]: listingOf(open) } as FacetRequest
}

/** Rows that no bin counts: those without a duration, with a null at the path, with nothing there. */
function withoutNumber(free: Asked, { field }: Facet): readonly Ask[] {
  const isPath = keysOf(field) !== undefined
  if (!isPath && field !== 'duration') return []
  const without = (isMissing: boolean) => queryOfRows(toggleValue(free, field, null, { isMissing }))
  return [
    { id: nullId(field), query: without(false) },
    ...(isPath ? [{ id: missingId(field), query: without(true) }] : []),
  ]
}
