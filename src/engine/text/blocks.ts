/**
 * Blocks of a haystack: strings joined to one, and what tells where in it a piece can be.
 *
 * A long block is searched part by part, and a table tells by each three units of the piece which parts can have it: a
 * piece that is nowhere is known to be so without a search.
 */
import { upperBound } from '../../base/bisect.ts'
import type { BlockImage, Place } from '../terms/dictionary.ts'

/** Some strings of a block, or all. */
export interface Part {
  /** The strings, each with a line feed before it and after it. */
  readonly text: string
  /** Where each string begins, ascending; the part itself begins at `at`. */
  readonly starts: Uint32Array
  readonly at: number
  /** The number that each string was added with. */
  readonly ids: Uint32Array
}

/** Strings that are joined. */
export interface Block extends Part {
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
/** How many masks a sieve has. */
export const MASKS = 1 << MASK_BITS

/** Texts are joined to about so many UTF-16 units, so that no block takes more than some milliseconds to make. */
export const BLOCK_UNITS = 1 << 19

/** Joins the chosen strings into a block after the others, then joins blocks until each is longer than all after it. */
export function pushBlock(blocks: Block[], chosen: number[], texts: string[], ids: number[]): void {
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
function sieveOf(block: Block): Sieve {
  const masks = new Int32Array(MASKS)
  const parts = partsOf(block)
  parts.forEach(({ text: { length }, at }, part) => {
    for (let i = at; i + 3 <= at + length; i++) masks[hashOf(block.text, i)]! |= 1 << part
  })
  return { parts, masks }
}

/** How many strings a part of a block of so many has; the last may have fewer. */
const stringsAPart = (strings: number) => Math.ceil(strings / PARTS)

/** Of how many parts the sieve of a block of so many strings tells: as many bits of each mask. */
export function partsOfMasks(strings: number): number {
  return Math.ceil(strings / stringsAPart(strings))
}

function partsOf({ text, starts, ids }: Block): Part[] {
  const parts: Part[] = []
  const size = stringsAPart(starts.length)
  for (let from = 0; from < starts.length; from += size) {
    const to = Math.min(from + size, starts.length)
    const at = starts[from]! - 1
    const end = to < starts.length ? starts[to]! : text.length
    parts.push({ text: text.slice(at, end), starts: starts.subarray(from, to), at, ids: ids.subarray(from, to) })
  }
  return parts
}

const NO_MASKS = new Int32Array(0)

/** A block as plain data. */
export function blockImage({ text, starts, ids, sieve }: Block): BlockImage {
  return { text, starts, terms: ids, masks: sieve?.masks ?? NO_MASKS }
}

/** What `blockImage` gave. O(strings of a long one). */
export function blockOf({ text, starts, terms, masks }: BlockImage): Block {
  const block: Block = { text, starts, at: 0, ids: terms }
  if (masks.length > 0) block.sieve = { parts: partsOf(block), masks }
  return block
}

/** Of three units. */
function hashOf(text: string, at: number): number {
  const pair = Math.imul(text.charCodeAt(at), 0x2c1b3c6d) + text.charCodeAt(at + 1)
  const all = Math.imul(pair, 0x297a2d39) + text.charCodeAt(at + 2)
  return Math.imul(all ^ (all >>> 15), 0x85ebca6b) >>> (32 - MASK_BITS)
}

/** Adds to `out` the parts of a block that can have a string. */
export function partsWith(needle: string, block: Block, out: Part[]): void {
  const { sieve } = block
  let left = -1
  if (sieve !== undefined)
    for (let i = 0; i + 3 <= needle.length && left !== 0; i++) left &= sieve.masks[hashOf(needle, i)]!
  if (left === -1) out.push(block)
  else for (; left !== 0; left &= left - 1) out.push(sieve!.parts[31 - Math.clz32(left & -left)]!)
}

/** Adds to `found` the numbers of the strings of one part. A hit that goes beyond its string (a piece with a line feed) does not count. */
export function findIn(part: Part, needle: string, length: number, place: Place, found: number[]): void {
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
