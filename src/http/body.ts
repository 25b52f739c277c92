/** Reading what a request carries: bytes and JSON counted as they come, then made into values. What cannot be read is a 400. */

import { decodedSize } from '../base/base64.ts'
import { type BigNumbers, parseJson, UnsafeNumberError } from '../base/json.ts'
import { SourceFaults } from '../features/load/fault.ts'
import { gunzip } from '../features/load/gzip.ts'
import { hasNull, NULLS } from '../wire/nulls.ts'
import { badField, Refusal, shorten } from './answer.ts'
import { readEntries } from './form.ts'
import type { BodyInFlight } from './in-flight.ts'
import { JsonMeter } from './json-meter.ts'
import type { Limits } from './limits.ts'
import type { Options } from './options.ts'
import { Turns } from './turns.ts'

/** A JSON object as it came. */
export type Body = Readonly<Record<string, unknown>>

/** A file that came: base64 is what the state keeps. */
export interface Upload {
  readonly filename: string
  readonly mime_type: string
  readonly data: string
}

/** What came with a request. */
export interface Content {
  readonly body: Body
  /** The files of a form; undefined for a JSON body. */
  readonly files?: readonly Upload[]
}

/** The JSON object of a request; an empty body is an empty one. Throws 413, 503 and 400. O(bytes). */
export async function readJson(request: Request, options: Options, held: BodyInFlight): Promise<Content> {
  const { limits } = options
  const most = Math.min(limits.jsonBytes, limits.bodyBytes)
  return { body: parseObject(await readBytes(request, most, held, new JsonMeter(limits)), options) }
}

/**
 * The JSON object of a batch of spans, plain or compressed with gzip. What is unpacked is counted piece by piece while it
 * is, so that a small body cannot become a large one. Throws 413, 415, 503 and 400. O(bytes unpacked).
 */
export async function readBatchBody(request: Request, options: Options, held: BodyInFlight): Promise<Content> {
  const { ingestBytes, ingestValues, bodyBytes } = options.limits
  const meter = new JsonMeter({ ...options.limits, jsonValues: ingestValues })
  const encoding = (request.headers.get('content-encoding') ?? '').trim().toLowerCase()
  if (encoding === '' || encoding === 'identity') {
    return { body: parseObject(await readBytes(request, Math.min(ingestBytes, bodyBytes), held, meter), options) }
  }
  if (encoding !== 'gzip' && encoding !== 'x-gzip') {
    throw new Refusal(415, `Content-Encoding "${shorten(encoding)}" cannot be read. Expected gzip, or none.`)
  }
  const packed = await readBytes(request, Math.min(ingestBytes, bodyBytes), held)
  return { body: parseObject(await unpacked(packed, ingestBytes, held, meter), options) }
}

/** Pieces of unpacked bytes, 256 kB in all and some 5 ms, after which others take their turn. */
const SLICE = 4
const turns = new Turns()

/** The bytes that gzip says, of which there may be `most`. */
async function unpacked(
  packed: Uint8Array,
  most: number,
  held: BodyInFlight,
  meter: JsonMeter,
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = []
  let size = 0
  try {
    for await (const piece of gunzip(packed, async () => undefined, new SourceFaults())) {
      size += piece.length
      if (size > most) throw new Refusal(413, `Request body too large. Unpacked it may have ${most} bytes.`)
      held.add(piece.length)
      meter.take(piece)
      // The memory of a piece is used again.
      pieces.push(piece.slice())
      if (pieces.length % SLICE === 0) await turns.next()
    }
  } catch (error) {
    if (error instanceof Refusal) throw error
    throw new Refusal(400, 'The body is not valid gzip.')
  }
  return joined(pieces, size)
}

