/** The conversations of a store for the explorer's page: as a snapshot, or row by row. */
import { ndjsonPieces } from '../features/export/pieces.ts'
import { writeSnapshot } from '../features/snapshot/index.ts'
import { streamOf } from '../http/answer.ts'
import type { AnyStore } from '../http/state.ts'
import type { ChangeLog } from './explore-changes.ts'

/** A snapshot, and the number of the last change that is in it. */
export interface NumberedSnapshot {
  readonly bytes: Uint8Array
  readonly sequence: number
}

/** Snapshots of one store. One is made at a time, and the last is held. */
export class Snapshots {
  readonly #store: AnyStore
  readonly #log: ChangeLog
  readonly #ending = new AbortController()
  #held: NumberedSnapshot | undefined
  #making: { readonly sequence: number; readonly done: Promise<NumberedSnapshot> } | undefined

  /** @param bytes The store as it is now, where it was opened from a snapshot. */
  constructor(store: AnyStore, log: ChangeLog, bytes: Uint8Array | undefined) {
    this.#store = store
    this.#log = log
    this.#held = bytes && { bytes, sequence: log.sequence }
  }

  /** The snapshot at hand, if the log has all changes after it. */
  get held(): NumberedSnapshot | undefined {
    return this.#held !== undefined && this.#log.reaches(this.#held.sequence) ? this.#held : undefined
  }

  /** The store as a snapshot as it is now. Requests that come together share one. Rejects when it is closed. */
  async now(): Promise<NumberedSnapshot> {
    for (;;) {
      const { sequence } = this.#log
      if (this.#held?.sequence === sequence) return this.#held
      if (this.#making?.sequence === sequence) return this.#making.done
      if (this.#making === undefined) return this.#make(sequence)
      // Two at a time would take the memory of both. What that one rejects with, its own requests hear.
      await this.#making.done.catch(() => {})
    }
  }

  close(): void {
    this.#ending.abort()
  }

  #make(sequence: number): Promise<NumberedSnapshot> {
    const done = writeSnapshot(this.#store, { signal: this.#ending.signal }).then((bytes) => {
      this.#held = { bytes, sequence }
      return this.#held
    })
    this.#making = {
      sequence,
      done: done.finally(() => {
        this.#making = undefined
      }),
    }
    return this.#making.done
  }
}

/** Bytes of a body are sent in pieces of so many. */
const PIECE = 1_048_576

/** A body of some bytes, sent as fast as they are taken. */
export function bodyOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return streamOf(
    (function* () {
      for (let from = 0; from < bytes.length; from += PIECE) yield bytes.subarray(from, from + PIECE)
    })(),
  )
}

/** So many characters of rows are sent at a time. */
const ROWS_PIECE = 65_536

/** A body of the rows of a store as they are now, one a line, each read when it is sent. */
export function rowsOf(store: AnyStore): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  // Takes the rows now, and not when the body is first read.
  const rows = store[Symbol.iterator]()
  const lines = ndjsonPieces({ [Symbol.iterator]: () => rows }, (row) => row)
  return streamOf(
    (function* () {
      let text = ''
      for (const line of lines) {
        text += line
        if (text.length < ROWS_PIECE) continue
        yield encoder.encode(text)
        text = ''
      }
      yield encoder.encode(text)
    })(),
  )
}
