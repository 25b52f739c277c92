/** Every row of the table of match cases, by every road that a question can take. */
import { describe, expect, test } from 'vitest'
import { InvalidPageError, InvalidQueryError } from '../../src/base/errors.ts'
import { ConversationStore as CoreStore } from '../../src/core.ts'
import { explain } from '../../src/features/explain/index.ts'
import { warm } from '../../src/features/indexes/index.ts'
import { ConversationStore, Query } from '../../src/index.ts'
import type { Group, QuerySpec } from '../../src/query/spec.ts'
import type { ConversationInput } from '../../src/row/conversation.ts'
import { type ReadSnapshotOptions, readSnapshotSync, writeSnapshot } from '../../src/snapshot.ts'
import { textIndex } from '../../src/text.ts'
import { built } from '../arbitraries/asking.ts'
import { cases, faultCases, linkCases, orderCases, orderRows, rows as sharedRows } from '../cases.ts'
import { inSegments } from '../in-segments.ts'
import { ReferenceStore } from '../reference.ts'

/** As the handler reads a URL. */
const LENIENT = { strict: false }

const SMALL = inSegments(4, 2)

/** Each set of rows that the cases ask, by what its snapshot is written with. */
const snapshots = new Map<readonly ConversationInput[], Uint8Array>()
for (const rows of new Set([...cases.map((each) => each.rows ?? sharedRows), orderRows])) {
  const written = ConversationStore.from(rows, SMALL)
  snapshots.set(rows, await writeSnapshot(written, { text: true, actions: true, blockBytes: 256 }))
}

/** The rows, opened from a file. */
const opened =
  (options: ReadSnapshotOptions) =>
  (rows: readonly ConversationInput[]): CoreStore =>
    readSnapshotSync(snapshots.get(rows)!, options) as CoreStore

/**
 * Each way to hold the rows. A warm store is shared by the cases that ask it; a cold one is each case's own, since a store
 * whose texts were scanned often enough warms by itself.
 */
const holders: Readonly<Record<string, { make(rows: readonly ConversationInput[]): CoreStore; isWarm?: boolean }>> = {
  cold: { make: (rows) => ConversationStore.from(rows) },
  warm: { make: (rows) => ConversationStore.from(rows), isWarm: true },
  'in small segments, cold': { make: (rows) => ConversationStore.from(rows, SMALL) },
  'in small segments, warm': { make: (rows) => ConversationStore.from(rows, SMALL), isWarm: true },
  'the core, which looks at each string': { make: (rows) => CoreStore.from(rows, SMALL), isWarm: true },
  'a snapshot, packed': { make: opened({ rowCache: 0 }) },
  'a snapshot, resident and checked': { make: opened({ documents: 'resident', verify: 'full' }), isWarm: true },
  'the core with the text index': { make: (rows) => CoreStore.from(rows, { ...SMALL, text: textIndex }), isWarm: true },
}

const stores = new Map<string, CoreStore>()
const references = new Map<readonly ConversationInput[], ReferenceStore>()

function storeOf(holder: string, rows: readonly ConversationInput[]): CoreStore {
  const { make, isWarm = false } = holders[holder]!
  const key = `${holder} ${[...references.keys()].indexOf(rows)}`
  const kept = stores.get(key)
  if (kept !== undefined) return kept
  const store = make(rows)
  if (!isWarm) return store
  warm(store)
  stores.set(key, store)
  return store
}

function referenceOf(rows: readonly ConversationInput[]): ReferenceStore {
  let reference = references.get(rows)
  if (reference === undefined) {
    reference = new ReferenceStore()
    for (const row of rows) reference.add(row)
    references.set(rows, reference)
  }
  return reference
}

const specOf = (query: Group | QuerySpec): QuerySpec => ('where' in query ? query : { where: query })

const conversationIds = (rows: readonly { conversation_id: string }[]): string[] =>
  rows.map(({ conversation_id }) => conversation_id)

