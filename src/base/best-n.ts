/** The first `most` of some items in an order. Of many, those that cannot be among them are dropped as they come. O(items + most × log most). */
export function bestN<Item>(items: Iterable<Item>, most: number, compare: (a: Item, b: Item) => number): Item[] {
  if (most < 1) return []
  const kept: Item[] = []
  let isFull = false
  for (const item of items) {
    if (isFull && compare(item, kept[most - 1]!) >= 0) continue
    kept.push(item)
    if (kept.length < 2 * most + 64) continue
    kept.sort(compare).length = most
    isFull = true
  }
  return kept.sort(compare).slice(0, most)
}

/** So many bad rows, and so many warnings, are listed in a result; all are counted. */
export const MOST_LISTED = 100

/** The first 100, by index, of things that come one by one, and how many came. It holds a few hundred at most. */
export class Listed<Item extends { readonly index: number }> {
  count = 0
  #kept: Item[] = []

  add(item: Item): void {
    this.count++
    this.#kept.push(item)
    if (this.#kept.length >= 4 * MOST_LISTED) this.#kept = this.items()
  }

  /** The first of them, in their order. */
  items(): Item[] {
    return bestN(this.#kept, MOST_LISTED, (a, b) => a.index - b.index)
  }
}
