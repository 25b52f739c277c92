/** Values that a person types: numbers, and times in the zone of the viewer. */
import type { Scalar } from 'conversation-store/core'

/** A time to pick, resolved to the minute when it is offered. */
export interface Preset {
  readonly label: string
  readonly ms: number
}

const NUMBER = /^[+-]?\d+(\.\d+)?$/
const TIME = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2}))?)?$/
const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/** The number that is typed, thousands apart or not; undefined for anything else. */
export function typedNumber(text: string): number | undefined {
  const plain = text.trim().replace(/(?<=\d),(?=\d{3})/g, '')
  return NUMBER.test(plain) ? Number(plain) : undefined
}

/** The value at a metadata path that is typed, as it looks: `true`, `null`, `1.5`; anything else, and what is in double quotes, is a string. */
export function typedScalar(text: string): Scalar {
  const trimmed = text.trim()
  if (/^(true|false|null)$/.test(trimmed)) return JSON.parse(trimmed) as Scalar
  const number = NUMBER.test(trimmed) ? Number(trimmed) : Number.NaN
  if (Number.isFinite(number)) return number
  return /^".*"$/s.test(trimmed) ? trimmed.slice(1, -1) : trimmed
}

/**
 * The instant that is typed, in ISO 8601: `2026-01-05`, `2026-01-05 10:00` in the zone of the machine, or with a `Z` or an
 * offset of its own. Undefined for anything else, and for a day that there is not.
 */
export function typedTime(text: string): string | undefined {
  const trimmed = text.trim()
  const local = TIME.exec(trimmed)
  if (local === null) {
    const isZoned = /^\d{4}-\d\d?-\d\d?[T ].*(Z|[+-]\d\d(:?\d\d)?)$/i.test(trimmed)
    const at = isZoned ? new Date(trimmed.replace(' ', 'T')) : undefined
    return at === undefined || Number.isNaN(at.getTime()) ? undefined : at.toISOString()
  }
  const [year, month, day, hour, minute, second] = local.slice(1).map((part) => Number(part ?? 0))
  const at = new Date(year!, month! - 1, day, hour, minute, second)
  // A day that there is not would be another one.
  const isSame = at.getMonth() === month! - 1 && at.getDate() === day && at.getHours() === hour
  return isSame && minute! < 60 && second! < 60 ? at.toISOString() : undefined
}

/** Times that are asked for often. A day begins at midnight in the zone of the machine. */
export function timePresets(now: number): readonly Preset[] {
  const today = new Date(now)
  today.setHours(0, 0, 0, 0)
  const daysAgo = (days: number) => new Date(today.getFullYear(), today.getMonth(), today.getDate() - days).getTime()
  return [
    { label: 'today', ms: today.getTime() },
    { label: 'yesterday', ms: daysAgo(1) },
    { label: '24 hours ago', ms: Math.floor((now - DAY_MS) / MINUTE_MS) * MINUTE_MS },
    { label: '7 days ago', ms: daysAgo(7) },
    { label: '30 days ago', ms: daysAgo(30) },
    { label: 'first of this month', ms: new Date(today.getFullYear(), today.getMonth(), 1).getTime() },
  ]
}
