/** Values as sentences show them. */
import type { Scalar } from 'conversation-store/core'
import { visible } from './visible.ts'

/** How sentences are made for a viewer. */
export interface Viewer {
  /** An IANA name. Absent: the zone of the machine. */
  readonly timeZone?: string | undefined
}

/** A string that reads as another kind of value, or whose ends or emptiness are not seen, stands in quotes. */
const NEEDS_QUOTES = /^$|^\s|\s$|^(true|false|null|-?\d+(\.\d+)?(e[+-]?\d+)?)$|^"|, | or | and /i

/** A string as it stands, in quotes where it would be misread. */
export function shown(text: string): string {
  const seen = visible(text)
  return NEEDS_QUOTES.test(text.slice(0, 1000)) ? `"${seen}"` : seen
}

/** A string of a field that holds nothing but strings. */
export function shownText(text: string): string {
  return /^$|^\s|\s$/.test(text.slice(0, 1000)) ? `"${visible(text)}"` : visible(text)
}

/** A value at a metadata path: numbers, booleans and null are told from strings. */
export function shownScalar(value: Scalar): string {
  return typeof value === 'string' ? shown(value) : String(value)
}

/** So many values of a list are shown. */
const MOST_SHOWN = 5

/** Values as a list: `mobile or tablet`, after "none of" `mobile, tablet`. */
export function listed(values: readonly string[], between: 'or' | ','): string {
  if (values.length === 0) return 'nothing'
  const rest = values.length - MOST_SHOWN
  const said = rest > 1 ? [...values.slice(0, MOST_SHOWN), `${rest} more`] : values
  if (between === ',') return said.join(', ')
  return said.length === 1 ? said[0]! : `${said.slice(0, -1).join(', ')} or ${said.at(-1)}`
}

/** A number with its thousands apart. */
export function shownNumber(value: number): string {
  return Number.isSafeInteger(value) ? value.toLocaleString('en-US') : String(value)
}

/** An instant in the viewer's zone: `5 January 2026, 10:00`, to the microsecond where it has any. */
export function shownInstant(instant: string, { timeZone }: Viewer): string {
  const [, seconds = '00', fraction = ''] = /:(\d\d)(?:\.0*|(\.\d+))?Z$/.exec(instant) ?? []
  const isWhole = seconds === '00' && fraction === ''
  const format = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone, day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit' },
    ...{ hourCycle: 'h23', ...(isWhole ? {} : { second: '2-digit' }) },
  })
  const parts = new Map(format.formatToParts(new Date(instant)).map(({ type, value }) => [type, value]))
  const clock = [parts.get('hour'), parts.get('minute'), ...(isWhole ? [] : [`${parts.get('second')}${fraction}`])]
  return `${parts.get('day')} ${parts.get('month')} ${parts.get('year')}, ${clock.join(':')}`
}
