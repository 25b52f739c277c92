/** Clients that do not read, send slowly or send too much at once. Nothing here depends on how fast the machine is. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { createHandler } from '../../src/http/index.ts'
import { ConversationStore } from '../../src/index.ts'
import { type Handler, type Listening, type ListenOptions, listen, type RequestEntry } from '../../src/node/index.ts'

const closing: (() => unknown)[] = []

afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()))
})

async function serve(handler: Handler, options: ListenOptions = {}): Promise<Listening> {
  const server = await listen(handler, { graceMs: 0, ...options })
  closing.push(() => server.close())
  return server
}

/** A connection of which nothing is read until somebody listens to it. */
async function open(server: Listening): Promise<Socket> {
  const socket = connect(server.port, '127.0.0.1')
  closing.push(() => socket.destroy())
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

/** Something that happens once, to wait for. */
function happening(): { readonly happened: Promise<void>; readonly happen: () => void } {
  let happen = () => {}
  const happened = new Promise<void>((resolve) => {
    happen = resolve
  })
  return { happened, happen }
}

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`

/** All that comes until the connection is closed, or until it is as wanted. */
function received(socket: Socket, isEnough: (text: string) => boolean = () => false): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk
      if (isEnough(text)) resolve(text)
    })
    socket.on('close', () => resolve(text))
  })
}

/** An endless answer that counts what is taken of it. */
function endless() {
  const counted = { chunks: 0, isCancelled: false }
  const handler: Handler = () =>
    new Response(
      new ReadableStream({
        pull(controller) {
          counted.chunks++
          controller.enqueue(new Uint8Array(1_048_576))
        },
        cancel() {
          counted.isCancelled = true
        },
      }),
    )
  return { counted, handler }
}

describe('a client that does not read', () => {
  test('of 500 requests at once the second is begun when the answer to the first was taken', async () => {
    const messages = Array.from({ length: 800 }, (_, id) => ({
      id: id + 1,
      sender: 'agent' as const,
      content: 'x'.repeat(10_000),
    }))
    const store = ConversationStore.from([{ conversation_id: 'a', started_at: '2026-07-01', messages }])
    const answering = createHandler(store)
    const begun: string[] = []
    let produced = 0
    const server = await serve(async (request) => {
      begun.push(new URL(request.url).search)
      const { body, ...rest } = await answering(request).then(({ body, status }) => ({ body, status }))
      const counting = new TransformStream<Uint8Array, Uint8Array>(
        {
          transform(chunk, controller) {
            produced += chunk.length
            controller.enqueue(chunk)
          },
        },
        { highWaterMark: 1 },
        { highWaterMark: 0 },
      )
      return new Response(body!.pipeThrough(counting), rest)
    })
    const socket = await open(server)
    socket.write(Array.from({ length: 500 }, (_, at) => get(`/api/conversations/1/?${at}`)).join(''))
    // Another connection is answered, many times, while nothing moves on the first.
    for (let round = 0; round < 20; round++) expect((await fetch(`${server.url}/api/me/`)).status).toBe(200)
    expect(begun.filter((search) => search !== '')).toEqual(['?0'])
    expect(produced).toBeLessThan(8_000_000 + 20 * 1_000)
    let bytes = 0
    socket.on('data', (chunk) => {
      bytes += chunk.length
    })
    await expect.poll(() => begun.length, { timeout: 20_000 }).toBeGreaterThan(23)
    expect(begun.filter((search) => search !== '').slice(0, 4)).toEqual(['?0', '?1', '?2', '?3'])
    // Of each but the last answer that was begun all bytes were taken.
    expect(bytes).toBeGreaterThan(2 * 8_000_000)
  }, 30_000)

  test('is cut when it takes nothing for so long, and the answer is made no further', async () => {
    const { counted, handler } = endless()
    const entries: RequestEntry[] = []
    const server = await serve(handler, { stallMs: 100, onRequest: (entry) => entries.push(entry) })
    const socket = await open(server)
    socket.write(get('/'))
    await expect.poll(() => counted.isCancelled).toBe(true)
    await expect.poll(() => entries).toMatchObject([{ target: '/', status: undefined }])
    // What fits the buffers between the two, which are the system's.
    expect(counted.chunks).toBeLessThan(40)
    expect((await received(socket)).length).toBeLessThan(40 * 1_048_576)
  })

  test('is cut in the last chunk too', async () => {
    const entries: RequestEntry[] = []
    const answer = () => new Response('x'.repeat(50_000_000))
    const server = await serve(answer, { stallMs: 100, onRequest: (entry) => entries.push(entry) })
    const socket = await open(server)
    socket.write(get('/'))
    await expect.poll(() => entries, { timeout: 10_000 }).toMatchObject([{ status: undefined }])
    expect((await received(socket)).length).toBeLessThan(50_000_000)
  }, 15_000)

  test('a client that waits for a slow handler is not cut', async () => {
    const server = await serve(
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 300))
        return new Response(
          new ReadableStream({
            async pull(controller) {
              controller.enqueue(new TextEncoder().encode('<first>'))
              await new Promise((resolve) => setTimeout(resolve, 300))
              controller.enqueue(new TextEncoder().encode('<last>'))
              controller.close()
            },
          }),
        )
      },
      { stallMs: 100 },
    )
    const socket = await open(server)
    // The second waits for the first, whose time must not be its own.
    socket.write(get('/') + get('/'))
    const text = await received(socket, (all) => all.match(/<last>/g)?.length === 2)
    expect(text.match(/<\w+>/g)).toEqual(['<first>', '<last>', '<first>', '<last>'])
  })

  test('a thousand requests may wait on a connection, and more end it', async () => {
    let begun = 0
    const { happened: goes, happen: go } = happening()
    const server = await serve(async () => {
      begun++
      await goes
      return new Response('<a>')
    })
    const many = await open(server)
    many.write(get('/').repeat(1_001))
    await expect.poll(() => begun).toBe(1)
    const more = await open(server)
    const ended = received(more)
    more.write(get('/').repeat(1_002))
    expect(await ended).toBe('')
    go()
    const text = await received(many, (all) => (all.match(/<a>/g)?.length ?? 0) === 1_001)
    expect(text.match(/<a>/g)).toHaveLength(1_001)
  })
})

describe('invalid HTTP after a request', () => {
  test('is answered after the answer to that', async () => {
    const { happened: goes, happen: go } = happening()
    const server = await serve(async () => {
      await goes
      return new Response('<a>')
    })
    const socket = await open(server)
    const all = received(socket)
    socket.write(`${get('/')}${get('/')}garbage\r\n\r\n`)
    setTimeout(go, 20)
    expect((await all).match(/<a>|HTTP\/1.1 \d+/g)).toEqual([
      'HTTP/1.1 200',
      '<a>',
      'HTTP/1.1 200',
      '<a>',
      'HTTP/1.1 400',
    ])
  })
})

describe('a request that does not arrive', () => {
  test.each<[name: string, text: string, more?: string]>([
    ['nothing', '', ''],
    ['a part of the headers', 'GET / HTTP/1.1\r\nHost: loc'],
    ['a part of the body', 'POST /api/track/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"a":'],
    ['no part of the body', 'POST /api/track/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n'],
    [
      'chunks',
      'POST /api/track/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"a":\r\n',
      '1\r\n \r\n',
    ],
  ])('%s: 408, and the connection is closed', async (_, text, more = ' ') => {
    const store = new ConversationStore()
    const server = await serve(createHandler(store), { requestMs: 200 })
    const socket = await open(server)
    const all = received(socket)
    socket.write(text)
    // However often a little more comes.
    const trickle = setInterval(() => more !== '' && socket.write(more), 20)
    const answer = await all
    clearInterval(trickle)
    expect(answer).toMatch(/^HTTP\/1.1 408 .*\r\n/)
    expect(answer).toContain('"detail":')
    expect(store.size).toBe(0)
  })
})

test('more connections than there may be are closed, and the others are served', async () => {
  const server = await serve(() => new Response('<a>'), { maxConnections: 2 })
  const [first, second] = [await open(server), await open(server)]
  expect(await received(await open(server))).toBe('')
  for (const socket of [first, second]) {
    socket.write(get('/'))
    expect(await received(socket, (text) => text.includes('<a>'))).toContain('<a>')
  }
  first.destroy()
  await expect
    .poll(async () => {
      const third = await open(server)
      third.write(get('/'))
      const text = await received(third, (all) => all.includes('<a>'))
      third.destroy()
      return text
    })
    .toContain('<a>')
})
