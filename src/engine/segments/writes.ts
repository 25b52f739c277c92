/** Every write of rows that were checked: documents and segments change together here, and nowhere else. */
import type { Documents, Row } from './documents.ts'
import type { Segments } from './segments.ts'

/** A row that was written, and the one that it replaced, if any. The first is what the writer calls that. */
export type Written<Kind = unknown> = readonly [kind: Kind, before: Row | null, after: Row]

/** The writes of one engine. A row is named by its number, which is found by `Documents.find`. */
export class Writes {
  readonly #documents: Documents
  readonly #segments: Segments

  constructor(documents: Documents, segments: Segments) {
    this.#documents = documents
    this.#segments = segments
  }

  /** Adds a row whose ids are free. Returns its number. O(1). */
  insert(row: Row): number {
    const number = this.#documents.add(row)
    this.#segments.append(number)
    return number
  }

  /** Replaces a row by one with the same ids, which gets a new slot. Returns the row as it was. O(1). */
  replace(number: number, row: Row): Row {
    const before = this.#documents.row(number)
    this.#segments.kill(number)
    this.#documents.replace(number, row)
    this.#segments.append(number)
    return before
  }

  /** Replaces a row by one that differs in its mark and its deletion alone: bits are flipped. Returns the row as it was. O(1). */
  reflect(number: number, row: Row): Row {
    const before = this.#documents.row(number)
    this.#documents.replace(number, row)
    this.#segments.reflect(number)
    return before
  }

  /** Removes a row for good. Returns it. O(1). */
  remove(number: number): Row {
    const row = this.#documents.row(number)
    this.#segments.kill(number)
    this.#documents.remove(number)
    return row
  }

  /** Takes writes of a batch back, the last one first: rows that were added go, and those that were replaced are back. O(rows). */
  rollBack(written: readonly Written[]): void {
    for (let i = written.length - 1; i >= 0; i--) {
      const [, before, { id }] = written[i]!
      const number = this.#documents.find(id)!
      if (before === null) this.remove(number)
      else this.replace(number, before)
    }
  }
}
