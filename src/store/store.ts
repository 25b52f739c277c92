/** The store: a table of contents over the rooms. Every write goes through here: checked first, then all changed together. */

import { Listed } from '../base/best-n.ts'
import { type ConversationStoreError, InvalidRowError, isStoreError, NotFoundError, show } from '../base/errors.ts'
import type { SearchParamsLike } from '../base/host.ts'
import { inspected } from '../base/inspect.ts'
import type { BigNumbers } from '../base/json.ts'
import { checkChoice, checkInteger, checkOptions, invalidOption } from '../base/options.ts'
import { formatInstant, toInstant } from '../base/text/instant.ts'
import { Engine } from '../engine/engine.ts'
import type { Row } from '../engine/segments/documents.ts'
import type { QuerySpec } from '../query/spec.ts'
import { readOwn } from '../row/ahead.ts'
import type { Conversation, ConversationInput, Feedback, JsonObject, Message } from '../row/conversation.ts'
import { freezeRow } from '../row/freeze.ts'
import { changedRow, countOf, type Items, type ListKey, splicedRow } from '../row/grown.ts'
import {
  type ConversationPatch,
  type GreatestPartIds,
  type ReadRow,
  type RowFields,
  readFeedback,
  readFields,
  readMessage,
  readMetadataChanges,
  readOwnPart,
  readPatch,
  readRow,
} from '../row/read.ts'
import { type Envelope, envelopeOf, type Page } from '../wire/envelope.ts'
import { links } from '../wire/links.ts'
import type { ConversationParameters } from '../wire/parameters.ts'
import { type Param, readParams, writeParams } from '../wire/params.ts'
import { type ReadOptions, readObject } from '../wire/read-parameters.ts'
import { ChangeFeed, type ChangeListener, type ChangeType } from './changes.ts'
import { QueryExecutor } from './executor.ts'
import { Ingest, type OnDuplicate, type Reject, type RowWarning } from './ingest.ts'
import { executor, type StoreLike } from './inside.ts'
import {
  type ConversationStoreOptions,
  checkStoreOptions,
  readEngineOptions,
  readPageSettings,
  STORE_OPTIONS,
} from './options.ts'
import { withinMaximum } from './page.ts'
import type { AnyConversation, AnyQuery } from './query.ts'

/** The rows of a store as a property. */
const stored: unique symbol = Symbol.for('conversation-store.rows')

/** Which row: a number is its `id`, a string its `conversation_id`. `'42'` never means id 42. */
export type Ref = number | string

/** How rows are added. */
export interface AddManyOptions {
  /** What a faulty row does: `throw` (the default) leaves the store as it was, `skip` leaves out that row. */
  readonly onInvalid?: 'throw' | 'skip' | undefined
  /**
   * What a row does whose conversation id another row has, a soft-deleted one too, as where exports overlap: `error` (the
   * default) makes it faulty, `skip` leaves it out, `replace` puts it whole in place of the other, whose id stays. A row
   * that names another id than that, or an id that another conversation has, is faulty always.
   */
  readonly onDuplicate?: OnDuplicate | undefined
  /** What becomes of numbers that a double cannot hold in metadata that is a JSON string. `refuse`. */
  readonly bigNumbers?: BigNumbers | undefined
  /** Hears after each 1,000 rows, and at the end, how many were read. */
  readonly onProgress?: (progress: { readonly rows: number }) => void
  /** The caller gives the rows away: they are checked and become the store's own without a copy, and are frozen when given out. */
  readonly own?: boolean
}

const ADD_MANY_OPTIONS = ['onInvalid', 'onDuplicate', 'bigNumbers', 'onProgress', 'own'] as const

/** @internal The options of `from`: those of the store, and those of adding rows. Throws `UNKNOWN_PARAMETER` for others. */
export function partOptions<Own extends object>(options: Own & AddManyOptions): [own: Own, adding: AddManyOptions] {
  checkOptions('ConversationStore.from', options, [...STORE_OPTIONS, ...ADD_MANY_OPTIONS])
  const { onInvalid, onDuplicate, bigNumbers, onProgress, own, ...others } = options
  const adding = { onInvalid, onDuplicate, bigNumbers, ...(onProgress && { onProgress }), ...(own && { own }) }
  return [others as unknown as Own, adding]
}

/** A row that was left out. */
export interface RejectedRow {
  /** Its place in what was given, from 0; of a load, which row it is of all that were read. */
  readonly index: number
  /** Of a load, the line on which it begins, from 1. */
  readonly line?: number
  /** Of a load from files, the file that it comes from. */
  readonly file?: string
  /** Its conversation id, if it has one that can be read. */
  readonly conversationId: string | null
  readonly error: ConversationStoreError
}

