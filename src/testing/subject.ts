/** What is asserted on, whatever kind it is: some conversations, and how texts name them. */
import { ConversationStoreError, show } from '../base/errors.ts'
import { counted } from '../base/text/counted.ts'
import { exchangesOf, fromMessages, toRow } from '../features/turns/index.ts'
import { report } from '../features/why-empty/report.ts'
import { callsOf } from '../features/why-empty/words.ts'
import type { Group, QuerySpec } from '../query/spec.ts'
import type { Conversation, Message } from '../row/conversation.ts'
import { ConversationStore } from '../store/core.ts'
import type { QueryExecutor } from '../store/executor.ts'
import { type Asked, asked, executor } from '../store/inside.ts'
import type { AsyncStoreLike } from './types.ts'

/** A conversation that is read and not given out. */
export type Row = Conversation<unknown>

/** The conversations that are asserted on. */
export interface Conversations {
  /** As texts name them: `the store`, `the query device("mobile")`, `the conversation "chat-1"`. */
  readonly words: string
  readonly kind: 'store' | 'query' | 'conversation' | 'messages'
  /** The only one, where the subject is one conversation. */
  readonly one: Row | undefined
  /** Which rows of the store they are. */
  readonly spec: QuerySpec
  /** Answers about them. The store of one conversation is made when it is first asked. */
  readonly executor: QueryExecutor
  /** Those that meet more conditions, newest first. */
  rows(where?: Group): Iterable<Row>
}

const KINDS =
  'a store, an AsyncStore, a query of a store, a chat, a conversation, or the messages of one (AI SDK, OpenAI, LangChain)'

/** Whether this is a store elsewhere, whose answers are promises. */
export function isAsyncStore(value: unknown): value is AsyncStoreLike {
  const { run, count, all } = Object(value) as Partial<AsyncStoreLike>
  const isMethod = (method: unknown) => typeof method === 'function'
  return isMethod(run) && isMethod(count) && isMethod(all) && Object(value)[executor] === undefined
}

/** The conversations of a subject. Throws for one that is of no kind that holds conversations, whatever is asserted. */
export function conversationsOf(matcher: string, subject: unknown): Conversations {
  const object = Object(subject)
  const found: QueryExecutor | undefined = object[executor]
  if (found !== undefined) return many('store', { where: [] }, found)
  if (typeof object[asked] === 'function') {
    const { spec, executor } = (object as { [asked](): Asked })[asked]()
    return many('query', spec, executor)
  }
  const row = rowOf(subject)
  if (row === undefined) throw wrong(matcher, subject, `${matcher}: expected ${KINDS}; got ${given(subject)}`)
  return single(row)
}

function many(kind: 'store' | 'query', { where, includeDeleted }: QuerySpec, executor: QueryExecutor): Conversations {
  const spec: QuerySpec = { where, ...(includeDeleted && { includeDeleted }) }
  const rows = (more: Group = []) => executor.held({ ...spec, where: together(where, more) })
  return { words: `the ${kind} ${callsOf(where)}`.trimEnd(), kind, one: undefined, spec, executor, rows }
}

/** Two groups of conditions that must both hold, and say nothing of one another. */
export function together(where: Group, more: Group): Group {
  return where.length === 0 ? more : [{ or: [where] }, ...more]
}

/** One conversation, and how it is named. */
interface Single extends Pick<Conversations, 'words' | 'kind'> {
  readonly row: Row
}

function single({ words, kind, row }: Single): Conversations {
  let store: ConversationStore | undefined
  return {
    words,
    kind,
    one: row,
    spec: { where: [], includeDeleted: true },
    get executor() {
      store ??= ConversationStore.from([row as never])
      return store[executor]
    },
    rows: () => [row],
  }
}

/** A subject that is one conversation, as a row. */
function rowOf(subject: unknown): Single | undefined {
  if (Array.isArray(subject)) return rowOfMessages(subject)
  const { toConversation } = Object(subject) as { readonly toConversation?: unknown }
  const row = Object(typeof toConversation === 'function' ? toConversation.call(subject) : subject) as Partial<Row>
  if (typeof row.conversation_id !== 'string' || Object.hasOwn(row, 'message_count')) return undefined
  if (row.messages !== undefined && row.messages !== null && !Array.isArray(row.messages)) return undefined
  const messages = row.messages ?? []
  const words = `the conversation ${show(row.conversation_id)}`
  return { words, kind: 'conversation', row: { ...row, messages } as Row }
}

