/** `openCached` where nothing can be kept, and its options. What it keeps is tested in a browser: `test/runtimes/cached.spec.ts`. */
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { ConversationStore } from '../../../src/index.ts'
import {
  type CachedOptions,
  type CacheWarning,
  canKeep,
  deleteCached,
  keepSnapshot,
  openCached,
  readKept,
} from '../../../src/snapshot.ts'

const url = 'https://files.example/inbox.snap'
let bytes: Uint8Array<ArrayBuffer>

beforeAll(async () => {
  const started_at = '2026-01-05'
  const store = ConversationStore.from(['a', 'b'].map((conversation_id) => ({ conversation_id, started_at })))
  bytes = new Uint8Array(await store.toSnapshot())
})

/** A `fetch` that answers with this, and what it was asked. */
function answers(make: () => Response | Promise<Response>) {
  const asked: { url: string; options: Parameters<NonNullable<CachedOptions['fetch']>>[1] }[] = []
  const fetch: NonNullable<CachedOptions['fetch']> = async (url, options) => {
    asked.push({ url, options })
    return make()
  }
  return { fetch, asked }
}

describe('openCached without a storage', () => {
  it('fetches, says that nothing is kept, and takes the options of stores', async () => {
    const { fetch, asked } = answers(() => new Response(bytes, { headers: { etag: '"1"' } }))
    const warnings: CacheWarning[] = []
    const opened = await openCached('inbox', {
      url: new URL(url),
      fetch,
      onWarning: (warning) => warnings.push(warning),
      documents: 'resident',
      defaultPageSize: 1,
    })
    expect(opened).toMatchObject({ from: 'network', isStale: false, keptIn: null })
    expect(opened.store.query().fetch()).toMatchObject({ count: 2, results: [{ conversation_id: 'b' }] })
    expect(warnings.map(({ code }) => code)).toEqual(['NOT_KEPT'])
    expect(asked).toMatchObject([{ url, options: { headers: {}, cache: 'no-store' } }])
  })

  it('undoes gzip', async () => {
    const zipped = () => new Response(new Response(bytes).body!.pipeThrough(new CompressionStream('gzip')))
    const { store } = await openCached('inbox', { url, fetch: answers(zipped).fetch })
    expect(store.size).toBe(2)
  })

  it.each([404, 403, 500, 429])('rejects with the status: %i', async (status) => {
    const { fetch } = answers(() => new Response('no', { status }))
    const message = `${url} was answered with status ${status}. Expected a snapshot.`
    await expect(openCached('inbox', { url, fetch })).rejects.toMatchObject({ code: 'INVALID_SOURCE', message })
  })

  it('rejects with what fetch throws, at once or later, and for what is no snapshot', async () => {
    const offline = new TypeError('fetch failed')
    const fails = answers(() => Promise.reject(offline))
    await expect(openCached('inbox', { url, fetch: fails.fetch })).rejects.toBe(offline)
    const throws = () => {
      throw offline
    }
    await expect(openCached('inbox', { url, fetch: throws })).rejects.toBe(offline)
    const html = answers(() => new Response('<!doctype html>'))
    await expect(openCached('inbox', { url, fetch: html.fetch })).rejects.toMatchObject({ code: 'INVALID_SNAPSHOT' })
  })

  it('rejects with the reason of the signal, before and while the server is asked', async () => {
    const { fetch, asked } = answers(() => new Response(bytes))
    const reason = new Error('gone')
    await expect(openCached('inbox', { url, fetch, signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(asked).toEqual([])
    const controller = new AbortController()
    const hangs: NonNullable<CachedOptions['fetch']> = (_, { signal }) => {
      queueMicrotask(() => controller.abort(reason))
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    }
    await expect(openCached('inbox', { url, fetch: hangs, signal: controller.signal })).rejects.toBe(reason)
  })

  it('deletes nothing where nothing is kept', async () => {
    await expect(deleteCached('inbox')).resolves.toBeUndefined()
  })
})

describe('a store that came from no server', () => {
  afterEach(() => void vi.unstubAllGlobals())

  /** The page's own files, in memory. What is written to one is there once it is closed. */
  function files() {
    const contents = new Map<string, Uint8Array>()
    class FileSystemFileHandle {
      readonly #name: string
      constructor(name: string) {
        this.#name = name
      }
      async getFile() {
        return new Blob([contents.get(this.#name)! as Uint8Array<ArrayBuffer>])
      }
      async createWritable() {
        const pieces: Uint8Array[] = []
        return {
          write: async (piece: Uint8Array) => void pieces.push(piece.slice()),
          close: async () => void contents.set(this.#name, new Uint8Array(Buffer.concat(pieces))),
          abort: async () => {},
        }
      }
    }
    const folder = {
      keys: async function* () {
        yield* [...contents.keys()]
      },
      getDirectoryHandle: async () => folder,
      getFileHandle: async (name: string, options?: object) => {
        if (!contents.has(name) && options === undefined) throw new Error('There is no such file.')
        contents.set(name, contents.get(name) ?? new Uint8Array())
        return new FileSystemFileHandle(name)
      },
      removeEntry: async (name: string) => void contents.delete(name),
    }
    vi.stubGlobal('navigator', { storage: { getDirectory: async () => folder } })
    vi.stubGlobal('FileSystemFileHandle', FileSystemFileHandle)
    return contents
  }
  const storeOf = (...ids: string[]) =>
    ConversationStore.from(ids.map((conversation_id) => ({ conversation_id, started_at: '2026-01-05' })))
  const idsIn = async (name: string) =>
    (await readKept(name))
      ?.query()
      .all()
      .map((row) => row.conversation_id)

  it('is kept by its name, replaced, and removed', async () => {
    const contents = files()
    expect([await canKeep('mine'), await idsIn('mine')]).toEqual([true, undefined])
    expect(await keepSnapshot('mine', storeOf('a'))).toBe('opfs')
    await keepSnapshot('other', new Uint8Array(await storeOf('z').toSnapshot()))
    await keepSnapshot('mine', storeOf('b'))
    expect([await idsIn('mine'), await idsIn('other'), contents.size]).toEqual([['b'], ['z'], 2])
    await deleteCached('mine')
    expect([await idsIn('mine'), await idsIn('other')]).toEqual([undefined, ['z']])
  })

  it('is opened by openCached for no URL, and replaced by what that fetches', async () => {
    files()
    await keepSnapshot('mine', storeOf('z'))
    const { fetch } = answers(() => new Response(bytes, { headers: { etag: '"1"' } }))
    expect(await openCached('mine', { url, fetch })).toMatchObject({ from: 'network', keptIn: 'opfs' })
    expect(await idsIn('mine')).toEqual(['b', 'a'])
  })

  it('that is damaged is refused', async () => {
    const contents = files()
    await keepSnapshot('mine', storeOf('a'))
    for (const file of contents.values()) file[60]! ^= 1
    await expect(readKept('mine')).rejects.toMatchObject({ code: 'INVALID_SNAPSHOT' })
  })

  it('without a storage nothing is written, and nothing is there', async () => {
    const never = { signal: AbortSignal.abort(new Error('It was written.')) }
    expect([await canKeep('mine'), await readKept('mine')]).toEqual([false, undefined])
    await expect(keepSnapshot('mine', storeOf('a'), never)).rejects.toMatchObject({ code: 'NOT_KEPT' })
    for (const call of [canKeep(''), readKept(''), keepSnapshot('', storeOf('a'))])
      await expect(call).rejects.toMatchObject({ code: 'INVALID_VALUE', parameter: 'name' })
  })
})

describe('options of openCached', () => {
  const { fetch, asked } = answers(() => new Response(bytes))

  it.each([
    ['a name that is empty', '', { url }, { code: 'INVALID_VALUE', parameter: 'name' }],
    ['a name that is no string', 1, { url }, { code: 'INVALID_VALUE', parameter: 'name' }],
    ['no options', 'inbox', undefined, { code: 'INVALID_VALUE' }],
    ['no URL', 'inbox', {}, { code: 'INVALID_VALUE', parameter: 'url' }],
    ['a relative URL without a page', 'inbox', { url: '/inbox.snap' }, { code: 'INVALID_VALUE', parameter: 'url' }],
    ['another URL', 'inbox', { url: 5 }, { code: 'INVALID_VALUE', parameter: 'url' }],
    ['a time that is none', 'inbox', { url, timeoutMs: -1 }, { code: 'INVALID_VALUE', parameter: 'timeoutMs' }],
    ['a misspelt name', 'inbox', { url, timeoutMS: 1 }, { code: 'UNKNOWN_PARAMETER', parameter: 'timeoutMS' }],
    ['what only a new store takes', 'inbox', { url, text: true }, { code: 'UNKNOWN_PARAMETER', parameter: 'text' }],
  ])('%s is refused before anything is fetched', async (_, name, options, fault) => {
    const given = options && { fetch, ...options }
    await expect(openCached(name as string, given as CachedOptions)).rejects.toMatchObject(fault)
    expect(asked).toEqual([])
  })

  it('what reading does not take is refused', async () => {
    const reading = { documents: 'none' as 'packed' }
    const { fetch } = answers(() => new Response(bytes))
    await expect(openCached('inbox', { url, fetch, ...reading })).rejects.toMatchObject({ code: 'INVALID_VALUE' })
  })
})
