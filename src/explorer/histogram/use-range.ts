/** The range of `started_at` that is asked, and the one that is being dragged or chosen by keys. */
import { useState } from 'react'
import { rangeOf, setRange } from '../asking/changes/index.ts'
import { useExplorer } from '../asking/use-explorer.ts'
import type { Span } from './time.ts'

export const FIELD = 'started_at'

export interface RangeState {
  /** What is asked, open ends at those of the bars. Null: no range. */
  readonly asked: Span | null
  /** What is shown: the one that is chosen but not asked yet, else what is asked. */
  readonly shown: Span | null
  readonly isPending: boolean
  /** Chooses without asking. Null: no longer. */
  choose(span: Span | null): void
  /** Asks for a range, or with null for none. */
  apply(span: Span | null): void
}

/** @param ends Where the bars begin and end. */
export function useRange(ends: Span | null): RangeState {
  const { asked, ask } = useExplorer()
  const [pending, setPending] = useState<Span | null>(null)
  const { from, to, isToIn } = rangeOf(asked, FIELD)
  const isAsked = from !== null || to !== null
  const current = isAsked
    ? {
        from: from === null ? (ends?.from ?? Number.NEGATIVE_INFINITY) : msOf(from),
        to: to === null ? (ends?.to ?? Number.POSITIVE_INFINITY) : msOf(to) + Number(isToIn),
      }
    : null
  return {
    asked: current,
    shown: pending ?? current,
    isPending: pending !== null,
    choose: setPending,
    apply(span) {
      setPending(null)
      const [first, end] = span === null ? [null, null] : [isoOf(span.from), isoOf(span.to)]
      ask((before) => setRange(before, FIELD, first, end))
    },
  }
}

function msOf(end: string | number): number {
  return typeof end === 'number' ? end : Date.parse(end)
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z')
}
