/** The connections of a server: one request after another on each, and closing them. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Requests that may wait on a connection for the answers before theirs. */
const MOST_WAITING = 1_000

/** What happens on one connection. */
interface Line {
  /** The request that is being answered. */
  current?: { readonly message: IncomingMessage; readonly response: ServerResponse } | undefined
  /** What is to be done after it, in order: clients need not wait for answers before they send more requests. */
  readonly waiting: (() => void)[]
  /** Whether the answer under way is the last. */
  isEnding: boolean
}

/**
 * The connections of a server. Node itself would begin all requests of a connection at once, whether its answers are read
 * or not, and counts a connection that never sent anything as busy.
 */
export class Connections {
  readonly #server: Server
  readonly #lines = new Map<Socket, Line>()
  #closing: Promise<void> | undefined

  constructor(server: Server) {
    this.#server = server
    server.on('connection', (socket) => this.#lineOf(socket))
  }

  /** Whether `close` was called. */
  get areClosing(): boolean {
    return this.#closing !== undefined
  }

  /**
   * Begins a request once the answers before it have been taken; never, where one of these closes the connection. Nothing
   * more is read meanwhile.
   */
  begin(message: IncomingMessage, response: ServerResponse, answer: () => void): void {
    const { socket } = message
    this.after(socket, () => {
      const line = this.#lineOf(socket)
      line.current = { message, response }
      response.once('close', () => this.#end(socket, line))
      answer()
    })
  }

  /** Does something once the answers before it have been taken. */
  after(socket: Socket, act: () => void): void {
    if (socket.destroyed) return
    const line = this.#lineOf(socket)
    if (line.isEnding) return
    if (line.current === undefined) act()
    else if (line.waiting.push(act) > MOST_WAITING) socket.destroy()
    else socket.pause()
  }

  /** The request that is being answered, if any. */
  current(socket: Socket): Line['current'] {
    return this.#lines.get(socket)?.current
  }

  /** Whether the answer under way closes its connection; then no other request is begun there. */
  isLast(socket: Socket): boolean {
    const line = this.#lineOf(socket)
    line.isEnding ||= this.areClosing && line.waiting.length === 0
    return line.isEnding
  }

  #lineOf(socket: Socket): Line {
    const known = this.#lines.get(socket)
    if (known !== undefined) return known
    const line: Line = { waiting: [], isEnding: false }
    this.#lines.set(socket, line)
    socket.once('close', () => this.#lines.delete(socket))
    // Node resumes it after each answer, to discard the rest of a body.
    socket.on('resume', () => {
      if (line.waiting.length > 0) socket.pause()
    })
    return line
  }

  #end(socket: Socket, line: Line): void {
    line.current = undefined
    // The answer closes the connection, whoever wanted that.
    if (socket.writableEnded || socket.destroyed) return
    const next = line.waiting.shift()
    if (next !== undefined) {
      // The time of the answer before is over.
      socket.setTimeout(0)
      if (line.waiting.length === 0) socket.resume()
      next()
    } else if (this.areClosing) socket.destroySoon()
  }

  close(graceMs: number): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      const timer = setTimeout(() => {
        for (const socket of this.#lines.keys()) socket.destroy()
      }, graceMs)
      this.#server.close(() => {
        clearTimeout(timer)
        resolve()
      })
      for (const [socket, { current }] of this.#lines) if (current === undefined) socket.destroySoon()
    })
    return this.#closing
  }
}
