/** A whole source into a store. */

import { throwIfAborted } from '../../base/abort.ts'
import { Listed } from '../../base/best-n.ts'
import type { ConversationStoreError } from '../../base/errors.ts'
import { readAhead } from '../../row/ahead.ts'
import { type ConversationInput, type JsonObject, open } from '../../row/conversation.ts'
import type { RejectedRow } from '../../store/store.ts'
import type { LoadedBatch, SkippedRow } from './batch.ts'
import type { LoadOptions } from './read.ts'

/** The part of a store that a load needs. */
export interface RowReceiver<Metadata = JsonObject> {
  addMany(
    rows: Iterable<ConversationInput<Metadata>>,
    options: Passed & { readonly onInvalid: 'throw' | 'skip'; readonly own: true },
  ): {
    readonly added: number
    readonly skipped?: number
    readonly replaced?: number
    readonly rejected: readonly {
      readonly index: number
      readonly conversationId?: unknown
      readonly error: ConversationStoreError
    }[]
    readonly rejectedCount?: number
    readonly warnings?: readonly {
      readonly index: number
      readonly conversationId: string
      readonly message: string
    }[]
    readonly warningCount?: number
  }
}

/** What of the options is the store's matter, as far as it was given. */
type Passed = {
  readonly onDuplicate?: Exclude<LoadOptions['onDuplicate'], undefined>
  readonly bigNumbers?: Exclude<LoadOptions['bigNumbers'], undefined>
}

/** Where a row stands in its source. */
interface Place {
  /** Which row it is of all that were read, from 0. */
  readonly index: number
  /** The line on which it begins, from 1. */
  readonly line: number
  /** The file that it comes from, where files are read. */
  readonly file?: string
}

/** A row that is in the store, but is perhaps not what was meant: a key is a letter or two from a known one. */
export interface LoadWarning extends Place {
  readonly conversationId: string
  /** The place in the row, and what was probably meant. */
  readonly message: string
}

/** What a load did. */
export interface LoadResult {
  /** How many rows are in the store now that were not before. */
  readonly added: number
  /** How many rows were left out because the store has their ids, with `onDuplicate: 'skip'`. */
  readonly skipped: number
  /** How many rows of the store were replaced, with `onDuplicate: 'replace'`. */
  readonly replaced: number
  /** The rows that were left out, in their order: the first 100. Empty unless `onInvalid` is `skip`. */
  readonly rejected: readonly RejectedLine[]
  /** How many there were. */
  readonly rejectedCount: number
  /** What was noticed of rows that were taken, in their order: the first 100 of it. */
  readonly warnings: readonly LoadWarning[]
  /** How many there were. */
  readonly warningCount: number
}

type RejectedLine = RejectedRow & { readonly line: number }

/** Begins to read, with the options that it is given in place of the caller's. */
type ReadBatches<Metadata> = (options: LoadOptions) => AsyncIterable<LoadedBatch<Metadata>>

/** Adds what `read` gives to a store: all or nothing, or batch by batch without the bad rows. */
export async function addBatches<Metadata>(
  store: RowReceiver<Metadata>,
  read: ReadBatches<Metadata>,
  options: LoadOptions,
): Promise<LoadResult> {
  const { onDuplicate, bigNumbers } = options
  const passed = { ...(onDuplicate !== undefined && { onDuplicate }), ...(bigNumbers !== undefined && { bigNumbers }) }
  const load = new Load(store, passed)
  return options.onInvalid === 'skip' ? load.goodRows(read, options) : load.allRows(read, options)
}

class Load<Metadata> {
  readonly #store: RowReceiver<Metadata>
  readonly #passed: Passed
  #counts = { added: 0, skipped: 0, replaced: 0, warningCount: 0 }
  /** What the store rejected beyond those that it listed. */
  #unlisted = 0
  readonly #rejected = new Listed<RejectedLine>()
  readonly #warnings = new Listed<LoadWarning>()

  constructor(store: RowReceiver<Metadata>, passed: Passed) {
    this.#store = store
    this.#passed = passed
  }

