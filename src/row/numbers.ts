/** The numbers of a row: counted or measured when they are asked for, and never stored. */
import { parseInstant } from '../base/text/instant.ts'
import type { Conversation } from './conversation.ts'
import type { FieldsWith } from './fields.ts'
import { countOf } from './grown.ts'
import { runsOf } from './runs.ts'

/** A number that every row has, or (`duration`) may have. */
export type NumberField = FieldsWith<{ asked: 'count' | 'duration' }>

type Row = Conversation<unknown>

/** Each number of a row, null where it has none. O(messages) where what they have is counted. */
export const ROW_NUMBERS: Readonly<Record<NumberField, (row: Row) => number | null>> = {
  message_count: (row) => countOf(row, 'messages'),
  action_count: (row) => sumOf(row, (message) => runsOf(message).length),
  feedback_count: (row) => countOf(row, 'feedbacks'),
  attachment_count: (row) => sumOf(row, ({ attachments }) => attachments?.length ?? 0),
  duration: ({ started_at, ended_at }) => {
    const end = parseInstant(ended_at ?? '')
    if (end === undefined) return null
    const start = parseInstant(started_at)!
    const ms = end.ms - start.ms
    const us = end.us - start.us
    const micros = ms * 1000 + us
    // The nearest double. Beyond 285 years a double cannot hold the microseconds, but their decimal string is read exactly.
    return Number.isSafeInteger(micros) ? micros / 1e6 : Number(`${BigInt(ms) * 1000n + BigInt(us)}e-6`)
  },
}

function sumOf({ messages }: Row, of: (message: Row['messages'][number]) => number): number {
  return (messages ?? []).reduce((sum, message) => sum + of(message), 0)
}

/** Whether a name is that of a number of a row. O(1). */
export function isNumberField(name: string): name is NumberField {
  return Object.hasOwn(ROW_NUMBERS, name)
}
