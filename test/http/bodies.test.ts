/** Bodies that are made to be expensive: counted while they come, refused before anything is made of them. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Refusal } from '../../src/http/answer.ts'
import { createHandler, type Limits } from '../../src/http/index.ts'
import { JsonMeter } from '../../src/http/json-meter.ts'
import { ConversationStore } from '../../src/index.ts'
import { row } from './asking.ts'

const MIB = 1_048_576

/** A body that counts what is taken of it. It is one part repeated between a head and a tail. */
function body(head: string, part: string, times: number, tail: string) {
  const encoder = new TextEncoder()
  const perChunk = Math.max(1, Math.floor(65_536 / part.length))
  const chunk = encoder.encode(part.repeat(perChunk))
  const counted = { taken: 0, stream: undefined as unknown as ReadableStream<Uint8Array> }
  let left = times
  let isBegun = false
  counted.stream = new ReadableStream(
    {
      pull(controller) {
        const send = (bytes: Uint8Array) => {
          counted.taken += bytes.length
          controller.enqueue(bytes)
        }
        if (!isBegun) send(encoder.encode(head))
        else if (left >= perChunk) {
          send(chunk.slice())
          left -= perChunk
        } else {
          send(encoder.encode(part.repeat(left) + tail))
          controller.close()
        }
        isBegun = true
      },
    },
    { highWaterMark: 0 },
  )
  return counted
}

const post = (path: string, stream: ReadableStream<Uint8Array>, type = 'application/json') =>
  new Request(`http://localhost${path}`, {
    method: 'POST',
    body: stream,
    duplex: 'half',
    headers: { 'content-type': type },
  } as RequestInit)

const track = (metadata: string) => `{"conversation":1,"sender":"agent","content":"x","metadata":{"a":${metadata}`
const times = (bytes: number, part: string) => Math.floor(bytes / part.length)

describe('at the defaults', () => {
  test.each<[name: string, head: string, part: string, times: number, tail: string, status: number, mostTaken: number]>(
    [
      ['31.9 MiB of empty lists', track('['), '[],', times(31.9 * MIB, '[],'), '[]]}}', 413, 0.3 * MIB],
      ['31.9 MiB of lists within lists', track(''), '[', times(31.9 * MIB, '['), '', 400, 0.1 * MIB],
      ['1.5 million keys', track('{"k":1'), ',"k":1', 1_500_000, '}}}', 413, 0.3 * MIB],
      ['1.5 million fields', '{"k":1', ',"k":1', 1_500_000, '}', 413, 0.3 * MIB],
      ['millions of small strings', track('["a"'), ',"a"', 4_000_000, ']}}', 413, 0.4 * MIB],
      ['values without marks between', '{"a":', '1 ', 10_000_000, '}', 413, 0.3 * MIB],
      ['bare NaN', '{"a":[1', ',NaN', 5_000_000, ']}', 413, 0.4 * MIB],
      ['30 MB of escapes', track('"'), '\\u0061', 5_000_000, '"}}', 413, 4.2 * MIB],
      ['30 MB of quotes', track('"'), '\\"', 15_000_000, '"}}', 413, 4.2 * MIB],
      ['a number of 30 million digits', track('1'), '1', 30_000_000, '}}', 413, 4.2 * MIB],
      ['white space', '{', ' ', 30_000_000, '}', 413, 4.2 * MIB],
      ['a number of a million digits', track('1'), '1', 1_000_000, '}}', 400, 4 * MIB],
      ['a string of 3 MB', track('"'), 'x', 3_000_000, '"}}', 201, 4 * MIB],
      ['10,000 strings', track('["a"'), ',"a"', 10_000, ']}}', 201, MIB],
    ],
  )('%s', async (_, head, part, count, tail, status, mostTaken) => {
    const store = ConversationStore.from([row('a')])
    const handler = createHandler(store)
    const sent = body(head, part, count, tail)
    const response = await handler(post('/api/track/', sent.stream))
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(sent.taken).toBeLessThanOrEqual(mostTaken)
    expect(store.get(1)!.messages).toHaveLength(status === 201 ? 1 : 0)
    // The next request finds all as it was.
    expect((await handler(post('/api/track/', body(track('[]'), ' ', 0, '}}').stream))).status).toBe(201)
  })

  test('attachments have a larger limit, for strings alone', async () => {
    const handler = createHandler(ConversationStore.from([row('a')]))
    const head = '{"conversation":1,"sender":"agent","attachments":[{"filename":"a","data":"'
    const file = body(head, 'abcd', 2_000_000, '"}]}')
    expect((await handler(post('/api/attachments/', file.stream))).status).toBe(201)
    const lists = body('{"attachments":[1', ',[]', 2_000_000, ']}')
    expect((await handler(post('/api/attachments/', lists.stream))).status).toBe(413)
    expect(lists.taken).toBeLessThan(0.5 * MIB)
  })

  test('metadata in a form is JSON', async () => {
    const handler = createHandler(ConversationStore.from([row('a')]))
    const head = '--b\r\nContent-Disposition: form-data; name="metadata"\r\n\r\n{"a":[1'
    const sent = body(head, ',[]', 100_000, ']}\r\n--b--\r\n')
    const response = await handler(post('/api/attachments/', sent.stream, 'multipart/form-data; boundary=b'))
    expect(response.status).toBe(413)
    expect(await response.json()).toEqual({ detail: expect.stringContaining('50000 values') })
  })

  test('a form of a hundred thousand parts', async () => {
    const handler = createHandler(ConversationStore.from([row('a')]))
    const part = '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    const response = await handler(
      post('/api/attachments/', body('', part, 100_000, '--b--\r\n').stream, 'multipart/form-data; boundary=b'),
    )
    expect(response.status).toBe(413)
    expect(await response.json()).toEqual({ detail: expect.stringContaining('1010 fields and files') })
  })
})

