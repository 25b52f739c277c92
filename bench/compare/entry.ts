/** What hand-written peers and those without an understanding of conversations are given of a row. */
import { fold } from '../../src/base/text/fold.ts'
import { parseInstant } from '../../src/base/text/instant.ts'
import { type Row, valueAt } from './ask.ts'

/** Microseconds since 1970. */
export function microseconds(instant: string): number {
  const { ms, us } = parseInstant(instant)!
  return ms * 1_000 + us
}

/** The texts of a row, folded, in one: no text that is looked for has a newline. */
export function foldedText({ messages }: Pick<Row, 'messages'>): string {
  return messages.map(({ content }) => fold(content)).join('\n')
}

/** What the user said, folded, in one. */
export function saidByUser({ messages }: Pick<Row, 'messages'>): string {
  return foldedText({ messages: messages.filter(({ sender }) => sender === 'end_user') })
}

/** One run of an action, with what it was given, folded. */
export interface Run {
  readonly name: string
  readonly hasFailed: boolean
  readonly input: string
}

/** The runs of a row's actions. */
export function runsOf({ messages }: Pick<Row, 'messages'>): Run[] {
  return messages.flatMap(({ action_name, action_logs }) =>
    (action_logs ?? []).map(({ tools_used, error_message }) => ({
      name: action_name ?? '',
      hasFailed: typeof error_message === 'string' && error_message !== '',
      input: tools_used == null ? '' : fold(typeof tools_used === 'string' ? tools_used : JSON.stringify(tools_used)),
    })),
  )
}

/** Microseconds from start to end, or `NO_END`. */
export function durationOf({ started_at, ended_at }: Pick<Row, 'started_at' | 'ended_at'>): number {
  return ended_at === null ? NO_END : microseconds(ended_at) - microseconds(started_at)
}

const DAY = 86_400_000_000

/** The milliseconds of the midnight before so many microseconds. */
export function dayOf(started: number): number {
  return Math.floor(started / DAY) * (DAY / 1_000)
}

/** The number at a path, if there is one. */
export function numberAt(row: Pick<Row, 'metadata'>, path: readonly string[]): number | null {
  const value = valueAt(row, path)
  return typeof value === 'number' ? value : null
}

/** The names of a row's actions, each once. */
export function actionsOf({ messages }: Pick<Row, 'messages'>): string[] {
  const names = new Set<string>()
  for (const { action_name } of messages) if (action_name) names.add(action_name)
  return [...names]
}

/** The feedbacks of a row as `sentiment/source`, each once. */
export function feedbackOf({ feedbacks }: Pick<Row, 'feedbacks'>): string[] {
  return [...new Set(feedbacks.map(({ sentiment, source }) => `${sentiment}/${source ?? 'customer'}`))]
}

/** Above every time, so that no end is the latest one, as the order wants it. */
export const NO_END = 8.64e15

/** Above every text in ASCII. */
export const NO_CUSTOMER = '\u{10ffff}'

/** A row flattened for peers that know fields alone. */
export interface Entry {
  readonly id: number
  readonly row: Row
  readonly customer_id: string | null
  readonly device: string | null
  readonly language: string | null
  readonly environment: string | null
  readonly is_marked: boolean
  readonly is_deleted: boolean
  readonly has_feedback: boolean
  /** Microseconds since 1970. */
  readonly started: number
  /** `NO_END` when there is none. */
  readonly ended: number
  readonly feedback: readonly string[]
  readonly actions: readonly string[]
}

/** A row as an entry. */
export function entryOf(row: Row): Entry {
  return {
    id: row.id,
    row,
    customer_id: row.customer_id,
    device: row.device,
    language: row.language,
    environment: row.environment,
    is_marked: row.is_marked,
    is_deleted: row.is_deleted,
    has_feedback: row.feedbacks.length > 0,
    started: microseconds(row.started_at),
    ended: row.ended_at === null ? NO_END : microseconds(row.ended_at),
    feedback: feedbackOf(row),
    actions: actionsOf(row),
  }
}

/** A row with another message. */
export function withMessage(row: Row, content: string): Row {
  return { ...row, messages: [...row.messages, { sender: 'end_user', content }] }
}

/** Newest first. */
export function newestFirst(a: { readonly started: number; readonly id: number }, b: typeof a): number {
  return b.started - a.started || b.id - a.id
}
