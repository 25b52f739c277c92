/** Ingest: rows that were read get an id if they have none, and are refused if another row has theirs. */

import { MOST_LISTED } from '../base/best-n.ts'
import { DuplicateIdError, InvalidRowError, show } from '../base/errors.ts'
import type { Engine } from '../engine/engine.ts'
import type { Written } from '../engine/segments/writes.ts'
import type { GreatestPartIds, ReadRow } from '../row/read.ts'
import type { ChangeType } from './changes.ts'

/** A row of a batch: its place there, and whether it brought an id. */
interface ReadRowOfBatch extends ReadRow {
  readonly index: number
  readonly isNumbered: boolean
}

/** What a row does whose conversation id another row has. */
export type OnDuplicate = 'error' | 'skip' | 'replace'

/** What became of the rows of a batch. */
export interface WrittenBatch {
  readonly written: readonly Written<ChangeType>[]
  /** How many were left out because the store has their conversation ids. */
  readonly skipped: number
  /** What was noticed of rows that were taken in: the first 100 of it. */
  readonly warnings: readonly RowWarning[]
  /** How many there were. */
  readonly warningCount: number
}

/** A row that is in the store, but has a key that was probably misspelt. */
export interface RowWarning {
  /** The place of the row in what was given, from 0. */
  readonly index: number
  readonly conversationId: string
  /** The place in the row, and the known key that was probably meant. */
  readonly message: string
}

/** Notes why a row is left out, or throws that. */
export type Reject = (index: number, raw: unknown, error: unknown) => void

const PROGRESS_ROWS = 1_000

/** Puts rows into an engine, and knows the greatest ids that were ever in it: none is given twice. */
export class Ingest {
  readonly #engine: () => Engine
  #greatestId = 0
  #greatest: GreatestPartIds = { message: 0, feedback: 0 }

  constructor(engine: () => Engine) {
    this.#engine = engine
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

  /**
   * Puts in a row that was read; `undefined` if it was skipped. Throws `DuplicateIdError` where its conversation id is
   * taken, or under `'replace'` by a row with another id than it names; and where its id is another row's. O(1).
   */
  put({ row, greatest }: ReadRow, onDuplicate: OnDuplicate): Written<ChangeType> | undefined {
    const { documents, writes } = this.#engine()
    const holder = documents.find(row.conversation_id)
    if (holder !== undefined) {
      if (onDuplicate === 'skip') return undefined
      const before = documents.row(holder)
      if (onDuplicate === 'error') throw duplicate('conversation_id', row.conversation_id, before)
      if (row.id !== 0 && row.id !== before.id) throw renumbered(row, before.id)
      row.id = before.id
      this.raise(greatest)
      return ['update', writes.replace(holder, row), row]
    }
    if (row.id === 0) row.id = this.#nextId()
    else {
      const other = documents.find(row.id)
      if (other !== undefined) throw duplicate('id', row.id, documents.row(other))
    }
    this.#greatestId = Math.max(this.#greatestId, row.id)
    this.raise(greatest)
    writes.insert(row)
    return ['add', null, row]
  }

  /**
   * Reads all rows, then puts them in; those that cannot be put in go to `reject`. If that throws, all is as it was, and rows
   * that were given away can be given again.
   */
  putMany(
    raws: Iterable<unknown>,
    read: (raw: unknown) => ReadRow,
    onDuplicate: OnDuplicate,
    reject: Reject,
    onProgress: ((progress: { readonly rows: number }) => void) | undefined,
  ): WrittenBatch {
    const batch: ReadRowOfBatch[] = []
    try {
      let index = 0
      for (const raw of raws) {
        try {
          const one = read(raw)
          batch.push({ ...one, index, isNumbered: one.row.id !== 0 })
        } catch (error) {
          reject(index, raw, error)
        }
        if (++index % PROGRESS_ROWS === 0) onProgress?.({ rows: index })
      }
      if (index % PROGRESS_ROWS !== 0) onProgress?.({ rows: index })
      return this.#putBatch(batch, onDuplicate, reject)
    } catch (error) {
      for (const one of batch) forgetNumber(one)
      throw error
    }
  }

  #putBatch(batch: readonly ReadRowOfBatch[], onDuplicate: OnDuplicate, reject: Reject): WrittenBatch {
    const before = { id: this.#greatestId, greatest: { ...this.#greatest } }
    const written: Written<ChangeType>[] = []
    const warnings: RowWarning[] = []
    let skipped = 0
    let warningCount = 0
    try {
      for (const one of batch) {
        try {
          const done = this.put(one, onDuplicate)
          if (done === undefined) {
            skipped++
            continue
          }
          written.push(done)
          const { index, row } = one
          warningCount += one.warnings.length
          for (const message of one.warnings) {
            if (warnings.length < MOST_LISTED) warnings.push({ index, conversationId: row.conversation_id, message })
          }
        } catch (error) {
          forgetNumber(one)
          reject(one.index, one.row, error)
        }
      }
    } catch (error) {
      this.#engine().writes.rollBack(written)
      this.#greatestId = before.id
      this.#greatest = before.greatest
      throw error
    }
    return { written, skipped, warnings, warningCount }
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

/** The error of a row whose id or conversation id another has: one of the store, or one that came before it. */
export function duplicate(
  parameter: 'id' | 'conversation_id',
  value: number | string,
  holder: { readonly id: number; readonly conversation_id: string } | undefined,
): DuplicateIdError {
  const name = parameter === 'id' ? 'conversation_id' : 'id'
  const its = holder && ` (its ${name} is ${show(holder[name])})`
  const advice = {
    id: 'Leave the id out, or give it another.',
    conversation_id: `Call update() or upsert() to change it, or addMany() with onDuplicate: 'skip' or 'replace'.`,
  }
  const message = `A conversation with ${parameter} ${show(value)} is already in the store${its ?? ''}. ${advice[parameter]}`
  return new DuplicateIdError([{ parameter, value, code: 'DUPLICATE_ID', message }])
}

/** The error of a row that is to replace one, but names another id. */
function renumbered({ id, conversation_id }: ReadRow['row'], stored: number): DuplicateIdError {
  const message = `The row with conversation_id ${show(conversation_id)} has the id ${id}, but the one that it replaces has ${stored}, which stays. Leave the id out, or give ${stored}.`
  return new DuplicateIdError([{ parameter: 'conversation_id', value: conversation_id, code: 'DUPLICATE_ID', message }])
}
