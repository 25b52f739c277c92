/** Where the bytes come from: every kind of source read as one, judged by its shape. */
import { show } from '../../base/errors.ts'
import { isPlain } from '../../base/plain.ts'
import { isJson } from '../../row/json.ts'
import { messageOf, type SourceFaults } from './fault.ts'
import type { ReadableStreamLike } from './host.ts'
import { Utf8Encoder, utf8Length } from './utf8.ts'

/** One piece of a source: text, bytes (of UTF-8, or of gzip), or a row as it is. */
export type LoadChunk = string | Uint8Array | object

/** The part of a `Response` (or `Request`) that loading uses. */
export interface ResponseLike {
  readonly body: ReadableStreamLike | AsyncIterable<LoadChunk> | null
  readonly bodyUsed?: boolean
  readonly ok?: boolean
  readonly status?: number
  readonly headers?: { get(name: string): string | null }
}

/** The part of a `Blob` or `File` that loading uses. */
export interface BlobLike {
  readonly size: number
  stream(): ReadableStreamLike
}

/** Rows in batches, as `readConversations` of `conversation-store/formats` gives them. */
export interface RowBatches {
  batches(options?: object): AsyncIterable<readonly object[]>
}

/**
 * What conversations can be read from: the text itself, its bytes, a `ReadableStream`, a `Response`, a `Blob` or
 * `File`, or anything that gives text, bytes or rows one by one, as a Node stream and `AsyncStore.all` do. Bytes may be
 * gzip. Rows are JSON, and are copied.
 */
export type LoadSource =
  | string
  | Uint8Array
  | ArrayBuffer
  | ReadableStreamLike
  | ResponseLike
  | BlobLike
  | AsyncIterable<LoadChunk>
  | Iterable<LoadChunk>

/** A source that is being read. */
export interface ByteInput {
  /** All bytes that will come, where that is known. */
  readonly totalBytes: number | undefined
  /** The next bytes, or undefined at the end; rejects with the source's own error. */
  next(): Promise<Uint8Array | undefined>
  /** Lets go of the source, also in the middle of a read. Calling it again, or after the end, does nothing. */
  close(reason: unknown): Promise<void>
}

/** A text is encoded in slices of so many UTF-16 units, so that a long one is never held twice. */
const SLICE = 32_768

/** Opens a source. What is not a source, or cannot be read any more, throws `INVALID_SOURCE`. */
export function openSource(source: LoadSource, faults: SourceFaults): ByteInput {
  if (typeof source === 'string') return new ChunkInput(slices(source), faults, () => utf8Length(source))
  if (isBytes(source)) return new ChunkInput([source].values(), faults, () => toView(source).byteLength)
  if (typeof source === 'object' && source !== null) {
    if ('getReader' in source && typeof source.getReader === 'function') return openStream(source, faults)
    if (Symbol.asyncIterator in source)
      return new ChunkInput(source[Symbol.asyncIterator](), faults, unknownLength, source)
    if ('body' in source) return openResponse(source, faults)
    if ('stream' in source && typeof source.stream === 'function') {
      return openStream(source.stream(), faults, () => source.size)
    }
    if (Symbol.iterator in source) return new ChunkInput(source[Symbol.iterator](), faults)
  }
  const expected = 'Expected a string, bytes, a ReadableStream, a Response, or an iterable of strings, bytes or rows.'
  throw faults.at('source', source, `The source is ${show(source)}. ${expected}`)
}

function unknownLength(): undefined {}

function* slices(text: string): Generator<string, void, undefined> {
  for (let from = 0; from < text.length; from += SLICE) yield text.slice(from, from + SLICE)
}

function openResponse(response: ResponseLike, faults: SourceFaults): ByteInput {
  const { body, status, headers } = response
  if (response.ok === false) {
    if (body !== null && 'cancel' in body && typeof body.cancel === 'function') ignore(body.cancel())
    throw faults.at('source', status, `The response has status ${show(status)}, so it holds no conversations.`)
  }
  if (response.bodyUsed === true) {
    throw faults.at('source', response, 'The body of the response has been read already. Load from a clone() of it.')
  }
  if (body === null || body === undefined) return new ChunkInput([].values(), faults, () => 0)
  // The length is that of the bytes on the line, which the runtime undoes where they have an encoding.
  const length = headers?.get('content-encoding') == null ? (headers?.get('content-length') ?? '') : ''
  const totalBytes = () => (/^\d+$/.test(length) ? Number(length) : undefined)
  if (typeof body !== 'object' || !('getReader' in body || Symbol.asyncIterator in body))
    throw faults.at(
      'source',
      body,
      `The source has a body that is ${show(body)} and not a stream. Load from the body itself.`,
    )
  if ('getReader' in body) return openStream(body, faults, totalBytes)
  return new ChunkInput(body[Symbol.asyncIterator](), faults, totalBytes, body)
}

