/** What each indexed field holds: the terms of a row. Those of a field with one value a row come from `row/fields.ts`. */

import type { MetadataPath, Scalar } from '../../query/spec.ts'
import { type Feedback, type Message, open } from '../../row/conversation.ts'
import { type Field, type FieldsWith, STORED_FIELDS } from '../../row/fields.ts'
import { countOf, eachValue } from '../../row/grown.ts'
import { hasFailed, runsOf } from '../../row/runs.ts'
import type { Type } from '../../row/types.ts'
import type { Row } from '../segments/documents.ts'
import { PRESENT, type TermValue } from './dictionary.ts'
import type { Extract } from './inverted.ts'

/** A field with one term a row. Marks are bits of a segment, which are flipped in place. */
type SingleField = Exclude<FieldsWith<{ type: Type; asked: 'string' | 'flag' }>, 'is_marked'>

/** A field with as many terms a row as there are messages, runs of actions or feedbacks. */
type ManyField = 'action_name' | 'message_sender' | 'action_failed' | 'failed_action' | 'has' | 'feedback'

/** The value of a field is its term. Null is an ordinary term, so that the index answers `isnull` too. */
function single(field: string, { aliases }: Field): Extract {
  if (aliases === undefined) return (row, emit) => emit((open(row)[field] ?? null) as TermValue)
  return (row, emit) => {
    const value = (open(row)[field] ?? null) as TermValue
    emit(aliases.get(value) ?? value)
  }
}

const SINGLE = Object.fromEntries(
  STORED_FIELDS.filter(([name, { asked }]) => asked === 'string' || (asked === 'flag' && name !== 'is_marked')).map(
    ([name, field]) => [name, single(name, field)],
  ),
) as Readonly<Record<SingleField, Extract>>

/** The fields of terms that every store has. */
export const TERM_FIELDS: Readonly<Record<SingleField | ManyField, Extract>> = {
  ...SINGLE,
  message_sender: (row, emit) => eachOnce(row, senderOf, emit),
  action_failed: (row, emit) => eachOnce(row, failuresOf, emit),
  failed_action: (row, emit) =>
    eachOnce(row, failedOf, (name) => {
      if (name !== UNNAMED) emit(name)
    }),
  action_name: (row, emit) => {
    let hasAction = false
    eachValue(row, 'messages', actionOf, (name: string) => {
      emit(name)
      hasAction = true
    })
    if (!hasAction) emit(null)
  },
  has: (row, emit) => {
    if (countOf(row, 'messages') > 0) emit('messages')
    if (countOf(row, 'feedbacks') > 0) emit('feedback')
  },
  feedback: (row, emit) => eachValue(row, 'feedbacks', feedbackTerms, emit),
}

/** Emits each of a few values that messages have once, null where there is none: to look one up for each message is dear. */
function eachOnce<Value extends Scalar>(
  row: Row,
  read: (message: Message, emit: (value: Value) => void) => void,
  emit: (value: Scalar) => void,
): void {
  const seen: Value[] = []
  eachValue(row, 'messages', read, (value: Value) => {
    if (!seen.includes(value)) seen.push(value)
  })
  if (seen.length === 0) emit(null)
  else for (const value of seen) emit(value)
}

function senderOf({ sender }: Message, emit: (sender: string) => void): void {
  emit(sender)
}

function failuresOf(message: Message, emit: (failed: boolean) => void): void {
  for (const run of runsOf(message)) emit(hasFailed(run))
}

/** Stands for an action without a name: a row with a failed run of one is neither null nor anything else. */
const UNNAMED = ''

function failedOf(message: Message, emit: (name: string) => void): void {
  if (runsOf(message).some(hasFailed)) emit(message.action_name ?? UNNAMED)
}

function actionOf({ action_name }: Message, emit: (name: string) => void): void {
  if (typeof action_name === 'string' && action_name !== '') emit(action_name)
}

function feedbackTerms({ sentiment, source = 'customer' }: Feedback, emit: (term: string) => void): void {
  emit(feedbackTerm(sentiment))
  // An absent source reads as `customer`; null equals neither.
  if (source === null) return
  emit(feedbackTerm('', source))
  emit(feedbackTerm(sentiment, source))
}

/** A value of a field of few values, and which rows have it: those of some bits of a segment, or of a term of a field. */
export type ValueTerm = readonly [
  value: Scalar,
  by: 'marked' | 'unmarked' | 'action_name' | 'has' | 'feedback',
  term?: string | null,
]

/** The fields of few values, which have no terms of their own: the value of rows that have none of the others, then the others. */
export const FIELDS_OF_FEW_VALUES: { readonly [field: string]: readonly [rest: Scalar, ...ValueTerm[]] } = {
  is_marked: [null, [true, 'marked'], [false, 'unmarked']],
  has_messages: [false, [true, 'has', 'messages']],
  has_feedback: [false, [true, 'has', 'feedback']],
  has_action: [true, [false, 'action_name', null]],
  feedback_sentiment: [
    null,
    ...['positive', 'neutral', 'negative'].map((value): ValueTerm => [value, 'feedback', feedbackTerm(value)]),
  ],
  feedback_source: [
    null,
    ...['customer', 'platform'].map((value): ValueTerm => [value, 'feedback', feedbackTerm('', value)]),
  ],
}

/** The term of feedbacks with this sentiment, this source, or both. */
export function feedbackTerm(sentiment = '', source = ''): string {
  return `${sentiment}/${source}`
}

/** The terms at a metadata path: the scalar there, and `PRESENT` where there is anything. */
export function scalarsAt(path: MetadataPath): Extract {
  return (row, emit) => {
    const value = valueAt(row, path)
    if (value === undefined) return
    emit(PRESENT)
    if (typeof value !== 'object' || value === null) emit(value as string | number | boolean | null)
  }
}

/** The scalars in the list at a metadata path. */
export function itemsAt(path: MetadataPath): Extract {
  return (row, emit) => {
    const value = valueAt(row, path)
    if (!Array.isArray(value)) return
    for (const item of value) if (typeof item !== 'object' || item === null) emit(item)
  }
}

const INDEX = /^[0-9]+$/

/** What stands at a path of a row's metadata, `undefined` where nothing does. Reads own properties alone. O(steps). */
export function valueAt(row: Row, path: MetadataPath): unknown {
  let value: unknown = row.metadata
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined
    if (Array.isArray(value)) value = INDEX.test(step) ? value[Number(step)] : undefined
    else value = Object.hasOwn(value, step) ? (value as Record<string, unknown>)[step] : undefined
  }
  return value
}
