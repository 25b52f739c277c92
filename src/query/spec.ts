/**
 * What is asked, as plain data: the one language that asking and answering share.
 *
 * A spec is frozen, JSON-able and canonical: conditions are sorted and without repeats, instants are written in one
 * way, defaults are left out. Two queries that ask the same are equal as JSON.
 */
import type { FeedbackSource, Sender, Sentiment } from '../row/conversation.ts'
import type { FieldsWith } from '../row/fields.ts'
import type { NumberField } from '../row/numbers.ts'
import type { ActionMatchCondition, FailedCondition, MessageMatchCondition, SenderCondition } from './match.ts'

export type * from './match.ts'
export type { FeedbackSource, NumberField, Sender, Sentiment }

/** A value that a metadata path can hold and be compared with. */
export type Scalar = string | number | boolean | null

/** The fields whose values are strings, compared whole or in part. `action_name` has as many as the row has actions. */
export type TextField = FieldsWith<{ asked: 'string' }>

/** How a string is compared. */
export type TextLookup = 'exact' | 'iexact' | 'contains' | 'icontains' | 'startswith' | 'istartswith' | 'in' | 'isnull'

/** The fields whose values are instants. */
export type InstantField = FieldsWith<{ asked: 'instant' }>

/** How values with an order are compared. */
export type RangeLookup = 'gt' | 'gte' | 'lt' | 'lte'

/** A text field compared with a string. */
export interface TextCondition {
  readonly field: TextField
  readonly lookup: Exclude<TextLookup, 'in' | 'isnull'>
  readonly value: string
}

/** A text field equal to one of several strings (sorted by UTF-16 unit, no repeats). An empty list holds for no row. */
export interface TextInCondition {
  readonly field: TextField
  readonly lookup: 'in'
  readonly value: readonly string[]
}

/** A field without a value (`true`) or with one (`false`). */
export interface IsNullCondition {
  readonly field: TextField | InstantField | 'duration'
  readonly lookup: 'isnull'
  readonly value: boolean
}

/** A time compared with an instant, written `YYYY-MM-DDTHH:MM:SS[.ffffff]Z` (see `formatInstant`). */
export interface InstantCondition {
  readonly field: InstantField
  readonly lookup: RangeLookup
  readonly value: string
}

/** The id compared with a number. */
export interface IdCondition {
  readonly field: 'id'
  readonly lookup: 'exact' | RangeLookup
  readonly value: number
}

/** The id equal to one of several numbers (ascending, no repeats). */
export interface IdInCondition {
  readonly field: 'id'
  readonly lookup: 'in'
  readonly value: readonly number[]
}

/** A number of the row compared with a number: `duration` in seconds. */
export interface NumberCondition {
  readonly field: NumberField
  readonly lookup: 'exact' | RangeLookup
  readonly value: number
}

/** A number of the row equal to one of several (ascending, no repeats). */
export interface NumberInCondition {
  readonly field: NumberField
  readonly lookup: 'in'
  readonly value: readonly number[]
}

/** A yes-or-no property of the row. */
export interface FlagCondition {
  readonly field: FieldsWith<{ asked: 'flag' }>
  readonly lookup: 'exact'
  readonly value: boolean
}

/** Some one message contains the string, ignoring case. */
export interface MessageCondition {
  readonly field: 'message'
  readonly lookup: 'icontains'
  readonly value: string
}

/** Every term of the string is contained in the name, an id or some message, ignoring case. */
export interface SearchCondition {
  readonly field: 'search'
  readonly lookup: 'icontains'
  readonly value: string
}

/** Some feedback has this sentiment; with a source in the same group, one and the same feedback has both. */
export interface SentimentCondition {
  readonly field: 'feedback_sentiment'
  readonly lookup: 'exact'
  readonly value: Sentiment
}

/** Some feedback has this source; with a sentiment in the same group, one and the same feedback has both. */
export interface SourceCondition {
  readonly field: 'feedback_source'
  readonly lookup: 'exact'
  readonly value: FeedbackSource
}

