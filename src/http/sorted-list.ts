/** A list that stays sorted while items are added and removed. */
import { lowerBoundWithComparator } from '../base/bisect.ts'

/** From so many new items on, sorting all is cheaper than inserting each. */
const MANY = 100

/** Items in a total order: no two compare equal, and an item to remove compares equal to the one that was added. */
export class SortedList<Item> {
  readonly #compare: (a: Item, b: Item) => number
  readonly #items: Item[]
  /** Items added since the list was last read, unsorted. */
  #late: Item[] = []

  constructor(compare: (a: Item, b: Item) => number, items: Iterable<Item> = []) {
    this.#compare = compare
    this.#items = Array.from(items).sort(compare)
  }

  /** All items, in order. Not to be changed. O(1), plus inserting the items added since the last call. */
  get items(): readonly Item[] {
    const late = this.#late
    if (late.length > 0) this.#late = []
    if (late.length < MANY) for (const item of late) this.#items.splice(this.#placeOf(item), 0, item)
    else {
      for (const item of late) this.#items.push(item)
      this.#items.sort(this.#compare)
    }
    return this.#items
  }

  /** O(1). */
  add(item: Item): void {
    this.#late.push(item)
  }

  /** O(log items), and moving those behind it. */
  remove(item: Item): void {
    if (this.items.length > 0) this.#items.splice(this.#placeOf(item), 1)
  }

  /** Where an item is or belongs. */
  #placeOf(item: Item): number {
    return lowerBoundWithComparator(this.#compare, this.#items, item)
  }
}
