/** Between Node's requests and responses and those of the web, in both directions, body chunk by body chunk. */
import type { IncomingMessage, ServerResponse } from 'node:http'

/** After the answer the rest of the request's body is discarded: so many bytes at most... */
const DISCARD_BYTES = 268_435_456
/** ...and for so long; then the connection is cut. */
const DISCARD_MS = 5_000

/**
 * A web `Request` over one of Node's. Its signal is made on first use: that takes eleven microseconds, of twenty for the
 * whole request, and few handlers need it.
 */
export class NodeRequest extends Request {
  #controller: AbortController | undefined
  #isAborted = false

  static {
    // `Request` declares it a property, which TypeScript lets no class override by an accessor.
    Object.defineProperty(NodeRequest.prototype, 'signal', {
      configurable: true,
      get(this: NodeRequest) {
        return this.#toSignal()
      },
    })
  }

  #toSignal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#isAborted) this.#controller.abort(gone())
    }
    return this.#controller.signal
  }

  /** Aborts the signal: nobody waits for the answer any more. */
  abort(): void {
    this.#isAborted = true
    this.#controller?.abort(gone())
  }
}

function gone(): DOMException {
  return new DOMException('The client closed the connection.', 'AbortError')
}

/**
 * The web's request of one of Node's. Throws a `TypeError` for a request that the web does not have.
 *
 * @param url The whole URL, its origin as it was checked.
 * @param onRead Called when the handler begins to read the body.
 */
export function toRequest(message: IncomingMessage, url: string, onRead?: () => void): NodeRequest {
  const { rawHeaders, method = 'GET' } = message
  const headers: [string, string][] = []
  for (let i = 0; i < rawHeaders.length; i += 2) headers.push([rawHeaders[i]!, rawHeaders[i + 1]!])
  if (!hasBody(message)) return new NodeRequest(url, { method, headers })
  return new NodeRequest(url, { method, headers, body: bodyOf(message, onRead), duplex: 'half' } as RequestInit)
}

/** Whether there is a body that a web request may have. A body of GET or HEAD means nothing and is discarded. */
function hasBody({ method, headers }: IncomingMessage): boolean {
  if (method === 'GET' || method === 'HEAD') return false
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/** The body, read from the connection only as fast as the handler reads it. */
function bodyOf(message: IncomingMessage, onRead: (() => void) | undefined): ReadableStream<Uint8Array> {
  let isBegun = false
  const begin = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    isBegun = true
    onRead?.()
    message.on('data', (chunk: Uint8Array) => {
      message.pause()
      controller.enqueue(chunk)
    })
    message.once('end', () => controller.close())
    message.once('error', () => controller.error(gone()))
  }
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        // Called again only after the next chunk was taken.
        if (isBegun) message.resume()
        else begin(controller)
      },
      cancel: () => stopReading(message),
    },
    { highWaterMark: 0 },
  )
}

/** From now on no chunk reaches the handler. */
function stopReading(message: IncomingMessage): void {
  message.removeAllListeners('data').removeAllListeners('end')
  message.pause()
}

/**
 * Sends the web's response through one of Node's: a body of one chunk with its length, any other chunk by chunk, no faster
 * than the client reads it. A body that fails cuts the connection, for the status has been sent. So does a client that takes
 * nothing for `stallMs`.
 */
export async function sendResponse(from: Response, to: ServerResponse, stallMs: number): Promise<void> {
  to.statusCode = from.status
  if (from.statusText !== '') to.statusMessage = from.statusText
  from.headers.forEach((value, name) => {
    if (name !== 'set-cookie') to.setHeader(name, value)
  })
  const cookies = from.headers.getSetCookie()
  if (cookies.length > 0) to.setHeader('set-cookie', cookies)

  if (from.body === null) {
    end(to, stallMs)
    return
  }
  const reader = from.body.getReader()
  const stop = () => void reader.cancel(gone()).catch(() => {})
  to.once('close', stop)
  try {
    await sendBody(reader, to, stallMs)
  } finally {
    to.off('close', stop)
  }
}

async function sendBody(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  to: ServerResponse,
  stallMs: number,
): Promise<void> {
  const closed = new Promise((resolve) => to.once('close', resolve))
  let read = await reader.read()
  while (!read.done) {
    if (to.destroyed) return
    const { value } = read
    const next = settled(reader.read())
    // A body that was made of a string ends two turns of microtasks after its first chunk.
    for (let turn = 0; turn < 4 && next.result === undefined; turn++) await null
    if (next.result?.done === true) {
      if (!to.headersSent && !to.hasHeader('content-length')) to.setHeader('content-length', value.byteLength)
      end(to, stallMs, value)
      return
    }
    if (!to.write(value)) {
      // Only while the client is behind: a handler may be slow to make its next chunk.
      to.setTimeout(stallMs)
      await Promise.race([new Promise((resolve) => to.once('drain', resolve)), closed])
      to.setTimeout(0)
    }
    read = await next.promise
  }
  end(to, stallMs)
}

/** Ends an answer. Node sets its own time once all of it is sent. */
function end(to: ServerResponse, stallMs: number, chunk?: Uint8Array): void {
  to.setTimeout(stallMs)
  to.end(chunk)
}

/** A promise whose result can be seen without waiting. */
function settled<T>(promise: Promise<T>): { readonly promise: Promise<T>; readonly result: T | undefined } {
  const state: { promise: Promise<T>; result: T | undefined } = { promise, result: undefined }
  promise.then(
    (result) => {
      state.result = result
    },
    () => {},
  )
  return state
}

/**
 * Discards the rest of a request's body after its answer, so that a client that is still sending reads the answer (closing
 * at once would reset its connection) and the connection can be used again.
 */
export function discardRest(message: IncomingMessage): void {
  if (message.complete || message.destroyed) return
  stopReading(message)
  const cut = () => message.socket.destroy()
  const timer = setTimeout(cut, DISCARD_MS).unref()
  let left = DISCARD_BYTES
  message.on('data', (chunk: Uint8Array) => {
    left -= chunk.length
    if (left < 0) cut()
  })
  message.once('close', () => clearTimeout(timer))
  message.resume()
}
