import { once } from 'node:events'
import { Readable } from 'node:stream'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { runInNewContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { ConversationStoreError } from '../../../../src/base/errors.ts'
import {
  type LoadOptions,
  type LoadProgress,
  type LoadSource,
  loadConversations,
} from '../../../../src/features/load/index.ts'

afterEach(() => vi.unstubAllGlobals())

async function ids(source: LoadSource, options: LoadOptions = {}): Promise<unknown[]> {
  const all: unknown[] = []
  for await (const batch of loadConversations(source, options)) all.push(...batch.map((row) => row.conversation_id))
  return all
}

async function fault(source: unknown, options: LoadOptions = {}): Promise<ConversationStoreError> {
  return ids(source as LoadSource, options).then(
    () => expect.fail('It did not fail.'),
    (error: unknown) => error as ConversationStoreError,
  )
}

const row = (id: string | number) => `{"conversation_id":"${id}","started_at":"2024-01-15"}\n`
const text = row('a') + row('b')
const bytes = new TextEncoder().encode(text)
const gzip = new Uint8Array(gzipSync(text))
const rows = (count: number) => Array.from({ length: count }, (_, i) => row(i)).join('')

/** A stream that gives these chunks, and tells when it was cancelled. */
function streamOf(chunks: readonly unknown[], isEndless = false) {
  const cancelled: unknown[] = []
  let at = 0
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (at < chunks.length) controller.enqueue(chunks[at++] as Uint8Array)
        else if (!isEndless) controller.close()
        else return new Promise(() => {})
      },
      cancel(reason) {
        cancelled.push(reason)
      },
    },
    { highWaterMark: 0 },
  )
  return { stream, cancelled }
}

/** An iterable that gives these chunks, and tells when it was closed. */
function iterableOf(chunks: readonly unknown[]) {
  const seen = { closed: 0, given: 0 }
  async function* generate() {
    try {
      for (const chunk of chunks) {
        seen.given++
        yield chunk as Uint8Array
      }
    } finally {
      seen.closed++
    }
  }
  return { iterable: generate(), seen }
}

