/** Times as a person reads them: in the zone and the language of the browser. */

/** The forms that the library takes, see `docs/rows.md`. No offset means UTC. */
const INSTANT =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,12}))?)?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/

/** Milliseconds since 1970 of an instant; null for what is no instant. */
export function millisOf(instant: unknown): number | null {
  const parts = typeof instant === 'string' ? INSTANT.exec(instant.trim()) : null
  if (parts === null) return null
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = parts
  const at = new Date(0)
  at.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  at.setUTCHours(Number(hour), Number(minute), Number(second), Number(fraction.slice(0, 3).padEnd(3, '0')))
  return at.getTime() - offsetOf(zone)
}

function offsetOf(zone: string): number {
  if (zone === 'Z') return 0
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0')
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))
  return (zone.startsWith('-') ? -1 : 1) * minutes * 60_000
}

const FORMATS = {
  time: { hour: '2-digit', minute: '2-digit' },
  exact: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
  day: { day: 'numeric', month: 'short' },
  year: { day: 'numeric', month: 'short', year: 'numeric' },
  full: { dateStyle: 'full', timeStyle: 'long' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>

const made = new Map<string, Intl.DateTimeFormat>()

/** Making a format takes a tenth of a millisecond, so each is made once. */
function format(name: keyof typeof FORMATS, at: number): string {
  const formatter = made.get(name) ?? new Intl.DateTimeFormat(undefined, FORMATS[name])
  made.set(name, formatter)
  return formatter.format(at)
}

/** The time of today's, the day of this year's, else day and year. What is no instant stays as it is. */
export function shortTime(instant: string, now = Date.now()): string {
  const at = millisOf(instant)
  if (at === null) return instant
  const [there, here] = [new Date(at), new Date(now)]
  if (there.getFullYear() !== here.getFullYear()) return format('year', at)
  return there.toDateString() === here.toDateString() ? format('time', at) : format('day', at)
}

/** To the second, with weekday and zone. */
export function fullTime(instant: string): string {
  const at = millisOf(instant)
  return at === null ? instant : format('full', at)
}

/** Hours, minutes and seconds. */
export function clockTime(instant: string): string {
  const at = millisOf(instant)
  return at === null ? instant : format('exact', at)
}

/** `120 ms`, `3.4 s`, `2 min 5 s`, `3 h 10 min`. */
export function spanOf(ms: number): string {
  if (ms < 1000) return `${Math.round(ms * 10) / 10 < 10 ? Math.round(ms * 10) / 10 : Math.round(ms)} ms`
  const seconds = ms / 1000
  if (seconds < 60) return `${Math.round(seconds * 10) / 10} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 10 && seconds % 60 >= 1) return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
  return `${Math.round(hours / 24)} days`
}
