/** Snapshots in IndexedDB, for where there are no files: one record a name, replaced by a transaction. */
import type { Kept, Storage, Tag } from './contract.ts'
import { host } from './host.ts'

const DATABASE = 'conversation-store'
const RECORDS = 'snapshots'

interface Record {
  readonly bytes: Uint8Array
  readonly tag: Tag
  /** Which writing it was. */
  readonly generation: number
}

/** What is used of `idb`, by shape: its own types need those of the DOM. */
interface Idb {
  openDB(
    name: string,
    version: number,
    options: { upgrade(database: { createObjectStore(name: string): void }): void },
  ): Promise<Database>
}
interface Database {
  transaction(
    name: string,
    mode: 'readonly' | 'readwrite',
  ): {
    readonly store: {
      get(key: string): Promise<Record | undefined>
      put?(record: Record, key: string): Promise<unknown>
      delete?(key: string): Promise<void>
    }
    readonly done: Promise<void>
  }
  close(): void
}

/** The record of a name; `undefined` where the browser has no such storage, or allows none. */
export async function openDatabase(name: string): Promise<Storage | undefined> {
  if (typeof host.indexedDB !== 'object' || host.indexedDB === null) return undefined
  try {
    await withRecords('readonly', async () => undefined)
  } catch {
    return undefined
  }
  return {
    kind: 'indexeddb',
    async read(): Promise<Kept | undefined> {
      const record = await withRecords('readonly', (records) => records.get(name))
      return record && { bytes: record.bytes, tag: record.tag, remove: () => remove(name, record.generation) }
    },
    write: (bytes, tag) =>
      withRecords('readwrite', async (records) => {
        const generation = ((await records.get(name))?.generation ?? 0) + 1
        await records.put!({ bytes, tag, generation }, name)
      }),
    clear: () => withRecords('readwrite', (records) => records.delete!(name)),
  }
}

/** Removes a record, unless it was replaced since. */
function remove(name: string, generation: number): Promise<void> {
  return withRecords('readwrite', async (records) => {
    if ((await records.get(name))?.generation === generation) await records.delete!(name)
  })
}

/** Calls `act` in a transaction, and resolves when that is written. The database is closed again, so that it can be deleted. */
async function withRecords<Result>(
  mode: 'readonly' | 'readwrite',
  act: (records: ReturnType<Database['transaction']>['store']) => Promise<Result>,
): Promise<Result> {
  const { openDB } = (await import('idb')) as unknown as Idb
  const database = await openDB(DATABASE, 1, { upgrade: (made) => made.createObjectStore(RECORDS) })
  try {
    const { store, done } = database.transaction(RECORDS, mode)
    const [result] = await Promise.all([act(store), done])
    return result
  } finally {
    database.close()
  }
}