/** What became of the rows that were given. */
export interface AddManyResult {
  /** How many rows were added. */
  readonly added: number
  /** How many stored rows were replaced, with `onDuplicate: 'replace'`. */
  readonly replaced: number
  /** How many rows were left out because their conversation ids were taken, with `onDuplicate: 'skip'`. */
  readonly skipped: number
  /** The rows that were left out, with `onInvalid: 'skip'`, in their order: the first 100. */
  readonly rejected: readonly RejectedRow[]
  /** How many there were. */
  readonly rejectedCount: number
  /** Keys that were probably misspelt, of the rows that were taken in: the first 100. */
  readonly warnings: readonly RowWarning[]
  /** How many there were. */
  readonly warningCount: number
}

/** The greatest id of each kind that a store ever held. */
export interface GreatestIds {
  readonly conversation: number
  readonly message: number
  readonly feedback: number
}

/** What the stores of both entry points have: rows, every write, and answers to parameters. */
export abstract class StoreBase<Metadata, Extra = unknown> implements StoreLike<Metadata> {
  readonly #changes: ChangeFeed
  readonly #executor: QueryExecutor
  readonly #ingest = new Ingest(() => this.#engine)
  #engine: Engine

  /** An empty store. Throws `INVALID_VALUE` for page sizes that are not positive integers, `UNKNOWN_PARAMETER`. O(1). */
  constructor(options: ConversationStoreOptions = {}) {
    checkStoreOptions(options)
    this.#engine = new Engine(readEngineOptions(options))
    this.#changes = new ChangeFeed(options.onListenerError)
    this.#executor = new QueryExecutor(() => this.#engine, readPageSettings(options), this.#changes)
    // Assertions see own properties alone: with this one two stores are equal when their rows are.
    Object.defineProperty(this, stored, { enumerable: true, get: () => [...this] })
  }

  /** @internal */
  [inspected](): string {
    return `ConversationStore (${this.size} ${this.size === 1 ? 'row' : 'rows'})`
  }

  /** @internal */
  get [executor](): QueryExecutor {
    return this.#executor
  }

  /** @internal The greatest ids that were ever in the store, of which none is given again; 0 for none. */
  get greatestIds(): GreatestIds {
    return this.#ingest.greatestIds
  }

  /**
   * @internal Uses up the ids to these: rows, messages and feedbacks that come without an id get greater ones. Throws
   * `INVALID_VALUE` for anything but whole numbers from 0 to 2^53-1, and for another kind.
   */
  reserveIds(ids: Partial<GreatestIds>): void {
    const given = Object.entries(ids).filter(([, id]) => id !== undefined)
    for (const [kind, id] of given) {
      if (!ID_KINDS.includes(kind)) throw invalidOption('reserveIds', kind, `one of ${ID_KINDS.join(', ')}`)
      checkInteger(kind, id, 0)
    }
    this.#ingest.reserve({ conversation: 0, message: 0, feedback: 0, ...Object.fromEntries(given) })
  }

  /** How many rows there are, soft-deleted ones too. O(1). */
  get size(): number {
    return this.#engine.documents.size
  }

  /** The row with this id or conversation id, a soft-deleted one too, frozen; `undefined` if it is not here. O(1). */
  get(ref: Ref): Conversation<Metadata, Extra> | undefined {
    const number = this.#engine.documents.find(ref)
    return number === undefined ? undefined : this.#give(this.#engine.documents.row(number))
  }

  /** Whether there is a row of that name, a soft-deleted one too. O(1). */
  has(ref: Ref): boolean {
    return this.#engine.documents.find(ref) !== undefined
  }

  /** All rows, soft-deleted ones too, in the order in which they were added, as they were when the iteration began. */
  [Symbol.iterator](): IterableIterator<Conversation<Metadata, Extra>> {
    const { documents } = this.#engine
    const numbers = Array.from(documents.numbers())
    const read = documents.reader('row')
    const give = (row: Row) => this.#give(row)
    return (function* () {
      for (const number of numbers) yield give(read(number))
    })()
  }

  /**
   * Adds a row and gives it back as it is stored, frozen. Throws `InvalidRowError` with all its faults, or
   * `DuplicateIdError`; then nothing has changed. O(bytes of the row).
   */
  add(raw: ConversationInput<Metadata, Extra>): Conversation<Metadata, Extra> {
    return this.#put(readRow(raw, false), 'error')
  }