describe('the sources', () => {
  const kinds: readonly (readonly [string, (content: Uint8Array) => LoadSource])[] = [
    ['a Uint8Array', (content) => content],
    ['a Buffer', (content) => Buffer.from(content)],
    ['a part of a buffer', (content) => Uint8Array.of(1, 2, ...content, 3).subarray(2, -1)],
    ['an ArrayBuffer', (content) => Uint8Array.from(content).buffer],
    [
      'shared memory',
      (content) => {
        const shared = new Uint8Array(new SharedArrayBuffer(content.length))
        shared.set(content)
        return shared
      },
    ],
    ['a ReadableStream of bytes', (content) => streamOf([content.subarray(0, 9), content.subarray(9)]).stream],
    ['a Response', (content) => new Response(Buffer.from(content))],
    ['a Request', (content) => new Request('http://localhost', { method: 'POST', body: Buffer.from(content) })],
    ['a Blob', (content) => new Blob([Buffer.from(content)])],
    [
      'a Node stream',
      (content) => Readable.from([Buffer.from(content.subarray(0, 9)), Buffer.from(content.subarray(9))]),
    ],
    ['a response whose body is a Node stream', (content) => ({ body: Readable.from([Buffer.from(content)]) })],
    [
      'an async iterable',
      (content) => iterableOf([content.subarray(0, 9), new Uint8Array(0), content.subarray(9)]).iterable,
    ],
    ['a list of chunks', (content) => [content.subarray(0, 9), content.subarray(9)]],
    [
      'a generator of chunks',
      function* (content) {
        yield content.subarray(0, 9)
        yield content.subarray(9)
      },
    ],
    [
      'a generator that uses its memory again',
      function* (content) {
        const memory = new Uint8Array(7)
        for (let at = 0; at < content.length; at += 7) {
          const part = content.subarray(at, at + 7)
          memory.set(part)
          yield memory.subarray(0, part.length)
        }
      },
    ],
    [
      'bytes of another realm',
      (content) => runInNewContext('Uint8Array.from(content)', { content: [...content] }) as Uint8Array,
    ],
    [
      'an iterable of another realm',
      (content) =>
        runInNewContext('(async function* () { yield Uint8Array.from(content) })()', {
          content: [...content],
        }) as LoadSource,
    ],
  ]
  for (const [name, make] of kinds) {
    it(`reads ${name}, gzip or not`, async () => {
      expect(await ids(make(bytes))).toEqual(['a', 'b'])
      expect(await ids(make(gzip))).toEqual(['a', 'b'])
    })
  }

  it('reads text, whole or in chunks of any kind', async () => {
    expect(await ids(text)).toEqual(['a', 'b'])
    expect(await ids([text.slice(0, 9), text.slice(9)])).toEqual(['a', 'b'])
    expect(await ids([text.slice(0, 9), '', bytes.subarray(9)])).toEqual(['a', 'b'])
    expect(await ids(streamOf([text.slice(0, 9), text.slice(9)]).stream as LoadSource)).toEqual(['a', 'b'])
    expect(await ids(Readable.from([text]).setEncoding('utf8'))).toEqual(['a', 'b'])
    expect(await ids(new Blob([bytes]).stream().pipeThrough(new TextDecoderStream()))).toEqual(['a', 'b'])
  })

  it('keeps nothing of memory that the source uses again', async () => {
    const content = new TextEncoder().encode(rows(200))
    const list = new TextEncoder().encode(`[${rows(200).trim().replaceAll('\n', ',')}]`)
    for (const whole of [content, list, gzipSync(list)]) {
      for (const size of [1, 7, 100]) {
        const memory = new Uint8Array(size)
        const again = function* () {
          for (let at = 0; at < whole.length; at += size) {
            const part = whole.subarray(at, at + size)
            memory.set(part)
            yield memory.subarray(0, part.length)
          }
        }
        expect(await ids(again())).toEqual(Array.from({ length: 200 }, (_, i) => String(i)))
      }
    }
  })

  it('needs none of the classes, only the shapes', async () => {
    const reader = { chunks: [bytes], cancel: async () => {}, releaseLock() {} }
    const shape = {
      getReader: () => ({
        ...reader,
        read: async () => ({ done: reader.chunks.length === 0, value: reader.chunks.pop() }),
      }),
    }
    expect(await ids(shape)).toEqual(['a', 'b'])
    const iterable = { [Symbol.asyncIterator]: () => iterableOf([text]).iterable }
    expect(await ids(iterable)).toEqual(['a', 'b'])
  })

  it('takes a response without a body for nothing', async () => {
    expect(await ids(new Response(null, { status: 204 }))).toEqual([])
  })

  it('refuses a response that failed or was read', async () => {
    const { stream, cancelled } = streamOf([bytes])
    expect(await fault(new Response(stream, { status: 404 }))).toMatchObject({
      code: 'INVALID_SOURCE',
      parameter: 'source',
      value: 404,
      message: 'The response has status 404, so it holds no conversations.',
    })
    expect(cancelled).toHaveLength(1)
    const used = new Response(text)
    await used.text()
    expect((await fault(used)).message).toContain('has been read already')
    const locked = streamOf([bytes]).stream
    locked.getReader()
    expect((await fault(locked)).message).toMatch(/^The stream cannot be read: /)
  })

  it('takes rows as they are, one by one, and copies them', async () => {
    const all = [{ conversation_id: 'a', started_at: '2024-01-15', metadata: { '\ud800': [1.5, { __proto__: null }] } }]
    const batches: unknown[][] = []
    for await (const batch of loadConversations(all)) batches.push(batch)
    expect(batches).toEqual([all])
    expect(batches[0]![0]).not.toBe(all[0])
    const { iterable, seen } = iterableOf([{ conversation_id: 'b' }, text, { conversation_id: 'c' }])
    expect(await ids(iterable)).toEqual(['b', 'a', 'b', 'c'])
    expect(seen).toEqual({ given: 3, closed: 1 })
  })

  it('refuses what is no source, and chunks that are none', async () => {
    const bodies = [{ body: text }, { body: 5 }, { body: { results: [] } }]
    for (const source of [undefined, null, 5, true, {}, () => text, Symbol('x'), ...bodies]) {
      expect(await fault(source)).toMatchObject({
        name: 'InvalidSourceError',
        code: 'INVALID_SOURCE',
        parameter: 'source',
      })
    }
    expect((await fault([5])).message).toBe(
      'A chunk of the source is 5. Expected a string, bytes, or a row that is JSON throughout.',
    )
    for (const metadata of [{ a: undefined }, { a: Number.NaN }, { a: new Date(0) }])
      expect((await fault([{ conversation_id: 'a', metadata }])).message).toContain('Such a row goes to addMany(),')
    const { iterable, seen } = iterableOf([bytes, null, bytes])
    expect(await fault(iterable)).toMatchObject({ code: 'INVALID_SOURCE', value: null })
    expect(seen).toEqual({ given: 2, closed: 1 })
  })

  it('passes the error of the source on, after the rows before it', async () => {
    const boom = new Error('The line is dead.')
    async function* failing(content: Uint8Array) {
      yield content
      throw boom
    }
    for (const content of [bytes, gzipSync(rows(5_000)).subarray(0, 20_000)]) {
      const given: unknown[] = []
      const read = async () => {
        for await (const batch of loadConversations(failing(content))) given.push(...batch)
      }
      await expect(read()).rejects.toBe(boom)
      if (content === bytes) expect(given).toHaveLength(2)
    }
    const stream = new ReadableStream({ pull: (controller) => controller.error(boom) })
    expect(await fault(stream)).toBe(boom)
    expect(await fault(Readable.from(failing(bytes)))).toBe(boom)
  })
})

