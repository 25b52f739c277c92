/** A snapshot of a server, kept by the page or worker that opens it, and fetched again only when it has changed. */
import { abortReason, onAbort, throwIfAborted } from '../../base/abort.ts'
import { ConversationStoreError, isStoreError } from '../../base/errors.ts'
import type { AbortSignalLike } from '../../base/host.ts'
import { checkInteger, checkOptions, invalidOption } from '../../base/options.ts'
import type { Kept, Storage, Tag } from './kept/contract.ts'
import { openFiles } from './kept/files.ts'
import { host } from './kept/host.ts'
import { withLock } from './kept/lock.ts'
import { type Asked, ask, type FetchLike } from './kept/request.ts'
import { OPEN_OPTIONS, type ReadSnapshotOptions } from './read.ts'
import { readSource } from './source.ts'

/** What `openCached` goes on without, and why. */
export interface CacheWarning {
  /**
   * `STALE`: the server did not answer, or not with a snapshot, so the kept file is opened, though there may be a later one.
   * `DAMAGED`: the kept file could not be opened; it was removed, and is fetched again. `NOT_KEPT`: the snapshot is opened, but
   * could not be kept, for lack of a storage, or of room in it.
   */
  readonly code: 'STALE' | 'DAMAGED' | 'NOT_KEPT'
  /** What was thrown. */
  readonly error: unknown
}

/** How a snapshot is fetched and kept. */
export interface CachedOptions {
  /** Where the snapshot is: an absolute URL, or one relative to the page or worker. */
  readonly url: string | { readonly href: string }
  /** How long the server may take to begin its answer where a file is kept, in milliseconds: 5,000. 0 waits for ever. */
  readonly timeoutMs?: number
  /** Fetches: to send credentials, or to sign the URL. It passes headers and signal on. The runtime's `fetch`. */
  readonly fetch?: FetchLike
  /** Ends the opening. */
  readonly signal?: AbortSignalLike
  /** Hears what `openCached` goes on without. */
  readonly onWarning?: (warning: CacheWarning) => void
}

/** A store that `openCached` opened. */
export interface CachedSnapshot<Store> {
  readonly store: Store
  /** Where its bytes came from. */
  readonly from: 'network' | 'cache'
  /** Whether there may be a later file: the server could not say. */
  readonly isStale: boolean
  /** Where the file is kept for the next time: in the page's files, in IndexedDB, or nowhere. */
  readonly keptIn: 'opfs' | 'indexeddb' | null
}

const CACHED_OPTIONS = ['url', 'timeoutMs', 'fetch', 'signal', 'onWarning']

/**
 * The options of keeping, and those of the store and of reading: `verify` is `full` unless given, for what comes from a URL.
 * Throws `UNKNOWN_PARAMETER` for others.
 */
export function partCachedOptions<Own extends object>(
  options: Own & CachedOptions & ReadSnapshotOptions,
): [keeping: CachedOptions, opening: Own & ReadSnapshotOptions] {
  checkOptions('openCached', options, [...CACHED_OPTIONS, ...OPEN_OPTIONS])
  const isKeeping = ([name]: [string, unknown]) => CACHED_OPTIONS.includes(name)
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  const keeping = Object.fromEntries(given.filter(isKeeping)) as unknown as CachedOptions
  const opening = Object.fromEntries(given.filter((option) => !isKeeping(option)))
  return [keeping, { verify: 'full', ...opening } as Own & ReadSnapshotOptions]
}

/** Opens the file that is kept by a name, or the server's: `openCached` without a way to open bytes. */
export async function openKept<Store>(
  name: string,
  options: CachedOptions,
  open: (bytes: Uint8Array) => Store,
): Promise<CachedSnapshot<Store>> {
  checkName(name)
  const { url, timeoutMs = 5_000, fetch = host.fetch.bind(globalThis), signal, onWarning } = options
  checkInteger('timeoutMs', timeoutMs, 0)
  const whole = absolute(url)
  throwIfAborted(signal, 'opening')
  const controller = new host.AbortController()
  const stopListening = onAbort(signal, () => controller.abort(abortReason(signal!, 'opening')))
  const request = (tag: Tag | null) =>
    ask({ url: whole, tag, timeoutMs: tag === null ? 0 : timeoutMs }, fetch, controller.signal)
  try {
    const storage = await storageOf(name)
    const opening = new Opening({ name, url: whole, storage, request, open, signal: controller.signal, onWarning })
    return await opening.run()
  } catch (error) {
    throwIfAborted(signal, 'opening')
    throw error
  } finally {
    stopListening()
  }
}

/** Removes what is kept by a name, wherever this place keeps files. */
export async function deleteCached(name: string): Promise<void> {
  checkName(name)
  await withLock(name, { isPatient: true }, async () => {
    const { openDatabase } = await import('./kept/database.ts')
    for (const storage of [await openFiles(name), await openDatabase(name)]) await storage?.clear()
  })
}

/** Where a file is kept. */
export type KeptIn = Storage['kind']

/**
 * Keeps the bytes of a snapshot by a name: `keepSnapshot` without the writing. Rejects with `NOT_KEPT` where there is no
 * storage, and with what the browser says where there is no room.
 */
export async function keepBytes(name: string, bytes: () => Promise<Uint8Array>): Promise<KeptIn> {
  checkName(name)
  const storage = await storageOf(name)
  if (storage === undefined) throw notKept(name)
  const file = await bytes()
  await withLock(name, { isPatient: true }, () => storage.write(file, NO_SERVER))
  return storage.kind
}

