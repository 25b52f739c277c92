/**
 * The `Content-Disposition` header of a part of a form, as clients write it: parameters with and without quotes, quotes
 * and backslashes escaped by a backslash, or quotes and line ends as `%22`, `%0D` and `%0A` (browsers, undici, urllib3),
 * `filename*=utf-8''...` (.NET, aiohttp), and encoded words (.NET, where a name is not ASCII).
 */

/** What the header says. */
export interface Disposition {
  readonly name: string
  /** Undefined for a field that is not a file. */
  readonly filename: string | undefined
}

const FORM_DATA = /^form-data\s*(?=;|$)/i
const NAME = /\s*;\s*([^\s=;"]+)\s*=\s*/y

/**
 * The forms of a value, the one to be tried first at the top: each must lead to a `;` or the end. Browsers do not escape
 * a backslash, so one before the last quote may escape nothing. Each form is linear.
 */
const VALUES = [/"((?:[^"\\]|\\.)*)"(?=\s*(?:;|$))/sy, /"([^"]*)"(?=\s*(?:;|$))/y, /([^\s;"]*)(?=\s*(?:;|$))/y]

/** Reads the header. `undefined` where it cannot be read, or has no name. O(length). */
export function readDisposition(given: string): Disposition | undefined {
  const header = given.trim().replace(/;$/, '').trimEnd()
  const [start] = FORM_DATA.exec(header) ?? []
  const parameters = start === undefined ? undefined : parametersOf(header, start.length)
  if (parameters === undefined) return undefined
  const name = extended(parameters.get('name*')) ?? parameters.get('name')
  const filename = extended(parameters.get('filename*')) ?? parameters.get('filename')
  // A file whose only name cannot be read is not a field.
  const isUnreadable = filename === undefined && parameters.has('filename*')
  return name === undefined || isUnreadable ? undefined : { name, filename }
}

function parametersOf(header: string, from: number): Map<string, string> | undefined {
  const parameters = new Map<string, string>()
  for (let at = from; at < header.length; ) {
    NAME.lastIndex = at
    const key = NAME.exec(header)?.[1]?.toLowerCase()
    const value = key === undefined ? undefined : valueAt(header, NAME.lastIndex)
    // Of two values nobody knows which counts.
    if (key === undefined || value === undefined || parameters.has(key)) return undefined
    parameters.set(key, value.text)
    at = value.end
  }
  return parameters
}

function valueAt(header: string, at: number): { readonly text: string; readonly end: number } | undefined {
  for (const form of VALUES) {
    form.lastIndex = at
    const found = form.exec(header)
    if (found !== null) return { text: encodedWord(unescaped(found[1]!)), end: form.lastIndex }
  }
  return undefined
}

/** Other backslashes stand: `C:\pictures\a.png`. */
function unescaped(text: string): string {
  return text.replace(/\\(["\\])/g, '$1').replace(/%22|%0D|%0A/gi, (code) => decodeURIComponent(code))
}

/** `=?utf-8?B?...?=`, as .NET writes a name that is not ASCII. */
function encodedWord(text: string): string {
  const [, base64] = /^=\?utf-8\?b\?([A-Za-z0-9+/=]*)\?=$/i.exec(text) ?? []
  if (base64 === undefined) return text
  try {
    return decode('utf-8', atob(base64))
  } catch {
    return text
  }
}

/** The string of `utf-8''%C3%A9.png`; undefined where it cannot be read. */
function extended(value: string | undefined): string | undefined {
  const [, charset, text] = /^([\w-]+)'[^']*'((?:[ -$&-~]|%[\da-f]{2})*)$/i.exec(value ?? '') ?? []
  if (charset === undefined) return undefined
  try {
    return decode(
      charset,
      text!.replace(/%(..)/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
    )
  } catch {
    return undefined
  }
}

/** Decodes bytes, each of them a character. */
function decode(charset: string, bytes: string): string {
  return new TextDecoder(charset, { fatal: true }).decode(Uint8Array.from(bytes, (unit) => unit.charCodeAt(0)))
}
