/** What the explorer's data does in Chromium: sources, tabs, reloads, writes, keeping. Driven without components. */
import { gzipSync } from 'node:zlib'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Session, SessionState } from '../../src/explorer/data/contract.ts'
import { generate } from '../../src/features/generate/index.ts'
import { ConversationStore, type Query, query } from '../../src/index.ts'
import { type DataHost, serveDataPage } from './data-page/build.ts'

declare global {
  interface Window {
    readonly session: Session
    readonly query: typeof query
  }
}

const rows = [...generate({ count: 3_000, messages: 'short' })]
const lines = (some: readonly object[]) => some.map((row) => `${JSON.stringify(row)}\n`).join('')
const NDJSON = lines(rows)

let host: DataHost
let browser: Browser
let context: BrowserContext

beforeAll(async () => {
  host = await serveDataPage()
  host.files.set('rows.ndjson', NDJSON)
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'],
  })
})
afterAll(async () => {
  await browser?.close()
  await host?.close()
})
afterEach(async () => {
  host.answer = () => false
  await context?.close()
})

/** A tab of a fresh profile, or of the one before. */
async function open(search = '', isFresh = true): Promise<Page> {
  if (isFresh) {
    context = await browser.newContext()
    context.setDefaultTimeout(60_000)
  }
  const page = await context.newPage()
  await page.goto(host.url + search)
  return page
}

type Status = SessionState['status']

/** Waits until the status is like this, and gives it. */
async function until(page: Page, wanted: Partial<Status>): Promise<Status> {
  await page.waitForFunction((like) => {
    // A tab that a page has opened may not have loaded yet.
    if (!('session' in window)) return false
    const { status } = window.session.state as unknown as { status: Record<string, unknown> }
    return Object.entries(like).every(([key, value]) => JSON.stringify(status[key]) === JSON.stringify(value))
  }, wanted)
  return page.evaluate(() => window.session.state.status)
}
const ready = (page: Page, more: Partial<Status> = {}) => until(page, { phase: 'ready', ...more })

/** What the page counts. */
const count = (page: Page, asked: Query = query()) =>
  page.evaluate((spec) => window.session.state.store!.count({ spec }), asked.spec)

const marked = (page: Page, id: string) =>
  page.evaluate(async (of) => (await window.session.state.store!.get(of))?.is_marked, id)

/** Drops files on the page. */
const drop = (page: Page, files: Readonly<Record<string, string | Uint8Array>>) =>
  page.evaluate(
    (given) => {
      const picked = given.map(([name, bytes]) => new File([new Uint8Array(bytes as number[])], name as string))
      window.session.open(picked)
    },
    Object.entries(files).map(([name, content]) => [name, [...Buffer.from(content as string)]]),
  )

const seen = (of: readonly { readonly is_deleted?: boolean | undefined }[]) =>
  of.filter((row) => row.is_deleted !== true).length

test('begins with 100,000 made up, which can be asked while they come; other tabs share them', async () => {
  const page = await open()
  await page.waitForFunction(() => window.session.state.status.rows >= 500)
  const early = await page.evaluate(async () => ({
    count: await window.session.state.store!.count(window.query().includeDeleted()),
    phase: window.session.state.status.phase,
  }))
  expect(early.phase).toBe('loading')
  expect(early.count).toBeGreaterThanOrEqual(500)
  expect(early.count).toBeLessThan(100_000)
  const other = await open('', false)
  await other.waitForFunction((count) => window.session.state.status.rows >= count, early.count)
  await page.evaluate(() => window.session.state.writer!.mark('conv_0000003', true))
  expect(await marked(other, 'conv_0000003')).toBe(true)
})

describe('an address', () => {
  test('is read, and a link and a reload give the same', async () => {
    const page = await open('?src=rows.ndjson')
    const status = await ready(page)
    expect(status).toMatchObject({
      source: { kind: 'url', name: 'rows.ndjson' },
      rows: 3_000,
      progress: 1,
      faultCount: 0,
    })
    expect(await count(page)).toBe(seen(rows))
    await page.reload()
    await ready(page, { rows: 3_000 })
    expect(new URL(page.url()).searchParams.get('src')).toBe('rows.ndjson')
  })

  test('is a snapshot, zipped rows, or one array', async () => {
    const store = ConversationStore.from(rows)
    host.files.set('all.snap', new Uint8Array(await store.toSnapshot()))
    host.files.set('all.gz', gzipSync(NDJSON))
    host.files.set('all.json', JSON.stringify(rows))
    for (const file of ['all.snap', 'all.gz', 'all.json']) {
      const page = await open(`?src=${file}`, file === 'all.snap')
      await ready(page, { rows: 3_000 })
      const asked = query().search('refund')
      expect(await count(page, asked)).toBe(store.query(asked.spec).count())
    }
  })

  test('of another site is refused, and what is open stays', async () => {
    const page = await open('?src=rows.ndjson')
    await ready(page)
    await page.evaluate(() => window.session.openUrl('https://example.com/rows.ndjson'))
    const { failure, phase, rows: open_ } = await page.evaluate(() => window.session.state.status)
    expect([phase, open_, failure?.title]).toEqual([
      'ready',
      3_000,
      'https://example.com/rows.ndjson is on another site',
    ])
    await page.evaluate(() => window.session.openUrl('nothing.ndjson'))
    await page.waitForFunction(() => window.session.state.status.failure?.title.startsWith('nothing.ndjson'))
    expect(await count(page)).toBe(seen(rows))
    await page.evaluate(() => window.session.dismiss())
    expect((await page.evaluate(() => window.session.state.status)).failure).toBe(null)
  })

  test('that holds nothing says so', async () => {
    host.files.set('notes.txt', 'These are\nno conversations.\n')
    const page = await open('?src=notes.txt')
    const { failure } = await until(page, { phase: 'failed' })
    expect(failure?.title).toBe('There are no conversations in notes.txt')
    expect(failure?.advice).toMatch(/^notes\.txt, line 1: /)
  })
})

