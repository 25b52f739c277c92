/** What both clients have of Python: how it writes JSON, times, and forms with files. */

/** Sends one request: a handler in this process, or `fetch` itself. */
export type Send = (request: Request) => Promise<Response>

/** What a client is made with. */
export interface ClientOptions {
  readonly send: Send
  readonly apiKey: string
  /** Where the API is, with no slash at its end. `http://localhost`. */
  readonly baseUrl?: string
  /** Waits before the next attempt. Seconds, as they are asked for. */
  readonly sleep?: (seconds: number) => Promise<void>
}

/** A key as both clients want it before they send anything. */
export const isWellFormedKey = (key: string): boolean => /^ags_[0-9a-f]{32}_[0-9a-f]{6}$/i.test(key)

/** `json.dumps`: everything outside ASCII is escaped, a lone half of a surrogate pair too. */
export function dumps(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** `datetime.now(timezone.utc).isoformat()`: microseconds and `+00:00`. */
export function isoformat(at: Date, micros = 0): string {
  return at.toISOString().replace('Z', `${String(micros).padStart(3, '0')}+00:00`)
}

/** `urllib.parse.urlencode`: a space as `+`; `None` is left out, `True` is `true`. */
export function urlencode(values: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(values).filter(([, value]) => value !== null && value !== undefined)
  const text = new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, String(value)])).toString()
  return text === '' ? '' : `?${text}`
}

/** A file in the hands of a caller. */
export interface UploadFile {
  readonly filename: string
  readonly mime_type: string
  readonly data: Uint8Array
}

/** One part of a form: a text, or a file. */
export type FormPart = readonly [name: string, value: string | UploadFile]

/** A form with files, in the order given, as the HTTP library of Python writes it: names as they are, in UTF-8. */
export function multipart(parts: readonly FormPart[]): {
  readonly body: Uint8Array<ArrayBuffer>
  readonly type: string
} {
  const boundary = '8f2c1f0a7f3e4b5c9d6e1a2b3c4d5e6f'
  const quoted = (text: string) => text.replaceAll('\n', '%0A').replaceAll('\r', '%0D').replaceAll('"', '%22')
  const chunks: Uint8Array[] = []
  const write = (text: string) => chunks.push(new TextEncoder().encode(text))
  for (const [name, value] of parts) {
    write(`--${boundary}\r\nContent-Disposition: form-data; name="${quoted(name)}"`)
    if (typeof value === 'string') write(`\r\n\r\n${value}`)
    else {
      write(`; filename="${quoted(value.filename)}"\r\nContent-Type: ${value.mime_type}\r\n\r\n`)
      chunks.push(value.data)
    }
    write('\r\n')
  }
  write(`--${boundary}--\r\n`)
  return { body: concat(chunks), type: `multipart/form-data; boundary=${boundary}` }
}

export function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}

function concat(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0))
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.length
  }
  return all
}
