/** Attacks by clients that do not do their part: that send slowly, read nothing, or come from elsewhere. */
import type { Attack } from './attack.ts'
import { wait, within } from './server.ts'
import { send, tally, Wire } from './wire.ts'

const slowBodies: Attack = {
  name: '40 bodies, a byte every 200 ms',
  async run({ server, isShort }) {
    const head =
      'POST /api/track/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n'
    const wires = Array.from({ length: 40 }, () => new Wire(server.port))
    for (const wire of wires) wire.write(`${head}{`)
    // In the long form until the server has had enough: as long as it waits for slow headers, and its check.
    const end = Date.now() + (isShort ? 2_000 : 100_000)
    while (Date.now() < end && wires.some(({ isClosed, status }) => !isClosed && status === 0)) {
      for (const wire of wires) wire.write(' ')
      await wait(200)
    }
    const left = wires.filter(({ isClosed, status }) => !isClosed && status === 0).length
    const statuses = wires.map(({ status }) => status)
    for (const wire of wires) wire.end()
    const answered = `${tally(statuses)}, ${left} left open`
    return { answered, wrong: isShort || left === 0 ? undefined : 'slow bodies are not ended' }
  },
}

const unread: Attack = {
  name: '500 GETs of 8 MB on one connection, unread',
  async run({ server, isShort }) {
    const found = await send(server.url, 'GET', '/api/conversations/lookup/?conversation_id=big')
    const { id } = JSON.parse(found.text || '{}') as { id?: number }
    if (id === undefined) return { answered: `${found.status}`, wrong: 'the large conversation is not there' }
    const wire = new Wire(server.port, false)
    wire.write(`GET /api/conversations/${id}/ HTTP/1.1\r\nHost: localhost\r\n\r\n`.repeat(500))
    const seconds = isShort ? 3 : 10
    await wait(1_000 * seconds)
    wire.end()
    return { answered: `nothing was read for ${seconds} s` }
  },
}

/** A thousand pages that are asked for are a load that others notice, however fair: only memory is judged. */
const many: Attack = {
  name: '20 connections that read nothing',
  isApart: true,
  async run({ server }) {
    const wires = Array.from({ length: 20 }, () => new Wire(server.port, false))
    for (const wire of wires)
      wire.write('GET /api/conversations/?page_size=100 HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(50))
    await wait(2_000)
    for (const wire of wires) wire.end()
    return { answered: 'nothing was read for 2 s' }
  },
}

/** Headers of a page elsewhere, at each place among others. */
const origins: Attack = {
  name: 'an Origin at any place among the headers',
  async run({ server }) {
    const others = Array.from({ length: 40 }, (_, i) => `X-Other-${i}: 1`)
    const evil = 'Origin: http://evil.example'
    const statuses: number[] = []
    for (const place of [0, 1, 20, 39, 40]) {
      for (const before of [[], [`Origin: http://127.0.0.1:${server.port}`]]) {
        const headers = [...before, ...others.toSpliced(place, 0, evil)]
        const wire = new Wire(server.port)
        const lines = [`Host: 127.0.0.1:${server.port}`, ...headers, 'Connection: close']
        wire.write(`GET /api/conversations/ HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
        const closed = async () => {
          while (!wire.isClosed && wire.status === 0) await wait(5)
        }
        await within(5_000, closed(), undefined)
        statuses.push(wire.status)
        wire.end()
      }
    }
    const isRight = statuses.every((status) => status === 403 || status === 400)
    return { answered: tally(statuses), wrong: isRight ? undefined : 'a page elsewhere was let in' }
  },
}

export const CLIENTS: readonly Attack[] = [slowBodies, unread, many, origins]