  /**
   * Adds rows, reading the whole iterable before anything changes. With `onInvalid: 'throw'` all are added or, with the
   * error of the first that cannot be, none: rows that were replaced are back too. With `'skip'` those that can be are
   * added. `onDuplicate` says what a row does whose conversation id the store has, or an earlier row of the same call.
   * Throws `InvalidRowError`, `DuplicateIdError`, and `INVALID_VALUE` for an invalid option. O(bytes of the rows).
   *
   * @example store.addMany(rowsOfToday, { onDuplicate: 'replace' }) // { added: 3, replaced: 97, skipped: 0, ... }
   */
  addMany(raws: Iterable<ConversationInput<Metadata, Extra>>, options: AddManyOptions = {}): AddManyResult {
    checkOptions('addMany', options, ADD_MANY_OPTIONS)
    const { onInvalid = 'throw', onDuplicate = 'error', bigNumbers = 'refuse', onProgress, own = false } = options
    if (typeof Object(raws)[Symbol.iterator] !== 'function')
      throw invalidOption('rows', raws, 'a list of rows, or another iterable of them', ' One row is added by add(row).')
    checkChoice('onInvalid', onInvalid, ['throw', 'skip'])
    checkChoice('onDuplicate', onDuplicate, ['error', 'skip', 'replace'])
    checkChoice('bigNumbers', bigNumbers, ['refuse', 'string', 'round'])
    const rejected = new Listed<RejectedRow>()
    const reject: Reject = (index, raw, error) => {
      if (onInvalid === 'throw' || !isStoreError(error)) throw error
      rejected.add({ index, conversationId: conversationIdOf(raw), error })
    }
    const read = (raw: unknown) => (own ? readOwn(raw, bigNumbers) : readRow(raw, false, bigNumbers))
    const { written, ...others } = this.#ingest.putMany(raws, read, onDuplicate, reject, onProgress)
    this.#tell(written)
    const added = written.filter(([, before]) => before === null).length
    return {
      added,
      replaced: written.length - added,
      ...others,
      rejected: rejected.items(),
      rejectedCount: rejected.count,
    }
  }

  /**
   * Adds a row, or replaces the row with its conversation id, whole; that row's id stays. Throws as `add` does, and
   * `DuplicateIdError` if the row names another id than the stored one has. `own`: as in `addMany`. O(bytes of the row).
   */
  upsert(
    raw: ConversationInput<Metadata, Extra>,
    { own = false }: Pick<AddManyOptions, 'own'> = {},
  ): Conversation<Metadata, Extra> {
    return this.#put(own ? readOwn(raw) : readRow(raw, false), 'replace')
  }

  /**
   * Changes what the hosted API can change: name, is_marked, customer_id, device, language, metadata (which replaces the
   * document). Throws `NotFoundError`, or `InvalidRowError` naming each key that cannot be changed. O(keys of the row).
   */
  update(ref: Ref, patch: ConversationPatch<Metadata>): Conversation<Metadata, Extra> {
    const read = readPatch(patch)
    const number = this.#number(ref)
    return this.#replace(number, read, 'update')
  }

  /** Sets and removes keys at the top level of a row's metadata; the others stay. Throws as `update` does. */
  updateMetadata(
    ref: Ref,
    changes: Partial<Metadata> | JsonObject,
    options: { readonly remove?: readonly string[] } = {},
  ): Conversation<Metadata, Extra> {
    const read = readMetadataChanges(changes, options.remove)
    const number = this.#number(ref)
    const before = this.#engine.documents.row(number)
    const metadata = { ...(before.metadata as object | null), ...read.changes } as Record<string, unknown>
    for (const key of read.remove) delete metadata[key]
    return this.#replace(number, { metadata }, 'update')
  }

  /** Gives a row another name, or none. Throws as `update` does. */
  rename(ref: Ref, name: string | null): Conversation<Metadata, Extra> {
    // In a patch it changes nothing; here it is a name that someone forgot.
    if (name === undefined) throw notGiven('name', name, 'a string, or null for no name')
    return this.update(ref, { name } as ConversationPatch<Metadata>)
  }

  /** Marks a row, or with `false` unmarks it. Flips a bit: O(keys of the row). Throws as `update` does. */
  mark(ref: Ref, yes = true): Conversation<Metadata, Extra> {
    if (yes === null) throw notGiven('is_marked', yes, 'true or false')
    const patch = readPatch({ is_marked: yes })
    const number = this.#number(ref)
    return this.#reflect(number, patch, 'update')
  }

