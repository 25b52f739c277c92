/** Values as words that a person reads, whatever is in them. */
import type { Scalar } from 'conversation-store'
import { piecesOf } from '../ui/visible.ts'
import type { Facet } from './fields.ts'

/** A value as it is shown. */
export interface Label {
  readonly text: string
  /** How it is set: as it stands, as a value that is no string, or as words of the page about a value. */
  readonly kind: 'plain' | 'typed' | 'words'
}

/** Strings that read like a value of another type, and those whose ends would not be seen. */
const NEEDS_QUOTES = /^(true|false|null|-?\d+(\.\d+)?([eE][+-]?\d+)?)$|^\s|\s$/
const MOST_UNITS = 300

/** A string in one line: hidden characters by their symbols, `‹RLO›`, and very long ones cut. For display alone. O(length, up to the cut). */
export function seen(text: string): string {
  const short = text.length > MOST_UNITS ? `${text.slice(0, MOST_UNITS)}…` : text
  return piecesOf(short.replaceAll(/\s/g, (space) => SPACES[space] ?? space))
    .map((piece) => (typeof piece === 'string' ? piece : `‹${piece.symbol}›`))
    .join('')
}

const SPACES: { readonly [space: string]: string } = { '\n': '␊', '\r': '␍', '\t': '␉' }

/** A value of a facet. Strings that read like a number, a boolean or null stand in quotes: `"1"` is not `1`. */
export function labelOf(facet: Facet, value: Scalar, isMissing = false): Label {
  if (isMissing) return { text: 'not there', kind: 'words' }
  if (value === null) return { text: facet.none, kind: 'words' }
  const isMetadata = facet.group === 'Metadata'
  const word = isMetadata ? undefined : facet.words?.[String(value)]
  if (word !== undefined) return { text: word, kind: 'plain' }
  if (value === '') return { text: 'empty string', kind: 'words' }
  if (typeof value !== 'string') return { text: String(value), kind: isMetadata ? 'typed' : 'plain' }
  const text = seen(value)
  return { text: isMetadata && NEEDS_QUOTES.test(value) ? `"${text}"` : text, kind: 'plain' }
}

const WHOLE = new Intl.NumberFormat('en')
const NUMBER = new Intl.NumberFormat('en', { maximumFractionDigits: 6 })

/** A count: `1,204`. */
export function countText(count: number): string {
  return WHOLE.format(count)
}

/** A range of numbers: `under 10`, `10 – 20`, `70 or more`. Half open: the second number is not in. */
export function rangeText(from: number, to: number, unit?: Facet['unit']): string {
  const text = (value: number) => (unit === 'seconds' ? secondsText(value) : NUMBER.format(value))
  if (from === Number.NEGATIVE_INFINITY) return `under ${text(to)}`
  if (to === Number.POSITIVE_INFINITY) return `${text(from)} or more`
  return `${text(from)} – ${text(to)}`
}

const STEPS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const

/** Seconds as `3.2 s`, `5 min`, `1 h 20 min`, `2 d 3 h`; under a second in milliseconds. At most two units. */
export function secondsText(seconds: number): string {
  const size = Math.abs(seconds)
  if (size > 0 && size < 1) return `${NUMBER.format(Number((seconds * 1000).toPrecision(3)))} ms`
  const short = Number(seconds.toPrecision(3))
  if (Math.abs(short) < 60) return `${NUMBER.format(short)} s`
  const at = STEPS.findIndex(([, length]) => Math.max(size, Math.abs(short)) >= length)
  const [name, length] = STEPS[at]!
  const [lowerName, lower] = STEPS[at + 1]!
  const rounded = Math.round(size / lower) * lower
  // An hour, where 59 min 59.9 s are rounded.
  const above = STEPS[at - 1]
  if (above !== undefined && rounded >= above[1]) return secondsText(Math.sign(seconds) * rounded)
  const rest = Math.round((rounded % length) / lower)
  const whole = WHOLE.format(Math.floor(rounded / length))
  return `${seconds < 0 ? '−' : ''}${whole} ${name}${rest === 0 ? '' : ` ${rest} ${lowerName}`}`
}