describe('closing the source', () => {
  const many = new TextEncoder().encode(rows(1_500))

  it('comes with an early end, before the loop goes on', async () => {
    for (const content of [many, new Uint8Array(gzipSync(many))]) {
      const { stream, cancelled } = streamOf([content, content, content])
      for await (const _ of loadConversations(stream)) break
      expect(cancelled).toEqual([undefined])
      expect(stream.locked).toBe(false)

      const { iterable, seen } = iterableOf([content, content, content])
      for await (const _ of loadConversations(iterable)) break
      await nextTurn()
      expect(seen.closed).toBe(1)

      const readable = Readable.from([content, content, content])
      for await (const _ of loadConversations(readable)) break
      expect(readable.destroyed).toBe(true)

      const response = new Response(streamOf([content]).stream)
      for await (const _ of loadConversations(response)) break
      expect(response.body?.locked).toBe(false)
    }
  })

  it('comes with an error in the content, its reason with it', async () => {
    const { stream, cancelled } = streamOf([new TextEncoder().encode('nonsense\n'), many])
    const error = await fault(stream)
    expect(cancelled).toEqual([error])
    const { iterable, seen } = iterableOf(['nonsense\n', many])
    await fault(iterable)
    expect(seen).toEqual({ given: 1, closed: 1 })
  })

  it('comes with an error of a callback', async () => {
    const boom = new Error('no')
    const { iterable, seen } = iterableOf([many])
    const onProgress = () => {
      throw boom
    }
    expect(await fault(iterable, { onProgress })).toBe(boom)
    expect(seen.closed).toBe(1)
    const onSkip = onProgress
    expect(await fault('5\n', { onInvalid: 'skip', onSkip })).toBe(boom)
  })

  it('comes once, and not after the end', async () => {
    const { stream, cancelled } = streamOf([many])
    expect(await ids(stream)).toHaveLength(1_500)
    expect(cancelled).toEqual([])
    expect(stream.locked).toBe(false)
    const { iterable, seen } = iterableOf([many])
    expect(await ids(iterable)).toHaveLength(1_500)
    expect(seen.closed).toBe(1)
  })

  it('does not come after an error of its own', async () => {
    const boom = new Error('The line is dead.')
    const close = vi.fn()
    const iterator = { next: () => Promise.reject(boom), return: close }
    expect(await fault({ [Symbol.asyncIterator]: () => iterator })).toBe(boom)
    expect(close).not.toHaveBeenCalled()
  })

  it('comes in the middle of gzip', async () => {
    const { stream, cancelled } = streamOf([gzipSync(many), gzipSync(many)])
    for await (const _ of loadConversations(stream)) break
    expect(cancelled).toHaveLength(1)
  })

  it('that fails does not hide why', async () => {
    const iterable = {
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: false, value: 'nonsense\n' }),
        return: async () => {
          throw new Error('cannot close')
        },
      }),
    }
    expect((await fault(iterable)).code).toBe('INVALID_SOURCE')
  })

  it('comes even where nothing was asked of the generator but to return', async () => {
    const { iterable, seen } = iterableOf([many])
    const loading = loadConversations(iterable)
    await loading.return()
    expect(await loading.next()).toEqual({ done: true, value: undefined })
    expect(seen.given).toBe(0)
  })
})

