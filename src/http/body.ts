/** Reading what a request carries: bytes counted as they come, then JSON or a form. Whatever cannot be read is a 400. */
import { type BigNumbers, parseJson, UnsafeNumberError } from '../base/json.ts'
import { hasNull, NULLS } from '../wire/nulls.ts'
import { badField, Refusal, shorten } from './answer.ts'
import { readEntries } from './form.ts'
import type { Limits, Options } from './options.ts'

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

/** The JSON object of a request; an empty body is an empty one. Throws 413 and 400. O(bytes). */
export async function readJson(request: Request, options: Options): Promise<Content> {
  return { body: parseObject(await readBytes(request, options.limits), options) }
}

/** A form's fields and files, or a JSON object, whichever came. Throws 413 and 400. O(bytes). */
export async function readUpload(request: Request, options: Options): Promise<Content> {
  const type = request.headers.get('content-type') ?? ''
  const bytes = await readBytes(request, options.limits)
  return /^\s*multipart\//i.test(type) ? readForm(bytes, type, options) : { body: parseObject(bytes, options) }
}

/** The object that JSON says; `place` is the field that it is in. */
function parseObject(bytes: Uint8Array | string, { limits, bigNumbers }: Options, place = ''): Body {
  if (bytes.length === 0) return {}
  const text = typeof bytes === 'string' ? bytes : decode(bytes)
  if (depthOf(text, limits.jsonDepth) > limits.jsonDepth) {
    throw new Refusal(400, `JSON parse error - nested more than ${limits.jsonDepth} levels deep.`)
  }
  const value = parse(text, bigNumbers, place)
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

/** Levels of objects and lists in a JSON string, counted to one more than `most`. Found before anything is built. */
function depthOf(text: string, most: number): number {
  let depth = 0
  let deepest = 0
  let isQuoted = false
  for (let at = 0; at < text.length && deepest <= most; at++) {
    const unit = text.charCodeAt(at)
    if (isQuoted) {
      if (unit === 0x5c) at++
      else if (unit === 0x22) isQuoted = false
    } else if (unit === 0x22) isQuoted = true
    else if (unit === 0x5b || unit === 0x7b) deepest = Math.max(deepest, ++depth)
    else if (unit === 0x5d || unit === 0x7d) depth--
  }
  return deepest
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
    return parseObject(text, options, 'metadata')
  } catch (error) {
    if (error instanceof Refusal && !('detail' in error.body)) throw error
    throw badField(
      'metadata',
      `Value must be the JSON of an object, nested at most ${options.limits.jsonDepth} levels deep.`,
    )
  }
}

/** The 413 of a request with more files than one may have. */
export function tooManyFiles({ files }: Limits): Refusal {
  return new Refusal(413, `Too many files. A request may have ${files}.`)
}

async function readBytes(request: Request, { bodyBytes }: Limits): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = () => new Refusal(413, `Request body too large. It may have ${bodyBytes} bytes.`)
  if (Number(request.headers.get('content-length')) > bodyBytes) throw tooLarge()
  const pieces: Uint8Array[] = []
  let size = 0
  try {
    for await (const piece of piecesOf(request)) {
      size += piece.length
      // Leaving the loop cancels the rest.
      if (size > bodyBytes) break
      pieces.push(piece)
    }
  } catch {
    throw new Refusal(400, 'The body could not be read to its end.')
  }
  if (size > bodyBytes) throw tooLarge()
  const bytes = new Uint8Array(size)
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}

/** The bytes of a body as they come. Leaving early cancels the rest. */
async function* piecesOf(request: Request): AsyncGenerator<Uint8Array> {
  if (request.body === null) return
  // Some browsers have no stream of a request's body.
  if (request.body === undefined) return yield new Uint8Array(await request.arrayBuffer())
  const reader = request.body.getReader()
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value
  } finally {
    await reader.cancel().catch(() => {})
  }
}
