/** Where in a row the strings stand that a query looks for. */

import { InvalidRowError, show } from '../../base/errors.ts'
import { fold } from '../../base/text/fold.ts'
import { searchTerms } from '../../base/text/search-terms.ts'
import { messageTest, PARTS, partOf, runTest } from '../../engine/one-of.ts'
import type { ActionMatch, Group, QuerySpec } from '../../query/spec.ts'
import type { Json, Message, Sender } from '../../row/conversation.ts'
import { type FieldsWith, fieldsBy } from '../../row/fields.ts'
import { runsOf } from '../../row/runs.ts'
import { cutNear, cutsPair } from './cut.ts'

/** From the first UTF-16 unit of a match to before the one after its last: `text.slice(start, end)` is the match. */
export type HighlightRange = readonly [start: number, end: number]

/** The matches in one string of a row. */
export interface Highlight {
  readonly field: Field | 'action'
  /** The id of the message, of an action's too; null for other fields and for a message without one. */
  readonly message_id: Json
  /** The place of the message among the row's, from 0; null for other fields. */
  readonly index: number | null
  /** Who wrote the message; null for other fields. */
  readonly sender: Sender | null
  /** For an action: the place of the run among those of the message, from 0. */
  readonly run?: number
  /** For an action: in which part of the run the string stands, its `tools_used`, `response` or `error_message`. */
  readonly part?: Part
  /** The matches, ascending, none over another; at least one. */
  readonly ranges: readonly HighlightRange[]
  /** A piece of the text round the first match: of about 100 units, more where the match is longer. */
  readonly snippet: {
    readonly text: string
    /** The matches that are wholly in the piece, by their place in it. */
    readonly ranges: readonly HighlightRange[]
  }
}

/** The fields that are looked into, in the order of the answer. */
const FIELDS = ['message', ...fieldsBy('searched')] as const
type Field = 'message' | FieldsWith<{ searched: number }>

type Part = (typeof PARTS)[number][0]

/** The folded strings that conditions look for: by field, and in those messages and runs alone that pass a test. */
interface Wanted {
  readonly strings: Readonly<Record<Field, Set<string>>>
  readonly messages: { readonly test: ReturnType<typeof messageTest>; readonly strings: readonly string[] }[]
  readonly runs: { readonly test: ReturnType<typeof runTest>; readonly value: ActionMatch }[]
}

const SNIPPET_UNITS = 100
/** So much of a snippet is before the first match. */
const LEAD_UNITS = 30

/**
 * The matches of a query's `messageContains`, `message`, `action`, `name` and terms of `search` in a row, whether or not the
 * row matches; of `message` and `action` in those messages and runs alone that have all that is named.
 * Conditions in `or` count, those that an odd number of `not`s negates do not. O(units of the row x strings).
 */
export function highlightsOf(spec: QuerySpec, row: unknown): Highlight[] {
  return [...found(spec, row)]
}

/** The first of them; nothing after it is looked at. */
export function firstHighlight(spec: QuerySpec, row: unknown): Highlight | undefined {
  for (const first of found(spec, row)) return first
  return undefined
}

/** The matches as they are found. */
function* found(spec: QuerySpec, row: unknown): Generator<Highlight> {
  const strings = Object.fromEntries(FIELDS.map((field) => [field, new Set<string>()])) as Wanted['strings']
  const wanted: Wanted = { strings, messages: [], runs: [] }
  collect(spec.where, true, wanted)
  const { messages, ...fields } = rowOf(row)
  function* look(place: Place, text: unknown, pieces: ReadonlySet<string>): Generator<Highlight> {
    if (typeof text !== 'string' || pieces.size === 0) return
    const ranges = rangesIn(text, pieces)
    if (ranges.length > 0) yield { ...place, ranges, snippet: snippetOf(text, ranges) }
  }
  for (const [index, message] of messages.entries()) {
    const { id = null, sender = null, content } = message
    const place = { message_id: id, index, sender }
    const meant = wanted.messages.filter(({ test }) => test(message)).flatMap((one) => one.strings)
    yield* look({ field: 'message', ...place }, content, new Set([...strings.message, ...meant]))
    if (wanted.runs.length === 0) continue
    for (const [i, run] of runsOf(message).entries()) {
      const values = wanted.runs.filter(({ test }) => test(run, message)).map(({ value }) => value)
      for (const [part, key] of PARTS) {
        const pieces = new Set(values.flatMap((value) => (value[part] === undefined ? [] : fold(value[part]))))
        yield* look({ field: 'action', ...place, run: i, part }, partOf(run, key), pieces)
      }
    }
  }
  const nowhere = { message_id: null, index: null, sender: null }
  for (const field of FIELDS) if (field !== 'message') yield* look({ field, ...nowhere }, fields[field], strings[field])
}