/** A form's fields and files, or a JSON object, whichever came. Throws 413, 503 and 400. O(bytes). */
export async function readUpload(request: Request, options: Options, held: BodyInFlight): Promise<Content> {
  const { limits } = options
  const type = request.headers.get('content-type') ?? ''
  if (/^\s*multipart\//i.test(type)) return readForm(await readBytes(request, limits.bodyBytes, held), type, options)
  return { body: parseObject(await readBytes(request, limits.bodyBytes, held, new JsonMeter(limits)), options) }
}

/** The object that JSON says, which was counted; `place` is the field that it is in. */
function parseObject(bytes: Uint8Array | string, { bigNumbers }: Options, place = ''): Body {
  if (bytes.length === 0) return {}
  const value = parse(typeof bytes === 'string' ? bytes : decode(bytes), bigNumbers, place)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Body
  const kind = value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`
  throw new Refusal(400, `Invalid data. Expected an object, but got ${kind}.`)
}

function parse(text: string, bigNumbers: BigNumbers, place: string): unknown {
  try {
    return parseJson(text, bigNumbers)
  } catch (error) {
    if (!(error instanceof UnsafeNumberError)) throw new Refusal(400, 'JSON parse error - the body is not valid JSON.')
    const where = [place, error.place].filter((part) => part !== '').join('.')
    throw where === '' ? new Refusal(400, error.message) : badField(where, `${shorten(error.digits)} ${UNSAFE}`)
  }
}

const UNSAFE = 'cannot be held exactly as a number. Send it as a string.'

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new Refusal(400, 'JSON parse error - the body is not valid UTF-8.')
  }
}

async function readForm(bytes: Uint8Array<ArrayBuffer>, type: string, options: Options): Promise<Content> {
  const { limits } = options
  const body: Record<string, unknown> = Object.create(null)
  const files: Upload[] = []
  for (const { name, text, file } of readEntries(bytes, type, limits.files + limits.parameters)) {
    if (file === undefined) body[name] = text
    else if (hasNull(name) || hasNull(file.filename) || hasNull(file.mime_type)) throw badField(name, NULLS)
    else if (files.push(file) > limits.files) throw tooManyFiles(limits)
  }
  // The one field that is not a string.
  if (body.metadata === '') body.metadata = null
  if (typeof body.metadata === 'string') body.metadata = parseMetadata(body.metadata, options)
  return { body, files }
}

function parseMetadata(text: string, options: Options): unknown {
  if (text.trim() === 'null') return null
  try {
    new JsonMeter(options.limits).take(new TextEncoder().encode(text))
    return parseObject(text, options, 'metadata')
  } catch (error) {
    if (error instanceof Refusal && (error.status === 413 || !('detail' in error.body))) throw error
    throw badField(
      'metadata',
      `Value must be the JSON of an object, nested at most ${options.limits.jsonDepth} levels deep.`,
    )
  }
}

/** Throws the 413 of a file that is too large. */
export function checkSize(files: readonly Upload[], { fileBytes }: Limits): void {
  const at = files.findIndex(({ data }) => decodedSize(data) > fileBytes)
  if (at >= 0) throw new Refusal(413, `File ${at} too large. A file may have ${fileBytes} bytes.`)
}

/** The 413 of a request with more files than one may have. */
export function tooManyFiles({ files }: Limits): Refusal {
  return new Refusal(413, `Too many files. A request may have ${files}.`)
}

/** The bytes of a body, of which there may be `most`. They are counted in `held`, and by the meter of JSON. */
async function readBytes(
  request: Request,
  most: number,
  held: BodyInFlight,
  meter?: JsonMeter,
): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = () => new Refusal(413, `Request body too large. It may have ${most} bytes.`)
  if (Number(request.headers.get('content-length')) > most) throw tooLarge()
  const pieces: Uint8Array[] = []
  let size = 0
  try {
    // Leaving the loop cancels the rest.
    for await (const piece of piecesOf(request, held)) {
      size += piece.length
      if (size > most) throw tooLarge()
      held.add(piece.length)
      meter?.take(piece)
      pieces.push(piece)
    }
  } catch (error) {
    if (error instanceof Refusal) throw error
    throw new Refusal(400, 'The body could not be read to its end.')
  }
  return joined(pieces, size)
}

/** Pieces, one after another. */
function joined(pieces: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size)
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}

/** The bytes of a body as they come. Leaving early cancels the rest. */
async function* piecesOf(request: Request, held: BodyInFlight): AsyncGenerator<Uint8Array> {
  if (request.body === null) return
  // Some browsers have no stream of a request's body.
  if (request.body === undefined) return yield new Uint8Array(await request.arrayBuffer())
  const reader = request.body.getReader()
  const cancel = () => reader.cancel().catch(() => {})
  held.stop = cancel
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value
    // Not its end, where the reading was stopped.
    held.check()
  } finally {
    held.stop = undefined
    await cancel()
  }
}
