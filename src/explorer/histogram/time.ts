/** Stretches of time in the viewer's zone: which unit fits, and the words for them. */
import type { HistogramUnit } from 'conversation-store'

/** From its first instant up to the first that is no longer in, in milliseconds since 1970. */
export interface Span {
  readonly from: number
  readonly to: number
}

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** The units from the shortest, with about how long each is. */
export const UNITS: readonly { readonly unit: HistogramUnit; readonly ms: number }[] = [
  { unit: 'hour', ms: HOUR },
  { unit: 'day', ms: DAY },
  { unit: 'week', ms: 7 * DAY },
  { unit: 'month', ms: 30.4 * DAY },
]

/** A default has at most so many bars, and a histogram of the library so many. */
const MOST_BARS = 400
const MOST_BUCKETS = 10_000

/** The shortest unit that cuts a span into at most some 400 bars. */
export function unitFor({ from, to }: Span): HistogramUnit {
  return UNITS.find(({ ms }) => (to - from) / ms <= MOST_BARS)?.unit ?? 'month'
}

/** Whether a span has more stretches of this unit than the library counts. */
export function isTooShort(unit: HistogramUnit, { from, to }: Span): boolean {
  const { ms } = UNITS.find((each) => each.unit === unit)!
  return (to - from) / ms > MOST_BUCKETS - 2
}

/** The viewer's time zone. */
export function viewerZone(): string {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  return zone === undefined || zone === 'Etc/Unknown' ? 'UTC' : zone
}

const FORMS = {
  hour: { day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  day: { day: 'numeric', month: 'long', year: 'numeric' },
  week: { day: 'numeric', month: 'long', year: 'numeric' },
  month: { month: 'long', year: 'numeric' },
} as const satisfies Record<HistogramUnit, Intl.DateTimeFormatOptions>

const made = new Map<string, Intl.DateTimeFormat>()

/** To make a format takes longer than to use it. */
function format(options: Intl.DateTimeFormatOptions, timeZone: string): Intl.DateTimeFormat {
  const key = JSON.stringify([options, timeZone])
  const known = made.get(key) ?? new Intl.DateTimeFormat('en-GB', { ...options, timeZone })
  made.set(key, known)
  return known
}

/**
 * One bar or several in words: `5 January 2026`, `5 – 11 January 2026`, `5 January 2026, 14:00 – 15:00`, `January 2026`. The end
 * of hours is the time at which they are over; the end of days, weeks and months is their last day.
 */
export function spanText({ from, to }: Span, unit: HistogramUnit, timeZone: string): string {
  const key = `${from} ${to} ${unit} ${timeZone}`
  const known = spoken.get(key) ?? wordsOf(from, to, unit, timeZone)
  if (spoken.size > MOST_SPOKEN) spoken.clear()
  spoken.set(key, known)
  return known
}

/** The same spans are said at each key stroke, and to format a range takes up to a millisecond. */
const MOST_SPOKEN = 1000
const spoken = new Map<string, string>()

function wordsOf(from: number, to: number, unit: HistogramUnit, timeZone: string): string {
  const end = unit === 'hour' ? to : Math.max(from, to - 1)
  return format(FORMS[unit], timeZone)
    .formatRange(from, end)
    .replaceAll(/\s*–\s*/g, ' – ')
}

/** A tick of the axis: the time, the day, the month or the year, whichever begins there. `stepSeconds`: to the next tick. */
export function tickText(seconds: number, stepSeconds: number, timeZone: string): string {
  const ms = seconds * 1000
  const is = (options: Intl.DateTimeFormatOptions) => format(options, timeZone).format(ms)
  if (stepSeconds >= 364 * 86_400) return is({ year: 'numeric' })
  const isYear =
    is({ day: 'numeric', month: 'numeric' }) === '1/1' || is({ day: '2-digit', month: '2-digit' }) === '01/01'
  if (stepSeconds >= 28 * 86_400) return is(isYear ? { year: 'numeric' } : { month: 'short' })
  const time = is({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  return stepSeconds >= 86_400 || time === '00:00' ? is({ day: 'numeric', month: 'short' }) : time
}
