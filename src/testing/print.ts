/** Values as the texts of assertions show them: on one line, asymmetric matchers and regular expressions too. */
import { isPlain } from '../base/plain.ts'

/** An asymmetric matcher of Jest, of Vitest or of anyone: `expect.any(Number)`. */
export interface AsymmetricMatcher {
  asymmetricMatch(value: unknown): unknown
  toAsymmetricMatcher?(): string
  readonly sample?: unknown
}

export function isAsymmetric(value: unknown): value is AsymmetricMatcher {
  return typeof (Object(value) as Partial<AsymmetricMatcher>).asymmetricMatch === 'function'
}

const IS_NAME = /^[A-Za-z_$][\w$]*$/

/** So long is a value that is shown. */
const LONGEST = 120

/** A value on one line, cut off where it is long. */
export function print(value: unknown): string {
  const text = written(value, 0)
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 3)}...` : text
}

function written(value: unknown, level: number): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (isAsymmetric(value)) return asymmetric(value, level)
  if (level > 8) return '...'
  if (Array.isArray(value)) return `[${value.map((item) => written(item, level + 1)).join(', ')}]`
  if (!isPlain(value)) return String(value)
  const entries = Object.entries(value).map(
    ([key, item]) => `${IS_NAME.test(key) ? key : JSON.stringify(key)}: ${written(item, level + 1)}`,
  )
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`
}

/** `Any<Number>` as it calls itself, or its class with what it looks for. */
function asymmetric(matcher: AsymmetricMatcher, level: number): string {
  const own = matcher.toAsymmetricMatcher?.()
  if (typeof own === 'string' && own.includes('<')) return own
  const name = own ?? String(matcher)
  return matcher.sample === undefined ? name : `${name}<${written(matcher.sample, level + 1)}>`
}
