/** Rows on their way from the parser to the caller. */

import type { InvalidSourceError } from '../../base/errors.ts'
import { type BigNumbers, parseJson, UnsafeNumberError } from '../../base/json.ts'
import { counted } from '../../base/text/counted.ts'
import type { ConversationInput, JsonObject } from '../../row/conversation.ts'
import { excerpt, messageOf, type SourceFaults } from './fault.ts'
import { wrappedText } from './wrapped.ts'

/** A batch has at most so many rows, ... */
export const BATCH_ROWS = 1_000
/** ... and is given out early when its rows took so many bytes of the source, so that long rows do not pile up. */
const BATCH_BYTES = 1_048_576

/**
 * Up to 1,000 rows as they were parsed, in the order of the source. An ordinary array, the caller's to keep; the two
 * lists of places beside it are not enumerable, so copies and comparisons see the rows alone.
 *
 * The rows are JSON objects and nothing more was checked: that they are conversations is for `addMany` to find out.
 */
export interface LoadedBatch<Metadata = JsonObject> extends Array<ConversationInput<Metadata>> {
  /** The line on which each row begins, from 1. */
  readonly lines: readonly number[]
  /** Which row each is of all that were read, from 0, counting those that were skipped. */
  readonly indexes: readonly number[]
  /** The file that they come from, where files are read. */
  readonly file?: string
}

/** A row that was left out while reading: it is not a JSON object, is too long, or has a number that would change. */
export interface SkippedRow {
  /** The line on which it begins, from 1. */
  readonly line: number
  /** Which row it is of all that were read, from 0. */
  readonly index: number
  /** The file that it comes from, where files are read. */
  readonly file?: string
  /** What is wrong with it: code `INVALID_SOURCE` or `ROW_TOO_LONG`. */
  readonly error: InvalidSourceError
}

const BIG_NUMBERS = 'With `bigNumbers: "string"` its digits are read as a string, with "round" as the nearest number.'

/** Counts the rows of a load, skipped ones too, over all its files. */
export interface RowCounter {
  rows: number
}

/** Collects rows until they are a batch. */
export class RowSink {
  readonly maxRowBytes: number
  readonly faults: SourceFaults
  readonly #bigNumbers: BigNumbers
  readonly #skip: ((row: SkippedRow) => void) | undefined
  #rows: unknown[] = []
  #lines: number[] = []
  #indexes: number[] = []
  #bytes = 0
  readonly #counter: RowCounter
  /** What the counter said at the first row of the source. */
  readonly #first: number

  /** @param skip Called with each bad row; without it a bad row throws. */
  constructor(
    { maxRowBytes, bigNumbers }: { readonly maxRowBytes: number; readonly bigNumbers: BigNumbers },
    faults: SourceFaults,
    counter: RowCounter,
    skip: ((row: SkippedRow) => void) | undefined,
  ) {
    this.maxRowBytes = maxRowBytes
    this.#bigNumbers = bigNumbers
    this.faults = faults
    this.#counter = counter
    this.#first = counter.rows
    this.#skip = skip
  }

  /** Whether bad rows are left out instead of ending the load. */
  get skips(): boolean {
    return this.#skip !== undefined
  }

  /** How many rows wait to be taken. */
  get size(): number {
    return this.#rows.length
  }

  /** Whether a batch should be taken now. */
  get isFull(): boolean {
    return this.#rows.length >= BATCH_ROWS || this.#bytes >= BATCH_BYTES
  }