function openStream(
  stream: ReadableStreamLike,
  faults: SourceFaults,
  totalBytes: () => number | undefined = unknownLength,
): ByteInput {
  let reader: ReturnType<ReadableStreamLike['getReader']>
  try {
    reader = stream.getReader()
  } catch (error) {
    throw faults.at('source', stream, `The stream cannot be read: ${messageOf(error)}`)
  }
  const iterator: ChunkIterator = {
    async next() {
      const result = await reader.read()
      if (result.done) reader.releaseLock()
      return result
    },
    async return(reason) {
      await reader.cancel(reason)
      reader.releaseLock()
    },
  }
  // Cancelling a stream ends a read that waits, so there is nothing to destroy.
  return new ChunkInput(iterator, faults, totalBytes, { destroy() {} })
}

/** What every source comes down to. */
interface ChunkIterator {
  next(): PromiseLike<ChunkResult> | ChunkResult
  return?(reason?: unknown): unknown
}
type ChunkResult = { readonly done?: boolean | undefined; readonly value?: unknown }

class ChunkInput implements ByteInput {
  readonly #chunks: ChunkIterator
  readonly #faults: SourceFaults
  readonly #totalBytes: () => number | undefined
  readonly #owner: object
  readonly #encoder = new Utf8Encoder()
  #state: 'idle' | 'reading' | 'closed' = 'idle'

  /** @param owner What the iterator belongs to; its method `destroy`, if it has one, ends a waiting read. */
  constructor(
    chunks: ChunkIterator,
    faults: SourceFaults,
    totalBytes: () => number | undefined = unknownLength,
    owner = {},
  ) {
    this.#chunks = chunks
    this.#faults = faults
    this.#totalBytes = totalBytes
    this.#owner = owner
  }

  get totalBytes(): number | undefined {
    return this.#totalBytes()
  }

  async next(): Promise<Uint8Array | undefined> {
    for (;;) {
      if (this.#state === 'closed') return undefined
      this.#state = 'reading'
      let result: ChunkResult
      try {
        result = await this.#chunks.next()
      } catch (error) {
        // An iterator that threw is at its end: it is not to be told again.
        this.#state = 'closed'
        throw error
      }
      if (this.#isClosed) return undefined
      if (result.done === true) {
        this.#state = 'closed'
        const rest = this.#encoder.end()
        return rest.length > 0 ? rest : undefined
      }
      this.#state = 'idle'
      const bytes = this.#toBytes(result.value)
      if (bytes.length > 0) return bytes
    }
  }

  /** A getter, because during an `await` the state changes behind the compiler's back. */
  get #isClosed(): boolean {
    return this.#state === 'closed'
  }

  #toBytes(chunk: unknown): Uint8Array {
    if (typeof chunk === 'string') return this.#encoder.encode(chunk)
    if (isBytes(chunk)) {
      const rest = this.#encoder.end()
      return rest.length > 0 ? join([rest, toView(chunk)]) : toView(chunk)
    }
    // JSON would drop what is `undefined` and make null of NaN.
    if (isPlain(chunk) && isJson(chunk, 1)) return this.#encoder.encode(`${JSON.stringify(chunk)}\n`)
    const hint = isPlain(chunk) ? ' Such a row goes to addMany(), which says what is wrong with it.' : ''
    throw this.#faults.at(
      'source',
      chunk,
      `A chunk of the source is ${show(chunk)}. Expected a string, bytes, or a row that is JSON throughout.${hint}`,
    )
  }

  async close(reason: unknown): Promise<void> {
    if (this.#state === 'closed') return
    const isWaiting = this.#state === 'reading'
    this.#state = 'closed'
    const { destroy } = this.#owner as { destroy?: () => void }
    const frees = typeof destroy === 'function'
    try {
      if (isWaiting && frees) destroy.call(this.#owner)
      const closing = Promise.resolve(this.#chunks.return?.(reason))
      // A generator that waits for its next chunk answers return() only after it, which may be never.
      if (isWaiting && !frees) ignore(closing)
      else await closing
    } catch {
      // The load is over; that letting go failed changes nothing for the caller.
    }
  }
}

/** Lets a promise settle unheard. */
export function ignore(promise: PromiseLike<unknown>): void {
  promise.then(
    () => {},
    () => {},
  )
}

/** Whether this is memory: a typed array, a view or a buffer, of this realm or another. */
function isBytes(value: unknown): value is ArrayBufferView | ArrayBuffer {
  return ArrayBuffer.isView(value) || /^\[object (Shared)?ArrayBuffer\]$/.test(Object.prototype.toString.call(value))
}

function toView(bytes: ArrayBufferView | ArrayBuffer): Uint8Array {
  return ArrayBuffer.isView(bytes)
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(bytes)
}

/** Some pieces as one. */
export function join(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
