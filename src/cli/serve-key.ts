/** Keys as the SDKs have them: `ags_`, 32 hexadecimal digits, `_`, 6 more. The SDKs refuse to send any other. */
import { randomBytes } from 'node:crypto'
import { hideKeys } from '../http/hide-keys.ts'

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

/** The path and query of a request without keys, the given ones and whatever looks like one. Control characters are percent-encoded. */
export function withoutKeys(target: string, keys: Iterable<string>): string {
  return hideKeys(target, [...keys]).replace(
    /\p{Cc}/gu,
    (unit) => `%${unit.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
}
