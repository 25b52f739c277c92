/** Snapshots that a page keeps: `openCached` in a browser, in each of its storages, against a server that can fail. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { type Served, type Server, serve } from './cached-server.ts'
import type { Call, Said } from './cached-suite.ts'
import { bundled, type Page, withPage } from './hosts.ts'
import type * as Suite from './smoke.ts'

const project = inject('project')

/** What is used of a page besides. */
interface Tab extends Page {
  close(): Promise<void>
  context(): Context
}
interface Context {
  newPage(): Promise<Tab>
  newCDPSession(page: Tab): Promise<{ send(method: string, parameters: object): Promise<unknown> }>
}

/** The snapshot of so many rows about refunds. */
async function snapshotOf(rows: number): Promise<Uint8Array> {
  const { ConversationStore } = (await import(pathToFileURL(`${project}/smoke.js`).href)) as typeof Suite
  return ConversationStore.from(
    Array.from({ length: rows }, (_, i) => ({
      conversation_id: `c-${i}`,
      started_at: '2026-01-05T10:00:00Z',
      messages: [{ sender: 'end_user', content: `Where is my refund ${i}? — 😀 漢字` }],
    })),
  ).toSnapshot()
}

let server: Server
let tab: Tab
let close = async () => {}
let first: Uint8Array
let second: Uint8Array

beforeAll(async () => {
  ;[first, second] = await Promise.all([snapshotOf(3), snapshotOf(5)])
  server = await serve({
    '/': '<!doctype html><script type="module" src="/suite.js"></script>',
    '/suite.js': await bundled(project, readFileSync(join(import.meta.dirname, 'cached-suite.ts'), 'utf8'), [
      'browser',
    ]),
  })
  let end = () => {}
  const opened = new Promise<Tab>((resolve, reject) => {
    const closed = withPage(async (page) => {
      await page.goto(server.url)
      resolve(page as Tab)
      await new Promise<void>((stop) => {
        end = stop
      })
    })
    closed.catch(reject)
    close = async () => {
      end()
      await closed
      await server.close()
    }
  })
  tab = await opened
})
afterAll(() => close())

/** Where a page keeps files, and what code takes the better storage away. */
const PLACES = {
  'files of a page': { kind: 'opfs', isWorker: false, prepare: '' },
  'files of a worker': { kind: 'opfs', isWorker: true, prepare: '' },
  'files of a worker, written in place': {
    kind: 'opfs',
    isWorker: true,
    prepare: 'delete FileSystemFileHandle.prototype.createWritable',
  },
  'IndexedDB of a page': {
    kind: 'indexeddb',
    isWorker: false,
    prepare: 'delete FileSystemFileHandle.prototype.createWritable',
  },
  'IndexedDB of a worker': {
    kind: 'indexeddb',
    isWorker: true,
    prepare: 'delete StorageManager.prototype.getDirectory',
  },
} as const

/** Code that makes a page, or worker, tell that it writes, and write no further. */
const HANGS = {
  page: hangs('say({})'),
  worker: hangs('postMessage({})'),
}
function hangs(say: string): string {
  return `{
    FileSystemWritableFileStream.prototype.close = () => new Promise(() => ${say})
    IDBObjectStore.prototype.put = () => new Promise(() => ${say})
    const { write } = globalThis.FileSystemSyncAccessHandle?.prototype ?? {}
    let writes = 0
    if (write) FileSystemSyncAccessHandle.prototype.write = function (...args) {
      if (writes++ === 0) return write.apply(this, args)
      ${say}
      for (;;);
    }
  }`
}

const FORBIDDEN = `
  StorageManager.prototype.getDirectory = () => Promise.reject(new DOMException('no', 'SecurityError'))
  IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError') }
`

/** Numbers the names, so that tests know nothing of each other. */
let names = 0