/** Every way to ask a case of a store; each gives the conversation ids that match, in order. */
const roads: Readonly<Record<string, (store: CoreStore, spec: QuerySpec) => readonly string[]>> = {
  'the builder': (store, spec) => conversationIds(built(store, spec).all()),
  'the spec': (store, spec) => conversationIds(store.run(Query.fromSpec(spec).pageSize(100)).results),
  'JSON and back': (store, spec) => {
    const query = Query.fromSpec(JSON.parse(JSON.stringify(Query.fromSpec(spec).pageSize(100))))
    return conversationIds(store.run(query).results)
  },
  'the wire and back': (store, spec) => {
    const params = String(Query.fromSpec(spec).pageSize(100).toSearchParams())
    expect(Query.fromSearchParams(params).key).toBe(Query.fromSpec(spec).pageSize(100).key)
    return conversationIds(store.fetchConversations(params).results)
  },
}

describe('match cases', () => {
  for (const { name, rows = sharedRows, query, wire, keeps, drops } of cases) {
    const spec = specOf(query)

    /** Right for the case, and just what the reference gives. */
    const expectMatches = (road: string, found: readonly string[]): void => {
      const reference = referenceOf(rows)
      expect(
        keeps.filter((id) => !found.includes(id)),
        `${road} drops`,
      ).toEqual([])
      expect(
        drops.filter((id) => found.includes(id)),
        `${road} keeps`,
      ).toEqual([])
      expect(found, road).toEqual(reference.ids(spec).map((id) => reference.get(id)!.conversation_id))
    }

    for (const holder of Object.keys(holders)) {
      test(`${name}: ${holder}`, () => {
        const reference = referenceOf(rows)
        const store = storeOf(holder, rows)
        for (const [road, ask] of Object.entries(roads)) expectMatches(road, ask(store, spec))

        const asked = built(store, spec)
        const ids = reference.ids(spec)
        expect(asked.spec).toEqual(Query.fromSpec(spec).spec)
        expect(asked.ids()).toEqual(ids)
        expect(asked.count()).toBe(ids.length)
        expect(explain(asked).count).toBe(ids.length)
        const matching = reference.rows.filter((row) => asked.matches(row))
        expect(matching.map(({ id }) => id)).toEqual(ids.sort((a, b) => a - b))

        if (wire === undefined) return
        expectMatches('the wire', conversationIds(store.fetchConversations(`${wire}&page_size=100`, LENIENT).results))
        const back = Query.fromSearchParams(String(Query.fromSearchParams(wire, undefined, LENIENT).toSearchParams()))
        expectMatches('from the wire and back', conversationIds(store.run(back.pageSize(100)).results))
      })
    }
  }
})

describe('order and pages', () => {
  for (const holder of Object.keys(holders)) {
    for (const { name, spec, wire, ids, envelope = {} } of orderCases) {
      test(`${holder}: ${name}`, () => {
        referenceOf(orderRows)
        const store = storeOf(holder, orderRows)
        for (const answer of [
          built(store, spec).fetch(),
          store.run(Query.fromSpec(spec)),
          store.fetchConversations(String(Query.fromSpec(spec).toSearchParams())),
          ...(wire === undefined ? [] : [store.fetchConversations(wire)]),
        ]) {
          expect(conversationIds(answer.results)).toEqual(ids)
          expect(answer).toMatchObject(envelope)
        }
      })
    }
  }
})

describe('faults', () => {
  for (const { name, wire, status, body, keys } of faultCases) {
    test(name, () => {
      const store = ConversationStore.from(orderRows)
      let error: unknown
      try {
        store.fetchConversations(wire)
      } catch (thrown) {
        error = thrown
      }
      if (!(error instanceof InvalidQueryError || error instanceof InvalidPageError))
        throw error ?? new Error('No fault')
      expect(error instanceof InvalidPageError ? 404 : 400).toBe(status)
      const given = error.toJSON()
      if (body !== undefined) expect({ ...given }).toEqual(body)
      if (keys !== undefined) expect(Object.keys(given).sort()).toEqual([...keys].sort())
    })
  }
})

describe('links', () => {
  for (const { name, baseUrl, wire, next, previous } of linkCases) {
    test(name, () => {
      const store = ConversationStore.from(orderRows, baseUrl === undefined ? {} : { baseUrl })
      const answer = store.fetchConversations(wire, LENIENT)
      expect([answer.next, answer.previous]).toEqual([next, previous])
      for (const link of [answer.next, answer.previous]) {
        if (link !== null) expect(store.fetchConversations(link, LENIENT).page_size).toBe(answer.page_size)
      }
    })
  }
})
