/**
 * Many short texts, searched at once for a piece. They are kept as a few long joined strings, since one `indexOf` over
 * a long string runs at memory speed where a hundred thousand calls over short ones do not:
 *
 *     text    \n r e f u n d \n o r d e r \n
 *     starts     1             8
 *
 * Latin-1 texts and the rest are joined apart, because one wide character doubles the bytes of the whole string. A
 * joined string is never appended to (that flattens it at the next search): new texts wait, and are joined into a block
 * of their own when the next search comes; blocks of like size are then joined, so that there are few.
 */
import { upperBound } from './bisect.ts'

/** Where in a text the piece must stand. */
export type Place = 'anywhere' | 'start' | 'end'

interface Block {
  /** The texts, each with a line feed before it and after it. */
  readonly text: string
  /** Where each text begins, ascending. */
  readonly starts: Uint32Array
  /** The number that each text was added with. */
  readonly ids: Uint32Array
}

/** A joined string is held under this many UTF-16 units, far below the engine's limit of 2^29. */
const BLOCK_UNITS = 1 << 26

const WIDE = /[\u0100-\uffff]/

/** Texts by number, found by a piece of them. */
export class Haystack {
  readonly #narrow: Block[] = []
  readonly #wide: Block[] = []
  #newIds: number[] = []
  #newTexts: string[] = []

  /** Adds a text under a number. O(1); the next search joins what was added, O(its units). */
  add(id: number, text: string): void {
    this.#newIds.push(id)
    this.#newTexts.push(text)
  }

  /** The numbers of all texts that hold `piece` at `place`, each once, in no order. O(units of all texts), at memory speed. */
  find(piece: string, place: Place): number[] {
    this.join()
    const found: number[] = []
    const needle = place === 'start' ? `\n${piece}` : place === 'end' ? `${piece}\n` : piece
    if (!WIDE.test(piece)) for (const block of this.#narrow) findIn(block, needle, piece.length, place, found)
    for (const block of this.#wide) findIn(block, needle, piece.length, place, found)
    return found
  }

  /** Bytes held, estimated. */
  get bytes(): number {
    const of = (blocks: Block[], width: number) =>
      blocks.reduce((sum, { text, starts }) => sum + text.length * width + starts.length * 8, 0)
    return of(this.#narrow, 1) + of(this.#wide, 2) + this.#newIds.length * 16
  }

  /** Joins what was added since the last search. O(its units), and of the blocks that are joined with it. */
  join(): void {
    if (this.#newIds.length === 0) return
    const [narrow, wide]: [number[], number[]] = [[], []]
    for (const [i, text] of this.#newTexts.entries()) (WIDE.test(text) ? wide : narrow).push(i)
    pushBlock(this.#narrow, narrow, this.#newTexts, this.#newIds)
    pushBlock(this.#wide, wide, this.#newTexts, this.#newIds)
    this.#newIds = []
    this.#newTexts = []
  }
}

/** Joins the chosen texts into blocks after the others, then joins blocks until each is longer than all after it. */
function pushBlock(blocks: Block[], chosen: number[], texts: string[], ids: number[]): void {
  let from = 0
  while (from < chosen.length) {
    const parts: string[] = []
    const starts: number[] = []
    let at = 1
    let to = from
    for (; to < chosen.length && at < BLOCK_UNITS; to++) {
      const text = texts[chosen[to]!]!
      parts.push(text)
      starts.push(at)
      at += text.length + 1
    }
    const numbers = chosen.slice(from, to).map((i) => ids[i]!)
    blocks.push({ text: `\n${parts.join('\n')}\n`, starts: Uint32Array.from(starts), ids: Uint32Array.from(numbers) })
    from = to
  }
  for (let last = blocks.at(-1), prior = blocks.at(-2); last && prior; last = blocks.at(-1), prior = blocks.at(-2)) {
    if (prior.text.length > 2 * last.text.length || prior.text.length + last.text.length > BLOCK_UNITS) break
    blocks.splice(-2, 2, joined(prior, last))
  }
}

function joined(a: Block, b: Block): Block {
  const shift = a.text.length - 1
  const starts = new Uint32Array(a.starts.length + b.starts.length)
  starts.set(a.starts)
  for (let i = 0; i < b.starts.length; i++) starts[a.starts.length + i] = b.starts[i]! + shift
  const ids = new Uint32Array(starts.length)
  ids.set(a.ids)
  ids.set(b.ids, a.ids.length)
  return { text: [a.text.slice(0, -1), b.text].join(''), starts, ids }
}

/** Adds to `found` the numbers of the texts of one block. A hit that leaves its text (a piece with a line feed) is none. */
function findIn(block: Block, needle: string, length: number, place: Place, found: number[]): void {
  const { text, starts, ids } = block
  const lead = place === 'start' ? 1 : 0
  let t = 0
  for (let at = text.indexOf(needle); at !== -1; ) {
    const from = at + lead
    t = upperBound(starts, from, t) - 1
    const start = starts[t]!
    const end = t + 1 < starts.length ? starts[t + 1]! - 1 : text.length - 1
    const fits = from >= start && from + length <= end
    if (fits && (place !== 'start' || from === start) && (place !== 'end' || from + length === end)) {
      found.push(ids[t]!)
      at = text.indexOf(needle, end)
    } else {
      at = text.indexOf(needle, at + 1)
    }
  }
}
