/** Instants: ISO 8601 text to microseconds since 1970 and back. */

/** A point in time, exact to the microsecond. A number alone cannot hold the microseconds of all years. */
export interface Instant {
  /** Whole milliseconds since 1970-01-01T00:00Z, rounded down, before 1970 too. */
  readonly ms: number
  /** The microseconds after `ms`, 0 to 999. */
  readonly us: number
}

/** What `parseInstant` takes, ranges of the numbers apart: a date, and perhaps a time, and then perhaps an offset. */
const SHAPE = /^\d{4}-\d\d?-\d\d?(?:[T ]\d\d?:\d\d(?::\d\d(?:[.,]\d{1,12})?)?(?:Z|[+-]\d\d(?::?\d\d)?)?)?$/

const MS_PER_MINUTE = 60_000
const MS_PER_DAY = 86_400_000
/** 0001-01-01T00:00:00Z, in milliseconds since 1970. */
const FIRST_MS = -62_135_596_800_000
/** 9999-12-31T23:59:59.999Z, in milliseconds since 1970. */
const LAST_MS = 253_402_300_799_999
/** Days of a common year before each month, from January at 1; the last is the whole year. */
const DAYS_BEFORE = [0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365]

/**
 * The instant that an ISO 8601 string names, or `undefined` for an invalid one.
 *
 * It takes `YYYY-M-D`, alone (midnight UTC) or with `T` or a space and `H:MM`, `:SS`, a fraction of a second after `.`
 * or `,` (1 to 12 digits, cut after the sixth) and `Z` or an offset (`+HH`, `+HHMM`, `+HH:MM`); without an offset it is
 * UTC. Days that do not exist and instants outside the years 0001 to 9999 are invalid.
 *
 * O(length of a well-formed string), never throws.
 *
 * @example parseInstant('2024-01-15T11:30+01:00') // { ms: 1705314600000, us: 0 }
 */
export function parseInstant(text: string): Instant | undefined {
  if (!SHAPE.test(text)) return undefined
  const monthEnd = digitsEnd(text, 5)
  const dayEnd = digitsEnd(text, monthEnd + 1)
  const day = dayNumber(whole(text, 0, 4), whole(text, 5, monthEnd), whole(text, monthEnd + 1, dayEnd))
  if (day === undefined) return undefined
  if (dayEnd === text.length) return within(day * MS_PER_DAY, 0)

  const hourEnd = digitsEnd(text, dayEnd + 1)
  const hour = whole(text, dayEnd + 1, hourEnd)
  const minute = whole(text, hourEnd + 1, hourEnd + 3)
  let at = hourEnd + 3
  let second = 0
  let micros = 0
  if (text[at] === ':') {
    second = whole(text, at + 1, at + 3)
    at += 3
    if (text[at] === '.' || text[at] === ',') {
      const end = digitsEnd(text, at + 1)
      const cut = Math.min(end, at + 7)
      micros = whole(text, at + 1, cut)
      for (let digits = cut - at - 1; digits < 6; digits++) micros *= 10
      at = end
    }
  }
  if (hour > 23 || minute > 59 || second > 59) return undefined

  const offset = offsetMinutes(text, at)
  if (offset === undefined) return undefined
  const millis = Math.floor(micros / 1000)
  const time = (hour * 60 + minute - offset) * MS_PER_MINUTE + second * 1000 + millis
  return within(day * MS_PER_DAY + time, micros - millis * 1000)
}

/**
 * The one text of an instant, `YYYY-MM-DDTHH:MM:SS[.ffffff]Z`: in UTC, the fraction in six digits or, when it is zero,
 * absent. Two instants are equal exactly when their texts are; their order is `compareInstants`, not that of the texts.
 * O(1). Throws a `RangeError` for `ms` that is no date; what `parseInstant` and `toInstant` give always is one.
 *
 * @example formatInstant({ ms: 1705314600000, us: 7 }) // '2024-01-15T10:30:00.000007Z'
 */
export function formatInstant(instant: Instant): string {
  const iso = new Date(instant.ms).toISOString()
  const fraction = iso.slice(20, 23) + String(instant.us).padStart(3, '0')
  return fraction === '000000' ? `${iso.slice(0, 19)}Z` : `${iso.slice(0, 19)}.${fraction}Z`
}

/** The order in time: negative where `a` is before `b`, positive where it is after, 0 where they are one. O(1). */
export function compareInstants(a: Instant, b: Instant): number {
  return a.ms - b.ms || a.us - b.us
}

/**
 * The instant that a value from code stands for: an ISO 8601 text (see `parseInstant`), a `Date` of any realm, or a
 * whole number of milliseconds since 1970, in the years 0001 to 9999. Anything else, an invalid `Date` too, is
 * `undefined`. O(1) or that of `parseInstant`, never throws.
 */
export function toInstant(value: unknown): Instant | undefined {
  if (typeof value === 'string') return parseInstant(value)
  const ms = typeof value === 'number' ? value : dateMs(value)
  // Adding 0 turns -0 into 0, so that equal instants are equal as data.
  return Number.isInteger(ms) ? within(ms + 0, 0) : undefined
}

/** The milliseconds of a `Date`, judged by its tag, for `instanceof` fails across realms; NaN for all else. */
function dateMs(value: unknown): number {
  try {
    return Object.prototype.toString.call(value) === '[object Date]' ? Date.prototype.getTime.call(value) : Number.NaN
  } catch {
    return Number.NaN // An object that only wears the tag.
  }
}

function within(ms: number, us: number): Instant | undefined {
  return ms >= FIRST_MS && ms <= LAST_MS ? { ms, us } : undefined
}

/** Days since 1970-01-01 in the proleptic Gregorian calendar. `Date.UTC` would read the years 0 to 99 as 1900 to 1999. */
function dayNumber(year: number, month: number, day: number): number | undefined {
  if (year < 1 || month < 1 || month > 12 || day < 1) return undefined
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 1 : 0
  const before = DAYS_BEFORE[month]!
  if (day > DAYS_BEFORE[month + 1]! - before + (month === 2 ? leap : 0)) return undefined
  const past = year - 1
  const leapDays = Math.floor(past / 4) - Math.floor(past / 100) + Math.floor(past / 400) + (month > 2 ? leap : 0)
  return past * 365 + leapDays + before + day - 719_163
}

/** Minutes east of UTC that the rest of the text from `at` says; none said is UTC. `undefined` beyond 23:59. */
function offsetMinutes(text: string, at: number): number | undefined {
  const sign = text[at]
  if (sign !== '+' && sign !== '-') return 0
  const hours = whole(text, at + 1, at + 3)
  const minutes = at + 3 === text.length ? 0 : whole(text, text.length - 2, text.length)
  if (hours > 23 || minutes > 59) return undefined
  return (hours * 60 + minutes) * (sign === '+' ? 1 : -1)
}

/** The number that the digits of `[from, to)` write. */
function whole(text: string, from: number, to: number): number {
  let value = 0
  for (let at = from; at < to; at++) value = value * 10 + text.charCodeAt(at) - 48
  return value
}

/** The end of the digits that begin at `at`. */
function digitsEnd(text: string, at: number): number {
  let end = at
  while (end < text.length && text.charCodeAt(end) >= 48 && text.charCodeAt(end) <= 57) end++
  return end
}
