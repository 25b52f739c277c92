/** Gzip undone, member by member, with the web's `DecompressionStream`. */
import { count, messageOf, type SourceFaults } from './fault.ts'
import { BrokenMember, MemberWalk } from './gzip-member.ts'
import { host } from './host.ts'
import { ignore } from './source.ts'

/**
 * So many compressed bytes are handed on at once: a runtime may make all they hold before any of it is read, and gzip
 * makes at most 1,032 bytes of one.
 */
const SLICE = 16_384

/** Compressed bytes as they come, with the place that was reached in them. */
class Compressed {
  readonly #next: () => Promise<Uint8Array | undefined>
  #bytes: Uint8Array
  /** How many bytes were used. */
  place = 0

  constructor(first: Uint8Array, next: () => Promise<Uint8Array | undefined>) {
    this.#bytes = first
    this.#next = next
  }

  /** The bytes at hand, at least one and at most a slice of them; undefined at the end. */
  async peek(): Promise<Uint8Array | undefined> {
    while (this.#bytes.length === 0) {
      const bytes = await this.#next()
      if (bytes === undefined) return undefined
      this.#bytes = bytes
    }
    return this.#bytes.subarray(0, SLICE)
  }

  use(length: number): void {
    this.#bytes = this.#bytes.subarray(length)
    this.place += length
  }
}

/**
 * Gives the data of all members, one after another, in chunks of any size. Zeros after a member are padding.
 * Throws `NO_DECOMPRESSION` where the runtime has no `DecompressionStream`, and `INVALID_SOURCE` with its byte where
 * the gzip is cut off, damaged, or followed by something else; chunks before that were given.
 *
 * @param first The beginning, which was looked at already.
 */
export async function* gunzip(
  first: Uint8Array,
  next: () => Promise<Uint8Array | undefined>,
  faults: SourceFaults,
): AsyncGenerator<Uint8Array, void, undefined> {
  const compressed = new Compressed(first, next)
  for (;;) {
    yield* readMember(compressed, faults)
    for (;;) {
      const bytes = await compressed.peek()
      if (bytes === undefined) return
      const padding = bytes.findIndex((byte) => byte !== 0)
      compressed.use(padding < 0 ? bytes.length : padding)
      if (padding >= 0) break
    }
  }
}

async function* readMember(compressed: Compressed, faults: SourceFaults): AsyncGenerator<Uint8Array, void, undefined> {
  const { DecompressionStream } = host
  if (DecompressionStream === undefined) {
    const message =
      'The source is gzip, and this runtime has no DecompressionStream. Give the bytes after undoing the gzip.'
    throw faults.at('source', 'gzip', message, 'NO_DECOMPRESSION')
  }
  const start = compressed.place
  const { readable, writable } = new DecompressionStream('gzip')
  const reader = readable.getReader()
  const writer = writable.getWriter()
  let failure: { readonly error: unknown } | undefined
  let isOver = false

  /** Passes the member's bytes to the stream, and closes it after the last. It runs beside the reading. */
  const feed = async () => {
    const walk = new MemberWalk()
    while (!walk.isDone && !isOver) {
      const bytes = await compressed.peek()
      if (bytes === undefined) throw cutOff(compressed.place, start, faults)
      const length = walkOn(walk, bytes, start, faults)
      // A copy: the source may use its memory again, and the stream takes no shared one.
      const own = new Uint8Array(bytes.subarray(0, length))
      compressed.use(length)
      if (!isOver) await writer.write(own).catch((error: unknown) => Promise.reject(damaged(error, start, faults)))
    }
    if (!isOver) await writer.close().catch((error: unknown) => Promise.reject(damaged(error, start, faults)))
  }
  const feeding = feed().catch((error: unknown) => {
    failure ??= { error }
    // Cancelling ends the read that waits.
    ignore(reader.cancel(error))
    ignore(writer.abort(error))
  })

  try {
    for (;;) {
      let result: { readonly done: boolean; readonly value?: unknown }
      try {
        result = await reader.read()
      } catch (error) {
        failure ??= { error: damaged(error, start, faults) }
        break
      }
      if (result.done) {
        await feeding
        break
      }
      yield result.value as Uint8Array
    }
    if (failure !== undefined) throw failure.error
  } finally {
    isOver = true
    ignore(reader.cancel())
    ignore(writer.abort())
  }
}

function walkOn(walk: MemberWalk, bytes: Uint8Array, start: number, faults: SourceFaults): number {
  try {
    return walk.push(bytes)
  } catch (error) {
    if (error instanceof BrokenMember) throw damaged(error, start, faults)
    throw error
  }
}

function cutOff(end: number, start: number, faults: SourceFaults): Error {
  const message = `Byte ${count(end)}: the gzip data ends here, inside the member that begins at byte ${count(start)}.`
  return faults.at(`byte ${end}`, end, message)
}

function damaged(cause: unknown, start: number, faults: SourceFaults): Error {
  const why = messageOf(cause)
  const what = start === 0 ? 'the gzip data' : 'what follows the gzip data'
  return faults.at(`byte ${start}`, why, `Byte ${count(start)}: ${what} from here on is no whole gzip member: ${why}.`)
}
