/** Keys as the SDKs want them: `ags_`, 32 hexadecimal digits, `_`, 6 more. The SDKs refuse any other before they send it. */
import { randomBytes } from 'node:crypto'

/** A key to write into examples and tests, where any key is let in. */
export const SAMPLE_KEY = 'ags_0123456789abcdef0123456789abcdef_012345'

const KEY = /ags_[0-9a-f]{32}_[0-9a-f]{6}/i

/** Whether the SDKs take the key. */
export function isWellFormed(key: string): boolean {
  return KEY.exec(key)?.[0] === key
}

/** A key that nobody has. */
export function freshKey(): string {
  return `ags_${randomBytes(16).toString('hex')}_${randomBytes(3).toString('hex')}`
}

/** The text without keys in it: those that are given, and whatever looks like one. */
export function withoutKeys(text: string, keys: Iterable<string>): string {
  let clean = text.replace(new RegExp(KEY, 'gi'), '***')
  for (const key of keys) clean = clean.replaceAll(key, '***').replaceAll(encodeURIComponent(key), '***')
  return clean
}
