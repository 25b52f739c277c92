/** Serving a handler of web requests on this machine. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { show } from '../base/errors.ts'
import { checkInteger, invalidOption } from '../base/options.ts'
import { discardRest, type NodeRequest, sendResponse, toRequest } from './bridge.ts'
import { Connections } from './connections.ts'
import { Gate, hostOf } from './gate.ts'
import { MALFORMED, type Refusal, rawAnswer, refuse, UNREADABLE } from './refusal.ts'

/** Answers a request: what `createHandler` of `conversation-store/http` gives, or any function like it. */
export interface Handler {
  (request: Request): Response | Promise<Response>
  /** Whether pages of this origin may send requests. Without this method only pages of the server itself may. */
  allowsOrigin?(origin: string): boolean
}

/** Where a server listens, and whom it lets in. */
export interface ListenOptions {
  /** The port; 0, the default, takes a free one, which `url` and `port` then have. */
  readonly port?: number
  /** The address to listen on. `127.0.0.1`; `localhost` means just that. On any other than loopback give the handler keys. */
  readonly host?: string
  /**
   * Host names to be served under besides `localhost`, `127.0.0.1` and `[::1]`, with or without a port. A request for
   * another name gets 421. On an address that is not loopback all names are served unless some are given here.
   */
  readonly allowHosts?: readonly string[]
  /** Whether a proxy in front sets `X-Forwarded-Host` and `X-Forwarded-Proto`; they are ignored otherwise. False. */
  readonly trustProxy?: boolean
  /** How long `close` waits for requests that are under way, in milliseconds. 5,000. */
  readonly graceMs?: number
  /** How long a request may take to arrive, with its body, in milliseconds; then it is answered 408. 60,000. */
  readonly requestMs?: number
  /** How long a client may take nothing of its answer, in milliseconds; then its connection is cut. 30,000. */
  readonly stallMs?: number
  /** Connections at a time; more are closed at once. 1,000. */
  readonly maxConnections?: number
  /** Called for each request that was begun, when its answer has been sent or its connection is gone. */
  readonly onRequest?: (entry: RequestEntry) => void
  /** Called with what the handler throws, except the `TypeError` of a dropped connection. `console.error` when absent. */
  readonly onError?: (error: unknown) => void
}

/** A request that is over. */
export interface RequestEntry {
  readonly method: string
  /** Path and query as they came. */
  readonly target: string
  /** The status of the answer; undefined where the connection ended without a whole one. */
  readonly status: number | undefined
  /** From the request's headers to the end of its answer, in milliseconds. */
  readonly ms: number
}

/** A server that listens. */
export interface Listening extends AsyncDisposable {
  /** Where it can be reached, without a slash at the end: `http://127.0.0.1:8400`. */
  readonly url: string
  /** The port that it listens on. */
  readonly port: number
  /**
   * Takes no more connections, ends idle ones, waits for requests that are under way (`graceMs` at most, then cuts
   * them), and resolves when all are closed. Calling it again gives the same promise.
   */
  close(): Promise<void>
}

/** Longer than the handler's own limit of 64 KiB for a URL, so that the handler answers that with 414. */
const MAX_HEADER_BYTES = 131_072
/** Longer than clients keep a connection in their pools: they must not write to one that is being closed. */
const KEEP_ALIVE_MS = 75_000
/** How often requests that take too long are looked for, at least. */
const CHECK_MS = 5_000
/** How long a client that sent invalid HTTP has to read the answer to that. */
const LAST_WORD_MS = 1_000

/**
 * Serves a handler over HTTP on this machine, and resolves once it listens.
 *
 * Some requests are answered before the handler, in the API's shape, `{"detail": ...}`: one whose `Host` is not served here
 * (421), one of a page whose origin is not allowed (403), one that is not HTTP (400), and one with over 128 KiB of headers
 * (431). A body is read as fast as the handler reads it; the request's signal is aborted when the client goes away. Where
 * the handler rejects with a `TypeError`, as `fetch` does without a connection, the connection is cut; any other error is a
 * 500. Rejects with `INVALID_VALUE` for an invalid option, and with Node's error where it cannot listen.
 *
 * @example
 * await using server = await listen(createHandler(store), { port: 0 })
 * await fetch(`${server.url}/api/conversations/`)
 */