  /**
   * Deletes a row softly: it leaves all answers but those that ask for deleted rows, and can be restored. `at`: ISO
   * text, Date or epoch milliseconds; now, if left out. A row that is deleted already stays as it is, unless `at` is given.
   */
  delete(ref: Ref, at?: string | Date | number): Conversation<Metadata, Extra> {
    const number = this.#number(ref)
    const before = this.#engine.documents.row(number)
    if (at === undefined && before.is_deleted === true) return this.#give(before)
    return this.#reflect(number, { is_deleted: true, deleted_at: deletionTime(at) }, 'delete')
  }

  /** Takes a soft deletion back. A row that is not deleted stays as it is. */
  restore(ref: Ref): Conversation<Metadata, Extra> {
    const number = this.#number(ref)
    const before = this.#engine.documents.row(number)
    if (before.is_deleted !== true) return this.#give(before)
    return this.#reflect(number, { is_deleted: false, deleted_at: null }, 'restore')
  }

  /** Removes a row for good and gives it back. Its id is not used again. O(1). */
  purge(ref: Ref): Conversation<Metadata, Extra> {
    const number = this.#number(ref)
    const before = this.#engine.writes.remove(number)
    this.#tell([['purge', before, null]])
    return this.#give(before)
  }

  /**
   * Adds a message after the others; without an id it gets one. Throws `NotFoundError` or `InvalidRowError`. O(size of the
   * message), however many there are: the row that comes back shows them as an array once its `messages` are read.
   */
  addMessage(ref: Ref, message: Message): Conversation<Metadata, Extra> {
    return this.#append(ref, 'messages', (greatest) => readMessage(message, greatest))
  }

  /** Adds a feedback after the others, as `addMessage` does a message. */
  addFeedback(ref: Ref, feedback: Feedback): Conversation<Metadata, Extra> {
    return this.#append(ref, 'feedbacks', (greatest) => readFeedback(feedback, greatest))
  }

  /** Purges all rows. Ids go on from where they were. */
  clear(): void {
    const { documents } = this.#engine
    const gone = this.#changes.areHeard ? Array.from(documents.numbers(), (number) => documents.row(number)) : []
    this.#engine = this.#engine.emptied()
    this.#tell(gone.map((row) => ['purge', row, null]))
  }

  /** Runs a query that was made without a store, or with another: its page. Throws `INVALID_VALUE` for anything else. */
  run<Row>(query: AnyQuery<Metadata, Row>): Envelope<Row> {
    if (typeof Object(query).withSource !== 'function')
      throw invalidOption('query', query, "a query, query().device('mobile')")
    return query.withSource(this).fetch()
  }

