/** Requests as bytes on a socket: halves of bodies, many at once, answers that nobody reads. */
import { request } from 'node:http'
import { connect, type Socket } from 'node:net'

/** A status and the first letters of a body; status 0 where the connection broke. */
export interface Answer {
  readonly status: number
  readonly text: string
  readonly headers: Readonly<Record<string, unknown>>
}

/** Sends one request and reads its whole answer, of which the first letters are kept. */
export function send(
  url: string,
  method: string,
  path: string,
  body?: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return new Promise((resolve) => {
    const given = body === undefined ? headers : { 'content-type': 'application/json', ...headers }
    const asked = request(url + path, { method, headers: given, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (more: string) => {
        if (text.length < 100_000) text += more
      })
      const end = () => resolve({ status: response.statusCode ?? 0, text, headers: response.headers })
      response.on('end', end).on('error', end)
    })
    asked.on('error', (error) => resolve({ status: 0, text: error.message, headers: {} }))
    asked.end(body)
  })
}

/** A socket on which bytes are written and whatever comes is kept, unless it is told not to read. */
export class Wire {
  readonly socket: Socket
  received = ''
  isClosed = false

  constructor(port: number, isReading = true) {
    this.socket = connect(port, '127.0.0.1')
    this.socket.on('error', () => {})
    this.socket.on('close', () => {
      this.isClosed = true
    })
    if (isReading)
      this.socket.setEncoding('latin1').on('data', (text: string) => {
        if (this.received.length < 100_000) this.received += text
      })
    else this.socket.pause()
  }

  write(bytes: string | Buffer): void {
    if (!this.isClosed && this.socket.writable) this.socket.write(bytes)
  }

  /** The status of the first answer, or 0. */
  get status(): number {
    return Number(/^HTTP\/1\.1 (\d{3})/.exec(this.received)?.[1] ?? 0)
  }

  end(): void {
    this.socket.destroy()
  }
}

/** How often each status came: `3 x 200, 2 x 503`. */
export function tally(statuses: readonly number[]): string {
  const counts = new Map<number, number>()
  for (const status of statuses) counts.set(status, (counts.get(status) ?? 0) + 1)
  const ordered = [...counts].sort(([a], [b]) => a - b)
  return ordered.map(([status, count]) => `${count} x ${status === 0 ? 'no answer' : status}`).join(', ')
}
