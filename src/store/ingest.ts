/** Taking rows in: read at the door, given an id if they have none, refused if another row has theirs. */

import { DuplicateIdError, InvalidRowError, show } from '../base/errors.ts'
import type { Engine } from '../engine/engine.ts'
import type { Row } from '../engine/segments/documents.ts'
import { type GreatestPartIds, type MutableRow, readConversation } from '../row/read.ts'

/** A row that was read, and the greatest ids of its messages and feedbacks. */
export interface ReadRow {
  readonly row: MutableRow<unknown>
  readonly greatest: GreatestPartIds
}

/** A row of a batch: its place there, and whether it brought an id. */
interface ReadRowOfBatch extends ReadRow {
  readonly index: number
  readonly isNumbered: boolean
}

/** Notes why a row is left out, or throws that. */
export type Reject = (index: number, raw: unknown, error: unknown) => void

const PROGRESS_ROWS = 1_000

/** Takes rows into an engine, and knows the greatest ids that were ever in it: none is given twice. */
export class Intake {
  readonly #engine: () => Engine
  #greatestId = 0
  #greatest: GreatestPartIds = { message: 0, feedback: 0 }

  constructor(engine: () => Engine) {
    this.#engine = engine
  }

  /** Reads a row without taking it in. Throws `InvalidRowError`. */
  read(raw: unknown, own = false): ReadRow {
    const greatest = { message: 0, feedback: 0 }
    return { row: readConversation<unknown>(raw, { own, greatest }), greatest }
  }

  /** Reads a part of a row that may need an id one more than the greatest, which is raised once all is well. */
  readPart<Part>(read: (greatest: GreatestPartIds) => Part): { part: Part; keep: () => void } {
    const greatest = { ...this.#greatest }
    const part = read(greatest)
    return { part, keep: () => this.raise(greatest) }
  }

  /** The greatest ids that were ever in the store; 0 for none. */
  get greatestIds(): GreatestPartIds & { readonly conversation: number } {
    return { conversation: this.#greatestId, ...this.#greatest }
  }

  /** Notes that ids up to these are used, which no row may have any more. */
  reserve({ conversation, ...parts }: GreatestPartIds & { readonly conversation: number }): void {
    this.#greatestId = Math.max(this.#greatestId, conversation)
    this.raise(parts)
  }

  /** Notes ids that are in the store now. */
  raise({ message, feedback }: GreatestPartIds): void {
    this.#greatest.message = Math.max(this.#greatest.message, message)
    this.#greatest.feedback = Math.max(this.#greatest.feedback, feedback)
  }

  /** Takes a row in that was read. Throws `DuplicateIdError`. O(1). */
  insert({ row, greatest }: ReadRow): Row {
    const { documents, tail } = this.#engine()
    const holder = documents.find(row.conversation_id)
    if (holder !== undefined) throw duplicate('conversation_id', row.conversation_id, documents.row(holder).id)
    if (row.id === 0) row.id = this.#nextId()
    else if (documents.find(row.id) !== undefined) throw duplicate('id', row.id, row.id)
    this.#greatestId = Math.max(this.#greatestId, row.id)
    this.raise(greatest)
    tail.append(documents.add(row))
    return row
  }

  /**
   * Reads all rows, then takes them in; those that cannot be go to `reject`. If that throws, all is as it was, and rows
   * that were given away can be given again.
   */
  insertMany(
    raws: Iterable<unknown>,
    own: boolean,
    reject: Reject,
    onProgress: ((progress: { readonly rows: number }) => void) | undefined,
  ): Row[] {
    const batch: ReadRowOfBatch[] = []
    try {
      let index = 0
      for (const raw of raws) {
        try {
          const read = this.read(raw, own)
          batch.push({ ...read, index, isNumbered: read.row.id !== 0 })
        } catch (error) {
          reject(index, raw, error)
        }
        if (++index % PROGRESS_ROWS === 0) onProgress?.({ rows: index })
      }
      if (index % PROGRESS_ROWS !== 0) onProgress?.({ rows: index })
      return this.#insertBatch(batch, reject)
    } catch (error) {
      for (const read of batch) forgetNumber(read)
      throw error
    }
  }

  #insertBatch(batch: readonly ReadRowOfBatch[], reject: Reject): Row[] {
    const { documents } = this.#engine()
    const before = { id: this.#greatestId, greatest: { ...this.#greatest } }
    const added: Row[] = []
    try {
      for (const read of batch) {
        try {
          added.push(this.insert(read))
        } catch (error) {
          forgetNumber(read)
          reject(read.index, read.row, error)
        }
      }
    } catch (error) {
      for (const row of added) documents.remove(documents.find(row.id)!)
      this.#greatestId = before.id
      this.#greatest = before.greatest
      throw error
    }
    return added
  }

  #nextId(): number {
    if (this.#greatestId < Number.MAX_SAFE_INTEGER) return this.#greatestId + 1
    const message = 'No id is left: the greatest one, 9007199254740991, has been used. Give the row an id of its own.'
    throw new InvalidRowError([{ parameter: 'id', value: undefined, code: 'INVALID_ROW', message }])
  }
}

/** The id that a row got, or was to get, here is not its own. */
function forgetNumber({ row, isNumbered }: ReadRowOfBatch): void {
  if (!isNumbered) Reflect.deleteProperty(row, 'id')
}

/** The error of a row whose id or conversation id another has. */
export function duplicate(
  parameter: 'id' | 'conversation_id',
  value: number | string,
  holder: number,
): DuplicateIdError {
  const message = `A conversation with ${parameter} ${show(value)} is already in the store (its id is ${holder}). Call update() or upsert() to change it.`
  return new DuplicateIdError([{ parameter, value, code: 'DUPLICATE_ID', message }])
}
