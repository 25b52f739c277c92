/** What each indexed field holds: the terms of a row. One entry a field; a new field of terms is a line here. */
import type { MetadataPath, TextField } from '../../query/spec.ts'
import type { Row } from '../segments/documents.ts'
import { PRESENT } from './dictionary.ts'
import type { Extract } from './inverted.ts'

/** A field with one text or null. Null is a term like others, so that `isnull` is answered by the index too. */
function single(field: Exclude<TextField, 'action_name'>): Extract {
  return (row, emit) => emit(row[field] ?? null)
}

/** The fields of terms that every store has. */
export const TERM_FIELDS = {
  conversation_id: single('conversation_id'),
  customer_id: single('customer_id'),
  name: single('name'),
  device: single('device'),
  language: single('language'),
  customer_ip_address: single('customer_ip_address'),
  environment: single('environment'),
  action_name: (row, emit) => {
    let hasAction = false
    for (const { action_name } of row.messages ?? []) {
      if (typeof action_name !== 'string' || action_name === '') continue
      emit(action_name)
      hasAction = true
    }
    if (!hasAction) emit(null)
  },
  has: (row, emit) => {
    if (row.messages?.length) emit('messages')
    if (row.feedbacks?.length) emit('feedback')
  },
  feedback: (row, emit) => {
    for (const { sentiment, source = 'customer' } of row.feedbacks ?? []) {
      emit(feedbackTerm(sentiment))
      // An absent source reads as `customer`; a null is one and equals none.
      if (source === null) continue
      emit(feedbackTerm('', source))
      emit(feedbackTerm(sentiment, source))
    }
  },
} satisfies Record<string, Extract>

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
