/** The same by keys alone: arrows move over the bars, Shift and arrows choose, Enter asks, Escape takes it back. */
import { type KeyboardEvent, useRef } from 'react'
import { type Bars, barAt, moved, spanOf } from './bars.ts'
import type { RangeState } from './use-range.ts'

interface Options {
  readonly bars: Bars
  readonly range: RangeState
  readonly cursor: number
  setCursor(at: number): void
  /** Ends what a pointer drags. */
  cancel(): void
}

/** How far PageUp and PageDown go where there is no range to move. */
const PAGE = 10

export function useKeys({ bars, range, cursor, setCursor, cancel }: Options) {
  // Where choosing began.
  const anchor = useRef<number | null>(null)
  const last = bars.counts.length - 1

  const goTo = (at: number, isChoosing: boolean) => {
    const to = Math.min(Math.max(at, 0), last)
    if (isChoosing) {
      anchor.current ??= anchorOf(bars, range, cursor)
      range.choose(spanOf(bars, anchor.current, to))
    } else anchor.current = null
    setCursor(to)
  }
  const turn = (by: 1 | -1, isChoosing: boolean) => {
    if (range.shown === null || isChoosing) return goTo(cursor + by * PAGE, isChoosing)
    // A range moves by its own length: the week before, the week after.
    const { from, to } = range.shown
    const length = barAt(bars, to - 1) - barAt(bars, from) + 1
    const next = moved(bars, range.shown, by * length)
    range.choose(next)
    setCursor(barAt(bars, next.to - 1))
  }
  const enter = () => {
    anchor.current = null
    range.apply(range.isPending ? range.shown : spanOf(bars, cursor, cursor))
  }
  /** Whether there was anything to take back. */
  const takeBack = () => {
    anchor.current = null
    cancel()
    if (range.isPending) range.choose(null)
    else if (range.asked !== null) range.apply(null)
    else return false
    return true
  }

  const acts = new Map<string, (isChoosing: boolean) => unknown>([
    ['ArrowLeft', (isChoosing) => goTo(cursor - 1, isChoosing)],
    ['ArrowRight', (isChoosing) => goTo(cursor + 1, isChoosing)],
    ['Home', (isChoosing) => goTo(0, isChoosing)],
    ['End', (isChoosing) => goTo(last, isChoosing)],
    ['PageUp', (isChoosing) => turn(-1, isChoosing)],
    ['PageDown', (isChoosing) => turn(1, isChoosing)],
    ['Enter', enter],
    [' ', enter],
    ['Escape', takeBack],
  ])
  return (event: KeyboardEvent) => {
    const act = acts.get(event.key)
    if (act === undefined || event.altKey || event.ctrlKey || event.metaKey) return
    // With nothing to take back, Escape is for the page.
    if (act(event.shiftKey) === false) return
    event.preventDefault()
    event.stopPropagation()
  }
}

/** Choosing begins at the far end of a range that the cursor is at the end of, else at the cursor. */
function anchorOf(bars: Bars, { shown }: RangeState, cursor: number): number {
  if (shown === null) return cursor
  const [first, end] = [barAt(bars, shown.from), barAt(bars, shown.to - 1)]
  return cursor === end ? first : cursor === first ? end : cursor
}
