/**
 * Arbitraries for fast-check: the entry point `conversation-store/testing/arbitraries`. Their values are few and awkward, so
 * that conversations and queries meet, and each trap of the contract of queries is among them.
 */
import fc, { type Arbitrary } from 'fast-check'
import { type ConversationStoreError, isStoreError } from '../../base/errors.ts'
import { checkFlag, checkInteger, checkOptions } from '../../base/options.ts'
import type { QuerySpec } from '../../query/spec.ts'
import type { ConversationInput, JsonObject } from '../../row/conversation.ts'
import { Query, type Ref, type StoreBase } from '../../store/index.ts'
import { CONVERSATION_IDS } from './domains.ts'
import { rowOf, rowsOf } from './rows.ts'
import { conditionSpec, pagedSpec } from './specs.ts'
import { type ChangeWrite, change, validWrite, type Write } from './writes.ts'

export type { ChangeWrite, RowPick, Write } from './writes.ts'

/**
 * A conversation that a store takes: any key absent or null, a few of its values in many spellings. Two of them may have one
 * `conversation_id`: for rows of one store take `conversations()`, or give the ids.
 *
 * @example fc.property(conversation(), (row) => store.upsert(row).conversation_id === row.conversation_id)
 */
export function conversation(
  options: { readonly conversationId?: Arbitrary<string> | undefined } = {},
): Arbitrary<ConversationInput> {
  checkOptions('conversation', options, ['conversationId'])
  return rowOf(options.conversationId ?? fc.constantFrom(...CONVERSATION_IDS))
}

/**
 * Conversations that one store can hold, `maxLength` at most (14): their ids are different. All of them have an `id`, or none.
 *
 * @example fc.property(conversations(), (rows) => ConversationStore.from(rows).size === rows.length)
 */
export function conversations(
  options: { readonly maxLength?: number | undefined } = {},
): Arbitrary<ConversationInput[]> {
  return rowsOf({ maxLength: lengthIn('conversations', options, 14) })
}

/**
 * A list of writes, `maxLength` at most (20), each plain data: rows are added, replaced, changed, deleted, restored and
 * purged. `applyHistory` takes a store through it.
 *
 * @example fc.property(history(), (writes) => { applyHistory(store, writes); return store.size === [...store].length })
 */
export function history(options: { readonly maxLength?: number | undefined } = {}): Arbitrary<Write[]> {
  return fc.array(validWrite, { maxLength: lengthIn('history', options, 20), size: 'max' })
}

/**
 * What a query asks: every field with every lookup, nested to any depth, in any order, as `store.query(spec)` and
 * `Query.fromSpec` take it. With `paged` it asks for a page of some size too, which there may not be.
 *
 * @example fc.property(conversations(), querySpec(), (rows, spec) => ConversationStore.from(rows).query(spec).count() <= rows.length)
 */
export function querySpec(options: { readonly paged?: boolean | undefined } = {}): Arbitrary<QuerySpec> {
  checkOptions('querySpec', options, ['paged'])
  checkFlag('paged', options.paged)
  return (options.paged === true ? pagedSpec : conditionSpec).map((spec) => Query.fromSpec(spec).spec)
}

/**
 * Takes a store through the writes, and returns the errors of those that it refused, in order: a row that is there already, or
 * one that is not. A refused write changes nothing. Throws any other error.
 *
 * @example applyHistory(store, writes).map(({ code }) => code) // ['DUPLICATE_ID', 'NOT_FOUND']
 */
export function applyHistory(store: StoreBase<JsonObject>, history: readonly Write[]): ConversationStoreError[] {
  const refused: ConversationStoreError[] = []
  for (const write of history) {
    try {
      applyWrite(store, write)
    } catch (error) {
      if (!isStoreError(error)) throw error
      refused.push(error)
    }
  }
  return refused
}

function applyWrite(store: StoreBase<JsonObject>, write: Write): void {
  if (write.op === 'clear') store.clear()
  else if (write.op === 'addMany') store.addMany(copyOf(write.rows), { onInvalid: write.onInvalid, own: write.own })
  else if ('row' in write) store[write.op](write.row)
  else change(store, refIn(store, write), write)
}

/** Rows that are given away are frozen by the store, and a history may be applied again. */
function copyOf<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(copyOf) as Value
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copyOf(inner)])) as Value
}

/** The row that a write picks. One that is not there has an id that no history gives. */
function refIn(store: StoreBase<JsonObject>, { pick: { place, by, isThere } }: ChangeWrite): Ref {
  const rows = isThere ? [...store] : []
  return rows[place % rows.length]?.[by] ?? (by === 'id' ? 999_999 : 'nobody')
}

function lengthIn(name: string, options: { readonly maxLength?: number | undefined }, usual: number): number {
  checkOptions(name, options, ['maxLength'])
  const { maxLength = usual } = options
  checkInteger('maxLength', maxLength, 0)
  return maxLength
}