  /**
   * Answers the parameters of `GET /api/conversations/`: a string or `URLSearchParams` by the rules of the wire, an object
   * by those of code. Throws `InvalidQueryError` with all faults, also for an unknown parameter (unless `{ strict: false }`
   * is given with a string), or `InvalidPageError`.
   */
  fetchConversations(
    parameters: string | SearchParamsLike | ConversationParameters<Metadata> = {},
    options: ReadOptions = {},
  ): Envelope<AnyConversation<Metadata, Extra>> {
    const isWire =
      typeof parameters === 'string' || typeof (parameters as Partial<SearchParamsLike>)?.append === 'function'
    const { spec, given }: { readonly spec: QuerySpec; readonly given?: readonly Param[] } = isWire
      ? readParams(parameters as string | SearchParamsLike, { ...options, strict: options.strict ?? true })
      : { spec: withinMaximum(readObject(parameters), false, this.#executor) }
    const page = this.#executor.page(spec) as Page<AnyConversation<Metadata, Extra>>
    return envelopeOf(
      page,
      links(this.#executor.baseUrl, () => given ?? writeParams(spec)),
    )
  }

  /**
   * Runs `write` and tells of all that it wrote at its end: each live query once, and `onChange` listeners change by
   * change, in order. It is about telling, not about undoing: if `write` throws, what was written stands and is told, and
   * the error goes on. A batch within a batch is a part of it. Gives what `write` gives.
   *
   * Throws `INVALID_VALUE` for an async function, which would write after the batch's end.
   *
   * @example store.batch(() => { for (const id of ids) store.mark(id) })
   */
  batch<Result>(write: () => Result & (Result extends PromiseLike<unknown> ? never : unknown)): Result {
    return this.#changes.batch(write)
  }

  /**
   * Calls a listener with every change from now on, after it was made; what comes back unsubscribes it. Changes of a
   * `batch` are told at its end.
   */
  onChange(listener: ChangeListener<Metadata, Extra>): () => void {
    if (typeof listener !== 'function') throw invalidOption('listener', listener, 'a function that takes a change')
    return this.#changes.listen(listener as ChangeListener<unknown>)
  }

  /**
   * @internal Puts messages or feedbacks into a list of a row, at a place from 0 and in place of `removed` others, and sets
   * fields of the row with them. Their ids are their own. Throws `NotFoundError` or `InvalidRowError`, and has then changed
   * nothing. O(size of the parts) at the end of the list.
   */
  splice<Key extends ListKey>(
    ref: Ref,
    key: Key,
    at: number,
    removed: number,
    parts: readonly Items[Key][],
    fields: RowFields = {},
  ): void {
    const number = this.#number(ref)
    const before = this.#engine.documents.row(number)
    const { part: items, keep } = this.#ingest.readPart((greatest) =>
      parts.map((part) => readOwnPart(part, key, greatest) as Items[Key]),
    )
    const changes = readFields(fields)
    keep()
    this.#replaceBy(number, splicedRow(before, key, at, removed, items, changes as Partial<Row>))
  }

  /** Puts a part that is read after the others of a row. */
  #append(
    ref: Ref,
    key: ListKey,
    read: (greatest: GreatestPartIds) => Message | Feedback,
  ): Conversation<Metadata, Extra> {
    const { part, keep } = this.#ingest.readPart(read)
    const number = this.#number(ref)
    keep()
    const before = this.#engine.documents.row(number)
    return this.#replaceBy(number, splicedRow(before, key, countOf(before, key), 0, [part as never]))
  }

  /** Replaces a row by one with changes. */
  #replace(number: number, changes: object, type: ChangeType): Conversation<Metadata, Extra> {
    return this.#replaceBy(number, changedRow(this.#engine.documents.row(number), changes), type)
  }

  #replaceBy(number: number, row: Row, type: ChangeType = 'update'): Conversation<Metadata, Extra> {
    this.#tell([[type, this.#engine.writes.replace(number, row), row]])
    return this.#give(row)
  }

  /** Takes in a row that was read, tells of it and gives it. */
  #put(read: ReadRow, onDuplicate: 'error' | 'replace'): Conversation<Metadata, Extra> {
    const written = this.#ingest.put(read, onDuplicate)!
    this.#tell([written])
    return this.#give(written[2])
  }

  /** Replaces a row by one that differs in its mark and its deletion alone. */
  #reflect(number: number, changes: object, type: ChangeType): Conversation<Metadata, Extra> {
    const row = changedRow(this.#engine.documents.row(number), changes)
    this.#tell([[type, this.#engine.writes.reflect(number, row), row]])
    return this.#give(row)
  }

  #number(ref: Ref): number {
    const number = this.#engine.documents.find(ref)
    if (number === undefined) throw new NotFoundError(ref)
    return number
  }

  #give(row: Row): Conversation<Metadata, Extra> {
    return freezeRow(row) as Conversation<Metadata, Extra>
  }

  #tell(changes: readonly (readonly [ChangeType, Row | null, Row | null])[]): void {
    if (!this.#changes.areHeard) return
    this.#changes.tell(changes.map(([type, before, after]) => ({ type, before, after })))
  }
}

function conversationIdOf(raw: unknown): string | null {
  const id =
    typeof raw === 'object' && raw !== null ? (raw as { conversation_id?: unknown }).conversation_id : undefined
  return typeof id === 'string' ? id : null
}

function deletionTime(at: string | Date | number | undefined): string {
  const instant = toInstant(at === undefined ? Date.now() : at)
  if (instant === undefined) {
    const message = `${show(at)} is an invalid time. Expected an ISO 8601 string, a Date or epoch milliseconds.`
    throw new InvalidRowError([{ parameter: 'deleted_at', value: at, code: 'INVALID_ROW', message }])
  }
  return typeof at === 'string' ? at : formatInstant(instant)
}

const ID_KINDS: readonly string[] = ['conversation', 'message', 'feedback']

/** A value that a patch may have, but not a call that is about it alone. */
function notGiven(parameter: string, value: unknown, expected: string): InvalidRowError {
  const message = `${parameter} is ${show(value)}. Expected ${expected}.`
  return new InvalidRowError([{ parameter, value, code: 'INVALID_ROW', message }])
}