  async goodRows(read: ReadBatches<Metadata>, options: LoadOptions): Promise<LoadResult> {
    const onSkip = (row: SkippedRow) => {
      this.#rejected.add({ ...row, conversationId: null })
      options.onSkip?.(row)
    }
    for await (const batch of read({ ...options, onSkip })) {
      for (const row of batch) readAhead(row, options.bigNumbers)
      this.#add(batch, 'skip', [batch])
    }
    return this.#result()
  }

  async allRows(read: ReadBatches<Metadata>, options: LoadOptions): Promise<LoadResult> {
    const batches: LoadedBatch<Metadata>[] = []
    for await (const batch of read(options)) {
      for (const row of batch) readAhead(row, options.bigNumbers)
      batches.push(batch)
    }
    throwIfAborted(options.signal, 'load')

    // The store tells which row is bad by not asking for the next one.
    let under = -1
    function* rows() {
      for (const batch of batches) {
        for (const row of batch) {
          under++
          yield row
        }
      }
      under = -1
    }
    try {
      this.#add(rows(), 'throw', batches)
    } catch (error) {
      throw withPlace(error, under >= 0 ? placeAmong(batches, under) : placeOfDuplicate(error, batches))
    }
    return this.#result()
  }

  /** Adds the rows of some batches, and notes what became of them. */
  #add(
    rows: Iterable<ConversationInput<Metadata>>,
    onInvalid: 'throw' | 'skip',
    batches: readonly LoadedBatch<Metadata>[],
  ): void {
    const result = this.#store.addMany(rows, { onInvalid, own: true, ...this.#passed })
    this.#counts.added += result.added
    this.#counts.skipped += result.skipped ?? 0
    this.#counts.replaced += result.replaced ?? 0
    this.#unlisted += (result.rejectedCount ?? result.rejected.length) - result.rejected.length
    for (const { index, conversationId, error } of result.rejected) {
      const id = typeof conversationId === 'string' ? conversationId : null
      this.#rejected.add({ ...placeAmong(batches, index), conversationId: id, error })
    }
    const warnings = result.warnings ?? []
    this.#counts.warningCount += (result.warningCount ?? warnings.length) - warnings.length
    for (const { index, conversationId, message } of warnings)
      this.#warnings.add({ ...placeAmong(batches, index), conversationId, message })
  }

  #result(): LoadResult {
    const rejected = this.#rejected.items()
    const rejectedCount = this.#rejected.count + this.#unlisted
    const warningCount = this.#counts.warningCount + this.#warnings.count
    return { ...this.#counts, rejected, rejectedCount, warnings: this.#warnings.items(), warningCount }
  }
}

function placeIn({ indexes, lines, file }: LoadedBatch<unknown>, i: number): Place {
  return { index: indexes[i]!, line: lines[i]!, ...(file !== undefined && { file }) }
}

/** The place of a row by its number among those of some batches. */
function placeAmong(batches: readonly LoadedBatch<unknown>[], number: number): Place {
  let i = number
  for (const batch of batches) {
    if (i < batch.length) return placeIn(batch, i)
    i -= batch.length
  }
  throw new RangeError(`The store tells of row ${number}, which it was not given.`)
}

/** The same error, its message beginning with the place, of whatever realm its class is. */
function withPlace(error: unknown, place: Place | undefined): unknown {
  if (place !== undefined && typeof error === 'object' && error !== null && 'message' in error) {
    const { file, line } = place
    error.message = `${file === undefined ? '' : `${file}: `}Line ${line}: ${error.message}`
  }
  return error
}

/** Where the row stands whose id is taken: the second that has it, or the only one, whose id the store had before. */
function placeOfDuplicate(error: unknown, batches: readonly LoadedBatch<unknown>[]): Place | undefined {
  const { code, parameter, value } = Object(error) as Partial<ConversationStoreError>
  if (code !== 'DUPLICATE_ID' || parameter === undefined) return undefined
  let first: Place | undefined
  for (const batch of batches) {
    for (const [i, row] of batch.entries()) {
      if (open(row)[parameter] !== value) continue
      if (first !== undefined) return placeIn(batch, i)
      first = placeIn(batch, i)
    }
  }
  return first
}
