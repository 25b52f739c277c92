/**
 * THE table of filters. Everything else about filters follows from it: the methods of the builder with their
 * types and checks, reading and writing of URLs, the options of the command line and the table of docs/filters.md.
 *
 * Null never equals and never contains anything. Both ends of a time range are inside. `ignoring case` is Unicode
 * simple case folding. A filter asked twice must hold twice.
 *
 * To add a filter: one row of `FILTERS` here (its comment is what editors show for the builder's method), its line in
 * `wire/filters.docs.ts` and its match case. A condition that the engine does not know yet is a new row of its own tables.
 */
import { FIELDS, type Field, type FieldsWith } from '../row/fields.ts'
import { cursor, order, page, pageSize } from './paging.ts'
import { actionMatch, feedback, messageMatch, messageOptions } from './parts.ts'
import type { FieldCondition, QuerySpec } from './spec.ts'
import {
  boolean,
  comparable,
  environment,
  feedbackSource,
  instant,
  listOf,
  number,
  scalar,
  seconds,
  sender,
  sentiment,
  text,
  typedText,
  type ValueType,
} from './values.ts'

/** One way to ask for a condition. */
export interface Filter {
  /** The wire parameter. Without one the condition travels in `where`. */
  readonly parameter?: string
  /** Another name for it in a URL. */
  readonly alias?: string
  readonly field: FieldCondition['field']
  readonly lookup: string
  readonly value: ValueType
  /** Whether the builder's method takes several values, any of which may be met. */
  readonly takesSeveral?: true
  /** What the builder's method asks for when it is given an object. */
  readonly object?: Filter
  /** The second argument of the builder's method: more parts of the `object`, in which its value is `contains`. */
  readonly options?: ValueType
}

/** A filter whose parameter is the name of its field, equal to a value. */
const is = <const Name extends Filter['field'], Type extends ValueType>(parameter: Name, value: Type) =>
  ({ parameter, field: parameter, lookup: 'exact', value }) as const

/** The same, where a list of values asks for any of them. */
const isAnyOf = <const Name extends Filter['field'], Type extends ValueType>(parameter: Name, value: Type) =>
  ({ ...is(parameter, value), takesSeveral: true }) as const

const containing = { field: 'message', lookup: 'icontains', value: typedText } as const
const message = { field: 'message', lookup: 'matches', value: messageMatch } as const
const action = { field: 'action', lookup: 'matches', value: actionMatch } as const

