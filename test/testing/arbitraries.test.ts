/** The arbitraries that users have: what they give, a store takes. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ConversationStore as CoreStore } from '../../src/core.ts'
import { ConversationStore, Query } from '../../src/index.ts'
import {
  applyHistory,
  conversation,
  conversations,
  history,
  querySpec,
  type Write,
} from '../../src/testing/arbitraries/index.ts'

test('conversation() gives rows that a store takes', () => {
  fc.assert(
    fc.property(conversation(), (row) => {
      const added = new ConversationStore().add(row)
      expect(added.conversation_id).toBe(row.conversation_id)
    }),
  )
})

test('conversation() takes the ids', () => {
  fc.assert(
    fc.property(conversation({ conversationId: fc.constantFrom('x', 'y') }), (row) => {
      expect(['x', 'y']).toContain(row.conversation_id)
    }),
  )
})

test('conversations() gives rows that one store can hold', () => {
  fc.assert(
    fc.property(conversations({ maxLength: 30 }), (rows) => {
      expect(ConversationStore.from(rows).size).toBe(rows.length)
    }),
  )
})

test('querySpec() gives specs that every store takes, and that are what their queries ask', () => {
  fc.assert(
    fc.property(conversations(), querySpec(), (rows, spec) => {
      expect(Query.fromSpec(spec).spec).toEqual(spec)
      const query = ConversationStore.from(rows).query(spec)
      expect(query.count()).toBe(query.ids().length)
      expect(spec).not.toHaveProperty('page')
      expect(CoreStore.from(rows).query(spec).ids()).toEqual(query.ids())
    }),
  )
})

test('querySpec({ paged: true }) asks for pages too', () => {
  const specs = fc.sample(querySpec({ paged: true }), { numRuns: 100, seed: 1 })
  expect(specs.some(({ page }) => page !== undefined)).toBe(true)
  expect(specs.some(({ pageSize }) => pageSize !== undefined)).toBe(true)
})

describe('history()', () => {
  test('takes two stores through the same writes', () => {
    fc.assert(
      fc.property(history(), (writes) => {
        const before = JSON.stringify(writes)
        const [store, core] = [new ConversationStore(), new CoreStore()]
        const refused = applyHistory(store, writes)
        expect(applyHistory(core, writes).map(({ code }) => code)).toEqual(refused.map(({ code }) => code))
        expect([...core]).toEqual([...store])
        // Data that no store has kept or frozen.
        expect(JSON.stringify(writes)).toBe(before)
      }),
    )
  })

  test('has every write, and refuses few', () => {
    const all = fc.sample(history(), { numRuns: 200, seed: 1 }).flat()
    expect(new Set(all.map(({ op }) => op))).toEqual(
      new Set([
        ...['add', 'upsert', 'addMany', 'update', 'updateMetadata', 'rename', 'mark', 'delete', 'restore', 'purge'],
        ...['addMessage', 'addFeedback', 'clear'],
      ]),
    )
    const refused = fc
      .sample(history(), { numRuns: 200, seed: 1 })
      .flatMap((it) => applyHistory(new ConversationStore(), it))
    expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['DUPLICATE_ID', 'NOT_FOUND']))
    expect(refused.length).toBeLessThan(all.length / 2)
  })

  test('what is refused changes nothing, and the rest goes on', () => {
    const row = { conversation_id: 'a', started_at: '2026-01-05' }
    const writes: Write[] = [
      { op: 'add', row },
      { op: 'add', row },
      { op: 'mark', pick: { place: 3, by: 'id', isThere: true }, yes: true },
      { op: 'purge', pick: { place: 0, by: 'conversation_id', isThere: false } },
    ]
    const store = new ConversationStore()
    expect(applyHistory(store, writes).map(({ code }) => code)).toEqual(['DUPLICATE_ID', 'NOT_FOUND'])
    expect(store.get('a')!.is_marked).toBe(true)
  })

  test('throws errors that are none of a store', () => {
    expect(() => applyHistory(undefined as never, [{ op: 'clear' }])).toThrow(TypeError)
  })
})

test('options that are wrong', () => {
  expect(() => conversation({ conversationID: fc.string() } as never)).toThrow('Did you mean "conversationId"?')
  expect(() => conversations({ maxLength: -1 })).toThrow('maxLength is -1. Expected an integer from 0.')
  expect(() => history({ length: 3 } as never)).toThrow('history has no option "length". It has maxLength.')
  expect(() => querySpec({ paged: 'yes' as never })).toThrow('paged is "yes". Expected true or false.')
})
