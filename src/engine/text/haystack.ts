/**
 * Many short strings, searched at once for a piece. They are kept as a few long joined strings, since one `indexOf` over
 * a long string runs at memory speed where a hundred thousand calls over short ones do not:
 *
 *     text    \n r e f u n d \n o r d e r \n
 *     starts     1             8
 *
 * Latin-1 strings and the rest are joined apart, because one wide character doubles the bytes of the whole string. A
 * joined string is never appended to (that flattens it at the next search): new strings wait, and are joined into a block
 * of their own when the next search comes; blocks of like size are then joined, so that there are few.
 *
 * A long block is searched part by part, and a table tells by each three units of the piece which parts can have it: a
 * piece that is nowhere is known to be so without a search.
 */
import { upperBound } from '../../base/bisect.ts'
import type { Place } from '../terms/dictionary.ts'

interface Part {
  /** The strings, each with a line feed before it and after it. */
  readonly text: string
  /** Where each string begins, ascending; the part itself begins at `at`. */
  readonly starts: Uint32Array
  readonly at: number
  /** The number that each string was added with. */
  readonly ids: Uint32Array
}

interface Block extends Part {
  /** Of a long block, once it is joined with no other. */
  sieve?: Sieve
}

/** Tells of a long block which of its 32 parts can have a piece. */
interface Sieve {
  readonly parts: readonly Part[]
  /** By hash of three units, a bit for each part that has such three next to each other. */
  readonly masks: Int32Array
}

const PARTS = 32
/** From so many units on a block has a sieve: it is as long as that, in bytes. */
const SIEVE_UNITS = 1 << 16
const MASK_BITS = 14

/** Texts are joined to about so many UTF-16 units, so that no block takes more than some milliseconds to make. */
const BLOCK_UNITS = 1 << 19

const WIDE = /[\u0100-\uffff]/

/** Strings by number, found by a piece of them. */
export class Haystack {
  readonly #narrow: Block[] = []
  readonly #wide: Block[] = []
  #newIds: number[] = []
  #newTexts: string[] = []
  /** How many of the new ones are joined. */
  #joined = 0
  /** What was looked for last, and the parts that can have it. */
  #needle: string | undefined
  #parts: readonly Part[] = []

  /** Adds a string under a number. O(1); the next search joins what was added, O(its units). */
  add(id: number, text: string): void {
    this.#newIds.push(id)
    this.#newTexts.push(text)
  }

