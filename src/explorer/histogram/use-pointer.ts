/** Dragging a range with mouse, pen or finger: a new one, one of its ends, or all of it. */
import { type PointerEvent, useRef } from 'react'
import { type Bars, barAt, moved, resized, spanOf } from './bars.ts'
import type { Span } from './time.ts'
import type { RangeState } from './use-range.ts'

/** So near to an end, in CSS pixels, it is the end that is taken: a finger is wider than a mouse. */
const NEAR = { mouse: 5, pen: 8, touch: 14 } as const
/** A pointer that moved less than this was pressed, not dragged. */
const PRESS = 3

interface Drag {
  readonly kind: 'new' | 'from' | 'to' | 'move'
  readonly x: number
  readonly at: number
  readonly span: Span | null
  isDragged: boolean
}

/** What a pointer at a place would take hold of. */
export type Hold = Drag['kind']

interface Options {
  readonly bars: Bars
  readonly range: RangeState
  /** Hears the bar under the pointer, and what it would take hold of; null when it leaves. */
  onHover(at: number | null, hold: Hold): void
}

export function usePointer({ bars, range, onHover }: Options) {
  const drag = useRef<Drag | null>(null)

  const placeOf = (event: PointerEvent<HTMLElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect()
    const [first, last] = [bars.edges[0]!, bars.edges.at(-1)!]
    const xOf = (ms: number) => ((ms - first) / (last - first)) * width
    const x = event.clientX - left
    return { x, ms: first + (Math.min(Math.max(x, 0), width - 0.01) / width) * (last - first), xOf }
  }
  const holdOf = (event: PointerEvent<HTMLElement>): Hold => {
    const { asked } = range
    if (asked === null) return 'new'
    const { x, xOf } = placeOf(event)
    const near = NEAR[event.pointerType as keyof typeof NEAR] ?? NEAR.mouse
    const [toFrom, toTo] = [Math.abs(x - xOf(asked.from)), Math.abs(x - xOf(asked.to))]
    if (Math.min(toFrom, toTo) <= near) return toFrom < toTo ? 'from' : 'to'
    return x > xOf(asked.from) && x < xOf(asked.to) ? 'move' : 'new'
  }
  const spanAt = ({ kind, at, span }: Drag, ms: number): Span => {
    const now = barAt(bars, ms)
    if (kind === 'new' || span === null) return spanOf(bars, at, now)
    return kind === 'move' ? moved(bars, span, now - at) : resized(bars, span, kind, ms)
  }

  return {
    onPointerDown(event: PointerEvent<HTMLElement>) {
      if (event.button !== 0) return
      const { x, ms } = placeOf(event)
      drag.current = { kind: holdOf(event), x, at: barAt(bars, ms), span: range.asked, isDragged: false }
      event.currentTarget.setPointerCapture(event.pointerId)
    },
    onPointerMove(event: PointerEvent<HTMLElement>) {
      const { x, ms } = placeOf(event)
      const { current } = drag
      onHover(barAt(bars, ms), current?.kind ?? holdOf(event))
      if (current === null) return
      current.isDragged ||= Math.abs(x - current.x) >= PRESS
      if (current.isDragged) range.choose(spanAt(current, ms))
    },
    onPointerUp(event: PointerEvent<HTMLElement>) {
      const { current } = drag
      if (current === null) return
      drag.current = null
      const { ms } = placeOf(event)
      // Pressed on a bar: that bar.
      range.apply(current.isDragged ? spanAt(current, ms) : spanOf(bars, current.at, current.at))
    },
    onPointerCancel() {
      drag.current = null
      range.choose(null)
    },
    onPointerLeave() {
      if (drag.current === null) onHover(null, 'new')
    },
    /** Ends a drag without asking. */
    cancel() {
      drag.current = null
    },
  }
}
