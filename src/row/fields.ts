/**
 * THE table of fields: what a conversation has, and what can be done with each part of it. Whatever lists fields follows
 * from it: reading rows, the lookups of filters, orders, cursors, indexes, facets, highlights, live queries, CSV.
 *
 * To add a field: one row here, and one filter in `query/filters.ts` if it is asked by a method of its own.
 */
import type { Conversation } from './conversation.ts'
import {
  businessId,
  FEEDBACK,
  flag,
  id,
  instant,
  listOf,
  MESSAGE,
  metadata,
  object,
  required,
  string,
  type Type,
} from './types.ts'

/** One field. */
export interface Field {
  /** The type of its value in a stored row. Absent: it is read from the messages or feedbacks, or made by `numbers.ts`. */
  readonly type?: Type
  /** How an absent flag reads; any other absent key reads as null, an absent list as []. */
  readonly absent?: boolean
  /** Whether `update` may change it. */
  readonly isPatched?: true
  /** Which lookups compare it. Absent: it is not asked by lookups. */
  readonly asked?: 'string' | 'instant' | 'id' | 'flag' | 'metadata' | 'count' | 'duration'
  /** Whether rows can be ordered by it. */
  readonly isOrdered?: true
  /** Whether facets count its values. */
  readonly isFaceted?: true
  /** Whether it is ours alone: the hosted API neither filters nor orders by it. */
  readonly isOwn?: true
  /** Whether `stats` lists its most frequent values. */
  readonly isListed?: true
  /** Whether `search` looks into it, and its place among the fields that are highlighted. */
  readonly searched?: number
  /** Its place among the fields by how few rows share a value, as a rule. */
  readonly selectivity?: number
  /** Stored values that are filtered, counted and ordered as another, and given back as they are. */
  readonly aliases?: ReadonlyMap<unknown, string>
  /** For a list: the key of its length in lean rows and in CSV. */
  readonly count?: 'message_count' | 'feedback_count'
}

/** Keys of a type, except those of an index signature. */
type KnownKeys<T> = keyof { [Key in keyof T as string extends Key ? never : number extends Key ? never : Key]: never }

/** The keys of a stored row, in their order. */
const STORED = {
  id: { type: id, asked: 'id', isOrdered: true, selectivity: 0 },
  conversation_id: { type: required(businessId), asked: 'string', isFaceted: true, searched: 1, selectivity: 1 },
  name: { type: string, isPatched: true, asked: 'string', isFaceted: true, searched: 0, selectivity: 3 },
  customer_id: {
    ...{ type: string, isPatched: true, asked: 'string', isOrdered: true, isFaceted: true, isListed: true },
    ...{ searched: 2, selectivity: 2 },
  },
  customer_ip_address: { type: string, asked: 'string', isFaceted: true, selectivity: 4 },
  device: { type: string, isPatched: true, asked: 'string', isFaceted: true, isListed: true, selectivity: 7 },
  language: {
    ...{ type: string, isPatched: true, asked: 'string', isOrdered: true, isFaceted: true, isListed: true },
    ...{ selectivity: 8 },
  },
  environment: {
    ...{ type: string, asked: 'string', isFaceted: true, isListed: true, selectivity: 9 },
    aliases: new Map([
      ['prod', 'production'],
      ['dev', 'development'],
    ]),
  },
  is_marked: { type: flag, absent: false, isPatched: true, asked: 'flag', isOrdered: true, isFaceted: true },
  is_deleted: { type: flag, absent: false },
  is_used: { type: flag, absent: true, asked: 'flag', isOrdered: true, isFaceted: true, isOwn: true },
  started_at: { type: required(instant), asked: 'instant', isOrdered: true },
  ended_at: { type: instant, asked: 'instant', isOrdered: true },
  deleted_at: { type: instant },
  metadata: { type: metadata, isPatched: true, asked: 'metadata', selectivity: 5 },
  geo_location: { type: object },
  messages: { type: listOf(MESSAGE), count: 'message_count' },
  feedbacks: { type: listOf(FEEDBACK), count: 'feedback_count' },
} as const satisfies { readonly [Key in KnownKeys<Conversation>]: Field & { readonly type: Type } }

/** A number that every row has. */
const COUNT = { asked: 'count', isOrdered: true, isFaceted: true, isOwn: true } as const

/** Every field by its name. */
export const FIELDS = {
  ...STORED,
  action_name: { asked: 'string', isFaceted: true, isListed: true, selectivity: 6 },
  has_messages: { asked: 'flag', isFaceted: true },
  has_action: { asked: 'flag', isFaceted: true },
  has_feedback: { asked: 'flag', isFaceted: true },
  message_sender: { isFaceted: true, isOwn: true },
  action_failed: { isFaceted: true, isOwn: true },
  failed_action: { isFaceted: true, isOwn: true },
  feedback_sentiment: { isFaceted: true, isListed: true },
  feedback_source: { isFaceted: true },
  message_count: COUNT,
  action_count: COUNT,
  feedback_count: COUNT,
  attachment_count: COUNT,
  duration: { ...COUNT, asked: 'duration' },
} as const satisfies Readonly<Record<string, Field>>

/** The names of the fields with these columns. */
export type FieldsWith<Columns> = {
  [Name in keyof typeof FIELDS]: (typeof FIELDS)[Name] extends Columns ? Name : never
}[keyof typeof FIELDS]

const ALL = Object.entries<Field>(FIELDS)

/** The names of the fields with these columns, in the order of the table. O(fields). */
export function fieldsWith<const Columns extends Field>(columns: Columns): readonly FieldsWith<Columns>[] {
  const wanted = Object.entries(columns) as [keyof Field, unknown][]
  const found = ALL.filter(([, field]) => wanted.every(([column, value]) => field[column] === value))
  return found.map(([name]) => name as FieldsWith<Columns>)
}

/** The names of the fields that have a number in this column, ascending by it. O(fields × log fields). */
export function fieldsBy<Column extends 'searched' | 'selectivity'>(
  column: Column,
): readonly FieldsWith<{ readonly [_ in Column]: number }>[] {
  const found = ALL.filter(([, field]) => field[column] !== undefined)
  found.sort(([, a], [, b]) => a[column]! - b[column]!)
  return found.map(([name]) => name as FieldsWith<{ readonly [_ in Column]: number }>)
}

/** The keys of a stored row, with their columns. */
export const STORED_FIELDS = Object.entries<Field & { readonly type: Type }>(STORED)