  /**
   * The numbers of all strings that have `piece` at `place`, each once, in no order. O(units of the parts that can have it),
   * at memory speed: 5 µs where over 30,000 words no part does, 150 µs where all do.
   */
  find(piece: string, place: Place): number[] {
    while (!this.join());
    const found: number[] = []
    const needle = needleOf(piece, place)
    for (const part of this.#partsWith(needle)) findIn(part, needle, piece.length, place, found)
    return found
  }

  /** How many units `find` goes through, but for strings that are new. O(units of the piece × blocks). */
  reach(piece: string, place: Place): number {
    return this.#partsWith(needleOf(piece, place)).reduce((units, { text }) => units + text.length, 0)
  }

  /** Those of the last needle are kept: who asks how far a search reaches searches next. */
  #partsWith(needle: string): readonly Part[] {
    if (needle === this.#needle) return this.#parts
    const parts: Part[] = []
    if (!WIDE.test(needle)) for (const block of this.#narrow) partsWith(needle, block, parts)
    for (const block of this.#wide) partsWith(needle, block, parts)
    this.#needle = needle
    this.#parts = parts
    return parts
  }

  /** Bytes held, estimated. */
  get bytes(): number {
    const of = (blocks: Block[], width: number) =>
      blocks.reduce(
        (sum, { text, starts, sieve }) =>
          sum + text.length * width + starts.length * 8 + (sieve?.masks.byteLength ?? 0),
        0,
      )
    return of(this.#narrow, 1) + of(this.#wide, 2) + this.#newIds.length * 16
  }

  /** Joins the next of what was added since the last search, about as much as a block has. Returns whether that was all. */
  join(): boolean {
    const texts = this.#newTexts
    if (texts.length === 0) return true
    this.#needle = undefined
    const [narrow, wide]: [number[], number[]] = [[], []]
    for (let units = 0; this.#joined < texts.length; this.#joined++) {
      const text = texts[this.#joined]!
      // A longer one has a block of its own.
      if (units > 0 && units + text.length > BLOCK_UNITS) break
      units += text.length + 1
      ;(WIDE.test(text) ? wide : narrow).push(this.#joined)
    }
    pushBlock(this.#narrow, narrow, texts, this.#newIds)
    pushBlock(this.#wide, wide, texts, this.#newIds)
    if (this.#joined < texts.length) return false
    this.#newIds = []
    this.#newTexts = []
    this.#joined = 0
    return true
  }
}

function needleOf(piece: string, place: Place): string {
  return place === 'start' ? `\n${piece}` : place === 'end' ? `${piece}\n` : piece
}

/** Joins the chosen strings into a block after the others, then joins blocks until each is longer than all after it. */
function pushBlock(blocks: Block[], chosen: number[], texts: string[], ids: number[]): void {
  if (chosen.length === 0) return
  const starts = new Uint32Array(chosen.length)
  let at = 1
  chosen.forEach((number, i) => {
    starts[i] = at
    at += texts[number]!.length + 1
  })
  const text = `\n${chosen.map((number) => texts[number]!).join('\n')}\n`
  blocks.push({ text, starts, at: 0, ids: Uint32Array.from(chosen, (number) => ids[number]!) })
  for (let last = blocks.at(-1), prior = blocks.at(-2); last && prior; last = blocks.at(-1), prior = blocks.at(-2)) {
    if (prior.text.length > 2 * last.text.length || prior.text.length + last.text.length > BLOCK_UNITS) break
    blocks.splice(-2, 2, joined(prior, last))
  }
  for (const block of blocks)
    if (block.text.length >= SIEVE_UNITS && block.ids.length > 1) block.sieve ??= sieveOf(block)
}

function joined(a: Block, b: Block): Block {
  const shift = a.text.length - 1
  const starts = new Uint32Array(a.starts.length + b.starts.length)
  starts.set(a.starts)
  for (let i = 0; i < b.starts.length; i++) starts[a.starts.length + i] = b.starts[i]! + shift
  const ids = new Uint32Array(starts.length)
  ids.set(a.ids)
  ids.set(b.ids, a.ids.length)
  return { text: [a.text.slice(0, -1), b.text].join(''), starts, at: 0, ids }
}

/** O(units). */
function sieveOf({ text, starts, ids }: Block): Sieve {
  const masks = new Int32Array(1 << MASK_BITS)
  const parts: Part[] = []
  const size = Math.ceil(starts.length / PARTS)
  for (let from = 0; from < starts.length; from += size) {
    const to = Math.min(from + size, starts.length)
    const at = starts[from]! - 1
    const end = to < starts.length ? starts[to]! : text.length
    const bit = 1 << parts.length
    for (let i = at; i + 3 <= end; i++) masks[hashOf(text, i)]! |= bit
    parts.push({ text: text.slice(at, end), starts: starts.subarray(from, to), at, ids: ids.subarray(from, to) })
  }
  return { parts, masks }
}

/** Of three units. */
function hashOf(text: string, at: number): number {
  const pair = Math.imul(text.charCodeAt(at), 0x2c1b3c6d) + text.charCodeAt(at + 1)
  const all = Math.imul(pair, 0x297a2d39) + text.charCodeAt(at + 2)
  return Math.imul(all ^ (all >>> 15), 0x85ebca6b) >>> (32 - MASK_BITS)
}

/** Adds to `out` the parts of a block that can have a string. */
function partsWith(needle: string, block: Block, out: Part[]): void {
  const { sieve } = block
  let left = -1
  if (sieve !== undefined)
    for (let i = 0; i + 3 <= needle.length && left !== 0; i++) left &= sieve.masks[hashOf(needle, i)]!
  if (left === -1) out.push(block)
  else for (; left !== 0; left &= left - 1) out.push(sieve!.parts[31 - Math.clz32(left & -left)]!)
}

/** Adds to `found` the numbers of the strings of one part. A hit that goes beyond its string (a piece with a line feed) does not count. */
function findIn(part: Part, needle: string, length: number, place: Place, found: number[]): void {
  const { text, starts, at: base, ids } = part
  const lead = place === 'start' ? 1 : 0
  let t = 0
  for (let at = text.indexOf(needle); at !== -1; ) {
    const from = at + lead
    // The next hit is near where a piece is in many strings: each step looks twice as far.
    let reach = t + 1
    for (let step = 1; reach < starts.length && starts[reach]! <= base + from; step *= 2) {
      t = reach
      reach += step
    }
    t = upperBound(starts, base + from, t, Math.min(reach, starts.length)) - 1
    const start = starts[t]! - base
    const end = t + 1 < starts.length ? starts[t + 1]! - base - 1 : text.length - 1
    const fits = from >= start && from + length <= end
    if (fits && (place !== 'start' || from === start) && (place !== 'end' || from + length === end)) {
      found.push(ids[t]!)
      at = text.indexOf(needle, end)
    } else {
      at = text.indexOf(needle, at + 1)
    }
  }
}
