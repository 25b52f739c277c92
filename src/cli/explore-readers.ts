/** How a file of each kind is read into a store, its good rows without the bad ones. */
import { open } from 'node:fs/promises'
import { ConversationStore } from '../core.ts'
import type { FormatReport } from '../features/formats/reader.ts'
import { SourceFaults } from '../features/load/fault.ts'
import type { LoadedBatch, LoadOptions } from '../features/load/node.ts'
import type { AnyStore } from '../http/state.ts'
import { readAnyFiles, readAnyStream } from './any-files.ts'
import type { FoundFile } from './explore-files.ts'
import { collected, headOf, kindOfHead, unpacked } from './file-bytes.ts'
import { fillFromJournal } from './journal-input.ts'
import { fillFromSnapshot, readSnapshotFile } from './snapshot-input.ts'
import type { Streams } from './streams.ts'

/** Takes what is in a file. */
export interface Receiver {
  readonly store: AnyStore
  readonly signal: AbortSignal
  readonly streams: Streams
  /** The file, as people call it. */
  readonly name: string
  /** Hears how many bytes and rows of it were read. What it throws ends the reading. */
  onRead(bytes: number, rows: number): void
  onSnapshot(bytes: Uint8Array): void
  onFault(line: number | null, message: string): void
  onMoreFaults(count: number): void
  /** Hears what of a file of another format was not understood. */
  onReport(report: FormatReport): void
  /** Hears of a conversation whose id another has. */
  onDuplicate(line: number | null, id: number | string): void
  onWarnings(
    placed: readonly { readonly file: string; readonly line: number; readonly message: string }[],
    count: number,
  ): void
}

/** Reads a file. Rejects where the rest of it cannot be read; the rows before that are in the store. */
type Read = (file: FoundFile, receiver: Receiver) => Promise<void>

/** By kind. */
export const READERS: Readonly<Record<FoundFile['kind'], Read>> = {
  rows: ({ path }, receiver) => addBatches(readAnyFiles([path], receiver, optionsOf(receiver)), receiver),

  snapshot: readSnapshot,

  manifest: readSnapshot,

  async journal({ path }, receiver) {
    const file = await open(path)
    try {
      await addJournal(unpacked(file, new SourceFaults(path)), receiver)
    } finally {
      await file.close()
    }
  },

  async pipe(_, receiver) {
    const chunks = unpacked(receiver.streams.stdin, new SourceFaults())
    const head = await headOf(chunks)
    const whole = (async function* () {
      yield* head
      yield* chunks
    })()
    const kind = kindOfHead(Buffer.concat(head))
    if (kind === 'snapshot') await addSnapshot(await collected(whole), receiver)
    else if (kind === 'journal') await addJournal(whole, receiver)
    else await addBatches(readAnyStream(whole, receiver, optionsOf(receiver)), receiver)
  },
}

async function readSnapshot({ path, kind }: FoundFile, receiver: Receiver): Promise<void> {
  const which = kind === 'manifest' ? kind : 'snapshot'
  await addSnapshot(await readSnapshotFile(path, which, (bytes) => receiver.onRead(bytes, 0)), receiver)
}

function optionsOf({ signal, onFault, onRead }: Receiver): LoadOptions {
  return {
    onInvalid: 'skip',
    onSkip: ({ line, error }) => onFault(line, error.message),
    onProgress: ({ bytes, rows }) => onRead(bytes, rows),
    signal,
  }
}

async function addBatches(batches: AsyncIterable<LoadedBatch>, receiver: Receiver): Promise<void> {
  const { store, name: file } = receiver
  for await (const batch of batches) {
    const lineOf = (index: number) => batch.lines[index]!
    const places = [...batch.keys()].filter((i) => isNew(batch[i]!, receiver, lineOf(i)))
    const added = store.addMany(
      places.map((i) => batch[i]!),
      { onInvalid: 'skip', own: true },
    )
    const { rejected, rejectedCount, warnings, warningCount } = added
    for (const { index, error } of rejected) receiver.onFault(lineOf(places[index]!), error.message)
    receiver.onMoreFaults(rejectedCount - rejected.length)
    receiver.onWarnings(
      warnings.map(({ index, message }) => ({ file, line: lineOf(places[index]!), message })),
      warningCount,
    )
  }
}

/** Whether the store has no conversation with an id of this one; tells of it otherwise. */
function isNew(row: object, { store, onDuplicate }: Receiver, line: number | null): boolean {
  const { conversation_id, id } = row as { readonly conversation_id?: unknown; readonly id?: unknown }
  const isTaken = (ref: unknown) => (typeof ref === 'string' || Number.isSafeInteger(ref)) && store.has(ref as string)
  const taken = [conversation_id, id].find(isTaken) as string | number | undefined
  if (taken !== undefined) onDuplicate(line, taken)
  return taken === undefined
}

async function addSnapshot(bytes: Uint8Array, receiver: Receiver): Promise<void> {
  const own = ownStore(receiver.store)
  await fillFromSnapshot(own, receiver.name, bytes)
  receiver.onSnapshot(bytes)
  addStore(own, receiver)
}

/** Of a journal that is damaged, what stands before that is added. */
async function addJournal(pieces: AsyncIterable<Uint8Array>, receiver: Receiver): Promise<void> {
  const { store, name, streams } = receiver
  const own = ownStore(store)
  try {
    await fillFromJournal(own, name, pieces, streams, optionsOf(receiver))
  } finally {
    addStore(own, receiver)
  }
}

/** The store, as long as it is empty: snapshots and journals fill an empty one. */
function ownStore(store: AnyStore): AnyStore {
  return store.size === 0 ? store : new ConversationStore()
}

/** Adds the rows of another store. */
function addStore(own: AnyStore, receiver: Receiver): void {
  if (own === receiver.store) return
  receiver.store.addMany([...own].filter((row) => isNew(row, receiver, null)))
}
