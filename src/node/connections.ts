/** The connections of a server, and closing them. */
import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** The connections of a server and the answers under way on each. Node itself counts a connection that never sent anything as busy. */
export class Connections {
  readonly #server: Server
  /** The answers under way, in the order of their requests. There may be several: clients need not wait for answers. */
  readonly #responses = new Map<Socket, Set<ServerResponse>>()
  /** The connections that an answer under way is to close. */
  readonly #ending = new WeakSet<Socket>()
  #closing: Promise<void> | undefined

  constructor(server: Server) {
    this.#server = server
    server.on('connection', (socket) => {
      this.#responses.set(socket, new Set())
      socket.once('close', () => this.#responses.delete(socket))
    })
  }

  /** Whether `close` was called. */
  get areClosing(): boolean {
    return this.#closing !== undefined
  }

  /** Whether a part of an answer has been sent. */
  isAnswering(socket: Socket): boolean {
    return Array.from(this.#responses.get(socket) ?? []).some(({ headersSent }) => headersSent)
  }

  /** Notes an answer as under way, unless the connection takes no more requests. */
  begin(socket: Socket, response: ServerResponse): boolean {
    if (this.#ending.has(socket)) return false
    this.#responses.get(socket)?.add(response)
    return true
  }

  /** Whether this answer closes its connection; then no other request is begun there. */
  isLast(socket: Socket, response: ServerResponse): boolean {
    const isLast = this.areClosing && Array.from(this.#responses.get(socket) ?? []).at(-1) === response
    if (isLast) this.#ending.add(socket)
    return isLast
  }

  end(socket: Socket, response: ServerResponse): void {
    const responses = this.#responses.get(socket)
    responses?.delete(response)
    if (this.areClosing && responses?.size === 0) socket.destroySoon()
  }

  close(graceMs: number): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      const timer = setTimeout(() => {
        for (const socket of this.#responses.keys()) socket.destroy()
      }, graceMs)
      this.#server.close(() => {
        clearTimeout(timer)
        resolve()
      })
      for (const [socket, { size }] of this.#responses) if (size === 0) socket.destroySoon()
    })
    return this.#closing
  }
}
