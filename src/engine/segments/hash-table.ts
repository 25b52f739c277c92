/**
 * Small numbers found by a key that they stand for: open addressing in one typed array, at most three quarters full.
 *
 *     keyOf     0 -> 'en'   1 -> 'de'   2 -> 'fr'
 *     entries   [ -, 2, -, -, 0, 1, -, - ]           a number stands where its key's hash points, or next to it
 *
 * Keys are not kept here: 6 to 11 bytes a number, where a `Map` of the same keys takes some 50.
 */

/** What can be a key. Equal as `===` has it, but by type: `1` and `"1"` are two. */
export type Key = string | number | boolean | symbol | null

const FREE = -1
const GONE = -2

/** A hash of a stretch of a string, the same as that of the stretch cut out. O(units). */
export function hashUnits(text: string, from: number, to: number): number {
  let hash = to - from
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash ^ (hash >>> 15)
}

const float = new Float64Array(1)
const halves = new Int32Array(float.buffer)

function hashOf(key: Key): number {
  if (typeof key === 'string') return hashUnits(key, 0, key.length)
  // Both zeros have one hash. Values other than numbers are few and may share a place.
  float[0] = Number(typeof key === 'symbol' ? 2 : key) + 0
  const hash = Math.imul(halves[0]! ^ Math.imul(halves[1]!, 0x85ebca6b), 0xc2b2ae35)
  return hash ^ (hash >>> 15)
}

/** Numbers by key. */
export class HashTable {
  readonly #keyOf: (entry: number) => Key
  #entries = new Int32Array(8).fill(FREE)
  #size = 0
  /** Places that are not free: the numbers, and those where one was removed. */
  #taken = 0

  constructor(keyOf: (entry: number) => Key) {
    this.#keyOf = keyOf
  }

  /** How many numbers there are. */
  get size(): number {
    return this.#size
  }

  get bytes(): number {
    return this.#entries.byteLength
  }

  /** The number with this key, or -1. O(1). */
  find(key: Key): number {
    const mask = this.#entries.length - 1
    for (let at = hashOf(key) & mask; ; at = (at + 1) & mask) {
      const entry = this.#entries[at]!
      if (entry === FREE || (entry >= 0 && this.#keyOf(entry) === key)) return entry
    }
  }

  /** The number whose key is this stretch of a string, or -1. Makes no string. O(units). */
  findSlice(text: string, from: number, to: number): number {
    const mask = this.#entries.length - 1
    for (let at = hashUnits(text, from, to) & mask; ; at = (at + 1) & mask) {
      const entry = this.#entries[at]!
      if (entry === FREE) return entry
      if (entry < 0) continue
      const key = this.#keyOf(entry) as string
      if (key.length === to - from && text.startsWith(key, from)) return entry
    }
  }

  /** Adds a number, whose key no other has. O(1) amortised. */
  add(entry: number): void {
    if (this.#taken * 4 >= this.#entries.length * 3) this.#rebuild()
    this.#put(entry)
    this.#size++
    this.#taken++
  }

  /** Takes a number away, while `keyOf` still knows its key. O(1). */
  remove(entry: number): void {
    const mask = this.#entries.length - 1
    let at = hashOf(this.#keyOf(entry)) & mask
    while (this.#entries[at] !== entry) at = (at + 1) & mask
    this.#entries[at] = GONE
    this.#size--
  }

  #put(entry: number): void {
    const mask = this.#entries.length - 1
    let at = hashOf(this.#keyOf(entry)) & mask
    while (this.#entries[at]! >= 0) at = (at + 1) & mask
    this.#entries[at] = entry
  }

  /** Makes the array fit its numbers: half full, whether it grew or much was removed. */
  #rebuild(): void {
    const entries = this.#entries
    let length = 8
    while (length < this.#size * 2) length *= 2
    this.#entries = new Int32Array(length).fill(FREE)
    for (const entry of entries) if (entry >= 0) this.#put(entry)
    this.#taken = this.#size
  }
}
