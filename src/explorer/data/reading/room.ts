/**
 * How many rows fit. A worker that runs out of memory takes the page with it, and no browser says beforehand that it will; so
 * rows are counted in bytes of their JSON, and no more are taken than a fixed part of the machine's memory allows.
 *
 * Measured: 100,000 conversations of a dozen messages are 320 MB of JSON, and take 610 MB with all indexes, 1.9 bytes each.
 * Chromium gives a page's scripts some 2 GiB on a machine of 8 and 4 GiB on one of 16. An eighth of the memory as JSON, 1 GiB
 * at the 8 GiB that browsers admit to at most, stays below that with what questions and garbage need.
 */

/** Bytes of JSON per GiB of the machine's memory. */
const BYTES_A_GIB = 134_217_728
/** Where the browser does not say: that of a common phone or laptop. */
const USUAL_GIB = 4
/** Every so many rows one is measured. */
const STEP = 16

/** Bytes of JSON that fit on this machine. */
export function roomHere(): number {
  const { deviceMemory = USUAL_GIB } = navigator as { readonly deviceMemory?: number }
  return deviceMemory * BYTES_A_GIB
}

/** The rows that were taken, in bytes. */
export class Room {
  readonly #bytes: number
  #taken = 0

  constructor(bytes: number = roomHere()) {
    this.#bytes = bytes
  }

  get isFull(): boolean {
    return this.#taken >= this.#bytes
  }

  /** Counts rows by a sample of them. O(bytes of the sample). */
  take(rows: readonly unknown[]): void {
    let [bytes, sampled] = [0, 0]
    for (let i = 0; i < rows.length; i += STEP) {
      bytes += JSON.stringify(rows[i]).length
      sampled++
    }
    if (sampled > 0) this.#taken += (bytes / sampled) * rows.length
  }
}
