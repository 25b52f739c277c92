/** A drift as lines to read. */
import { show } from '../../base/errors.ts'
import { counted } from '../../base/text/counted.ts'
import type { Json } from '../../row/conversation.ts'
import type { Difference } from './differences.ts'
import type { DriftAction, DriftLists, DriftPlace, DriftText } from './drift-lists.ts'
import type { Turn } from './turns.ts'

/** Lines about one turn. */
interface Line {
  readonly turn: number
  readonly text: string
}

/** UTF-16 units of a text that a line shows. */
const MOST_SHOWN = 120

/** What differs, turn by turn, each turn under what the user said. */
export function printed(drift: DriftLists, conversation: string, recorded: readonly Turn[]): string {
  const lines = linesOf(drift)
  const size = sizeOf(recorded)
  if (lines.length === 0) return `The replay of ${conversation} is as recorded: ${size}.`
  const turns = recorded.flatMap(({ number, said }) => {
    const own = lines.filter(({ turn }) => turn === number)
    return own.length === 0
      ? []
      : ['', `Turn ${number}, after the user said ${quoted(said)}:`, ...own.map(({ text }) => text)]
  })
  const many = counted(lines.length, 'difference')
  return [`The replay of ${conversation} has ${many} from the recording (${size}):`, ...turns].join('\n')
}

function linesOf({ more, less, otherArguments, otherOrder, texts }: DriftLists): Line[] {
  return [
    ...less.map((action) => line(action.turn, `- ${callOf(action)} was recorded, but not called now`)),
    ...more.map((action) => line(action.turn, `+ ${callOf(action)} was called, but is not in the recording`)),
    ...otherArguments.map(({ turn, name, differences }) => {
      const places = differences.slice(0, MOST_PLACES).map(placeLine)
      const left = differences.length - places.length
      const more = left === 0 ? [] : [`    and in ${counted(left, 'more place')}`]
      return line(turn, [`~ ${name} was called with other arguments`, ...places, ...more].join('\n'))
    }),
    ...otherOrder.map(({ name, input, recorded, replayed }) => {
      const [there, here] = [recorded, replayed].map(recorded.turn === replayed.turn ? afterOf : turnOf)
      return line(replayed.turn, `> ${callOf({ name, input })} was called ${here}; in the recording, ${there}`)
    }),
    ...texts.map((text) => line(text.turn, textLines(text))),
  ]
}

/** Places where arguments differ that are listed. */
const MOST_PLACES = 8

function placeLine({ path, recorded, replayed }: Difference): string {
  return `    ${path === '' ? 'all of it' : path}: ${given(recorded)} recorded, ${given(replayed)} now`
}

function line(turn: number, text: string): Line {
  return { turn, text: text.replace(/^/gm, '  ') }
}

function callOf({ name, input }: Omit<DriftAction, 'turn'>): string {
  return `${name}(${input === null ? '' : show(input)})`
}

function given(value: Json | undefined): string {
  return value === undefined ? 'nothing' : show(value)
}

function afterOf({ after }: DriftPlace): string {
  return after === null ? 'before all others' : `after ${after}`
}

function turnOf({ turn }: DriftPlace): string {
  return `in turn ${turn}`
}

function textLines({ recorded, replayed }: DriftText): string {
  if (recorded === null) return `+ a text that is not in the recording: ${quoted(replayed!)}`
  if (replayed === null) return `- a recorded text that was not said now: ${quoted(recorded)}`
  const from = commonStart(recorded, replayed)
  return `~ another text\n    recorded ${quoted(recorded, from)}\n    now      ${quoted(replayed, from)}`
}

/** A text in quotes, on one line: of a long one the part around a place. */
function quoted(text: string, place = 0): string {
  if (text.length <= MOST_SHOWN) return JSON.stringify(text)
  const from = Math.max(0, Math.min(place - MOST_SHOWN / 3, text.length - MOST_SHOWN))
  const part = text.slice(from, from + MOST_SHOWN)
  return JSON.stringify(`${from > 0 ? '…' : ''}${part}${from + MOST_SHOWN < text.length ? '…' : ''}`)
}

function commonStart(a: string, b: string): number {
  let at = 0
  while (at < a.length && a[at] === b[at]) at++
  return at
}

/** `2 turns, 3 tool calls, 2 texts`. */
function sizeOf(turns: readonly Turn[]): string {
  const sum = (key: 'actions' | 'texts') => turns.reduce((all, turn) => all + turn[key].length, 0)
  return [counted(turns.length, 'turn'), counted(sum('actions'), 'tool call'), counted(sum('texts'), 'text')].join(', ')
}