describe('aborting', () => {
  const many = new TextEncoder().encode(rows(1_500))
  const reason = new Error('enough')

  it('rejects with the reason, at once where it came before', async () => {
    const { iterable, seen } = iterableOf([many])
    expect(await fault(iterable, { signal: AbortSignal.abort(reason) })).toBe(reason)
    expect(seen.given).toBe(0)
    const { stream, cancelled } = streamOf([many])
    expect(await fault(stream, { signal: AbortSignal.abort(reason) })).toBe(reason)
    expect(cancelled).toEqual([reason])
    expect(await fault(text, { signal: AbortSignal.abort() })).toMatchObject({ name: 'AbortError' })
  })

  it('rejects between batches', async () => {
    for (const content of [many, gzipSync(many)]) {
      const controller = new AbortController()
      const { stream, cancelled } = streamOf([content], true)
      let batches = 0
      const read = async () => {
        for await (const _ of loadConversations(stream, { signal: controller.signal })) {
          batches++
          controller.abort(reason)
        }
      }
      await expect(read()).rejects.toBe(reason)
      expect(batches).toBe(1)
      expect(cancelled).toEqual([reason])
    }
  })

  it('rejects while a source keeps it waiting, and closes that', async () => {
    const waiting: readonly [string, (chunk: Uint8Array) => [LoadSource, () => boolean]][] = [
      [
        'a stream',
        (chunk) => {
          const { stream, cancelled } = streamOf([chunk], true)
          return [stream, () => cancelled[0] === reason]
        },
      ],
      [
        'a Node stream',
        (chunk) => {
          const readable = new Readable({ read() {} })
          readable.push(chunk)
          return [readable, () => readable.destroyed]
        },
      ],
      [
        'a generator',
        (chunk) => {
          async function* generate() {
            yield chunk
            await new Promise(() => {})
          }
          return [generate(), () => true]
        },
      ],
      [
        'an iterator',
        (chunk) => {
          let isClosed = false
          const chunks = [chunk]
          const next = () => {
            const value = chunks.pop()
            return value ? Promise.resolve({ done: false as const, value }) : new Promise<never>(() => {})
          }
          const close = async () => {
            isClosed = true
            return { done: true as const, value: undefined }
          }
          return [{ [Symbol.asyncIterator]: () => ({ next, return: close }) }, () => isClosed]
        },
      ],
    ]
    for (const [name, make] of waiting) {
      for (const chunk of [bytes, gzip, gzip.subarray(0, 20)]) {
        const controller = new AbortController()
        const [source, isClosed] = make(chunk)
        const failing = fault(source, { signal: controller.signal })
        await sleep(5)
        controller.abort(reason)
        expect(await failing, name).toBe(reason)
        expect(isClosed(), name).toBe(true)
      }
    }
  })

  it('leaves no listener on the signal', async () => {
    const { signal } = new AbortController()
    let listening = 0
    const add = signal.addEventListener.bind(signal)
    const remove = signal.removeEventListener.bind(signal)
    vi.spyOn(signal, 'addEventListener').mockImplementation((...args: Parameters<typeof add>) => {
      listening++
      add(...args)
    })
    vi.spyOn(signal, 'removeEventListener').mockImplementation((...args: Parameters<typeof remove>) => {
      listening--
      remove(...args)
    })
    await ids([bytes, bytes], { signal })
    expect(listening).toBe(0)
    expect(signal.addEventListener).toHaveBeenCalled()
  })

  it('takes any object that has the shape of a signal', async () => {
    const signal = { aborted: false, reason: undefined as unknown }
    let batches = 0
    const read = async (source: LoadSource) => {
      for await (const _ of loadConversations(source, { signal })) {
        batches++
        signal.aborted = true
      }
    }
    await expect(read(many)).rejects.toMatchObject({ code: 'ABORTED', parameter: 'signal' })
    expect(batches).toBe(1)
    signal.reason = reason
    await expect(read(many)).rejects.toBe(reason)
  })
})