/** One feedback has all that is named. */
export interface FeedbackCondition {
  readonly field: 'feedback'
  readonly lookup: 'exact'
  readonly value: { readonly sentiment?: Sentiment; readonly source?: FeedbackSource }
}

/** The keys from the root of `metadata` to a value; in a list a key of digits is an index. Never empty. */
export type MetadataPath = readonly string[]

/** The value at a metadata path is, or its list contains, this scalar. */
export interface MetadataCondition {
  readonly field: 'metadata'
  readonly path: MetadataPath
  readonly lookup: 'exact' | 'contains'
  readonly value: Scalar
}

/** The value at a metadata path is one of these scalars (sorted by `compareScalars`, no repeats). */
export interface MetadataInCondition {
  readonly field: 'metadata'
  readonly path: MetadataPath
  readonly lookup: 'in'
  readonly value: readonly Scalar[]
}

/** The value at a metadata path is a number beside a number, or a string beside a string (by code point). */
export interface MetadataRangeCondition {
  readonly field: 'metadata'
  readonly path: MetadataPath
  readonly lookup: RangeLookup
  readonly value: string | number
}

/** There is something, a null too, at a metadata path (`true`), or nothing (`false`). */
export interface MetadataExistsCondition {
  readonly field: 'metadata'
  readonly path: MetadataPath
  readonly lookup: 'exists'
  readonly value: boolean
}

/** One comparison of one field. */
export type FieldCondition =
  | TextCondition
  | TextInCondition
  | IsNullCondition
  | InstantCondition
  | IdCondition
  | IdInCondition
  | NumberCondition
  | NumberInCondition
  | FlagCondition
  | MessageCondition
  | MessageMatchCondition
  | SenderCondition
  | ActionMatchCondition
  | FailedCondition
  | SearchCondition
  | SentimentCondition
  | SourceCondition
  | FeedbackCondition
  | MetadataCondition
  | MetadataInCondition
  | MetadataRangeCondition
  | MetadataExistsCondition

/** At least one of the groups holds; a group holds when all its conditions do. Two groups at least, none empty. */
export interface OrCondition {
  readonly or: readonly Group[]
}

/** The group does not hold. Never empty. */
export interface NotCondition {
  readonly not: Group
}

/** What a row must meet. */
export type Condition = FieldCondition | OrCondition | NotCondition

/** Conditions that must all hold, sorted as `groupOf` does, without repeats. */
export type Group = readonly Condition[]

/** The fields that rows can be ordered by. */
export type OrderField = FieldsWith<{ isOrdered: true }>

/** A field to order by, ascending, or descending with a leading `-`. */
export type OrderTerm = OrderField | `-${OrderField}`

/** A value that rows are ordered by. */
export type OrderValue = string | number | boolean | null | { readonly ms: number; readonly us: number }

/** Where a row stands in an order: its value in each field, then its id. */
export type OrderKey = readonly OrderValue[]

/** A whole query. Absent keys have their defaults: newest first, page 1, the store's page size, full rows, no deleted rows. */
export interface QuerySpec {
  readonly where: Group
  /** Absent when it is the default, `['-started_at']`. */
  readonly orderBy?: readonly OrderTerm[]
  /** From 2 (1 is left out), or `last`. */
  readonly page?: number | 'last'
  /** The cursor that the page comes after. Never beside a page. */
  readonly after?: string
  /** As asked, not yet cut to the store's maximum. */
  readonly pageSize?: number
  readonly lean?: true
  readonly includeDeleted?: true
}

/** Where an order's ties go and what an absent `orderBy` means. */
export const DEFAULT_ORDER: readonly OrderTerm[] = Object.freeze<OrderTerm[]>(['-started_at'])

/** The query that asks for everything: no condition, newest first, page 1. */
export const EVERYTHING: QuerySpec = Object.freeze({ where: Object.freeze([]) })
