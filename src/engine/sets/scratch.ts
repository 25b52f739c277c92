/**
 * Buffers that live as long as one query: taken one after the other, given back all at once. They are as large as the
 * largest segment needs, and few are kept between queries: at most 12 bytes a row of that segment, up to twice that where
 * its size is rounded up.
 */

/** So many bitmaps, and so many arrays of slots, are kept between two queries. */
const KEPT_BITMAPS = 32
const KEPT_CHUNKS = 4

/** How much was taken at some time. */
export interface Mark {
  readonly bitmaps: number
  readonly chunk: number
  readonly slots: number
}

export class Scratch {
  /** Words of a bitmap. */
  #wordCount: number
  #bitmaps: Int32Array[] = []
  #bitmapsTaken = 0
  #chunks: Uint16Array[] = []
  #chunk = 0
  #chunkTaken = 0

  /** `rows`: the most rows that a segment has. */
  constructor(rows = 0) {
    this.#wordCount = (rows + 31) >>> 5
  }

  /** Gives all buffers back, for segments of up to so many rows. What was taken before must not be read after. */
  reset(rows = 32 * this.#wordCount): void {
    this.#bitmapsTaken = this.#chunk = this.#chunkTaken = 0
    const words = (rows + 31) >>> 5
    if (words <= this.#wordCount && words * 4 >= this.#wordCount) return
    // A power of two, so that a store that grows does not need new ones for each row.
    this.#wordCount = words < 2 ? words : 1 << (32 - Math.clz32(words - 1))
    this.#bitmaps = []
    this.#chunks = []
  }

  /** Lets go of the buffers that only a long query needs. */
  trim(): void {
    if (this.#bitmaps.length > KEPT_BITMAPS) this.#bitmaps.length = KEPT_BITMAPS
    if (this.#chunks.length > KEPT_CHUNKS) this.#chunks.length = KEPT_CHUNKS
  }

  /** How much is taken now. */
  mark(): Mark {
    return { bitmaps: this.#bitmapsTaken, chunk: this.#chunk, slots: this.#chunkTaken }
  }

  /** Gives back what was taken after a mark. */
  release({ bitmaps, chunk, slots }: Mark): void {
    this.#bitmapsTaken = bitmaps
    this.#chunk = chunk
    this.#chunkTaken = slots
  }

  /** A bitmap with room for a segment, with anything that was left in it. */
  words(): Int32Array {
    const taken = this.#bitmapsTaken++
    this.#bitmaps[taken] ??= new Int32Array(this.#wordCount)
    return this.#bitmaps[taken]!
  }

  /** A bitmap with room for a segment, of which the first `count` words are clear. O(count). */
  clearedWords(count: number): Int32Array {
    return this.words().fill(0, 0, count)
  }

  /**
   * Where in `slots` there is room for a list of `length` slots, with anything that was left in it. Ask for `slots`
   * after this. `length` is at most a segment's rows.
   */
  room(length: number): number {
    const chunk = this.#chunks[this.#chunk]
    if (chunk === undefined || this.#chunkTaken + length > chunk.length) {
      if (chunk !== undefined) this.#chunk++
      this.#chunkTaken = 0
      const next = this.#chunks[this.#chunk]
      if (next === undefined || next.length < length)
        this.#chunks[this.#chunk] = new Uint16Array(Math.max(32 * this.#wordCount, length))
    }
    const from = this.#chunkTaken
    this.#chunkTaken += length
    return from
  }

  /** The array that the last `room` is in. A view of the room alone would be made for each list: most of what a short query makes. */
  get slots(): Uint16Array {
    return this.#chunks[this.#chunk]!
  }

  /** Bytes held. */
  get bytes(): number {
    const bytes = (arrays: readonly { readonly byteLength: number }[]) =>
      arrays.reduce((sum, { byteLength }) => sum + byteLength, 0)
    return bytes(this.#bitmaps) + bytes(this.#chunks)
  }
}
