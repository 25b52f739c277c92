/** The whole way from a source to batches of rows. */

import { abortReason, onAbort, throwIfAborted } from '../../base/abort.ts'
import { show } from '../../base/errors.ts'
import type { AbortSignalLike } from '../../base/host.ts'
import type { BigNumbers } from '../../base/json.ts'
import { checkOptions, invalidOption } from '../../base/options.ts'
import { type LoadedBatch, type RowCounter, RowSink, type SkippedRow } from './batch.ts'
import { ContentParser } from './content.ts'
import type { SourceFaults } from './fault.ts'
import { gunzip } from './gzip.ts'
import { nextTurn } from './host.ts'
import { type ByteInput, ignore, join } from './source.ts'

/** How far a load has come. */
export interface LoadProgress {
  /** Bytes read of the source as it stands: of gzip the compressed ones, of text as UTF-8. */
  readonly bytes: number
  /** Rows read, without those that were skipped. */
  readonly rows: number
  /** All bytes of the source, where that is known beforehand. */
  readonly totalBytes?: number
}

/** How to read a source. */
export interface LoadOptions {
  /** Called before each batch and once at the end. What it throws ends the load. */
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined
  /**
   * What a bad row does: `throw` (the default) ends the load, `skip` leaves it out. A row is bad when it is not JSON,
   * not a JSON object, not UTF-8, too long, or has a number that would change (see `bigNumbers`). In a JSON document (an
   * array, a page, an import file, a row over several lines) what is not JSON, not UTF-8 or too long ends the load all the
   * same: where the next row begins cannot be known.
   */
  readonly onInvalid?: 'throw' | 'skip' | undefined
  /**
   * What a row does whose id or conversation id the store has, or another row of the load before it: `error` (the default)
   * makes it a bad row, `skip` leaves it out, `replace` puts it in the place of the other. Where rows are read without a
   * store it is not used.
   */
  readonly onDuplicate?: 'error' | 'skip' | 'replace' | undefined
  /** Called with each row that `onInvalid: 'skip'` leaves out, in their order. */
  readonly onSkip?: ((row: SkippedRow) => void) | undefined
  /** Ends the load when it is aborted: it rejects with the signal's reason, and the source is closed. */
  readonly signal?: AbortSignalLike | undefined
  /**
   * What becomes of a number that JavaScript would change: a whole one beyond 2^53-1 or an infinite one. `refuse` (the
   * default) makes its row a bad one, with the place of the number; `string` keeps its digits as a string; `round` takes
   * the nearest number.
   */
  readonly bigNumbers?: BigNumbers | undefined
  /** The longest row that is read, in bytes of UTF-8: 67,108,864 (64 MiB) if not given. One row is read by one `JSON.parse`,
   * which holds the thread about 4 ms a megabyte, so a smaller one bounds that. */
  readonly maxRowBytes?: number | undefined
}

const MAX_ROW_BYTES = 67_108_864
/** So many bytes are parsed before it is looked whether a batch is full, and how long that took. */
const PIECE = 65_536
/** After so many milliseconds the event loop is let run. */
const SLICE_MS = 8

