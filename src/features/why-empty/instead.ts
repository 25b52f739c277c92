/** What a row has in place of what a condition asks for. */
import { show } from '../../base/errors.ts'
import { counted } from '../../base/text/counted.ts'
import { fold } from '../../base/text/fold.ts'
import type { Row } from '../../engine/segments/documents.ts'
import { valueAt } from '../../engine/terms/fields.ts'
import type { Condition, FieldCondition, MetadataCondition } from '../../query/spec.ts'
import { open } from '../../row/conversation.ts'
import { isNumberField, ROW_NUMBERS } from '../../row/numbers.ts'
import { longestPiece } from './longest-piece.ts'
import { pathText } from './words.ts'

/** Says what a row has for which a condition does not hold. O(units of the row). */
export function insteadOf(condition: Condition, row: Row): string {
  if ('or' in condition) return 'none of its branches holds'
  if ('not' in condition) return 'what it excludes holds'
  const { field } = condition
  const say = SAYS[field] ?? (isNumberField(field) ? numberOf(field) : undefined)
  if (say !== undefined) return say(row, condition)
  return `its ${field} is ${show(open(row)[field] ?? null)}`
}

type Say = (row: Row, condition: FieldCondition) => string

function numberOf(field: keyof typeof ROW_NUMBERS): Say {
  return (row) => `its ${field} is ${show(ROW_NUMBERS[field](row))}`
}

function actions({ messages }: Row): string {
  const names = new Set((messages ?? []).flatMap(({ action_name }) => action_name || []))
  return names.size === 0 ? 'it has no action' : `its actions are ${[...names].map(show).join(', ')}`
}

function feedbacks({ feedbacks }: Row): string {
  const list = (feedbacks ?? []).map(({ sentiment, source }) => `${sentiment} by ${source ?? 'customer'}`)
  return list.length === 0 ? 'it has no feedback' : `its feedbacks are ${list.join(', ')}`
}

function metadata(row: Row, condition: FieldCondition): string {
  const { path } = condition as MetadataCondition
  const value = valueAt(row, path)
  const place = `its metadata.${pathText(path)}`
  return value === undefined ? `${place} is missing` : `${place} is ${show(value)}`
}

/** So many units are shown around the piece that a message has in common with what is looked for. */
const AROUND = 30

function messages(row: Row, { value }: FieldCondition): string {
  const contents = (row.messages ?? []).map(({ content }) => content)
  if (contents.length === 0) return 'it has no messages'
  const none =
    contents.length === 1 ? 'its message does not' : `none of its ${counted(contents.length, 'message')} does`
  const wanted = typeof value === 'string' ? value : (value as { contains?: readonly string[] }).contains?.[0]
  const near = wanted === undefined ? undefined : nearestContent(contents, wanted)
  return near === undefined ? none : `${none}; the nearest says ${show(near)}`
}

/** The stretch of the content that has the longest piece of a string, ignoring case, if that is a good part of it. */
function nearestContent(contents: readonly string[], wanted: string): string | undefined {
  const folded = fold(wanted)
  let piece = ''
  let near: string | undefined
  for (const content of contents) {
    const found = longestPiece(fold(content), folded, piece.length)
    if (found === '') continue
    piece = found
    near = content
  }
  if (near === undefined || piece.length < Math.min(3, wanted.length)) return undefined
  const at = Math.max(0, fold(near).indexOf(piece) - AROUND)
  const end = at + piece.length + 2 * AROUND
  return `${at > 0 ? '...' : ''}${near.slice(at, end)}${end < near.length ? '...' : ''}`
}

/** The fields that are more than a value of the row. */
const SAYS: { readonly [field: string]: Say } = {
  metadata,
  action: actions,
  action_name: actions,
  action_failed: (_, { value }) => (value === true ? 'no run of it failed' : 'all runs of it failed, or it has none'),
  message: messages,
  message_sender: (row, { value }) =>
    (row.messages ?? []).length === 0 ? 'it has no messages' : `no message of it is from ${value}`,
  search: () => 'not all of it is in its name, ids and messages',
  has_messages: numberOf('message_count'),
  has_action: numberOf('action_count'),
  has_feedback: numberOf('feedback_count'),
  feedback: feedbacks,
  feedback_sentiment: feedbacks,
  feedback_source: feedbacks,
}
