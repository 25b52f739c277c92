/** The keys that move among rows. */
const MOVES: Readonly<Record<string, (index: number, count: number, page: number) => number>> = {
  ArrowDown: (index) => index + 1,
  ArrowUp: (index) => index - 1,
  PageDown: (index, _, page) => index + page,
  PageUp: (index, _, page) => index - page,
  Home: () => 0,
  End: (_, count) => count - 1,
}

/** The row that a key leads to, of `count`; `page` rows are seen at once. Undefined for other keys. */
export function moved(key: string, index: number, count: number, page: number): number | undefined {
  if (!Object.hasOwn(MOVES, key) || count === 0) return undefined
  return Math.min(count - 1, Math.max(0, MOVES[key]!(index, count, page)))
}
