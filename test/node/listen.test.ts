/** A real server on loopback: what it passes on, what it refuses by itself, and how it ends. */
import { once } from 'node:events'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { type Handler, type Listening, type ListenOptions, listen, type RequestEntry } from '../../src/node/index.ts'

const servers: Listening[] = []

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

async function serve(handler: Handler, options: ListenOptions = {}): Promise<Listening> {
  const server = await listen(handler, { graceMs: 100, ...options })
  servers.push(server)
  return server
}

/** Something that happens once, to wait for. */
function happening(): { readonly happened: Promise<void>; readonly happen: () => void } {
  let happen = () => {}
  const happened = new Promise<void>((resolve) => {
    happen = resolve
  })
  return { happened, happen }
}

/** Tells what the handler saw. */
const echo: Handler = async (request) =>
  Response.json({
    method: request.method,
    url: request.url,
    body: await request.text(),
    hasBody: request.body !== null,
    type: request.headers.get('content-type'),
  })

/** Sends bytes as they stand and gives all that comes back until the connection ends, or is quiet. */
async function exchange(server: Listening, text: string): Promise<string> {
  const socket = connect(server.port, '127.0.0.1')
  socket.on('error', () => {})
  let answer = ''
  let timer = setTimeout(() => {}, 0)
  socket.on('data', (chunk) => {
    answer += chunk
    clearTimeout(timer)
    timer = setTimeout(() => socket.destroy(), answer.endsWith('}') ? 5 : 60)
  })
  socket.write(text)
  await once(socket, 'close')
  clearTimeout(timer)
  return answer
}

function parse(answer: string): { status: number; headers: Record<string, string>; body: unknown } {
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  const [line = '', ...rest] = head.split('\r\n')
  const headers = Object.fromEntries(rest.map((header) => header.toLowerCase().split(': ') as [string, string]))
  return { status: Number(line.split(' ')[1]), headers, body: body === '' ? undefined : JSON.parse(body) }
}

/** A request whose headers are all the test's own. */
function send(
  server: Listening,
  headers: Record<string, string>,
  { method = 'GET', path = '/api/conversations/' } = {},
): Promise<{ status: number; headers: IncomingHttpHeaders; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      { host: '127.0.0.1', port: server.port, method, path, headers, setHost: false },
      (answer) => {
        let body = ''
        answer.setEncoding('utf8').on('data', (chunk) => {
          body += chunk
        })
        answer.on('end', () => resolve({ status: answer.statusCode!, headers: answer.headers, body }))
      },
    )
    sent.on('error', reject).end()
  })
}