describe.each(Object.entries(PLACES))('%s', (_, { kind, isWorker, prepare }) => {
  let name: string
  let path: string

  const put = (served: Served) => server.files.set(path, served)
  const statuses = () => server.requests.filter((request) => request.path === path).map(({ status }) => status)
  /** A new page, or worker, opens it. */
  const open = async (call: Partial<Call> = {}, page = tab, first = '', url = server.url): Promise<Said> => {
    const code = `${prepare};${first}`
    const args = [name, { url: path, ...call }].map((arg) => JSON.stringify(arg)).join()
    await page.goto(url)
    if (isWorker) return page.evaluate(`openInWorker(${args}, ${JSON.stringify(code)})`)
    return page.evaluate(`new Promise((say) => { ${code}; open(${args}).then(say) })`)
  }
  /** Another page that stays in the middle of its writing. */
  const hanging = async () => {
    const page = await tab.context().newPage()
    await open({}, page, HANGS[isWorker ? 'worker' : 'page'])
    return page
  }
  const notKept = (count: number): Said => {
    return { ...fresh(count), keptIn: null, warnings: [['NOT_KEPT', 'QuotaExceededError']] }
  }
  const fresh = (count: number): Said => ({ count, from: 'network', isStale: false, keptIn: kind, warnings: [] })
  const cached = (count: number): Said => ({ count, from: 'cache', isStale: false, keptIn: kind, warnings: [] })

  beforeEach(() => {
    name = `inbox/${names++}. of anna`
    path = `/${names}.snap`
    put({ bytes: first, etag: '"1"' })
  })

  test('is fetched once, and asked for by its ETag', async () => {
    expect(await open()).toEqual(fresh(3))
    expect(await open()).toEqual(cached(3))
    put({ bytes: second, etag: '"2"' })
    expect(await open()).toEqual(fresh(5))
    expect(await open()).toEqual(cached(5))
    expect(statuses()).toEqual([200, 304, 200, 304])
  })

  test('is asked for by its date where it has no ETag, and fetched where it has neither', async () => {
    put({ bytes: first, lastModified: 'Mon, 05 Jan 2026 10:00:00 GMT' })
    expect([await open(), await open()]).toEqual([fresh(3), cached(3)])
    put({ bytes: second })
    expect([await open(), await open()]).toEqual([fresh(5), fresh(5)])
    expect(statuses()).toEqual([200, 304, 200, 200])
  })

  test.each([
    ['offline', 'offline', 'TypeError'],
    ['an answer that is cut off', 'cut off', 'TypeError'],
    ['a status of 503', 503, 'INVALID_SOURCE'],
    ['another page with status 200', 200, 'INVALID_SNAPSHOT'],
    ['no answer in time', 'silent', 'ABORTED'],
  ] as const)('what is kept answers: %s', async (_, fails, error) => {
    expect(await open()).toEqual(fresh(3))
    put({ bytes: second, etag: '"2"', fails })
    const call = fails === 'silent' ? { timeoutMs: 50 } : {}
    expect(await open(call)).toEqual({ ...cached(3), isStale: true, warnings: [['STALE', error]] })
    put({ bytes: second, etag: '"2"' })
    expect(await open()).toEqual(fresh(5))
  })

  test('who may not have it is refused, whatever is kept', async () => {
    await open()
    put({ bytes: first, fails: 403 })
    expect(await open()).toEqual({ error: 'INVALID_SOURCE', warnings: [] })
  })

  test('with nothing kept a failure rejects, and nothing is kept of it', async () => {
    put({ bytes: first, fails: 'offline' })
    expect(await open()).toEqual({ error: 'TypeError', warnings: [] })
    put({ bytes: first, fails: 200 })
    expect(await open()).toEqual({ error: 'INVALID_SNAPSHOT', warnings: [] })
    put({ bytes: first, etag: '"1"' })
    expect(await open()).toEqual(fresh(3))
  })

  test('a damaged file is thrown away and fetched again', async () => {
    await open()
    await tab.evaluate(damage(kind, name))
    expect(await open()).toEqual({ ...fresh(3), warnings: [['DAMAGED', 'INVALID_SNAPSHOT']] })
    expect(await open()).toEqual(cached(3))
  })

  test('another URL is another file', async () => {
    await open()
    const other = `${path}?of=bob`
    server.files.set(other, { bytes: second, etag: '"1"' })
    expect(await open({ url: other })).toEqual(fresh(5))
  })

  test('a signal ends it, with a file and without', async () => {
    put({ bytes: first, fails: 'silent' })
    expect(await open({ abortMs: 30 })).toEqual({ error: 'TimeoutError', warnings: [] })
    put({ bytes: first, etag: '"1"' })
    await open()
    put({ bytes: first, fails: 'silent' })
    expect(await open({ abortMs: 30 })).toEqual({ error: 'TimeoutError', warnings: [] })
  })

  test('of two pages one fetches, the other waits for it', async () => {
    const other = await tab.context().newPage()
    try {
      await other.goto(server.url)
      const both = await Promise.all([open(), open({}, other)])
      expect(both.map(({ from }) => from).sort()).toEqual(['cache', 'network'])
      expect(both.map(({ count }) => count)).toEqual([3, 3])
      expect(statuses()).toEqual([200, 304])
    } finally {
      await other.close()
    }
  })

  test('a page that is closed waits for nothing: the next writes', async () => {
    const other = await hanging()
    const waiting = open()
    await other.close()
    expect(await waiting).toEqual(fresh(3))
    expect(await open()).toEqual(cached(3))
  })

  test('a later file that does not fit is opened all the same, and the one before stays', async () => {
    await open()
    put({ bytes: second, etag: '"2"' })
    const full = await withoutRoom(tab, server.url)
    // IndexedDB looks at the quota now and then only: here it says so itself.
    const says = 'IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError") }'
    try {
      expect(await open({}, tab, kind === 'indexeddb' ? says : '')).toEqual(notKept(5))
    } finally {
      await full.end()
    }
    put({ bytes: second, fails: 'offline' })
    expect(await open()).toMatchObject({ count: 3, from: 'cache', isStale: true })
  })

  test('a first file that does not fit is opened all the same', async () => {
    const elsewhere = server.url.replace('127.0.0.1', 'localhost')
    const full = await withoutRoom(tab, elsewhere)
    try {
      expect(await open({}, tab, '', elsewhere)).toEqual(notKept(3))
    } finally {
      await full.end()
    }
  })

  test('what is deleted is fetched again', async () => {
    await open()
    await tab.evaluate(`deleteCached(${JSON.stringify(name)})`)
    expect(await open()).toEqual(fresh(3))
    expect(statuses()).toEqual([200, 200])
  })

  test('it works without locks', async () => {
    const without =
      'Object.defineProperty(Object.getPrototypeOf(navigator), "locks", { configurable: true, value: undefined })'
    expect(await open({}, tab, without)).toEqual(fresh(3))
    expect(await open({}, tab, without)).toEqual(cached(3))
  })

  test.runIf(kind === 'opfs')('a file that is written in half is not read, and goes with the next one', async () => {
    await open()
    put({ bytes: second, etag: '"2"' })
    await (await hanging()).close()
    put({ bytes: second, fails: 'offline' })
    expect(await open()).toMatchObject({ count: 3, from: 'cache', isStale: true })
    expect(await tab.evaluate<string[]>(filesOf(name))).toHaveLength(2)
    put({ bytes: second, etag: '"2"' })
    await tab.evaluate(`navigator.locks.request('conversation-store snapshot: ' + ${JSON.stringify(name)}, () => {})`)
    expect(await open()).toEqual(fresh(5))
    expect(await tab.evaluate<string[]>(filesOf(name))).toHaveLength(1)
  })
})