type Place = Omit<Highlight, 'ranges' | 'snippet'>

/** Adds what a group looks for. `isMeant`: it is not turned round by the `not`s around it. */
function collect(group: Group, isMeant: boolean, wanted: Wanted): void {
  for (const condition of group) {
    if ('or' in condition) for (const branch of condition.or) collect(branch, isMeant, wanted)
    else if ('not' in condition) collect(condition.not, !isMeant, wanted)
    else if (!isMeant) continue
    else if (condition.field === 'action') wanted.runs.push({ test: runTest(condition.value), value: condition.value })
    else if (condition.lookup === 'matches')
      wanted.messages.push({ test: messageTest(condition.value), strings: (condition.value.contains ?? []).map(fold) })
    else if (condition.lookup !== 'icontains') continue
    else if (condition.field === 'search') {
      for (const term of searchTerms(condition.value)) for (const field of FIELDS) wanted.strings[field].add(fold(term))
    } else if (condition.field === 'message' || condition.field === 'name')
      wanted.strings[condition.field].add(fold(condition.value))
  }
}

/** The matches of any of some folded strings: the leftmost first, the longest of those, then on from its end. */
function rangesIn(text: string, wanted: ReadonlySet<string>): HighlightRange[] {
  // Folding keeps the length: a place in the folded text is the same place in the text.
  const folded = fold(text)
  const next = Array.from(wanted, (piece) => ({ piece, at: folded.indexOf(piece) }))
  const ranges: HighlightRange[] = []
  for (let from = 0; ; ) {
    let start = -1
    let end = -1
    for (const one of next) {
      if (one.at !== -1 && one.at < from) one.at = folded.indexOf(one.piece, from)
      if (one.at === -1 || (start !== -1 && one.at > start)) continue
      end = one.at === start ? Math.max(end, one.at + one.piece.length) : one.at + one.piece.length
      start = one.at
    }
    if (start === -1) return ranges
    // Half of a surrogate pair may be looked for; what is shown is the whole character.
    if (cutsPair(text, start)) start--
    if (cutsPair(text, end)) end++
    ranges.push([start, end])
    from = end
  }
}

function snippetOf(text: string, ranges: readonly HighlightRange[]): Highlight['snippet'] {
  const [start, end] = ranges[0]!
  const lead = Math.max(0, Math.min(start - LEAD_UNITS, text.length - SNIPPET_UNITS))
  const from = cutNear(text, lead, 1, start)
  const to = cutNear(text, Math.max(end, Math.min(text.length, lead + SNIPPET_UNITS)), -1, end)
  const inside = ranges.filter(([, last]) => last <= to)
  return { text: text.slice(from, to), ranges: inside.map(([a, b]) => [a - from, b - from]) }
}

/** Whether this is a message as far as it is looked into. */
function isMessage(given: Partial<Message> | null): boolean {
  const runs: unknown = given?.action_logs ?? []
  return typeof given?.content === 'string' && Array.isArray(runs) && runs.every((run) => Object(run) === run)
}

/** A row as far as it is looked into. Lean rows have no messages. */
function rowOf(given: unknown): { readonly messages: readonly Message[] } & Readonly<Record<string, unknown>> {
  const { messages, ...fields } = Object(given) as Record<string, unknown>
  // Every row has this key. An envelope has not, and an empty list of highlights would be a wrong answer for it.
  const isRow = typeof fields.conversation_id === 'string'
  const list = messages ?? []
  const areMessages = Array.isArray(list) && list.every(isMessage)
  if (isRow && areMessages) return { ...fields, messages: list }
  const [parameter, value, expected] = isRow
    ? ['messages', messages, 'a list of messages, each with a content']
    : ['row', given, 'a conversation, as a query gives it']
  const message = `${parameter}: expected ${expected}, got ${show(value)}.`
  throw new InvalidRowError([{ parameter, value, code: 'INVALID_ROW', message }])
}