describe('where it listens', () => {
  test('port 0 takes a free one, which url and port tell', async () => {
    const server = await serve(echo, { port: 0 })
    expect(server.port).toBeGreaterThan(0)
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`)
    expect((await fetch(`${server.url}/`)).status).toBe(200)
  })

  test('localhost means 127.0.0.1, and ::1 stands in brackets', async () => {
    expect((await serve(echo, { host: 'localhost' })).url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    const six = await serve(echo, { host: '::1' })
    expect(six.url).toBe(`http://[::1]:${six.port}`)
    expect(await (await fetch(`${six.url}/a`)).json()).toMatchObject({ url: `${six.url}/a` })
  })

  test('an address that URLs write otherwise is served under both', async () => {
    const server = await serve(echo, { host: '::ffff:127.0.0.1' })
    expect(server.url).toBe(`http://[::ffff:7f00:1]:${server.port}`)
    expect((await fetch(server.url, { method: 'POST', headers: { origin: server.url } })).status).toBe(200)
    for (const [host, status] of [
      [`[::FFFF:127.0.0.1]:${server.port}`, 200],
      ['[0:0::1]', 200],
      ['[::ffff:127.0.0.2]', 421],
      ['[::1]/x]', 400],
      ['[::g]', 400],
    ] as const) {
      const answer = await exchange(server, `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
      expect([host, parse(answer).status]).toEqual([host, status])
    }
  })

  test('all addresses: a url that this machine reaches', async () => {
    const server = await serve(echo, { host: '0.0.0.0' })
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`)
    expect((await fetch(server.url)).status).toBe(200)
  })

  test('a port that is taken is an error, and so is an option that is none', async () => {
    const { port } = await serve(echo)
    await expect(listen(echo, { port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
    await expect(listen(echo, { port: 70_000 })).rejects.toMatchObject({ code: 'INVALID_VALUE', parameter: 'port' })
    await expect(listen(echo, { host: '' })).rejects.toMatchObject({ code: 'INVALID_VALUE', parameter: 'host' })
    await expect(listen(echo, { graceMs: Number.NaN })).rejects.toMatchObject({ parameter: 'graceMs' })
    for (const name of ['requestMs', 'stallMs', 'maxConnections'])
      await expect(listen(echo, { [name]: 0 })).rejects.toMatchObject({ code: 'INVALID_VALUE', parameter: name })
    await expect(listen({} as Handler)).rejects.toMatchObject({ code: 'INVALID_VALUE', parameter: 'handler' })
  })
})

describe('requests and responses', () => {
  test('method, path, query, headers and body arrive as they were sent', async () => {
    const server = await serve(echo)
    const target = '/api/x/?name=%C3%A9+%2B&a=1&a=2'
    const answer = await fetch(server.url + target, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: '{"name": "Straße"}',
    })
    expect(await answer.json()).toEqual({
      method: 'PATCH',
      url: server.url + target,
      body: '{"name": "Straße"}',
      hasBody: true,
      type: 'application/json',
    })
  })

  test.each(['GET', 'DELETE', 'POST'])(
    '%s with an empty body has none, whatever its content type says',
    async (method) => {
      const server = await serve(echo)
      const headers = { 'content-type': 'application/json' }
      const answer = await fetch(server.url, { method, headers })
      expect(await answer.json()).toMatchObject({ method, body: '', hasBody: false, type: 'application/json' })
    },
  )

  test('a text comes with its length, in one piece; HEAD tells it without the text', async () => {
    const server = await serve(() => new Response('Grüße'))
    expect((await fetch(server.url)).headers.get('content-length')).toBe('7')
    const head = await fetch(server.url, { method: 'HEAD' })
    expect([head.headers.get('content-length'), await head.text()]).toEqual(['7', ''])
  })

  test('no body: no content', async () => {
    const server = await serve(() => new Response(null, { status: 204 }))
    const answer = await fetch(server.url)
    expect([answer.status, await answer.text()]).toEqual([204, ''])
  })

  test('cookies stay apart', async () => {
    const headers = new Headers([
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ])
    const server = await serve(() => new Response('', { headers }))
    expect((await fetch(server.url)).headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  })

  test('a stream goes out as it comes, and no faster than it is read', async () => {
    let pulled = 0
    const server = await serve(
      () =>
        new Response(
          new ReadableStream({
            pull(controller) {
              pulled++
              if (pulled <= 500) controller.enqueue(new Uint8Array(65_536))
              else controller.close()
            },
          }),
        ),
    )
    const reader = (await fetch(server.url)).body!.getReader()
    let bytes = (await reader.read()).value!.length
    await sleep(100)
    // All would have come by now; what fits the buffers on the way has.
    expect(pulled).toBeLessThan(400)
    for (let read = await reader.read(); !read.done; read = await reader.read()) bytes += read.value.length
    expect(bytes).toBe(32_768_000)
  })

  test('the body of a request is read no faster than the handler reads it', async () => {
    let sent = 0
    const began = happening()
    const proceeds = happening()
    const server = await serve(async (request) => {
      const reader = request.body!.getReader()
      await reader.read()
      began.happen()
      await proceeds.happened
      let chunk = await reader.read()
      while (!chunk.done) chunk = await reader.read()
      return new Response('read')
    })
    const body = new ReadableStream({
      pull(controller) {
        sent += 65_536
        if (sent < 40_000_000) controller.enqueue(new Uint8Array(65_536))
        else controller.close()
      },
    })
    const answer = fetch(server.url, { method: 'POST', body, duplex: 'half' } as RequestInit)
    await began.happened
    await sleep(100)
    expect(sent).toBeLessThan(30_000_000)
    proceeds.happen()
    expect(await (await answer).text()).toBe('read')
  })

  test('an answer before the body is read reaches a client that is still sending, and the connection lives on', async () => {
    const server = await serve(async (request) => {
      for await (const chunk of request.body ?? []) {
        if (chunk.length > 0) return Response.json({ detail: 'Too long.' }, { status: 413 })
      }
      return new Response('short')
    })
    for (let i = 0; i < 2; i++) {
      const answer = await fetch(server.url, { method: 'POST', body: new Uint8Array(8_000_000) })
      expect([answer.status, await answer.json()]).toEqual([413, { detail: 'Too long.' }])
    }
    expect(await (await fetch(server.url)).text()).toBe('short')
  })

  test('the signal is aborted when the client goes away, before and after it was asked for', async () => {
    const seen: string[] = []
    for (const isEarly of [true, false]) {
      const arrives = happening()
      const server = await serve(async (request) => {
        const aborted = isEarly && once(request.signal, 'abort')
        arrives.happen()
        await (aborted || sleep(60))
        seen.push(`${request.signal.aborted} ${request.signal.reason?.name}`)
        return new Response('late')
      })
      const controller = new AbortController()
      const answer = fetch(server.url, { signal: controller.signal }).catch(() => 'gone')
      await arrives.happened
      controller.abort()
      expect(await answer).toBe('gone')
    }
    await expect.poll(() => seen).toEqual(['true AbortError', 'true AbortError'])
  })

  test('a body that is cut off is an error for the handler that reads it', async () => {
    const fails = happening()
    const server = await serve(async (request) => {
      await request.text().catch(() => fails.happen())
      return new Response('never seen')
    })
    const socket = connect(server.port, '127.0.0.1')
    socket.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf')
    await sleep(20)
    socket.destroy()
    await fails.happened
  })

  test('a TypeError is a dropped connection; any other error is a 500 that says nothing', async () => {
    const errors: unknown[] = []
    const entries: RequestEntry[] = []
    const handler: Handler = (request) => {
      throw request.url.endsWith('drop') ? new TypeError('dropped') : new Error('secret')
    }
    const server = await serve(handler, { onError: (error) => errors.push(error), onRequest: (it) => entries.push(it) })
    await expect(fetch(`${server.url}/drop`)).rejects.toMatchObject({ cause: { code: 'UND_ERR_SOCKET' } })
    expect(errors).toEqual([])
    const answer = await fetch(`${server.url}/bug`)
    expect([answer.status, await answer.json()]).toEqual([500, { detail: 'The server failed to answer.' }])
    expect(errors).toEqual([new Error('secret')])
    const forgetful = await serve((() => undefined) as unknown as Handler, { onError: (error) => errors.push(error) })
    expect((await fetch(forgetful.url)).status).toBe(500)
    expect(errors[1]).toEqual(new Error('The handler gave undefined. Expected a Response.'))
    expect(entries.map(({ method, target, status }) => [method, target, status])).toEqual([
      ['GET', '/drop', undefined],
      ['GET', '/bug', 500],
    ])
  })

  test('a stream that fails cuts the connection', async () => {
    const broken = () =>
      new ReadableStream({
        async pull(controller) {
          controller.enqueue(new Uint8Array(10))
          await sleep(5)
          controller.error(new Error('disk'))
        },
      })
    const server = await serve(() => new Response(broken()), { onError: () => {} })
    const answer = await fetch(server.url)
    await expect(answer.text()).rejects.toThrow()
  })

  test('Expect: 100-continue is answered when the body is wanted, and not when the request is refused', async () => {
    const server = await serve(echo)
    const head = 'POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 2\r\n'
    expect(await exchange(server, `${head}\r\nhi`)).toMatch(
      /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK[\s\S]*"body":"hi"/,
    )
    expect(await exchange(server, `${head}Origin: http://evil.example\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 403 Forbidden\r\n[\s\S]*Connection: close/,
    )
    const other = await exchange(server, 'GET / HTTP/1.1\r\nHost: localhost\r\nExpect: magic\r\n\r\n')
    expect(parse(other)).toMatchObject({ status: 417, body: { detail: expect.any(String) } })
  })

  test('two requests sent at once over one connection are answered in order', async () => {
    const server = await serve(async (request) => {
      if (request.url.endsWith('slow')) await sleep(20)
      return new Response(new URL(request.url).pathname)
    })
    const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`
    expect(await exchange(server, get('/slow') + get('/fast'))).toMatch(/\/slow[\s\S]*\/fast/)
  })
})

describe('what no handler sees', () => {
  const never: Handler = () => {
    throw new Error('The handler was asked.')
  }

  test.each<[name: string, text: string, status: number]>([
    ['no HTTP', 'garbage\r\n\r\n', 400],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['two Hosts', 'GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n', 400],
    ['a Host that is none', 'GET / HTTP/1.1\r\nHost: localhost/@evil\r\n\r\n', 400],
    ['a target that is no path', 'OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n', 400],
    ['a length that is none', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n', 400],
    [
      'two lengths of a body',
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      400,
    ],
    ['TRACE', 'TRACE / HTTP/1.1\r\nHost: localhost\r\n\r\n', 405],
    ['CONNECT', 'CONNECT a:1 HTTP/1.1\r\nHost: localhost\r\n\r\n', 405],
    ['another Host', 'GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n', 421],
    ['another host in the target', 'GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n', 421],
    ['headers over 128 KiB', `GET / HTTP/1.1\r\nHost: localhost\r\nA: ${'a'.repeat(140_000)}\r\n\r\n`, 431],
    ['a URL of a megabyte', `GET /${'a'.repeat(1_000_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 431],
  ])('%s', async (_, text, status) => {
    const answer = parse(await exchange(await serve(never), text))
    expect(answer).toMatchObject({
      status,
      headers: { 'content-type': 'application/json' },
      body: { detail: expect.stringMatching(/\.$/) },
    })
  })

  test('a body that is no HTTP', async () => {
    const server = await serve(echo)
    const head = 'POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n'
    const answer = parse(await exchange(server, `${head}zz\r\n`))
    expect(answer).toMatchObject({ status: 400, body: { detail: 'The request is not valid HTTP.' } })
  })

  test('a URL over 64 KiB is for the handler to refuse', async () => {
    const server = await serve((request) => new Response(String(request.url.length)))
    const path = `/${'a'.repeat(100_000)}`
    expect(await (await fetch(server.url + path)).text()).toBe(String(server.url.length + path.length))
  })
})

describe('whom it lets in', () => {
  const open: Handler = () => new Response('in')

  test.each(['localhost', 'LOCALHOST', 'localhost:9', '127.0.0.1:1234', '[::1]:80', 'api.test:80', 'exact.test:81'])(
    'Host %s',
    async (host) => {
      const server = await serve(open, { allowHosts: ['API.test', 'exact.test:81'] })
      expect((await send(server, { Host: host })).status).toBe(200)
    },
  )

  test.each([
    'evil.example',
    'localhost.',
    'localhost.evil.example',
    'exact.test',
    '127.0.0.2',
    '[::2]',
    '10.0.0.1:80',
  ])('not Host %s', async (host) => {
    const server = await serve(open, { allowHosts: ['exact.test:81'] })
    const { status, body } = await send(server, { Host: host })
    expect([status, JSON.parse(body)]).toEqual([421, { detail: expect.stringContaining('allowHosts') }])
  })

  test('on an address that others reach: any Host, or the named ones', async () => {
    expect((await send(await serve(open, { host: '0.0.0.0' }), { Host: 'any.example' })).status).toBe(200)
    const named = await serve(open, { host: '0.0.0.0', allowHosts: ['api.test'] })
    expect((await send(named, { Host: 'any.example' })).status).toBe(421)
    expect((await send(named, { Host: 'api.test' })).status).toBe(200)
    expect((await send(named, { Host: 'localhost' })).status).toBe(200)
  })

  type Case = [name: string, headers: Record<string, string>, status: number, cors?: string[]]
  test.each<Case>([
    ['a client that is no browser', {}, 200],
    ['someone who typed the address', { 'Sec-Fetch-Site': 'none', 'Sec-Fetch-Mode': 'navigate' }, 200],
    ['a page of its own', { Origin: 'http://localhost', 'Sec-Fetch-Site': 'same-origin' }, 200],
    ['a page of another port', { Origin: 'http://localhost:3000', 'Sec-Fetch-Site': 'same-site' }, 403],
    ['a page of another name for it', { Origin: 'http://127.0.0.1' }, 403],
    ['a page of another scheme', { Origin: 'https://localhost' }, 403],
    ['a page of the web', { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' }, 403],
    ['an image on a page of the web', { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors' }, 403],
    ['a page without an origin', { Origin: 'null' }, 403],
    ['a contradiction', { Origin: 'http://localhost', 'Sec-Fetch-Site': 'cross-site' }, 403],
    [
      'an allowed page',
      { Origin: 'https://app.example', 'Sec-Fetch-Site': 'cross-site' },
      200,
      ['https://app.example'],
    ],
    ['another than the allowed page', { Origin: 'https://evil.example' }, 403, ['https://app.example']],
    ['any page, where all are allowed', { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' }, 200, ['*']],
  ])('%s', async (_, headers, status, cors = []) => {
    const allowsOrigin = (origin: string) => cors.includes('*') || cors.includes(origin)
    const server = await serve(Object.assign(() => new Response('in'), { allowsOrigin }))
    for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS']) {
      const answer = await send(server, { Host: 'localhost', 'Content-Type': 'text/plain', ...headers }, { method })
      expect([method, answer.status]).toEqual([method, status])
      if (status === 403) expect(JSON.parse(answer.body)).toEqual({ detail: expect.stringContaining('cors') })
    }
  })

  test.each([0, 999, 1_000, 1_999, 5_000])('an Origin after %i other headers', async (count) => {
    const server = await serve(open)
    const others = Array.from({ length: count }, (_, at) => `H${at}: x\r\n`).join('')
    const get = (...headers: string[]) =>
      exchange(server, `GET / HTTP/1.1\r\nHost: localhost\r\n${headers.join('')}\r\n`)
    expect(parse(await get(others, 'Origin: https://evil.example\r\n')).status).toBe(403)
    expect(parse(await get(others, 'Sec-Fetch-Site: cross-site\r\n')).status).toBe(403)
    expect(await get(others, 'oRIGIN: http://localhost\r\n')).toMatch(/^HTTP\/1.1 200 /)
  })

  test.each(['Origin: http://localhost', 'Sec-Fetch-Site: same-origin', 'Host: localhost'])(
    'two of %s',
    async (header) => {
      const [name = ''] = header.split(':')
      const server = await serve(open)
      for (const second of [header, `${name.toUpperCase()}: https://evil.example`]) {
        for (const two of [`${header}\r\n${second}`, `${second}\r\nA: b\r\n${header}`]) {
          const host = name === 'Host' ? '' : 'Host: localhost\r\n'
          expect(parse(await exchange(server, `GET / HTTP/1.1\r\n${host}${two}\r\n\r\n`)).status).toBe(400)
        }
      }
    },
  )

  test('a page is refused before its body is read', async () => {
    const server = await serve(open)
    const head = 'POST / HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\nContent-Length: 1000000\r\n\r\n'
    expect(parse(await exchange(server, head))).toMatchObject({ status: 403 })
  })
})

describe('where a request was sent to', () => {
  const tell: Handler = (request) => new Response(request.url)
  const forwarded = { Host: 'localhost:1', 'X-Forwarded-Host': 'api.test, inner', 'X-Forwarded-Proto': 'https' }

  test('is what its Host says', async () => {
    const server = await serve(tell)
    expect((await send(server, { Host: 'LOCALHOST:77' }, { path: '/a?b' })).body).toBe('http://localhost:77/a?b')
    expect(await exchange(server, 'GET http://localhost:78/a?b HTTP/1.1\r\nHost: localhost\r\n\r\n')).toMatch(
      /http:\/\/localhost:78\/a\?b$/,
    )
  })

  test('forwarded headers are ignored', async () => {
    expect((await send(await serve(tell), forwarded)).body).toBe('http://localhost:1/api/conversations/')
  })

  test('trustProxy believes them, of hosts that are allowed', async () => {
    const server = await serve(tell, { trustProxy: true, allowHosts: ['api.test'] })
    expect((await send(server, forwarded)).body).toBe('https://api.test/api/conversations/')
    expect((await send(server, { ...forwarded, Origin: 'https://api.test' })).status).toBe(200)
    expect((await send(server, { ...forwarded, 'X-Forwarded-Host': 'evil.example' })).status).toBe(421)
    expect((await send(server, { Host: 'localhost:1' })).body).toBe('http://localhost:1/api/conversations/')
  })
})

describe('how it ends', () => {
  /** A connection on which nothing was sent, or one request was answered. */
  async function idle(server: Listening, text = ''): Promise<Socket> {
    const socket = connect(server.port, '127.0.0.1')
    await once(socket, 'connect')
    if (text !== '') {
      socket.write(text)
      await once(socket, 'data')
    }
    return socket
  }

  test('idle connections are ended at once, and no more are taken', async () => {
    const server = await serve(echo, { graceMs: 5_000 })
    const sockets = [await idle(server), await idle(server, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')]
    const ends = sockets.map((socket) => once(socket.resume(), 'close'))
    const startedAt = performance.now()
    await server.close()
    await Promise.all(ends)
    expect(performance.now() - startedAt).toBeLessThan(1_000)
    await expect(fetch(server.url)).rejects.toThrow()
  })

  test('requests that are under way are finished, and their connections closed', async () => {
    const arrives = happening()
    const finishes = happening()
    const handler: Handler = async () => {
      arrives.happen()
      await finishes.happened
      return new Response('done')
    }
    const server = await serve(handler, { graceMs: 5_000 })
    const answer = fetch(server.url)
    await arrives.happened
    let isClosed = false
    const closed = server.close().then(() => {
      isClosed = true
    })
    await sleep(30)
    expect(isClosed).toBe(false)
    finishes.happen()
    const { headers, text } = await answer.then(async (it) => ({ headers: it.headers, text: await it.text() }))
    expect([text, headers.get('connection')]).toEqual(['done', 'close'])
    await closed
  })

  test('requests that were sent at once are answered one by one, the last one with the end', async () => {
    const begun: string[] = []
    const finishes = new Map(['/a', '/b', '/c'].map((path) => [path, happening()]))
    const handler: Handler = async ({ url }) => {
      const { pathname } = new URL(url)
      begun.push(pathname)
      await finishes.get(pathname)?.happened
      return new Response(`<${pathname}>`)
    }
    const server = await serve(handler, { graceMs: 5_000 })
    const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`
    const socket = connect(server.port, '127.0.0.1')
    let answers = ''
    socket.on('data', (chunk) => {
      answers += chunk
    })
    const ended = once(socket, 'close')
    socket.write(get('/a') + get('/b') + get('/c'))
    await expect.poll(() => begun.length).toBe(1)
    const closed = server.close()
    // Those that came before the close are answered. What comes with the last answer under way is not begun.
    for (const [at, path] of ['/a', '/b', '/c'].entries()) {
      await expect.poll(() => begun.length).toBe(at + 1)
      finishes.get(path)!.happen()
    }
    await Promise.all([closed, ended])
    expect(begun).toEqual(['/a', '/b', '/c'])
    expect(answers.match(/<.*?>/g)).toEqual(['</a>', '</b>', '</c>'])
    expect(answers.match(/^connection: .*$/gim)).toEqual([
      'Connection: keep-alive',
      'Connection: keep-alive',
      'Connection: close',
    ])
  })

  test('requests that take longer than the grace are cut', async () => {
    const server = await serve(() => new Promise<Response>(() => {}), { graceMs: 50 })
    const answer = fetch(server.url).catch(() => 'cut')
    await sleep(30)
    await server.close()
    expect(await answer).toBe('cut')
  })

  test('closing twice is closing once, and `await using` closes', async () => {
    const server = await serve(echo)
    const first = server.close()
    expect(server.close()).toBe(first)
    await first
    let url: string
    {
      await using scoped = await listen(echo)
      url = scoped.url
      expect((await fetch(url)).status).toBe(200)
    }
    await expect(fetch(url)).rejects.toThrow()
  })
})
