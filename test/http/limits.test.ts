/** The most that a request may ask for: an answer in the API's shape, and nothing changed. */
import { describe, expect, test } from 'vitest'
import { walkValues } from '../../src/features/metadata/paths.ts'
import { createHandler, type Limits } from '../../src/http/index.ts'
import { ConversationStore } from '../../src/index.ts'
import { type Answer, ask, KEY, row, serving } from './asking.ts'

const message = { conversation: 1, sender: 'agent', content: 'x' }
const file = (data: string) => ({ filename: 'f', mime_type: 'text/plain', data: btoa(data) })
const files = (...contents: readonly string[]) => ({
  conversation: 1,
  sender: 'agent',
  attachments: contents.map(file),
})
const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`
const paths = (count: number) => ({
  ...message,
  metadata: Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, 0])),
})

type Served = ReturnType<typeof serving>

/** Each limit: what is just within it, what is just beyond, and the answer to that. */
const CASES: readonly {
  readonly name: string
  readonly limits: Partial<Limits>
  readonly within: (served: Served) => Promise<Answer>
  readonly beyond: (served: Served) => Promise<Answer>
  readonly status: number
}[] = [
  {
    name: 'bytes of a URL',
    limits: { urlBytes: 60 },
    within: ({ get }) => get(`/api/conversations/?x=${'y'.repeat(17)}`),
    beyond: ({ get }) => get(`/api/conversations/?x=${'y'.repeat(18)}`),
    status: 414,
  },
  {
    name: 'parameters',
    limits: { parameters: 3 },
    within: ({ get }) => get('/api/conversations/?a=1&a=2&b=3'),
    beyond: ({ get }) => get('/api/conversations/?a=1&a=2&b=3&c'),
    status: 400,
  },
  {
    name: 'bytes of a body',
    limits: { bodyBytes: 100 },
    within: ({ post }) => post('/api/track/', JSON.stringify(message).padEnd(100)),
    beyond: ({ post }) => post('/api/track/', JSON.stringify(message).padEnd(101)),
    status: 413,
  },
  {
    name: 'bytes of a form',
    limits: { bodyBytes: 100 },
    within: ({ post }) => post('/api/track/', message),
    beyond: ({ post }) => {
      const form = new FormData()
      form.set('conversation', '1')
      return post('/api/attachments/', form)
    },
    status: 413,
  },
  {
    name: 'levels of JSON',
    limits: { jsonDepth: 4 },
    within: ({ post }) =>
      post('/api/track/', `{"conversation":1,"sender":"agent","content":"[[[[\\"[","metadata":${nested(3)}}`),
    beyond: ({ post }) =>
      post('/api/track/', `{"conversation":1,"sender":"agent","content":"x","metadata":${nested(4)}}`),
    status: 400,
  },
  {
    name: 'paths of metadata',
    limits: { metadataPaths: 5 },
    within: ({ post }) => post('/api/track/', paths(5)),
    beyond: ({ post }) => post('/api/track/', paths(6)),
    status: 400,
  },
  {
    name: 'files of a request',
    limits: { files: 2 },
    within: ({ post }) => post('/api/attachments/', files('a', 'b')),
    beyond: ({ post }) => post('/api/attachments/', files('a', 'b', 'c')),
    status: 413,
  },
  {
    name: 'files of a form',
    limits: { files: 1 },
    within: ({ post }) => post('/api/attachments/', files('a')),
    beyond: ({ post }) => {
      const form = new FormData()
      for (const name of ['conversation', 'sender']) form.set(name, name === 'sender' ? 'agent' : '1')
      for (const at of [0, 1]) form.set(`attachment_${at}`, new File(['x'], 'x'))
      return post('/api/attachments/', form)
    },
    status: 413,
  },
  {
    name: 'bytes of all files',
    limits: { attachmentBytes: 5 },
    within: ({ post }) => post('/api/attachments/', files('abc', 'de')),
    beyond: ({ post }) => post('/api/attachments/', files('abc', 'def')),
    status: 413,
  },
]

test.each(CASES)('$name', async ({ limits, within, beyond, status }) => {
  const accepted = await within(serving([row('a')], { limits }))
  expect([200, 201]).toContain(accepted.status)
  const served = serving([row('a')], { limits })
  const before = JSON.stringify([...served.store])
  const refused = await beyond(served)
  expect([refused.status, refused.headers.get('content-type')]).toEqual([status, 'application/json'])
  expect(Object.keys(refused.body)).toHaveLength(1)
  expect(JSON.stringify([...served.store])).toBe(before)
})