export async function listen(handler: Handler, options: ListenOptions = {}): Promise<Listening> {
  const { port = 0, graceMs = 5_000, requestMs = 60_000, stallMs = 30_000, maxConnections = 1_000 } = options
  const host = options.host === 'localhost' || options.host === undefined ? '127.0.0.1' : options.host
  if (typeof handler !== 'function') throw invalidOption('handler', handler, 'a function from a Request to a Response')
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw invalidOption('port', port, 'an integer from 0 to 65535')
  if (typeof host !== 'string' || host === '') throw invalidOption('host', host, 'an address, such as "127.0.0.1"')
  if (!(graceMs >= 0)) throw invalidOption('graceMs', graceMs, 'milliseconds, 0 or more')
  for (const [name, value] of Object.entries({ requestMs, stallMs, maxConnections })) checkInteger(name, value, 1)

  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: requestMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: Math.min(requestMs, CHECK_MS),
    // Answered in the API's shape by the gate.
    requireHostHeader: false,
  })
  // Node drops headers after the first thousand otherwise. Their bytes are limited.
  server.maxHeadersCount = 0
  server.maxConnections = maxConnections
  const connections = new Connections(server)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  // Such as too many open files when a connection comes. Other connections are not affected.
  server.on('error', options.onError ?? console.error)

  const at = server.address() as AddressInfo
  const { allowHosts = [], trustProxy = false } = options
  const allowsOrigin = (origin: string) => handler.allowsOrigin?.(origin) ?? false
  const gate = new Gate({ address: at.address, allowHosts, allowsOrigin, trustProxy })
  const answer = answerer(handler, gate, connections, { ...options, stallMs })
  server.on('request', (message, response) => answer(message, response))
  server.on('checkContinue', (message, response) => answer(message, response, () => response.writeContinue()))
  server.on('checkExpectation', (_, response) =>
    refuse(response, { status: 417, detail: 'Expect what is known here.' }),
  )
  server.on('connect', (_, socket) => sayLast(socket, notAllowed('CONNECT')))
  server.on('clientError', (error, socket) => refuseUnreadable(error, socket as Socket, connections))

  const reachable = at.address === '0.0.0.0' ? '127.0.0.1' : at.address === '::' ? '::1' : at.address
  const close = () => connections.close(graceMs)
  return {
    url: `http://${hostOf(reachable)}:${at.port}`,
    port: at.port,
    close,
    [ASYNC_DISPOSE]: close,
  } as Listening
}

/** Node 20 before 20.5 does not have the symbol; compilers of `await using` use this one there. */
const ASYNC_DISPOSE: typeof Symbol.asyncDispose = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')

type AnswerOptions = ListenOptions & { readonly stallMs: number }

/** Answers requests, those of one connection one after another. */
function answerer(handler: Handler, gate: Gate, connections: Connections, options: AnswerOptions) {
  const { onRequest, onError = console.error, stallMs } = options

  const answer = async (message: IncomingMessage, response: ServerResponse, sendContinue?: () => void) => {
    const startedAt = performance.now()
    let request: NodeRequest | undefined
    // A client that was not told to send its body may send that next, or another request: they look the same.
    if (sendContinue !== undefined) response.setHeader('Connection', 'close')
    const onRead = () => {
      if (sendContinue === undefined) return
      response.removeHeader('Connection')
      sendContinue()
    }
    // The client went away. `close` below handles that.
    response.on('error', () => {})
    let isWhole = false
    // Node says so of a connection that was cut, too. It closes one at its end in its own listener, which is after this.
    response.prependOnceListener('finish', () => {
      isWhole = !message.socket.destroyed
    })
    response.once('close', () => {
      if (!isWhole) request?.abort()
      else discardRest(message)
      const { method = '', url: target = '' } = message
      onRequest?.({
        method,
        target,
        status: isWhole ? response.statusCode : undefined,
        ms: performance.now() - startedAt,
      })
    })

    const target = gate.judge(message)
    if ('status' in target) return refuse(response, target)
    if (message.method === 'TRACE') return refuse(response, notAllowed('TRACE'))
    try {
      request = toRequest(message, target.origin + target.path, onRead)
    } catch {
      return refuse(response, MALFORMED)
    }
    try {
      const answer = await handler(request)
      // Not by its class, of which there is one a realm.
      if (typeof answer?.headers?.forEach !== 'function')
        throw new Error(`The handler gave ${show(answer)}. Expected a Response.`)
      if (connections.isLast(message.socket)) response.setHeader('Connection', 'close')
      await sendResponse(answer, response, stallMs)
    } catch (error) {
      if (response.destroyed) return
      // By its name: a test runner such as Jest has a `TypeError` of its own.
      const isNetworkError = (Object(error) as Error).name === 'TypeError'
      if (!isNetworkError) onError(error)
      if (isNetworkError || response.headersSent) message.socket.destroy()
      else refuse(response, { status: 500, detail: 'The server failed to answer.' })
    }
  }
  return (message: IncomingMessage, response: ServerResponse, sendContinue?: () => void): void =>
    connections.begin(message, response, () => void answer(message, response, sendContinue))
}

/** Answers invalid HTTP with what is wrong, and closes the connection. */
function refuseUnreadable(error: NodeJS.ErrnoException, socket: Socket, connections: Connections): void {
  // Node goes on parsing; only the first error is answered.
  if (socket.writableEnded) return
  const current = connections.current(socket)
  const refusal = UNREADABLE[error.code ?? ''] ?? MALFORMED
  // In the middle of an answer, these bytes would become a part of it.
  const isAnswering = current !== undefined && !current.message.complete && current.response.headersSent
  if (error.code === 'ECONNRESET' || !socket.writable || isAnswering) socket.destroy()
  // What is invalid comes after the request that is being answered, and so does the answer to it.
  else if (current?.message.complete === true) connections.after(socket, () => sayLast(socket, refusal))
  else sayLast(socket, refusal)
}

/** Answers on a bare connection and closes it a little later: at once would reset it under a client that still sends. */
function sayLast(socket: Duplex, refusal: Refusal): void {
  socket.on('error', () => {})
  socket.end(rawAnswer(refusal))
  setTimeout(() => socket.destroy(), LAST_WORD_MS).unref()
}

function notAllowed(method: string): Refusal {
  return {
    status: 405,
    detail: `Method "${method}" not allowed.`,
    headers: { Allow: 'GET, HEAD, POST, PATCH, DELETE, OPTIONS' },
  }
}
