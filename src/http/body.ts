/** Reading what a request carries: bytes counted as they come, then JSON or a form. Whatever cannot be read is a 400. */
import { badField, Refusal } from './answer.ts'
import { encodeBase64 } from './base64.ts'
import type { Limits } from './options.ts'

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
export async function readJson(request: Request, limits: Limits): Promise<Content> {
  return { body: parseJson(await readBytes(request, limits), limits) }
}

/** A form's texts and files, or a JSON object, whichever came. Throws 413 and 400. O(bytes). */
export async function readUpload(request: Request, limits: Limits): Promise<Content> {
  const type = request.headers.get('content-type') ?? ''
  const bytes = await readBytes(request, limits)
  return /^\s*multipart\//i.test(type) ? readForm(bytes, type, limits) : { body: parseJson(bytes, limits) }
}

function parseJson(bytes: Uint8Array | string, limits: Limits): Body {
  if (bytes.length === 0) return {}
  let value: unknown
  const text = typeof bytes === 'string' ? bytes : decode(bytes)
  if (depthOf(text, limits.jsonDepth) > limits.jsonDepth) {
    throw new Refusal(400, `JSON parse error - nested more than ${limits.jsonDepth} levels deep.`)
  }
  try {
    value = JSON.parse(text)
  } catch {
    throw new Refusal(400, 'JSON parse error - the body is no valid JSON.')
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Body
  const kind = value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`
  throw new Refusal(400, `Invalid data. Expected an object, but got ${kind}.`)
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new Refusal(400, 'JSON parse error - the body is no valid UTF-8.')
  }
}

/** Levels of objects and lists in a JSON text, counted to one more than `most`. Found before anything is built. */
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

/** The names and values of a form, in order. */
type Entries = readonly (readonly [name: string, value: File | string])[]

async function readForm(bytes: Uint8Array<ArrayBuffer>, type: string, limits: Limits): Promise<Content> {
  const form = await entriesOf(bytes, type)
  await checkTexts(form, bytes, type)
  const body: Record<string, unknown> = Object.create(null)
  const parts: File[] = []
  for (const [name, value] of form) {
    if (typeof value === 'string') body[name] = value
    else if (parts.push(value) > limits.files) throw tooManyFiles(limits)
  }
  // The one field that is no text.
  if (body.metadata === '') body.metadata = null
  if (typeof body.metadata === 'string') body.metadata = parseMetadata(body.metadata, limits)
  const files: Upload[] = []
  for (const part of parts) {
    const data = encodeBase64(new Uint8Array(await part.arrayBuffer()))
    files.push({ filename: part.name, mime_type: part.type || 'application/octet-stream', data })
  }
  return { body, files }
}

/** Reads a form by the platform's own reader, over what was counted. Throws a 400. */
async function entriesOf(bytes: Uint8Array<ArrayBuffer>, type: string): Promise<Entries> {
  try {
    const form = await new Response(bytes, { headers: { 'content-type': type } }).formData()
    return [...(form as unknown as Iterable<[string, File | string]>)]
  } catch {
    throw new Refusal(400, 'Multipart form parse error - the body is no valid form.')
  }
}

/**
 * Throws the 400 of a form whose names, texts or file names are no UTF-8. The platform reads what is none as U+FFFD, so
 * where that is among them the form is read once more, each byte of it widened to the character of that code: the
 * texts that come are their own bytes then. What is in files does not matter.
 */
async function checkTexts(form: Entries, bytes: Uint8Array<ArrayBuffer>, type: string): Promise<void> {
  if (!textsOf(form).some((text) => text.includes('\ufffd'))) return
  for (const text of textsOf(await entriesOf(widened(bytes), type))) {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(text, (unit) => unit.charCodeAt(0)))
    } catch {
      throw new Refusal(400, 'Multipart form parse error - a text is no valid UTF-8.')
    }
  }
}

/** All of a form but what is in files. */
function textsOf(form: Entries): string[] {
  return form.flatMap(([name, value]) => [name, typeof value === 'string' ? value : value.name])
}

/** The UTF-8 of the characters whose codes are these bytes. */
function widened(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const wide = new Uint8Array(2 * bytes.length)
  let size = 0
  for (const byte of bytes) {
    if (byte >= 0x80) wide[size++] = 0xc0 | (byte >> 6)
    wide[size++] = byte < 0x80 ? byte : 0x80 | (byte & 0x3f)
  }
  return wide.subarray(0, size)
}

function parseMetadata(text: string, limits: Limits): unknown {
  if (text.trim() === 'null') return null
  try {
    return parseJson(text, limits)
  } catch {
    throw badField('metadata', `Value must be the JSON of an object, nested at most ${limits.jsonDepth} levels deep.`)
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
      // Leaving the loop cancels what is still to come.
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
