/** What a caller gives to record, checked, with one wording of what is wrong. */
import { canonicalBase64, decodedSize } from '../../base/base64.ts'
import { invalidOption } from '../../base/options.ts'
import { isPlain } from '../../base/plain.ts'
import type { JsonObject } from '../../row/conversation.ts'
import { asJson } from './json.ts'
import type { FileBody } from './log.ts'

/** A file of a message. The row gets its name, type and size; the bytes go only where `sendTo` sends them. */
export interface FileInput {
  readonly filename: string
  /** `application/octet-stream` when absent. */
  readonly mime_type?: string
  /** Bytes, or a string of base64. */
  readonly data: string | Uint8Array
}

/** A string that is not empty. Throws `INVALID_VALUE`. */
export function readString(parameter: string, given: unknown): string {
  if (typeof given !== 'string' || given === '') throw invalidOption(parameter, given, 'a string that is not empty')
  return given
}

/** A string, or null where there is none. Throws `INVALID_VALUE`. */
export function readOptional(parameter: string, given: unknown): string | null {
  if (given === undefined || given === null) return null
  if (typeof given !== 'string') throw invalidOption(parameter, given, 'a string or null')
  return given
}

/** A copy of a metadata document; null where there is none. Throws `INVALID_VALUE`. */
export function readMetadata(given: unknown): JsonObject | null {
  if (given === undefined || given === null) return null
  if (!isPlain(given)) throw invalidOption('metadata', given, 'an object or null')
  return asJson(given) as JsonObject
}

/** Files. Throws `INVALID_VALUE`, with the place of what is wrong. */
export function readFiles(parameter: string, given: unknown): readonly FileBody[] {
  if (given === undefined) return []
  if (!Array.isArray(given)) throw invalidOption(parameter, given, 'a list of files { filename, mime_type, data }')
  return given.map((file, at) => readFile(`${parameter}[${at}]`, file))
}

/** One file. Throws `INVALID_VALUE`, with the place of what is wrong. */
export function readFile(place: string, given: unknown): FileBody {
  if (!isPlain(given)) throw invalidOption(place, given, 'a file { filename, mime_type, data }')
  const filename = readString(`${place}.filename`, given.filename)
  const mime_type = readOptional(`${place}.mime_type`, given.mime_type) ?? 'application/octet-stream'
  const { data } = given
  if (data instanceof Uint8Array) return { filename, mime_type, data, size_bytes: data.length }
  const base64 = typeof data === 'string' ? canonicalBase64(data) : undefined
  if (base64 === undefined) throw invalidOption(`${place}.data`, data, 'a Uint8Array or a string of base64')
  return { filename, mime_type, data: base64, size_bytes: decodedSize(base64) }
}

/**
 * What a tool was given: its argument, or a list where it has several, `{}` where it has none. What a framework adds after
 * the first argument (the options of a call, a context) is left out.
 */
export function inputOf(args: readonly unknown[]): unknown {
  const [first = {}, ...others] = args.filter((arg, at) => at === 0 || !isContext(arg))
  return others.length === 0 ? first : [first, ...others]
}

/** The keys by which frameworks name a call, in what they add to its input. */
const CONTEXT_KEYS = ['toolCallId', 'toolCall', 'configurable', 'callbacks', 'signal', 'abortSignal']

function isContext(arg: unknown): boolean {
  if (typeof arg === 'function' || arg === undefined) return true
  if (typeof arg !== 'object' || arg === null || Array.isArray(arg)) return false
  return !isPlain(arg) || CONTEXT_KEYS.some((key) => key in arg)
}
