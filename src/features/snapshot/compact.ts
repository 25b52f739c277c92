/** Packing the documents of a store in place. */
import { throwIfAborted } from '../../base/abort.ts'
import type { AbortSignalLike } from '../../base/host.ts'
import { checkInteger, checkOptions } from '../../base/options.ts'
import type { Engine } from '../../engine/engine.ts'
import { rowNumbersOf } from '../../engine/image/image.ts'
import type { Row } from '../../engine/segments/documents.ts'
import { pausing } from '../../engine/warm.ts'
import { executorOf, type StoreLike } from '../../store/inside.ts'
import { packRows } from './pack.ts'
import { PackedDocuments, remember } from './packed.ts'
import { storedValues } from './write-values.ts'

/** How documents are packed. */
export interface CompactOptions {
  /** How many unpacked rows are kept. 512. */
  readonly rowCache?: number
  /** Hears how many rows are packed. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void
  /** Stops the packing; the store is then as it was. */
  readonly signal?: AbortSignalLike
}

/** By engine: settles when no packing of it is under way. Two at a time would each give the other's rows up. */
const turns = new WeakMap<Engine, Promise<void>>()

/**
 * Packs the documents of a store, those that lie packed already too, so that rows that are gone take no memory. Answers stay the
 * same; a row is unpacked when it is given out, some 50 µs. What is written meanwhile stays an object. Rejects with the signal's
 * reason. O(bytes), in slices of some 8 ms.
 *
 * @example
 * await compact(store)
 */
export async function compact(store: StoreLike, options: CompactOptions = {}): Promise<void> {
  checkOptions('compact', options, ['rowCache', 'onProgress', 'signal'])
  const { rowCache = 512, signal } = options
  checkInteger('rowCache', rowCache, 0)
  throwIfAborted(signal, 'packing')
  const { engine } = executorOf(store)
  const turn = (turns.get(engine) ?? Promise.resolve()).then(() => pack(engine, rowCache, options))
  turns.set(
    engine,
    turn.catch(() => {}),
  )
  await turn
}

async function pack(engine: Engine, rowCache: number, { onProgress, signal }: CompactOptions): Promise<void> {
  throwIfAborted(signal, 'packing')
  const { documents } = engine
  // The number of a dead row may be another row's by now.
  const numbers = [...new Set(rowNumbersOf(engine))].filter((number) => !documents.isFree(number))
  const read = documents.reader('read')
  // Those that are objects now; `undefined` of those that lie packed.
  const residents: readonly (Row | undefined)[] = numbers.map((number) => documents.resident(number))
  const ids = Float64Array.from(numbers, (number) => documents.id(number))
  const conversationIds = storedValues(numbers.map((number) => documents.conversationId(number)))
  const pause = pausing({ signal, what: 'packing' })
  // What someone holds is the same row when it is given out again: live queries tell by that what changed.
  const seen = new Map<number, WeakRef<Row>>()
  const rowAt = (at: number): Row => {
    const row = read(numbers[at]!)
    remember(seen, at, row)
    return row
  }
  const blocks = await packRows(numbers.length, { rowAt, pause, onProgress })
  const packed = new PackedDocuments(blocks, ids, conversationIds, { rowCache, isChecked: false, seen })
  documents.pack(packed, numbers, residents)
}