describe('files', () => {
  test('several kinds together: what cannot be read is named, and the rest is there', async () => {
    const page = await open('?src=rows.ndjson')
    await ready(page)
    const [a, b, c, d] = rows as [object, object, object, object]
    const snapshot = new Uint8Array(await ConversationStore.from([d as never]).toSnapshot())
    await drop(page, {
      'broken.ndjson': `${JSON.stringify(a)}\nnot a row\n${JSON.stringify({ conversation_id: 'x' })}\n`,
      'list.json': JSON.stringify([b]),
      'packed.gz': gzipSync(lines([c])),
      'one.snap': snapshot,
      'photo.png': Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 0, 1),
    })
    const status = await ready(page, { rows: 4 })
    expect(status.source).toEqual({ kind: 'files', name: 'broken.ndjson, 4 more' })
    expect(status.faults.map(({ file, line }) => [file, line])).toEqual([
      ['broken.ndjson', 2],
      ['broken.ndjson', 3],
      ['photo.png', null],
    ])
    expect(status.faultCount).toBe(3)
    expect(new URL(page.url()).searchParams.has('src')).toBe(false)
    expect(await count(page, query().includeDeleted())).toBe(4)
  })

  test('that hold nothing change nothing of what is open', async () => {
    const page = await open('?src=rows.ndjson')
    await ready(page)
    await drop(page, { 'empty.ndjson': '' })
    await page.waitForFunction(() => window.session.state.status.failure !== null)
    const status = await page.evaluate(() => window.session.state.status)
    expect(status).toMatchObject({
      phase: 'ready',
      rows: 3_000,
      failure: { title: 'There are no conversations in empty.ndjson' },
    })
    expect(await count(page)).toBe(seen(rows))
  })

  test('are there after a reload while another tab has them, else the page says so', async () => {
    const page = await open('?src=rows.ndjson')
    await drop(page, { 'mine.ndjson': lines(rows.slice(0, 7)) })
    await ready(page, { rows: 7 })
    // A tab that is made from this one remembers the same.
    const [other] = await Promise.all([
      context.waitForEvent('page'),
      page.evaluate(() => void window.open(location.pathname)),
    ])
    await ready(other, { rows: 7 })
    await page.reload()
    await ready(page, { rows: 7, source: { kind: 'files', name: 'mine.ndjson' } })
    await other.close()
    await page.reload()
    await page.waitForFunction(() => window.session.state.status.failure !== null)
    const { failure } = await page.evaluate(() => window.session.state.status)
    expect(failure?.title).toBe('mine.ndjson is not open any more')
    await page.waitForFunction(() => window.session.state.status.source.kind === 'generated')
  })

  test('are kept if that is asked for, changes too, and open the next time', async () => {
    const page = await open('?src=rows.ndjson')
    await drop(page, { 'mine.ndjson': lines(rows.slice(0, 7)) })
    await ready(page, { rows: 7, keeping: 'possible' })
    await page.evaluate(() => window.session.keep())
    await ready(page, { keeping: 'kept' })
    const next = await open('', false)
    const status = await ready(next, { rows: 7 })
    expect(status).toMatchObject({ source: { kind: 'kept', name: 'mine.ndjson' }, keeping: 'kept', failure: null })
    await page.reload()
    await ready(page, { rows: 7 })
    await next.evaluate(() => window.session.forget())
    await ready(next, { keeping: 'possible' })
    const last = await open('', false)
    await last.waitForFunction(() => window.session.state.status.source.kind === 'generated')
  })
})

