/** Keys as the SDKs have them: `ags_`, 32 hexadecimal digits, `_`, 6 more. The SDKs refuse to send any other. */
import { randomBytes } from 'node:crypto'
import { literally } from '../base/text/literally.ts'

/** A key for examples and tests, where any key is accepted. */
export const SAMPLE_KEY = 'ags_0123456789abcdef0123456789abcdef_012345'

const KEY = /ags_[0-9a-f]{32}_[0-9a-f]{6}/i

/** Whether the SDKs accept the key. */
export function isWellFormed(key: string): boolean {
  return KEY.exec(key)?.[0] === key
}

/** A new random key. */
export function freshKey(): string {
  return `ags_${randomBytes(16).toString('hex')}_${randomBytes(3).toString('hex')}`
}

/**
 * The path and query of a request without keys, plain or percent-encoded: the given keys, and whatever looks like a key.
 * Keys that overlap or begin alike are removed whole. Control characters are percent-encoded.
 */
export function withoutKeys(target: string, keys: Iterable<string>): string {
  const came = unitsOf(target)
  const meant = decode(target)
  const sources = [KEY.source, ...Array.from(keys).flatMap((key) => [literally(key), literally(decode(key))])]
  const hidden = new Set<number>()
  for (const source of sources) {
    // A lookahead also finds a key that begins within another.
    for (const { index, 1: found = '' } of meant.matchAll(new RegExp(`(?=(${source}))`, 'gi'))) {
      for (let at = 0; at < found.length; at++) hidden.add(index + at)
    }
  }
  const shown = came.map((unit, at) => (!hidden.has(at) ? unit : hidden.has(at - 1) ? '' : '***'))
  return shown.join('').replace(/\p{Cc}/gu, (unit) => `%${unit.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

/** Characters and percent escapes, one by one. */
function unitsOf(text: string): string[] {
  return text.match(/%[0-9a-f]{2}|./gis) ?? []
}

/** A character for each unit. Keys are ASCII, so of other characters the bytes do. */
function decode(text: string): string {
  const units = unitsOf(text)
  return units.map((unit) => (unit.length === 3 ? String.fromCharCode(Number(`0x${unit.slice(1)}`)) : unit)).join('')
}