/** Reads an opened source, gives its rows batch by batch, and closes it in the end, however that comes. */
export async function* readBatches(
  input: ByteInput,
  options: LoadOptions,
  faults: SourceFaults,
  counter: RowCounter = { rows: 0 },
): AsyncGenerator<LoadedBatch, void, undefined> {
  const { signal, onProgress, onInvalid, onSkip = () => {} } = options
  const { maxRowBytes = MAX_ROW_BYTES, bigNumbers = 'refuse' } = options
  let reason: unknown
  try {
    checkLoadOptions(options)
    throwIfAborted(signal, 'load')
    const sink = new RowSink({ maxRowBytes, bigNumbers }, faults, counter, onInvalid === 'skip' ? onSkip : undefined)
    const content = new ContentParser(sink)
    const totalBytes = onProgress && input.totalBytes
    let bytes = 0
    let rows = 0
    const report = () => onProgress?.({ bytes, rows, ...(totalBytes !== undefined && { totalBytes }) })
    const pieces = readPieces(async () => {
      const chunk = await abortable(input.next(), signal)
      bytes += chunk?.length ?? 0
      return chunk
    }, faults)

    let isOver = false
    let sliceEnd = Date.now() + SLICE_MS
    const pause = async () => {
      await nextTurn()
      throwIfAborted(signal, 'load')
      sliceEnd = Date.now() + SLICE_MS
    }
    let failure: { readonly error: unknown } | undefined
    try {
      while (!isOver) {
        try {
          const { done, value } = await pieces.next()
          if (done) content.end()
          else content.write(value)
          isOver = done === true
        } catch (error) {
          failure = { error }
          isOver = true
        }
        throwIfAborted(signal, 'load')
        // Rows before the fault are given first, so that which are given does not hang on how the chunks were cut.
        while (sink.isFull || (isOver && sink.size > 0)) {
          const batch = sink.take()
          rows += batch.length
          report()
          yield batch
          await pause()
        }
        if (!isOver && Date.now() >= sliceEnd) await pause()
      }
    } finally {
      ignore(pieces.return())
    }
    if (failure !== undefined) throw failure.error
    report()
  } catch (error) {
    reason = error
    throw error
  } finally {
    await input.close(reason)
  }
}

/** The source's text in pieces that are parsed at one go, after undoing the gzip that its first bytes tell of. */
export async function* readPieces(
  next: () => Promise<Uint8Array | undefined>,
  faults: SourceFaults,
): AsyncGenerator<Uint8Array, void, undefined> {
  let first = await next()
  while (first !== undefined && first.length === 1 && first[0] === 0x1f) {
    const second = await next()
    if (second === undefined) break
    // Not `first` itself, whose memory the source may have used again.
    first = join([Uint8Array.of(0x1f), second])
  }
  if (first === undefined) return
  if (first[0] === 0x1f && first[1] === 0x8b) {
    for await (const chunk of gunzip(first, next, faults)) yield* cut(chunk)
    return
  }
  for (let chunk: Uint8Array | undefined = first; chunk !== undefined; chunk = await next()) yield* cut(chunk)
}

function* cut(chunk: Uint8Array): Generator<Uint8Array, void, undefined> {
  for (let from = 0; from < chunk.length; from += PIECE) yield chunk.subarray(from, from + PIECE)
}

/** The same promise, but rejected as soon as the signal is aborted; one that does not tell is looked at when it resolves. */
async function abortable<T>(promise: Promise<T>, signal: AbortSignalLike | undefined): Promise<T> {
  if (signal === undefined) return promise
  return new Promise((resolve, reject) => {
    const stop = () => reject(abortReason(signal, 'load'))
    const forget = onAbort(signal, stop)
    promise.then((value) => (signal.aborted ? stop() : resolve(value)), reject).finally(forget)
    if (signal.aborted) stop()
  })
}

/** The options that are one of a few words. */
const CHOICES: readonly (readonly ['onInvalid' | 'onDuplicate' | 'bigNumbers', readonly string[]])[] = [
  ['onInvalid', ['throw', 'skip']],
  ['onDuplicate', ['error', 'skip', 'replace']],
  ['bigNumbers', ['refuse', 'string', 'round']],
]

const OPTIONS = [...CHOICES.map(([name]) => name), 'onProgress', 'onSkip', 'signal', 'maxRowBytes']

function checkLoadOptions(options: LoadOptions): void {
  checkOptions('load', options, OPTIONS)
  for (const [name, choices] of CHOICES) {
    const given = options[name]
    if (given !== undefined && !choices.includes(given))
      throw invalidOption(name, given, choices.map(show).join(' or '))
  }
  const { maxRowBytes } = options
  if (maxRowBytes !== undefined && !(Number.isSafeInteger(maxRowBytes) && maxRowBytes > 0)) {
    throw invalidOption('maxRowBytes', maxRowBytes, 'a whole number of bytes, at least 1')
  }
}