describe('the meter', () => {
  const LIMITS = { jsonDepth: 100, jsonValues: 1e9 } as Limits

  /** Whether the meter takes these bytes, cut into pieces of this length. */
  const takes = (text: string, limits: Partial<Limits>, length = 65_536): boolean => {
    const meter = new JsonMeter({ ...LIMITS, ...limits })
    const bytes = new TextEncoder().encode(text)
    try {
      for (let at = 0; at < bytes.length; at += length) meter.take(bytes.subarray(at, at + length))
      return true
    } catch (error) {
      if (error instanceof Refusal) return false
      throw error
    }
  }

  const valuesIn = (value: unknown): number =>
    typeof value !== 'object' || value === null
      ? 1
      : Array.isArray(value)
        ? value.reduce((sum: number, each) => sum + valuesIn(each), 1)
        : Object.values(value).reduce((sum: number, each) => sum + 1 + valuesIn(each), 1)

  const levelsIn = (value: unknown): number =>
    typeof value !== 'object' || value === null ? 0 : 1 + Math.max(0, ...Object.values(value).map(levelsIn))

  test('counts values and levels exactly, wherever the bytes are cut', () => {
    const spaces = fc.constantFrom<string | number>('', 1, '\t')
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), spaces, fc.integer({ min: 1, max: 9 }), (value, space, length) => {
        const text = JSON.stringify(value, null, space)
        // -0 and the like: what was written counts.
        const [values, levels] = [valuesIn(JSON.parse(text)), levelsIn(value)]
        expect(takes(text, { jsonValues: values, jsonDepth: levels }, length)).toBe(true)
        expect(takes(text, { jsonValues: values - 1 }, length)).toBe(false)
        if (levels > 0) expect(takes(text, { jsonDepth: levels - 1 }, length)).toBe(false)
      }),
    )
  })

  test.each([
    ['{"a\\"[{,":"\\\\"}', 3],
    ['[-1.5e+3,true,null,"",{}]', 6],
    ['1 2 3', 3],
    ['"a""b"', 2],
    ['[}{]', 2],
    ['NaN,NaN', 2],
  ])('%s has %i values', (text, count) => {
    expect([takes(text, { jsonValues: count }, 1), takes(text, { jsonValues: count - 1 }, 1)]).toEqual([true, false])
  })
})

