/** Buffers that live as long as one query: taken one after the other, all given back at once by the next query. */
export class Scratch {
  readonly #wordCount: number
  readonly #bitmaps: Int32Array[] = []
  #bitmapsTaken = 0
  readonly #chunks: Uint16Array[] = []
  #chunk = 0
  #chunkTaken = 0

  /** `rows`: the most rows that a segment can have. */
  constructor(rows: number) {
    this.#wordCount = (rows + 31) >>> 5
  }

  /** Gives all buffers back. What was taken before must not be read after. */
  reset(): void {
    this.#bitmapsTaken = this.#chunk = this.#chunkTaken = 0
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
        this.#chunks[this.#chunk] = new Uint16Array(Math.max(65_536, length))
    }
    const from = this.#chunkTaken
    this.#chunkTaken += length
    return from
  }

  /** The array that the last `room` is in. A view of the room alone would be made for each list: most of what a short query makes. */
  get slots(): Uint16Array {
    return this.#chunks[this.#chunk]!
  }
}
