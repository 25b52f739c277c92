/** Specs asked through the builder, verb by verb, as a person would write them. */

import type { Query } from '../../src/index.ts'
import type { Condition, FieldCondition, Group, QuerySpec } from '../../src/query/spec.ts'
import type { Conversation, JsonObject, LeanConversation } from '../../src/row/conversation.ts'

/** A query whose rows may be lean. */
export type AnyQuery = Query<JsonObject, Conversation | LeanConversation>

/** The verbs of queries and of branches alike, seen loosely: the types are tested elsewhere. */
interface Verbs {
  readonly [verb: string]: (...values: readonly unknown[]) => Verbs
}

/** The methods for one field and lookup. All others are asked by `where`. */
const METHODS: Readonly<Record<string, string>> = {
  'conversation_id exact': 'conversationId',
  'conversation_id in': 'conversationId',
  'customer_id exact': 'customerId',
  'customer_id in': 'customerId',
  'name icontains': 'name',
  'device exact': 'device',
  'device in': 'device',
  'language exact': 'language',
  'language in': 'language',
  'customer_ip_address exact': 'customerIpAddress',
  'is_marked exact': 'marked',
  'is_used exact': 'used',
  'started_at gte': 'startedAfter',
  'started_at lte': 'startedBefore',
  'has_messages exact': 'hasMessages',
  'message icontains': 'messageContains',
  'message matches': 'message',
  'action matches': 'action',
  'action_name icontains': 'actionContains',
  'action_name exact': 'action',
  'action_name in': 'action',
  'has_action exact': 'hasAction',
  'has_feedback exact': 'hasFeedback',
  'feedback_sentiment exact': 'feedbackSentiment',
  'feedback_source exact': 'feedbackSource',
  'feedback exact': 'feedback',
  'search icontains': 'search',
}

/** Asks a spec of a store, a full one or the core's, through the verbs of its builder. */
export function built(store: { query(): unknown }, spec: QuerySpec): AnyQuery {
  let query = withGroup(store.query() as unknown as Verbs, spec.where) as unknown as AnyQuery
  if (spec.orderBy !== undefined) query = query.orderBy(spec.orderBy)
  if (spec.pageSize !== undefined) query = query.pageSize(spec.pageSize)
  if (spec.page !== undefined) query = query.page(spec.page)
  if (spec.includeDeleted === true) query = query.includeDeleted()
  return spec.lean === true ? query.lean() : query
}

function withGroup(query: Verbs, group: Group): Verbs {
  return group.reduce(withCondition, query)
}

function withCondition(query: Verbs, condition: Condition): Verbs {
  const branch = (group: Group) => (q: Verbs) => withGroup(q, group)
  if ('or' in condition) return query.or!(...condition.or.map(branch))
  if ('not' in condition) return query.not!(branch(condition.not))
  return withField(query, condition)
}

function withField(query: Verbs, condition: FieldCondition): Verbs {
  const { field, lookup, value } = condition
  if (condition.field === 'metadata') {
    if (lookup === 'exact') return query.metadata!(condition.path, value)
    return query.where!(['metadata', ...condition.path], lookup, value)
  }
  if (field === 'message_sender') return query.message!({ sender: value })
  if (field === 'action_failed') return query.action!({ failed: value })
  const method = METHODS[`${field} ${lookup}`]
  if (method === undefined) return query.where!(field, lookup, value)
  // Two values or more one by one, none as an empty list.
  if (Array.isArray(value) && value.length > 1) return query[method]!(...value)
  return query[method]!(value)
}
