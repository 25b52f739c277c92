/**
 * Where rows stand in a scroller that browsers let grow only so high. Up to that height a place on the page is the place
 * among the rows. Beyond it short moves are exact, and long ones (the scroll bar is dragged) are in proportion.
 */

/** Browsers stop at 17 to 33 million pixels. */
const MOST = 10_000_000

/** Where the scroller is: `scrollTop` of the element, and the place among the rows, both in pixels. */
export interface Place {
  readonly top: number
  readonly offset: number
}

/** All heights in pixels. */
export interface Extent {
  /** Of all rows. */
  readonly rows: number
  /** Of what is seen. */
  readonly view: number
}

/** The height that the element is given. */
export function heightOf({ rows }: Extent): number {
  return Math.min(rows, MOST)
}

/** The place for rows that begin at `offset`: in proportion. */
export function placeAt(offset: number, extent: Extent): Place {
  const { rows, view } = extent
  const [most, mostTop] = [Math.max(0, rows - view), Math.max(0, heightOf(extent) - view)]
  const within = Math.min(Math.max(0, offset), most)
  return { offset: within, top: most === 0 ? 0 : within * (mostTop / most) }
}

/** The place after the element was scrolled to `top`. */
export function scrolled({ top: before, offset }: Place, top: number, extent: Extent): Place {
  const { rows, view } = extent
  const [most, mostTop] = [Math.max(0, rows - view), Math.max(0, heightOf(extent) - view)]
  if (most === mostTop) return { top, offset: Math.min(Math.max(0, top), most) }
  const isEnd = top <= 0 || top >= mostTop
  if (isEnd || Math.abs(top - before) > 2 * view) return { top, offset: Math.min(1, Math.max(0, top / mostTop)) * most }
  return { top, offset: Math.min(most, Math.max(0, offset + top - before)) }
}

/** The rows of this height that are seen from `offset`: the first, and the one after the last. */
export function rowsAt(
  offset: number,
  view: number,
  height: number,
  count: number,
): readonly [from: number, to: number] {
  const from = Math.min(Math.max(0, Math.floor(offset / height)), Math.max(0, count - 1))
  return [from, Math.min(count, Math.ceil((offset + view) / height))]
}

/** The offset from which a row is seen whole: the same where it is already. */
export function revealing(index: number, offset: number, view: number, height: number): number {
  const [start, end] = [index * height, (index + 1) * height]
  if (start < offset) return start
  return end > offset + view ? end - view : offset
}