test('changes show in the page, and a deletion is taken back', async () => {
  const page = await open('?src=rows.ndjson')
  await ready(page)
  const row = await page.evaluate(async () => {
    const { writer, store } = window.session.state
    await writer!.rename('conv_0000001', 'Renamed')
    await writer!.feedback('conv_0000001', { sentiment: 'negative', comment: 'Slow' })
    await writer!.delete('conv_0000001')
    const deleted = (await store!.get('conv_0000001'))!.is_deleted
    await writer!.restore('conv_0000001')
    const refused = await writer!.mark('nobody', true).catch((error: Error) => error.message)
    return { ...(await store!.get('conv_0000001'))!, deleted, refused }
  })
  expect(row).toMatchObject({ name: 'Renamed', deleted: true, is_deleted: false })
  expect(row.feedbacks.at(-1)).toMatchObject({ sentiment: 'negative', comment: 'Slow' })
  expect(row.refused).toMatch(/nobody/)
})

describe('what is served', () => {
  /** A server of some rows that asks for a key, and follows its own changes. */
  function serve(key: string | null) {
    const sent: { method: string; path: string; body: unknown }[] = []
    const streams = new Set<{ write(text: string): void }>()
    host.answer = (path, request, response) => {
      if (!['session.json', 'data.ndjson', 'changes'].includes(path) && !path.startsWith('/api/')) return false
      const isKnown = key === null || request.headers.authorization === `Api-Key ${key}`
      response.writeHead(isKnown ? 200 : 401, { 'content-type': 'application/json', 'x-sequence': '5' })
      if (!isKnown) response.end('{"detail":"Invalid API key."}')
      else if (path === 'session.json') {
        const faults = [{ file: 'inbox.ndjson', line: 3, message: 'It is broken.' }]
        const source = { kind: 'served', name: 'inbox.ndjson' }
        const session = { source, rows: 3, isReadOnly: false, faults, faultCount: 1, api: '../', data: 'data.ndjson' }
        response.end(JSON.stringify(session))
      } else if (path === 'data.ndjson') response.end(lines(rows.slice(0, 3)))
      else if (path === 'changes') {
        response.write(`: after ${new URL(request.url!, 'http://host').searchParams.get('after')}\n\n`)
        streams.add(response)
        request.on('close', () => streams.delete(response))
      } else {
        request.on('data', (body) => sent.push({ method: request.method!, path, body: JSON.parse(String(body)) }))
        request.on('end', () => response.end('{}'))
      }
      return true
    }
    const tell = (text: string) => {
      for (const stream of streams) stream.write(text)
    }
    return { sent, streams, tell }
  }

  test('is opened, followed, and changed through the API', async () => {
    const { sent, streams, tell } = serve(null)
    const page = await open()
    const status = await ready(page, { rows: 3 })
    expect(status).toMatchObject({ source: { kind: 'served', name: 'inbox.ndjson' }, faultCount: 1 })
    await expect.poll(() => streams.size).toBe(1)
    await page.evaluate(() => window.session.state.writer!.mark('conv_0000002', true))
    expect(sent).toEqual([{ method: 'POST', path: '/api/conversations/2/mark/', body: { is_marked: true } }])
    expect(await marked(page, 'conv_0000002')).toBe(rows[1]!.is_marked)
    const row = JSON.stringify({ ...rows[1], is_marked: true })
    tell(
      `id: 6\nevent: row\ndata: ${row}\n\nid: 7\nevent: row\ndata: ${JSON.stringify(rows[8])}\n\nid: 8\nevent: gone\n`,
    )
    tell('data: conv_0000001\n\n')
    await ready(page, { rows: 3 })
    await expect.poll(() => marked(page, 'conv_0000002')).toBe(true)
    await expect.poll(() => marked(page, 'conv_0000001')).toBe(undefined)
    expect(await marked(page, rows[8]!.conversation_id)).toBe(rows[8]!.is_marked)
  })

  test('asks for a key once', async () => {
    serve('secret')
    const page = await open()
    const { failure } = await until(page, { phase: 'failed' })
    expect(failure).toMatchObject({ title: 'These conversations need a key', asksFor: 'key' })
    await page.evaluate(() => window.session.unlock('wrong'))
    await page.waitForFunction(() => window.session.state.status.failure?.title === 'The key is not the right one')
    await page.evaluate(() => window.session.unlock('secret'))
    await ready(page, { rows: 3, failure: null })
    await page.reload()
    await ready(page, { rows: 3 })
  })

  test('is there when the server is back', async () => {
    const { streams } = serve(null)
    const page = await open()
    await ready(page, { rows: 3, isOffline: false })
    await expect.poll(() => streams.size).toBe(1)
    const { answer } = host
    host.answer = (path, request, response) => {
      if (path !== 'changes') return answer(path, request, response)
      response.writeHead(503).end()
      return true
    }
    for (const stream of streams) (stream as unknown as { end(): void }).end()
    await until(page, { isOffline: true })
    host.answer = answer
    await until(page, { isOffline: false, phase: 'ready' })
  })
})