/** The filters with a method of the builder: its name, and the condition that it adds. */
export const FILTERS = {
  /** The caller's own id of a conversation, equal to a value, or to any of several. `.conversationId('order-17')` */
  conversationId: isAnyOf('conversation_id', text),
  /** The customer's id, equal to a value, or to any of several. `.customerId('c-1', 'c-2')` */
  customerId: isAnyOf('customer_id', text),
  /** The name contains this string, ignoring case. `''` asks for nothing. `.name('refund')` */
  name: { parameter: 'name', field: 'name', lookup: 'icontains', value: typedText },
  /** The device, equal to a value, or to any of several. `.device('mobile', 'tablet')` */
  device: isAnyOf('device', text),
  /** The language, equal to a value, or to any of several. `.language('de')` */
  language: isAnyOf('language', text),
  /** The environment, equal to a value, or to any of several; `prod` and `dev` are short. `.environment('prod')` */
  environment: { ...isAnyOf('environment', environment), alias: 'env' },
  /** The customer's IP address is equal. `.customerIpAddress('203.0.113.7')` */
  customerIpAddress: is('customer_ip_address', text),
  /** Marked, or with `false` not marked. `.marked()` */
  marked: is('is_marked', boolean),
  /** Used, as an absent `is_used` reads, or with `false` not used. `.used(false)` */
  used: is('is_used', boolean),
  /**
   * Started at this time or later: ISO 8601 (without an offset UTC), a `Date` or milliseconds.
   * `.startedAfter('2024-01-15')`
   */
  startedAfter: { parameter: 'started_at_after', field: 'started_at', lookup: 'gte', value: instant },
  /** Started at this time or earlier: ISO 8601 (a date alone is its midnight, UTC), a `Date` or milliseconds. */
  startedBefore: { parameter: 'started_at_before', field: 'started_at', lookup: 'lte', value: instant },
  /** Has any message, or with `false` none. */
  hasMessages: is('has_messages', boolean),
  /**
   * Some one message contains this string, ignoring case, and is from the sender if one is named. A string that is `''`
   * or `undefined` asks for nothing, and leaves the sender. `.messageContains('money back', { sender: 'end_user' })`
   */
  messageContains: { parameter: 'message_contains', ...containing, object: message, options: messageOptions },
  /**
   * Some one message has all that is named: its `sender`, a string that it `contains` (of several, each), ignoring case,
   * and `hasAttachments`. Called again, another message may meet it. Throws `INVALID_VALUE` for an unknown or empty part.
   * `.message({ sender: 'end_user', contains: ['refund', 'now'] })`
   */
  message,
  /** Some action's name contains this string, ignoring case: `lookup` finds `lookup_order`. `''` asks for nothing. */
  actionContains: { parameter: 'action_name', field: 'action_name', lookup: 'icontains', value: typedText },
  /**
   * Some action's name is equal to a value, or to any of several: `.action('lookup_order')`. Given an object, some one run
   * of an action has all that is named: its `name`, a string in its `input`, `output` or `error`, ignoring case, whether it
   * `failed`, and the milliseconds that it took, exclusive. `.action({ name: 'lookup_order', longerThan: 500 })`
   */
  action: { ...isAnyOf('action_name', text), parameter: 'action_name__exact', object: action },
  /** Has any action, or with `false` none. */
  hasAction: is('has_action', boolean),
  /** Has any feedback, or with `false` none. */
  hasFeedback: is('has_feedback', boolean),
  /** Some feedback has this sentiment; with `feedbackSource` beside it, one and the same feedback has both. */
  feedbackSentiment: is('feedback_sentiment', sentiment),
  /** Some feedback has this source; with `feedbackSentiment` beside it, one and the same feedback has both. */
  feedbackSource: is('feedback_source', feedbackSource),
  /** One feedback has all that is named. `.feedback({ sentiment: 'negative', source: 'customer' })` */
  feedback: { field: 'feedback', lookup: 'exact', value: feedback },
  /**
   * Every term is contained, ignoring case, in the name, the conversation id, the customer id or some message. Terms
   * are separated by white space and commas; a phrase stands in double quotes. `''` asks for nothing. `.search('refund "my
   * order"')`
   */
  search: { parameter: 'search', field: 'search', lookup: 'icontains', value: typedText },
} as const satisfies Record<string, Filter>

/** Filters without a method of their own, which `.message` and `.action` ask for. */
const PARTS = {
  messageSender: is('message_sender', sender),
  action,
  actionFailed: { field: 'action_failed', lookup: 'exact', value: boolean },
} as const satisfies Record<string, Filter>

/** The lookups of what is compared as a number. */
const lookupsOf = <Type extends ValueType<number>>(type: Type) =>
  ({ exact: type, in: listOf<number, number>(type), gt: type, gte: type, lt: type, lte: type }) as const