test('files that came before count, and those of conversations that are gone do not', async () => {
  const { post, store } = serving([row('a'), row('b')], { limits: { attachmentBytes: 5 } })
  expect((await post('/api/attachments/', { ...files('abc'), conversation: 2 })).status).toBe(201)
  expect((await post('/api/attachments/', files('def'))).status).toBe(413)
  store.purge(2)
  expect((await post('/api/attachments/', files('def'))).status).toBe(201)
})

describe('as they stand', () => {
  test('a body is counted while it comes, and what is too much is not waited for', async () => {
    let sent = 0
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1_048_576
        controller.enqueue(new Uint8Array(1_048_576).fill(32))
      },
    })
    const init = {
      method: 'POST',
      body: endless,
      duplex: 'half',
      headers: { authorization: `Api-Key ${KEY}` },
    } as const
    const response = await serving().handler(new Request('http://x/api/track/', init))
    expect(response.status).toBe(413)
    expect(sent).toBeLessThan(36 * 1_048_576)
  })

  test('what a length says is believed when it is too much', async () => {
    const { post } = serving()
    const { status } = await post('/api/track/', '{}', { 'content-length': String(41 * 1_048_576) })
    expect(status).toBe(413)
  })

  test('64 KiB of URL, 1,000 parameters, 100 levels, 1,000 paths, 10 files', async () => {
    const { get, post } = serving([row('a')])
    const url = (bytes: number) =>
      `/api/conversations/?x=${'y'.repeat(bytes - 'http://localhost:8000/api/conversations/?x='.length)}`
    expect((await get(url(65_536))).status).toBe(200)
    expect((await get(url(65_537))).status).toBe(414)
    expect((await get(`/api/conversations/?${'a&'.repeat(1000)}`)).status).toBe(200)
    expect((await get(`/api/conversations/?${'a&'.repeat(1001)}`)).status).toBe(400)
    expect((await post('/api/conversations/', `{"conversation_id":"d","metadata":${nested(99)}}`)).status).toBe(201)
    expect((await post('/api/conversations/', `{"conversation_id":"e","metadata":${nested(100)}}`)).status).toBe(400)
    // Too deep where it would stand in its conversation, though not in its body.
    expect(
      (await post('/api/track/', `{"conversation":1,"sender":"agent","content":"x","metadata":${nested(99)}}`)).status,
    ).toBe(400)
    expect((await post('/api/track/', paths(1000))).status).toBe(201)
    expect((await post('/api/track/', paths(1001))).status).toBe(400)
    expect((await post('/api/attachments/', files(...Array<string>(10).fill('x')))).status).toBe(201)
    expect((await post('/api/attachments/', files(...Array<string>(11).fill('x')))).status).toBe(413)
    expect((await post('/api/track/', '['.repeat(1_000_000))).status).toBe(400)
  })

  test('paths are counted to one more than the limit, and nothing after that is looked at', () => {
    const late = {
      get late(): never {
        throw new Error('looked at')
      },
    }
    const document = { a: 0, b: { c: 1, d: {} }, e: [1] }
    const pathsOf = (given: object, most = Number.POSITIVE_INFINITY) => {
      const found: string[] = []
      walkValues(given, (path) => found.push(path.join('.')) <= most)
      return found
    }
    expect(pathsOf(document)).toEqual(['a', 'b.c', 'b.d', 'e'])
    const descriptors = Object.getOwnPropertyDescriptors(late)
    expect(() => pathsOf(Object.defineProperties({ ...document }, descriptors))).toThrow('looked at')
    expect(pathsOf(Object.defineProperties({ ...document }, descriptors), 3)).toHaveLength(4)
    expect(pathsOf({ a: Object.defineProperties({ ...document }, descriptors), z: 1 }, 3)).toHaveLength(4)
  })

  test('an open handler has them too', async () => {
    const handler = createHandler(new ConversationStore(), { limits: { parameters: 0 } })
    expect((await ask(handler, 'GET', '/api/conversations/?a')).status).toBe(400)
  })
})