describe('bodies at a time', () => {
  /** A body that is sent by hand. */
  const unfinished = () => {
    let sending: ReadableStreamDefaultController<Uint8Array>
    let isCancelled = false
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        sending = controller
      },
      cancel: () => {
        isCancelled = true
      },
    })
    return {
      request: post('/api/track/', stream),
      send: async (bytes: number | string) => {
        sending.enqueue(new TextEncoder().encode(typeof bytes === 'string' ? bytes : ' '.repeat(bytes)))
        await settled()
      },
      end: () => sending.close(),
      fail: () => sending.error(new Error('gone')),
      isCancelled: () => isCancelled,
    }
  }

  const settled = () => new Promise((resolve) => setTimeout(resolve, 0))

  test('the largest that is still coming is refused, the others are taken', async () => {
    const handler = createHandler(ConversationStore.from([row('a')]), { limits: { bodyBytesInFlight: 1_000 } })
    const [small, large, last] = [unfinished(), unfinished(), unfinished()]
    const answers = [small, large, last].map(({ request }) => handler(request))
    await small.send(300)
    await large.send(600)
    expect(large.isCancelled()).toBe(false)
    await last.send(101)
    expect(large.isCancelled()).toBe(true)
    const refused = await answers[1]!
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1'])
    expect(await refused.json()).toEqual({ detail: expect.stringContaining('1000 bytes') })
    // What it held is free again.
    await last.send(400)
    for (const each of [small, last]) {
      await each.send('{"conversation":1,"sender":"agent","content":"x"}')
      each.end()
    }
    expect((await Promise.all([answers[0]!, answers[2]!])).map(({ status }) => status)).toEqual([201, 201])
  })

  test('a body that is itself the largest is refused, and those that are over count no more', async () => {
    const store = ConversationStore.from([row('a')])
    const handler = createHandler(store, { limits: { bodyBytesInFlight: 1_000 } })
    for (let round = 0; round < 3; round++) {
      const [waiting, failing, larger] = [unfinished(), unfinished(), unfinished()]
      const answers = [waiting, failing, larger].map(({ request }) => handler(request))
      await waiting.send(300)
      await failing.send(600)
      failing.fail()
      expect((await answers[1]!).status).toBe(400)
      await larger.send(699)
      expect(larger.isCancelled()).toBe(false)
      await larger.send(2)
      expect((await answers[2]!).status).toBe(503)
      await waiting.send('}')
      waiting.end()
      expect((await answers[0]!).status).toBe(400)
    }
    expect(store.get(1)!.messages).toHaveLength(0)
  })

  test('a body that would never have room is too large', async () => {
    const handler = createHandler(new ConversationStore(), { limits: { bodyBytesInFlight: 100 } })
    const response = await handler(post('/api/track/', body('{', ' ', 200, '}').stream))
    expect(response.status).toBe(413)
    expect(await response.json()).toEqual({ detail: expect.stringContaining('100 bytes') })
  })

  test('sixty unfinished bodies hold 64 MiB', async () => {
    const handler = createHandler(new ConversationStore())
    const bodies = Array.from({ length: 60 }, unfinished)
    const answers = bodies.map(({ request }) => handler(request))
    for (const each of bodies) await each.send(2 * MIB)
    const left = bodies.filter((each) => !each.isCancelled())
    expect(left).toHaveLength(32)
    for (const each of left) each.end()
    const statuses = (await Promise.all(answers)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 503)).toHaveLength(28)
  })
})
