/** A whole source into a store. */

import type { ConversationStoreError } from '../../base/errors.ts'
import type { ConversationInput, JsonObject } from '../../row/conversation.ts'
import type { LoadedBatch, SkippedRow } from './batch.ts'
import { throwIfAborted } from './fault.ts'
import type { LoadOptions } from './read.ts'

/** The part of a store that a load needs. */
export interface RowReceiver<Metadata = JsonObject> {
  addMany(
    rows: Iterable<ConversationInput<Metadata>>,
    options: { readonly onInvalid: 'throw' | 'skip'; readonly own: true },
  ): {
    readonly added: number
    readonly rejected: readonly {
      readonly index: number
      readonly conversationId?: unknown
      readonly error: ConversationStoreError
    }[]
  }
}

/** A row that did not come into the store. */
export interface RejectedRow {
  /** Which row it is of all that were read, from 0. */
  readonly index: number
  /** The line on which it begins, from 1. */
  readonly line: number
  /** The file that it comes from, where files are read. */
  readonly file?: string
  /** Its conversation id, if it has one that could be read. */
  readonly conversationId: string | null
  /** All that is wrong with it. */
  readonly error: ConversationStoreError
}

/** What a load did. */
export interface LoadResult {
  /** How many rows are in the store now that were not before. */
  readonly added: number
  /** The rows that were left out, in their order; none unless `onInvalid` is `skip`. */
  readonly rejected: readonly RejectedRow[]
}

/** Begins to read, with the options that it is given in place of the caller's. */
type ReadBatches<Metadata> = (options: LoadOptions) => AsyncIterable<LoadedBatch<Metadata>>

/** Adds what `read` gives to a store: all or nothing, or batch by batch without the bad rows. */
export async function addBatches<Metadata>(
  store: RowReceiver<Metadata>,
  read: ReadBatches<Metadata>,
  options: LoadOptions,
): Promise<LoadResult> {
  return options.onInvalid === 'skip' ? addGoodRows(store, read, options) : addAll(store, read, options)
}

async function addGoodRows<Metadata>(
  store: RowReceiver<Metadata>,
  read: ReadBatches<Metadata>,
  options: LoadOptions,
): Promise<LoadResult> {
  let added = 0
  const rejected: RejectedRow[] = []
  const onSkip = (row: SkippedRow) => {
    rejected.push({ ...row, conversationId: null })
    options.onSkip?.(row)
  }
  for await (const batch of read({ ...options, onSkip })) {
    const result = store.addMany(batch, { onInvalid: 'skip', own: true })
    added += result.added
    for (const { index, conversationId, error } of result.rejected) {
      rejected.push({
        index: batch.indexes[index]!,
        line: batch.lines[index]!,
        ...(batch.file !== undefined && { file: batch.file }),
        conversationId: typeof conversationId === 'string' ? conversationId : null,
        error,
      })
    }
  }
  rejected.sort((a, b) => a.index - b.index)
  return { added, rejected }
}

async function addAll<Metadata>(
  store: RowReceiver<Metadata>,
  read: ReadBatches<Metadata>,
  options: LoadOptions,
): Promise<LoadResult> {
  const batches: LoadedBatch<Metadata>[] = []
  for await (const batch of read(options)) batches.push(batch)
  throwIfAborted(options.signal)

  // The store tells which row is no conversation by not asking for the next one.
  let under: Place | undefined
  function* rows() {
    for (const [row, place] of placed(batches)) {
      under = place
      yield row
    }
    under = undefined
  }
  try {
    const { added } = store.addMany(rows(), { onInvalid: 'throw', own: true })
    return { added, rejected: [] }
  } catch (error) {
    const place = under ?? placeOfDuplicate(error, batches)
    if (place !== undefined && isError(error)) {
      const { file, line } = place
      error.message = `${file === undefined ? '' : `${file}: `}Line ${line}: ${error.message}`
    }
    throw error
  }
}

/** Whether it has a text to put the place before, of whatever realm its class is. */
function isError(error: unknown): error is { message: string } {
  return typeof error === 'object' && error !== null && 'message' in error
}

interface Place {
  readonly file: string | undefined
  readonly line: number
}

function* placed<Metadata>(
  batches: readonly LoadedBatch<Metadata>[],
): Generator<readonly [ConversationInput<Metadata>, Place], void, undefined> {
  for (const batch of batches) {
    for (const [i, row] of batch.entries()) yield [row, { file: batch.file, line: batch.lines[i]! }]
  }
}

/** Where the row stands whose id is taken: the second that has it, or the only one, whose id the store had before. */
function placeOfDuplicate(error: unknown, batches: readonly LoadedBatch<unknown>[]): Place | undefined {
  const { code, parameter, value } = Object(error) as Partial<ConversationStoreError>
  if (code !== 'DUPLICATE_ID' || parameter === undefined) return undefined
  let first: Place | undefined
  for (const [row, place] of placed(batches)) {
    if (row[parameter] !== value) continue
    if (first !== undefined) return place
    first = place
  }
  return first
}
