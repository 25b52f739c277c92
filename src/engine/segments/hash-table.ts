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

/** From so many numbers on there are 256 parts, so that none takes long to make larger. */
const SPLIT = 1 << 14
const PARTS = 256

/** Some of the numbers: those whose keys' hashes begin alike. */
class Part {
  entries = new Int32Array(8).fill(FREE)
  size = 0
  /** Places that are not free: the numbers, and those where one was removed. */
  taken = 0
  /** How much of it is taken at most: half to three quarters, so that parts are not all made larger at the same time. */
  readonly load: number

  constructor(load: number) {
    this.load = load
  }
}

/** Numbers by key. */
export class HashTable {
  readonly #keyOf: (entry: number) => Key
  /** One part, or 256 by the highest bits of the hash. */
  #parts: Part[] = [new Part(0.75)]
  #partMask = 0
  #size = 0

  constructor(keyOf: (entry: number) => Key) {
    this.#keyOf = keyOf
  }

  /** How many numbers there are. */
  get size(): number {
    return this.#size
  }

  get bytes(): number {
    return this.#parts.reduce((sum, { entries }) => sum + entries.byteLength, 0)
  }

  /** The number with this key, or -1. O(1). */
  find(key: Key): number {
    const hash = hashOf(key)
    const { entries } = this.#part(hash)
    const mask = entries.length - 1
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const entry = entries[at]!
      if (entry === FREE || (entry >= 0 && this.#keyOf(entry) === key)) return entry
    }
  }

  /** The number whose key is this stretch of a string, or -1. Makes no string. O(units). */
  findSlice(text: string, from: number, to: number): number {
    const hash = hashUnits(text, from, to)
    const { entries } = this.#part(hash)
    const mask = entries.length - 1
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const entry = entries[at]!
      if (entry === FREE) return entry
      if (entry < 0) continue
      const key = this.#keyOf(entry) as string
      if (key.length === to - from && text.startsWith(key, from)) return entry
    }
  }

  /** Adds a number, whose key no other has. O(1) amortised, and never more than a part of what there is. */
  add(entry: number): void {
    if (this.#size === SPLIT) this.#split()
    const hash = hashOf(this.#keyOf(entry))
    const part = this.#part(hash)
    if (part.taken >= part.entries.length * part.load) this.#rebuild(part)
    put(part, hash, entry)
    this.#size++
  }

  /** Takes a number away, while `keyOf` still knows its key. O(1). */
  remove(entry: number): void {
    const hash = hashOf(this.#keyOf(entry))
    const part = this.#part(hash)
    const mask = part.entries.length - 1
    let at = hash & mask
    while (part.entries[at] !== entry) at = (at + 1) & mask
    part.entries[at] = GONE
    part.size--
    this.#size--
  }

  #part(hash: number): Part {
    return this.#parts[(hash >>> 24) & this.#partMask]!
  }

  #split(): void {
    if (this.#parts.length > 1) return
    const { entries } = this.#parts[0]!
    this.#parts = Array.from({ length: PARTS }, (_, i) => new Part(0.5 + (0.25 * i) / PARTS))
    this.#partMask = PARTS - 1
    this.#size = 0
    for (const entry of entries) if (entry >= 0) this.add(entry)
  }

  /** Makes a part fit its numbers: less than half full, whether it grew or much was removed. */
  #rebuild(part: Part): void {
    const { entries, size } = part
    let length = 8
    while (length <= size * 2) length *= 2
    part.entries = new Int32Array(length).fill(FREE)
    part.size = 0
    part.taken = 0
    for (const entry of entries) if (entry >= 0) put(part, hashOf(this.#keyOf(entry)), entry)
  }
}

/** Puts a number at the first free place of its part. */
function put(part: Part, hash: number, entry: number): void {
  const { entries } = part
  const mask = entries.length - 1
  let at = hash & mask
  while (entries[at]! >= 0) at = (at + 1) & mask
  // The place of one that was removed is taken already.
  if (entries[at] === FREE) part.taken++
  entries[at] = entry
  part.size++
}
