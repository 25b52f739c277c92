/**
 * Small numbers found by a key that they stand for: open addressing in one typed array, at most three quarters full.
 *
 *     keyOf     0 -> 'en'   1 -> 'de'   2 -> 'fr'
 *     entries   [ -, 2, -, -, 0, 1, -, - ]           a number stands where its key's hash points, or next to it
 *
 * Keys are not kept here: 6 to 11 bytes a number, where a `Map` of the same keys takes some 50.
 *
 * Keys come from outside, so each table has a seed of its own: nobody can choose keys that all stand in one place.
 */
import { drawSeed, mixed, NO_SEED, type Seed } from '../../base/seed.ts'

/** What can be a key. Equal as `===` has it, but by type: `1` and `"1"` are two. */
export type Key = string | number | boolean | symbol | null

const FREE = -1
const GONE = -2

/** A hash of a stretch of a string, the same as that of the stretch cut out. O(units). */
export function hashUnits(text: string, from: number, to: number, { first, factor }: Seed): number {
  let hash = first ^ (to - from)
  for (let i = from; i < to; i++) hash = mixed(hash, text.charCodeAt(i), factor)
  // Once more: strings that differ in the last unit alone would stand at equal distances.
  return mixed(hash, 0, factor)
}

const float = new Float64Array(1)
const quarters = new Uint16Array(float.buffer)

function hashOf(key: Key, seed: Seed): number {
  if (typeof key === 'string') return hashUnits(key, 0, key.length, seed)
  // Both zeros have one hash. Values other than numbers are few and may share a place.
  float[0] = Number(typeof key === 'symbol' ? 2 : key) + 0
  let hash = seed.first
  for (let i = 0; i < 4; i++) hash = mixed(hash, quarters[i]!, seed.factor)
  return mixed(hash, 0, seed.factor)
}

/** A string of so many units is long: to hash it takes as long as to look up some others. */
const LONG_UNITS = 1024
/** From so many numbers on there are 256 parts, so that none takes long to make larger. */
const SPLIT = 1 << 14
const PARTS = 256
/** A table without a seed tries to draw one each time that it has so many numbers more. */
const TRIED_EACH = 256

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
  #seed: Seed
  /** Whether it has a seed of its own. It is drawn with the first number, or as soon as it can be. */
  #isSeeded: boolean

  /** The numbers below this are to be added before anything is done with the others. */
  #later = 0

  /** The hashes of long strings, so that making a part larger does not read them again. */
  readonly #longHashes = new Map<number, number>()

  /** `seed`: for tests, in place of one that is drawn. */
  constructor(keyOf: (entry: number) => Key, seed?: Seed) {
    this.#keyOf = keyOf
    this.#seed = seed ?? NO_SEED
    this.#isSeeded = seed !== undefined
  }

  /** How many numbers there are. */
  get size(): number {
    return this.#size + this.#later
  }

  /** Adds all numbers below `count` to a table without any, once something is first looked for, added or removed. */
  addLater(count: number): void {
    this.#later = count
  }

  #addThose(): void {
    const count = this.#later
    this.#later = 0
    for (let entry = 0; entry < count; entry++) this.add(entry)
  }

  get bytes(): number {
    return this.#parts.reduce((sum, { entries }) => sum + entries.byteLength, 0)
  }

  /** The number with this key, or -1. O(1). */
  find(key: Key): number {
    if (this.#later > 0) this.#addThose()
    const hash = hashOf(key, this.#seed)
    const { entries } = this.#part(hash)
    const mask = entries.length - 1
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const entry = entries[at]!
      if (entry === FREE || (entry >= 0 && this.#keyOf(entry) === key)) return entry
    }
  }

  /** The number whose key is this stretch of a string, or -1. Makes no string. O(units). */
  findSlice(text: string, from: number, to: number): number {
    if (this.#later > 0) this.#addThose()
    const hash = hashUnits(text, from, to, this.#seed)
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
    if (this.#later > 0) this.#addThose()
    if (this.#size === SPLIT) this.#split()
    if (!this.#isSeeded && this.#size % TRIED_EACH === 0) this.#draw()
    const hash = this.#hashOf(entry)
    const part = this.#part(hash)
    if (part.taken >= part.entries.length * part.load) this.#rebuild(part)
    put(part, hash, entry)
    this.#size++
  }

  /** Takes a number away, while `keyOf` still knows its key. O(1). */
  remove(entry: number): void {
    if (this.#later > 0) this.#addThose()
    const hash = this.#hashOf(entry)
    this.#longHashes.delete(entry)
    const part = this.#part(hash)
    const mask = part.entries.length - 1
    let at = hash & mask
    while (part.entries[at] !== entry) at = (at + 1) & mask
    part.entries[at] = GONE
    part.size--
    this.#size--
  }

  /** The hash of the key of a number. O(units), for a long string the first time. */
  #hashOf(entry: number): number {
    const key = this.#keyOf(entry)
    if (typeof key !== 'string' || key.length < LONG_UNITS) return hashOf(key, this.#seed)
    const hash = this.#longHashes.get(entry) ?? hashOf(key, this.#seed)
    this.#longHashes.set(entry, hash)
    return hash
  }

  #part(hash: number): Part {
    return this.#parts[(hash >>> 24) & this.#partMask]!
  }

  #split(): void {
    if (this.#parts.length === 1)
      this.#readd(Array.from({ length: PARTS }, (_, i) => new Part(0.5 + (0.25 * i) / PARTS)))
  }

  /** Draws a seed, if that can be done now. */
  #draw(): void {
    const seed = drawSeed()
    if (seed === undefined) return
    this.#seed = seed
    this.#isSeeded = true
    this.#longHashes.clear()
    this.#readd(this.#parts.map(({ load }) => new Part(load)))
  }

  /** Moves all numbers to other parts. */
  #readd(parts: Part[]): void {
    const former = this.#parts
    this.#parts = parts
    this.#partMask = parts.length - 1
    this.#size = 0
    for (const { entries } of former) for (const entry of entries) if (entry >= 0) this.add(entry)
  }

  /** Makes a part fit its numbers: less than half full, whether it grew or much was removed. */
  #rebuild(part: Part): void {
    const { entries, size } = part
    let length = 8
    while (length <= size * 2) length *= 2
    part.entries = new Int32Array(length).fill(FREE)
    part.size = 0
    part.taken = 0
    for (const entry of entries) if (entry >= 0) put(part, this.#hashOf(entry), entry)
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
