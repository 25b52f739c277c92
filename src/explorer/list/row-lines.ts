/** What the lines of a row say. */
import type { Preview } from 'conversation-store'
import { spanOf } from '../ui/time.ts'

/** A string with its matches; `from`: who or what it is of. */
export interface Line {
  readonly text: string
  readonly ranges: readonly (readonly [start: number, end: number])[]
}

const NONE: readonly never[] = []

const PARTS = { input: 'input', output: 'output', error: 'error' } as const
const SENDERS = { end_user: 'User', agent: 'Agent' } as const

/** The name, else the first words, else the id; and below it the match, else the first words or the id. */
export function linesOf(row: Preview): {
  readonly title: Line
  readonly snippet: Line & { readonly from: string | null }
} {
  const { name, beginning, conversation_id, match } = row
  const words = oneLine(beginning)
  const hasName = name !== null && name.trim() !== ''
  const title = hasName ? oneLine(name) : words === '' ? conversation_id : words
  const plain = hasName && words !== '' ? words : title === conversation_id ? '' : conversation_id
  if (match === null || match.field === 'customer_id')
    return { title: line(title), snippet: { ...line(plain), from: null } }
  const { text, ranges } = match.snippet
  const found = led(oneLine(text), ranges)
  if (match.field === 'name') return { title: found, snippet: { ...line(plain), from: null } }
  if (match.field === 'conversation_id') {
    const isTitle = title === conversation_id
    return {
      title: isTitle ? found : line(title),
      snippet: isTitle ? { ...line(plain), from: null } : { ...found, from: null },
    }
  }
  const from = match.part !== undefined ? PARTS[match.part] : match.sender === null ? null : SENDERS[match.sender]
  return {
    title: line(title),
    snippet: { ...found, from: from === null ? null : from[0]!.toUpperCase() + from.slice(1) },
  }
}

/** Characters before a match that are shown: more would push it out of a narrow row. */
const LEAD = 16

/** The same, beginning a little before its first match. */
function led(text: string, ranges: Line['ranges']): Line {
  const start = ranges[0]?.[0] ?? 0
  if (start <= LEAD + 8) return { text, ranges }
  const space = text.indexOf(' ', start - LEAD - 1)
  const from = space === -1 || space >= start ? start : space + 1
  return { text: `…${text.slice(from)}`, ranges: ranges.map(([a, b]) => [a - from + 1, b - from + 1] as const) }
}

function line(text: string): Line {
  return { text, ranges: NONE }
}

/** The same length, so that ranges stay: line ends and tabs as spaces. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\n\r\t]/g, ' ')
}

const ONE = new Intl.NumberFormat()

/** `1 turn`, `1,204 turns`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${ONE.format(count)} ${count === 1 ? noun : plural}`
}

/** The numbers of a row that say something; `isByDuration`: the list is in the order of the durations. */
export function countsOf(
  row: Preview,
  isByDuration = false,
): readonly { readonly label: string; readonly isBad: boolean }[] {
  const { message_count, action_count, failed_count, attachment_count, duration } = row
  return [
    ...(duration === null ? [] : [{ label: spanOf(duration * 1_000), isBad: false }]),
    // In their order they come first, where one looks for the longest.
    ...(duration === null && isByDuration ? [{ label: 'no duration', isBad: false }] : []),
    { label: counted(message_count, 'turn'), isBad: false },
    ...(action_count > 0 ? [{ label: counted(action_count, 'action'), isBad: false }] : []),
    ...(failed_count > 0 ? [{ label: `${ONE.format(failed_count)} failed`, isBad: true }] : []),
    ...(attachment_count > 0 ? [{ label: counted(attachment_count, 'file'), isBad: false }] : []),
  ]
}
