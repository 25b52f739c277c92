/**
 * Reading a form (`multipart/form-data`). A parser that runs everywhere cuts the bytes into parts: the platforms' own
 * `formData()` refuses what .NET, Python, Go and curl send. A form that cannot be read is a 400.
 */
import { MaxPartsExceededError, type MultipartPart, parseMultipart } from '@remix-run/multipart-parser'
import { canonicalBase64, decodeBase64, encodeBase64 } from '../base/base64.ts'
import { Refusal } from './answer.ts'
import { readDisposition } from './disposition.ts'

/** A field of a form, or a file of it as base64. */
export interface FormEntry {
  readonly name: string
  /** The value of a field. */
  readonly text?: string
  /** A file. */
  readonly file?: { readonly filename: string; readonly mime_type: string; readonly data: string }
}

/** The longest boundary that RFC 2046 allows. The parser's search does not end for one of more than 250 characters. */
const LONGEST_BOUNDARY = 70

const BOUNDARY = /;\s*boundary\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))/i

/** Transfer encodings that leave the bytes as they are. */
const PLAIN = ['', '7bit', '8bit', 'binary']

/**
 * The fields and files of a form, in order, each read when it is asked for. Throws a 400, and a 413 for more than
 * `mostParts` of them.
 */
export function* readEntries(
  bytes: Uint8Array<ArrayBuffer>,
  contentType: string,
  mostParts: number,
): Generator<FormEntry> {
  const [, quoted, bare] = BOUNDARY.exec(contentType) ?? []
  const boundary = quoted?.replace(/\\(.)/g, '$1') ?? bare ?? ''
  if (boundary === '' || boundary.length > LONGEST_BOUNDARY) throw badForm('the content type has no valid boundary')
  for (const part of partsOf(bytes, boundary, mostParts)) yield entryOf(part)
}

/** The body is in memory and its size was judged, so the parser's own limits on sizes do not matter. */
function partsOf(bytes: Uint8Array, boundary: string, mostParts: number): MultipartPart[] {
  const limits = { maxFileSize: Number.POSITIVE_INFINITY, maxParts: mostParts + 1 }
  // The parser wants the first boundary at the start. An added first part swallows what stands before it.
  const start = bytesOf(`--${boundary}\r\n\r\n\r\n\r\n`)
  try {
    return [...parseMultipart([start, bytes], { boundary, ...limits })].slice(1)
  } catch (error) {
    if (error instanceof MaxPartsExceededError)
      throw new Refusal(413, `Too many parts. A form may have ${mostParts} fields and files.`)
    throw badForm('the body is not a valid form')
  }
}

function entryOf(part: MultipartPart): FormEntry {
  const headers = headersOf(part)
  const disposition = readDisposition(headers['content-disposition'] ?? '')
  if (disposition === undefined) throw badForm('a part has no valid name')
  const { name, filename } = disposition
  const data = contentOf(part, headers['content-transfer-encoding'])
  if (filename === undefined) return { name, text: stringOf(data) }
  const type = headers['content-type']?.toLowerCase() ?? ''
  const mime_type = /^[ -~]+$/.test(type) ? type : 'application/octet-stream'
  return { name, file: { filename, mime_type, data: encodeBase64(data) } }
}

function headersOf(part: MultipartPart): MultipartPart['headers'] {
  try {
    return part.headers
  } catch {
    throw badForm('a string is not valid UTF-8')
  }
}

function contentOf(part: MultipartPart, encoding = ''): Uint8Array {
  const kind = encoding.toLowerCase()
  if (PLAIN.includes(kind)) return part.bytes
  const base64 = kind === 'base64' ? canonicalBase64(stringOf(part.bytes)) : undefined
  if (base64 === undefined) throw badForm(`a part is not valid ${kind === 'base64' ? kind : 'binary or base64'}`)
  return decodeBase64([base64])
}

function stringOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw badForm('a string is not valid UTF-8')
  }
}

/** Header values are bytes, each of them a character. */
function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (unit) => unit.charCodeAt(0))
}

function badForm(what: string): Refusal {
  return new Refusal(400, `Multipart form parse error - ${what}.`)
}