test('a file that Node wrote brings its text index', async () => {
  server.files.set('/searched.snap', { bytes: first })
  await tab.goto(server.url)
  expect(await tab.evaluate('searchedBy("/searched.snap")')).toBe('text index')
})

/** What browsers say that allow nothing to be kept. */
test.each([
  ['files and databases are forbidden', FORBIDDEN],
  [
    'there are none',
    'delete StorageManager.prototype.getDirectory; Object.defineProperty(globalThis, "indexedDB", { value: undefined })',
  ],
])('is fetched each time: %s', async (_, prepare) => {
  server.files.set('/plain.snap', { bytes: first, etag: '"1"' })
  for (const _ of [1, 2]) {
    await tab.goto(server.url)
    const said = await tab.evaluate<Said>(`(async () => { ${prepare}; return open('plain', { url: 'plain.snap' }) })()`)
    expect(said).toEqual({ count: 3, from: 'network', isStale: false, keptIn: null, warnings: [['NOT_KEPT', 'Error']] })
  }
})

/** Leaves the pages of an origin no room to write. */
async function withoutRoom(page: Tab, url: string): Promise<{ end(): Promise<unknown> }> {
  const session = await page.context().newCDPSession(page)
  const { origin } = new URL(url)
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 100 })
  return { end: () => session.send('Storage.overrideQuotaForOrigin', { origin }) }
}

/** Code that lists the files of a name. */
function filesOf(name: string): string {
  return `(async () => {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('conversation-store')
    const files = []
    for await (const file of folder.keys()) if (file.startsWith(encodeURIComponent(${JSON.stringify(name)}) + '.')) files.push(file)
    return files
  })()`
}

/** Code that damages what is kept: a bit of its directory. */
function damage(kind: 'opfs' | 'indexeddb', name: string): string {
  return kind === 'opfs'
    ? `(async () => {
        const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('conversation-store')
        for await (const [file, handle] of folder.entries()) {
          if (!file.startsWith(encodeURIComponent(${JSON.stringify(name)}) + '.')) continue
          const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer())
          bytes[40] ^= 1
          const writable = await handle.createWritable()
          await writable.write(bytes)
          await writable.close()
        }
      })()`
    : `new Promise((resolve, reject) => {
        const opening = indexedDB.open('conversation-store')
        opening.onerror = reject
        opening.onsuccess = () => {
          const database = opening.result
          const transaction = database.transaction('snapshots', 'readwrite')
          const records = transaction.objectStore('snapshots')
          const getting = records.get(${JSON.stringify(name)})
          getting.onsuccess = () => {
            getting.result.bytes[40] ^= 1
            records.put(getting.result, ${JSON.stringify(name)})
          }
          transaction.oncomplete = () => { database.close(); resolve() }
        }
      })`
}