/** The lookups of a field, by how it is asked; flags have filters of their own alone. */
const LOOKUPS = {
  string: {
    exact: text,
    iexact: text,
    contains: text,
    icontains: text,
    startswith: text,
    istartswith: text,
    in: listOf(text),
    isnull: boolean,
  },
  instant: { gt: instant, gte: instant, lt: instant, lte: instant, isnull: boolean },
  id: lookupsOf(number),
  count: lookupsOf(number),
  duration: { ...lookupsOf(seconds), isnull: boolean },
  metadata: {
    exact: scalar,
    in: listOf(scalar),
    contains: scalar,
    gt: comparable,
    gte: comparable,
    lt: comparable,
    lte: comparable,
    exists: boolean,
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, ValueType>>>>

/** A field with lookups. */
type ComparedField = FieldsWith<{ asked: keyof typeof LOOKUPS }>

/**
 * The lookups of each field: every pair is a `.where(field, lookup, value)` and, `metadata` apart, the wire parameter
 * FIELD`__`LOOKUP.
 */
export const COMPARISONS = Object.fromEntries(
  Object.entries<Field>(FIELDS).flatMap(([name, { asked }]) =>
    asked === undefined || asked === 'flag' ? [] : [[name, LOOKUPS[asked]]],
  ),
) as { readonly [Name in ComparedField]: (typeof LOOKUPS)[(typeof FIELDS)[Name]['asked']] }

/** What a query says besides its conditions. */
export interface Setting {
  /** Where a spec has it. */
  readonly key: Exclude<keyof QuerySpec, 'where'>
  readonly value: ValueType
  /** Whether the wire says the opposite of the spec. */
  readonly isOpposite?: true
}

/** The wire parameters that are not conditions. */
export const SETTINGS = {
  include_deleted: { key: 'includeDeleted', value: boolean },
  ordering: { key: 'orderBy', value: order },
  page: { key: 'page', value: page },
  cursor: { key: 'after', value: cursor },
  page_size: { key: 'pageSize', value: pageSize },
  full: { key: 'lean', value: boolean, isOpposite: true },
} as const satisfies Record<string, Setting>

/** The wire parameters that are more, or less, than one condition. Only `where` is not the hosted API's. */
const COMPOUND_PARAMETERS = ['metadata', 'metadata_key', 'metadata_value', 'where'] as const

/** Every filter with a parameter or a method of its own. */
export type NamedFilter = (typeof FILTERS)[keyof typeof FILTERS] | (typeof PARTS)[keyof typeof PARTS]

/** The wire parameters, FIELD`__`LOOKUP apart. */
export type FilterName =
  | Extract<NamedFilter, { readonly parameter: string }>['parameter']
  | Extract<NamedFilter, { readonly alias: string }>['alias']
  | keyof typeof SETTINGS
  | (typeof COMPOUND_PARAMETERS)[number]

/** Every way to ask for one condition, those with a name of their own first. */
const ALL: readonly Filter[] = [
  ...Object.values<Filter>(FILTERS),
  ...Object.values<Filter>(PARTS),
  ...Object.entries(COMPARISONS).flatMap(([name, lookups]) =>
    Object.entries<ValueType>(lookups).map(([lookup, value]): Filter => {
      const field = name as ComparedField
      return field === 'metadata'
        ? { field, lookup, value }
        : { parameter: pairOf(field, lookup), field, lookup, value }
    }),
  ),
]

/** The filter of every wire parameter that is one condition. */
export const PARAMETERS: ReadonlyMap<string, Filter> = new Map(
  ALL.flatMap((filter) => [filter.parameter, filter.alias].map((name) => [name, filter] as const))
    // A name of its own comes first in the list, and the last entry counts.
    .reverse()
    .filter((entry): entry is [string, Filter] => entry[0] !== undefined),
)

/**
 * The filters that ask for each field with each lookup, by the name of the pair; the last one has no other spellings.
 */
export const CONDITIONS: ReadonlyMap<string, readonly Filter[]> = ALL.reduce((found, filter) => {
  const pair = pairOf(filter.field, filter.lookup)
  return found.set(pair, [...(found.get(pair) ?? []), filter])
}, new Map<string, readonly Filter[]>())

/** The names of all wire parameters. */
export const PARAMETER_NAMES: readonly string[] = [
  ...PARAMETERS.keys(),
  ...Object.keys(SETTINGS),
  ...COMPOUND_PARAMETERS,
]

/** The name of a field with a lookup. */
export function pairOf(field: string, lookup: string): string {
  return `${field}__${lookup}`
}