function rowOfMessages(messages: readonly unknown[]): Single | undefined {
  const facts = { conversation_id: 'messages', started_at: '1970-01-01T00:00:00Z' }
  const as = (noun: string, row: object): Single => {
    return { words: `the ${counted(messages.length, noun)}`, kind: 'messages', row: row as Row }
  }
  if (messages.every(isStored)) return as('message', { ...facts, messages })
  const found = fromMessages(messages)
  return found && as(found.framework, toRow(found.turns, facts))
}

function isStored(message: unknown): message is Message {
  const { sender, content } = Object(message) as Partial<Message>
  return (sender === 'agent' || sender === 'end_user') && typeof content === 'string'
}

/** Says what was given in place of a subject, and what to do about it where that is known. */
function given(subject: unknown): string {
  const { then, results, spec } = Object(subject) as { then?: unknown; results?: unknown; spec?: unknown }
  if (typeof then === 'function') return 'a promise. Await it first.'
  if (typeof subject === 'function') return 'a function. Call it, and assert on what it returns.'
  if (Array.isArray(results)) return 'a page of results. Assert on the query, or on one of the results.'
  if (Object.hasOwn(Object(subject), 'message_count'))
    return 'a lean conversation, which has no messages. Leave .lean() out.'
  if (Array.isArray(subject) && typeof Object(subject[0]).conversation_id === 'string')
    return 'a list of conversations. Assert on the store or query that they come from, or on one of them.'
  if (spec !== undefined) return 'a spec. Make a query of it: store.query(spec).'
  return `${show(subject)}.`
}

/** Throws where there is nothing to assert on, unless that is meant: a vacuous truth is no test. */
export function refuseEmpty(
  matcher: string,
  subject: unknown,
  conversations: Conversations,
  needs: 'rows' | 'messages',
  allowEmpty: boolean | undefined,
): void {
  if (allowEmpty === true) return
  const { words, kind, one, spec, executor } = conversations
  const hint = 'Where that is meant, add the option { allowEmpty: true }.'
  if (one !== undefined) {
    if (one.messages.length > 0 || (needs === 'rows' && kind === 'conversation')) return
    const what = kind === 'conversation' ? `${words} has` : 'the list has'
    throw wrong(matcher, subject, `${matcher}: ${what} no messages, so nothing can be found in it.\n${hint}`)
  }
  if (executor.count(spec) > 0) return
  const { size } = executor.engine.documents
  const why =
    size === 0
      ? `the store ${kind === 'query' ? 'of the query ' : ''}has no conversations. Was it written to?`
      : spec.where.length > 0
        ? `the query finds no conversation to look at.\n${report(spec, executor)}`
        : `the store has ${counted(size, 'conversation')}, all deleted.`
  throw wrong(matcher, subject, `${matcher}: ${why}\n${hint}`)
}

/** The error of an assertion that cannot be made. It is thrown whether the assertion is negated or not. */
export function wrong(matcher: string, value: unknown, message: string): ConversationStoreError {
  return new ConversationStoreError([{ parameter: matcher, value, code: 'INVALID_VALUE', message }])
}

/** The messages of a turn, from 1; of the last, or all. `undefined` where there is no such turn. */
export function messagesOf({ messages }: Row, turn: number | 'last' | undefined): readonly Message[] | undefined {
  if (turn === undefined) return messages ?? []
  const exchanges = exchangesOf(messages ?? [])
  return exchanges.at(turn === 'last' ? -1 : turn - 1)
}

/** All conversations of a store elsewhere, in a store here. */
export async function fetched(store: AsyncStoreLike): Promise<ConversationStore> {
  const rows: unknown[] = []
  for await (const row of store.all({ spec: { where: [], includeDeleted: true } })) rows.push(row)
  return ConversationStore.from(rows as never)
}
