/** The bars of what is shown, over the span of all conversations, so that nothing moves while a person types. */
import type { HistogramUnit } from 'conversation-store'
import { useMemo, useRef } from 'react'
import type { Answer, Ask } from '../answers/contract.ts'
import { useAnswers } from '../answers/use-answers.ts'
import { withoutRange } from '../asking/changes/index.ts'
import { NOTHING, queryOfRows } from '../asking/query.ts'
import { useExplorer } from '../asking/use-explorer.ts'
import { type Bars, barsOf } from './bars.ts'
import { isTooShort, type Span, UNITS, unitFor } from './time.ts'
import { FIELD } from './use-range.ts'

export interface ShownBars {
  readonly bars: Bars
  readonly unit: HistogramUnit
  /** The units that cut the span into too many stretches to be counted. */
  readonly tooShort: (unit: HistogramUnit) => boolean
  readonly isOld: boolean
  /** Why there are no bars. */
  readonly error: Error | null
}

const NO_BARS: Bars = { edges: [], counts: [] }

/** Undefined until the first answer is there. */
export function useBars(timeZone: string): ShownBars | undefined {
  const { asked, view } = useExplorer()
  const { includeDeleted } = asked
  const all = useMemo(() => queryOfRows({ ...NOTHING, includeDeleted }), [includeDeleted])
  const shown = useMemo(() => queryOfRows(withoutRange(asked, FIELD)), [asked])

  // The library refuses more stretches than it counts, by name. Then the range that is asked bounds the time.
  const spans = useAnswers([{ id: 'span', query: all, histogram: { every: 'month', timeZone } }])
  const months = spans.get('span')
  const isEndless = months?.error != null
  const span = spanOfAll(months)
  const tooShort = (unit: HistogramUnit) => span !== null && isTooShort(unit, span)
  const chosen = view.every !== null && !tooShort(view.every) ? view.every : null
  const unit = chosen ?? (isEndless ? 'month' : unitFor(span ?? { from: 0, to: 0 }))

  const histogram = { every: unit, timeZone }
  const asks: readonly Ask[] =
    months === undefined
      ? []
      : isEndless
        ? [{ id: 'shown', query: queryOfRows(asked), histogram }]
        : [
            { id: 'all', query: all, histogram },
            { id: 'shown', query: shown, histogram },
          ]
  const answers = useAnswers(asks)
  const [every, found] = [answers.get('all'), answers.get('shown')]
  // Stretches of one unit among those of another would be drawn between them: each answer waits for the other.
  const units = [every, found].flatMap((answer) => (answer && unitOf(answer)) ?? [])
  const isMixed = units.length === 2 && units[0] !== units[1]
  const kept = useRef(NO_BARS)
  const bars = useMemo(() => {
    if (found !== undefined && !isMixed) kept.current = barsOf(every?.histogram ?? [], found.histogram)
    return kept.current
  }, [every, found, isMixed])
  if (found === undefined || (every === undefined && !isEndless)) return undefined
  return { bars, unit, tooShort, isOld: found.isOld, error: found.error ?? every?.error ?? null }
}

function spanOfAll(months: Answer | undefined): Span | null {
  const [first, last] = [months?.histogram[0], months?.histogram.at(-1)]
  return first === undefined || last === undefined ? null : { from: Date.parse(first.from), to: Date.parse(last.to) }
}

/** The unit of an answer, as far as its first stretch tells: clocks make days and months longer and shorter. */
function unitOf({ histogram: [first] }: Answer): HistogramUnit | undefined {
  const length = first === undefined ? 0 : Date.parse(first.to) - Date.parse(first.from)
  return UNITS.findLast(({ ms }) => length >= 0.9 * ms)?.unit
}
