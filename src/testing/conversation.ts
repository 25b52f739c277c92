/** `toHaveConversation` and `toHaveCount`: what a query finds. */
import { show } from '../base/errors.ts'
import { checkInteger } from '../base/options.ts'
import { counted, grouped } from '../base/text/counted.ts'
import { report } from '../features/why-empty/report.ts'
import { callsOf } from '../features/why-empty/words.ts'
import type { QuerySpec } from '../query/spec.ts'
import { asked, type QueryLike } from '../store/inside.ts'
import { checkAssertion } from './options.ts'
import { print } from './print.ts'
import { resultOf } from './result.ts'
import { type Conversations, conversationsOf, refuseEmpty, together, wrong } from './subject.ts'
import type { AssertionOptions, MatcherResult } from './types.ts'

/** Whether some conversation meets a query, pages aside. */
export function toHaveConversation(subject: unknown, query: unknown, given?: AssertionOptions): MatcherResult {
  const wanted = checkQuery(query)
  const { allowEmpty } = checkAssertion('toHaveConversation', given)
  const conversations = narrowed(conversationsOf('toHaveConversation', subject), wanted)
  refuseEmpty('toHaveConversation', subject, conversations, 'rows', allowEmpty)
  const { executor, spec, one } = conversations
  const found: QuerySpec = { ...spec, where: together(spec.where, wanted.where) }
  const count = executor.count(found)
  const pass = count > 0
  const calls = callsOf(wanted.where)
  return resultOf(conversations, { pass, actual: count, expected: calls }, () => ({
    claim: `${one ? 'meet' : 'have a conversation that meets'} ${calls}.`,
    lines: pass
      ? some(conversations, found, count)
      : [report({ ...spec, where: wanted.where }, executor, spec.where).text],
  }))
}

/** Whether a store has, or a query finds, so many conversations. */
export function toHaveCount(subject: unknown, count: unknown, given?: AssertionOptions): MatcherResult {
  checkInteger('toHaveCount(count)', count, 0)
  const { allowEmpty } = checkAssertion('toHaveCount', given)
  const conversations = conversationsOf('toHaveCount', subject)
  const { words, executor, spec, one } = conversations
  if (one !== undefined) {
    const hint = 'It counts the conversations of a store or query. Calls of a tool: toHaveAction(name, { times }).'
    throw wrong('toHaveCount', subject, `toHaveCount: ${words} is one conversation. ${hint}`)
  }
  // What a query does not find is counted too: the store must have conversations, the query need not.
  refuseEmpty('toHaveCount', subject, { ...conversations, spec: { ...spec, where: [] } }, 'rows', allowEmpty)
  const found = executor.count(spec)
  const pass = found === count
  return resultOf(conversations, { pass, actual: found, expected: count }, () => ({
    claim: `find ${counted(count as number, 'conversation')}, found ${grouped(found)}.`,
    lines: [
      ...(spec.where.length > 0 && found < (count as number) ? [report(spec, executor).text] : []),
      ...some(conversations, spec, found),
    ],
  }))
}

/** What a query asks. Throws for anything else, and for one that any conversation meets. */
function checkQuery(query: unknown): QuerySpec {
  const isQuery = typeof Object(query)[asked] === 'function'
  const example = "query().device('mobile')"
  if (!isQuery)
    throw wrong('query', query, `toHaveConversation: expected a query, such as ${example}; got ${show(query)}.`)
  const { spec } = query as QueryLike
  if (spec.where.length > 0) return spec
  const why = 'Conditions that are given undefined are left out.'
  throw wrong('query', query, `toHaveConversation: the query has no condition, so any conversation meets it. ${why}`)
}

/** The conversations that a query may find: a store's deleted ones too, if it asks for them. */
function narrowed(conversations: Conversations, { includeDeleted }: QuerySpec): Conversations {
  if (conversations.kind !== 'store' || includeDeleted !== true) return conversations
  return { ...conversations, spec: { ...conversations.spec, includeDeleted } }
}

/** So many conversations are named. */
const MOST = 5

/** The conversations that a query finds, by their ids. */
function some({ executor, one }: Conversations, spec: QuerySpec, count: number): string[] {
  if (one !== undefined || count === 0) return []
  const { rows } = executor.documents({ ...spec, pageSize: MOST }, false)
  const more = count > rows.length ? ` and ${grouped(count - rows.length)} more` : ''
  return [`Found: ${rows.map(({ conversation_id }) => print(conversation_id)).join(', ')}${more}.`]
}