  /**
   * Reads the JSON of one row. A number that would change is a fault of the row alone, noted or thrown here.
   *
   * @param broken Told what is wrong where it is not JSON.
   * @returns The value, if it can be taken.
   */
  parse(text: string, line: number, broken: (why: string) => void): { readonly value: unknown } | undefined {
    try {
      return { value: parseJson(text, this.#bigNumbers) }
    } catch (error) {
      if (!(error instanceof UnsafeNumberError)) broken(messageOf(error))
      else this.refuse(line, error.digits, `is refused: ${error.message} ${BIG_NUMBERS}`)
      return undefined
    }
  }

  /**
   * Takes the value of one row.
   *
   * @param bytes About how many bytes of the source it took.
   */
  add(value: unknown, line: number, bytes: number): void {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      const text = excerpt(JSON.stringify(value))
      this.refuse(line, text, `is not a conversation but ${text}. Expected an object.`)
      return
    }
    const wrapped = 'conversation_id' in value ? undefined : wrappedText(value)
    if (wrapped !== undefined) {
      this.refuse(line, excerpt(JSON.stringify(value)), `is not a conversation. The object ${wrapped}`)
      return
    }
    this.#rows.push(value)
    this.#lines.push(line)
    this.#indexes.push(this.#counter.rows++)
    this.#bytes += bytes
  }

  /**
   * Takes note of a bad row, or throws it.
   *
   * @param value The beginning of its text.
   * @param message What is wrong, to follow its number.
   */
  refuse(line: number, value: string, message: string): void {
    this.#refuse(line, this.faults.at(`line ${line}`, value, `${this.#name(line)} ${message}`))
  }

  /** Takes note of a row that is longer than may be, or throws it. */
  refuseLong(line: number): void {
    this.#refuse(line, this.#tooLong(line, ''))
  }

  /** The error for a row of a document, the next one, that is longer than may be. */
  tooLong(line: number): InvalidSourceError {
    return this.#tooLong(line, this.#end())
  }

  #tooLong(line: number, end: string): InvalidSourceError {
    const { maxRowBytes } = this
    const message = `${this.#name(line)} is longer than ${maxRowBytes} bytes. A larger \`maxRowBytes\` lets it in.${end}`
    return this.faults.at(`line ${line}`, maxRowBytes, message, 'ROW_TOO_LONG')
  }

  /** The error for the next row of a list whose JSON is broken. */
  broken(line: number, value: string, message: string): InvalidSourceError {
    return this.ended(line, value, `${this.#name(line)} ${message}`)
  }

  /** The error for a document that cannot be read on, also where bad rows are left out: that says what was not read. */
  ended(line: number, value: unknown, message: string): InvalidSourceError {
    return this.faults.at(`line ${line}`, value, message + this.#end())
  }

  #end(): string {
    if (!this.skips) return ''
    const rows = this.#counter.rows - this.#first
    const before =
      rows === 0 ? 'No row was read before' : `${counted(rows, 'row')} before ${rows === 1 ? 'was' : 'were'} read`
    return ` Reading ended here, since in a JSON document nothing tells where the next row begins. ${before}; nothing after it was.`
  }

  #name(line: number): string {
    return `Line ${line} (row ${this.#counter.rows - this.#first + 1})`
  }

  #refuse(line: number, error: InvalidSourceError): void {
    if (this.#skip === undefined) throw error
    const { file } = this.faults
    this.#skip({ line, index: this.#counter.rows++, error, ...(file !== undefined && { file }) })
  }

  /** Gives the next batch: all rows that wait, or the first 1,000 of them. */
  take(): LoadedBatch {
    const rows = this.#rows.splice(0, BATCH_ROWS)
    const lines = this.#lines.splice(0, BATCH_ROWS)
    const indexes = this.#indexes.splice(0, BATCH_ROWS)
    this.#bytes = 0
    return batchOf(rows, lines, indexes, this.faults.file)
  }
}

/** A batch of rows with their places. */
export function batchOf(
  rows: readonly unknown[],
  lines: readonly number[],
  indexes: readonly number[],
  file: string | undefined,
): LoadedBatch {
  return Object.defineProperties(rows, {
    lines: { value: lines },
    indexes: { value: indexes },
    ...(file !== undefined && { file: { value: file } }),
  }) as LoadedBatch
}