describe('progress', () => {
  async function reports(source: LoadSource, options: LoadOptions = {}): Promise<LoadProgress[]> {
    const all: LoadProgress[] = []
    await ids(source, { ...options, onProgress: (progress) => all.push(progress) })
    return all
  }

  it('counts bytes as they are in the source, and rows', async () => {
    const content = new TextEncoder().encode(rows(2_500))
    const all = await reports(content)
    expect(all.map((progress) => progress.rows)).toEqual([1_000, 2_000, 2_500, 2_500])
    expect(all.at(-1)).toEqual({ bytes: content.length, rows: 2_500, totalBytes: content.length })
    const chunks = Array.from({ length: 50 }, (_, i) => rows(100).replaceAll('"1', `"${i}-`))
    expect((await reports(chunks)).map(({ bytes }) => bytes / rows(100).length)).toHaveLength(6)
    const packed = gzipSync(content)
    expect((await reports(packed)).at(-1)).toEqual({ bytes: packed.length, rows: 2_500, totalBytes: packed.length })
  })

  it('knows the whole where it can be known', async () => {
    const last = async (source: LoadSource) => (await reports(source)).at(-1)
    const name = '{"conversation_id":"é酒😀\ud800"}'
    const length = new TextEncoder().encode('{"conversation_id":"é酒😀"}').length + 6
    expect(await last(name)).toEqual({ bytes: length, rows: 1, totalBytes: length })
    expect(await last(new Blob([bytes]))).toEqual({ bytes: bytes.length, rows: 2, totalBytes: bytes.length })
    const headers = { 'content-length': String(bytes.length) }
    expect(await last(new Response(bytes, { headers }))).toEqual({
      bytes: bytes.length,
      rows: 2,
      totalBytes: bytes.length,
    })
    const encoded = { ...headers, 'content-encoding': 'br' }
    expect(await last(new Response(bytes, { headers: encoded }))).toEqual({ bytes: bytes.length, rows: 2 })
    expect(await last([bytes])).toEqual({ bytes: bytes.length, rows: 2 })
    expect(await last('')).toEqual({ bytes: 0, rows: 0, totalBytes: 0 })
  })

  it('does not count rows that were skipped', async () => {
    expect((await reports(`${text}5\n${text}`, { onInvalid: 'skip' })).at(-1)).toMatchObject({ rows: 4 })
  })
})

describe('the event loop', () => {
  it('runs between batches, though the source never waits', async () => {
    for (const hasChannel of [true, false]) {
      if (!hasChannel) vi.stubGlobal('MessageChannel', undefined)
      let turns = 0
      const timer = setInterval(() => turns++, 0)
      const seen: number[] = []
      for await (const _ of loadConversations(rows(20_000))) {
        seen.push(turns)
        // Longer than the timer's millisecond.
        for (const end = performance.now() + 2; performance.now() < end; );
      }
      clearInterval(timer)
      expect(seen).toHaveLength(20)
      expect(new Set(seen).size).toBeGreaterThan(15)
    }
  })

  it('is not kept alive by a load that has ended', async () => {
    const { port1, port2 } = new MessageChannel()
    const closed = once(port1, 'close')
    port2.close()
    await closed
    const before = process.getActiveResourcesInfo().length
    await ids(rows(5_000))
    await nextTurn()
    await sleep(1)
    expect(process.getActiveResourcesInfo().length).toBeLessThanOrEqual(before)
  })
})

describe('the options', () => {
  it('are checked', async () => {
    const wrong: [object, string][] = [
      [{ onInvalid: 'ignore' }, 'onInvalid'],
      [{ onInvalid: null }, 'onInvalid'],
      ...[0, -1, 1.5, Number.NaN, '5'].map((maxRowBytes): [object, string] => [{ maxRowBytes }, 'maxRowBytes']),
    ]
    for (const [options, parameter] of wrong) {
      const { iterable } = iterableOf([bytes])
      expect(await fault(iterable, options as LoadOptions)).toMatchObject({ code: 'INVALID_VALUE', parameter })
    }
    expect(await ids(text, { onInvalid: undefined, maxRowBytes: undefined, signal: undefined })).toEqual(['a', 'b'])
  })
})
