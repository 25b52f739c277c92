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