/** The bytes that are kept by a name, of a server or not. */
export async function keptBytes(name: string): Promise<Uint8Array | undefined> {
  checkName(name)
  return (await (await storageOf(name))?.read())?.bytes
}

/** Whether files can be kept here. */
export async function canKeep(name: string): Promise<boolean> {
  checkName(name)
  return (await storageOf(name)) !== undefined
}

/** The tag of a file that came from no server. */
const NO_SERVER: Tag = { url: '', etag: null, lastModified: null }

function notKept(name: string): ConversationStoreError {
  const message = 'Nothing can be kept here: there is no storage, or the browser allows none.'
  return new ConversationStoreError([{ parameter: 'name', value: name, code: 'NOT_KEPT', message }])
}

/** Files where they can be written, else IndexedDB; `undefined` where there is neither, or the browser allows none. */
async function storageOf(name: string): Promise<Storage | undefined> {
  return (await openFiles(name)) ?? (await import('./kept/database.ts')).openDatabase(name)
}

interface Given<Store> {
  readonly name: string
  readonly url: string
  readonly storage: Storage | undefined
  readonly signal: AbortSignalLike
  readonly onWarning: ((warning: CacheWarning) => void) | undefined
  request(tag: Tag | null): Asked
  open(bytes: Uint8Array): Store
}

/** One call of `openCached`. */
class Opening<Store> {
  readonly #given: Given<Store>

  constructor(given: Given<Store>) {
    this.#given = given
  }

  async run(): Promise<CachedSnapshot<Store>> {
    const kept = await this.#kept()
    return (kept && (await this.#revalidated(kept))) ?? this.#first()
  }

  /** Without a file: one downloads it, and others that ask meanwhile wait for it. */
  async #first(): Promise<CachedSnapshot<Store>> {
    const { name, storage, signal } = this.#given
    if (storage === undefined) return this.#downloaded()
    const found = await withLock(name, { isPatient: true, signal }, async () => {
      return (await this.#kept()) ?? this.#downloaded((keep) => keep())
    })
    if ('store' in found!) return found
    return (await this.#revalidated(found!)) ?? this.#downloaded()
  }

  /** The kept file, if it is of this URL. */
  async #kept(): Promise<Kept | undefined> {
    const kept = await this.#given.storage?.read().catch(() => undefined)
    return kept?.tag.url === this.#given.url ? kept : undefined
  }

  async #downloaded(asWriter?: AsWriter): Promise<CachedSnapshot<Store>> {
    const answer = await this.#given.request(null).answer
    // Never `unchanged`: no tag was sent.
    if (answer.kind !== 'changed') throw 'error' in answer && answer.error
    const bytes = await readSource(answer.response)
    return this.#fresh(this.#given.open(bytes), bytes, answer.tag, asWriter)
  }

  /** The store of the kept file, or of a later one. `undefined` where the kept file is damaged: it is removed. */
  async #revalidated(kept: Kept): Promise<CachedSnapshot<Store> | undefined> {
    const { request, open, storage, signal } = this.#given
    // The server is asked while the file is opened.
    const asked = request(kept.tag)
    let store: Store
    try {
      store = open(kept.bytes)
    } catch (error) {
      asked.abort()
      if (!isStoreError(error) || error.code !== 'INVALID_SNAPSHOT') throw error
      this.#warn('DAMAGED', error)
      await kept.remove().catch(() => undefined)
      return undefined
    }
    const cached = (isStale: boolean) => ({ store, from: 'cache', isStale, keptIn: storage!.kind }) as const
    const answer = await asked.answer
    if (answer.kind === 'unchanged') return cached(false)
    if (answer.kind === 'refused') throw answer.error
    try {
      if (answer.kind === 'failed') throw answer.error
      const bytes = await readSource(answer.response)
      return await this.#fresh(open(bytes), bytes, answer.tag)
    } catch (error) {
      throwIfAborted(signal)
      this.#warn('STALE', error)
      return cached(true)
    }
  }

  /** The store of bytes that came now, which are kept. */
  async #fresh(store: Store, bytes: Uint8Array, tag: Tag, asWriter = this.#asWriter): Promise<CachedSnapshot<Store>> {
    const { storage } = this.#given
    let keptIn: CachedSnapshot<Store>['keptIn'] = storage?.kind ?? null
    try {
      if (storage === undefined) throw new Error('There is no storage here, or the browser allows none.')
      await asWriter(() => storage.write(bytes, tag))
    } catch (error) {
      keptIn = null
      this.#warn('NOT_KEPT', error)
    }
    return { store, from: 'network', isStale: false, keptIn }
  }

  /** Where another writes just now, that one's file is kept: the next call asks whether it is the latest. */
  readonly #asWriter: AsWriter = (write) => withLock(this.#given.name, { isPatient: false }, write)

  #warn(code: CacheWarning['code'], error: unknown): void {
    this.#given.onWarning?.({ code, error })
  }
}

/** Calls `write` while no other writes. */
type AsWriter = (write: () => Promise<void>) => Promise<void>

function checkName(name: unknown): void {
  if (typeof name !== 'string' || name === '') throw invalidOption('name', name, 'a string that is not empty')
}

function absolute(url: unknown): string {
  const given = typeof url === 'object' && url !== null && 'href' in url ? url.href : url
  try {
    if (typeof given === 'string') return new host.URL(given, host.location?.href).href
  } catch {
    // Said below.
  }
  throw invalidOption('url', given, 'a URL: an absolute one, or in a page or worker a relative one')
}
