/** The content of a framework's message: a string, or parts of text and files as the AI SDK, OpenAI and LangChain write them. */
import { canonicalBase64 } from '../../base/base64.ts'
import { host } from '../../base/host.ts'
import { isPlain } from '../../base/plain.ts'
import type { FileInput } from './input.ts'
import type { MessageOptions, Writer } from './writer.ts'

type Part = Readonly<Record<string, unknown>>

/** The text of a message, and what goes with it: files whose bytes are there, and the URLs of others as metadata. */
export function contentOf(content: unknown): { readonly text: string; readonly options: MessageOptions } {
  if (typeof content === 'string') return { text: content, options: {} }
  const parts = (Array.isArray(content) ? content : []).map((part) => Object(part) as Part)
  const text = parts.flatMap((part) => (isText(part) ? [part.text as string] : [])).join('\n')
  const found = parts.filter((part) => !isText(part)).map(fileOf)
  const files = found.flatMap((file) => (typeof file === 'object' ? [file] : []))
  const file_urls = found.flatMap((file) => (typeof file === 'string' ? [file] : []))
  return { text, options: { files, ...(file_urls.length > 0 && { metadata: { file_urls } }) } }
}

/** The texts of an agent's content, one after the other: what it thought is not said. */
export function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  const parts = (Array.isArray(content) ? content : []).map((part) => Object(part) as Part)
  return parts.flatMap((part) => (isText(part) ? [part.text] : [])).join('')
}

/** What the model said that the user sees. */
function isText({ type, text }: Part): boolean {
  return typeof text === 'string' && (type === undefined || TEXTS.has(type))
}

const TEXTS = new Set<unknown>(['text', 'input_text', 'output_text'])

/** The file of a part, its URL, or `undefined` where it has neither. */
function fileOf(part: Part): FileInput | string | undefined {
  const facts = factsOf(part)
  const bytes = bytesOf(part.data ?? part.image ?? part.file ?? part.image_url ?? part.file_data ?? part.url)
  if (bytes instanceof ArrayBuffer) return { ...facts, data: new Uint8Array(bytes) }
  if (bytes instanceof Uint8Array) return { ...facts, data: bytes }
  const written = typeof bytes === 'string' || bytes instanceof host.URL ? `${bytes}` : ''
  const [, mime_type, data] = /^data:([^;,]*)[^,]*;base64,(.*)$/is.exec(written) ?? []
  if (data !== undefined) return { ...facts, ...(mime_type && { mime_type }), data }
  if (written.includes('://')) return written
  return written === '' || canonicalBase64(written) === undefined ? undefined : { ...facts, data: written }
}

/** What a part has of its file: bytes, base64 or a URL, perhaps in an object. */
function bytesOf(source: unknown): unknown {
  if (!isPlain(source) && !(Object(source) as Part).base64) return source
  const { base64, data, url, id } = source as Part
  return base64 ?? data ?? url ?? id
}

function factsOf({ filename, mediaType, mimeType, mime_type }: Part): {
  readonly filename: string
  readonly mime_type?: string
} {
  const type = [mediaType, mimeType, mime_type].find((each) => typeof each === 'string')
  return {
    filename: typeof filename === 'string' && filename !== '' ? filename : 'file',
    ...(typeof type === 'string' && { mime_type: type }),
  }
}

/** A string of JSON as its value where that is an object or a list; anything else as it is. Frameworks hand on both as strings. */
export function parsed(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

/**
 * The messages that are new in what a model is given: the user's at its end, after the last of the agent or of a tool. The
 * rest was recorded when it was new. `roleOf` gives `user`, `system` for what is left out, or another role.
 */
export function newMessages<Message>(messages: readonly Message[], roleOf: (message: Message) => unknown): Message[] {
  const from = messages.findLastIndex((message) => !['user', 'system'].includes(roleOf(message) as string))
  return messages.slice(from + 1).filter((message) => roleOf(message) === 'user')
}

/** Records what the user said, in a framework's content; nothing where that is empty. */
export function hear(writer: Writer, content: unknown, at?: string): void {
  const { text, options } = contentOf(content)
  if (text !== '' || options.files?.length) writer.user(text, { ...options, ...(at !== undefined && { at }) })
}

/** Records the counts of tokens that are numbers; nothing where there are none. */
export function count(writer: Writer, prompt_tokens: unknown, completion_tokens: unknown, total_tokens: unknown): void {
  const counts = Object.entries({ prompt_tokens, completion_tokens, total_tokens })
  const known = counts.filter(([, tokens]) => Number.isSafeInteger(tokens) && (tokens as number) >= 0)
  if (known.some(([, tokens]) => tokens !== 0)) writer.tokens(Object.fromEntries(known))
}
