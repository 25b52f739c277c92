import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DuplicateIdError, InvalidQueryError, InvalidRowError } from '../../../src/base/errors.ts'
import { type Change, type Conversation, type ConversationInput, ConversationStore } from '../../../src/index.ts'

const row = (conversation_id: string, more: object = {}): ConversationInput => ({
  conversation_id,
  started_at: '2026-01-05T10:00:00Z',
  ...more,
})

const stored = () =>
  ConversationStore.from([
    row('a', { device: 'old', messages: [{ id: 7, sender: 'agent', content: 'one' }] }),
    row('b'),
  ])

/** All that a store holds, and which ids come next. */
function stateOf(store: ConversationStore) {
  return structuredClone({ rows: [...store], ids: store.greatestIds, found: store.query().orderBy('id').ids() })
}

describe('onDuplicate', () => {
  test('error is the default', () => {
    const store = stored()
    const before = stateOf(store)
    for (const options of [{}, { onDuplicate: undefined }, { onDuplicate: 'error' as const }])
      expect(() => store.addMany([row('c'), row('a')], options)).toThrow(DuplicateIdError)
    expect(() => store.addMany([row('c'), row('c')])).toThrow("onDuplicate: 'skip' or 'replace'")
    expect(stateOf(store)).toEqual(before)
  })

  test('skip leaves out rows whose conversation id is there, in the store or before them', () => {
    const store = stored()
    const result = store.addMany(
      [row('a', { id: 99 }), row('c', { device: 'first' }), row('c', { device: 'second' })],
      {
        onDuplicate: 'skip',
      },
    )
    expect(result).toMatchObject({ added: 1, replaced: 0, skipped: 2, rejected: [] })
    expect(store.get('a')).toMatchObject({ id: 1, device: 'old' })
    expect(store.get('c')).toMatchObject({ id: 3, device: 'first' })
    expect(store.greatestIds.conversation).toBe(3)
  })

  test('replace puts the row whole in its place; the id stays', () => {
    const store = stored()
    store.delete('b')
    const result = store.addMany(
      [row('a', { language: 'de' }), row('b', { id: 2 }), row('c'), row('c', { device: 'second' })],
      { onDuplicate: 'replace' },
    )
    expect(result).toMatchObject({ added: 1, replaced: 3, skipped: 0, rejected: [] })
    expect(store.get('a')).toMatchObject({ id: 1, device: null, language: 'de', messages: [] })
    expect(store.get('b')).toMatchObject({ id: 2, is_deleted: false })
    expect(store.get('c')).toMatchObject({ id: 3, device: 'second' })
    expect([...store].map(({ conversation_id }) => conversation_id)).toEqual(['a', 'b', 'c'])
    expect(store.query().device('old').count()).toBe(0)
    expect(store.query().language('de').ids()).toEqual([1])
    expect(store.greatestIds).toEqual({ conversation: 3, message: 7, feedback: 0 })
  })

  test.each(['skip', 'replace'] as const)(
    'another conversation with its id is an error under %s too',
    (onDuplicate) => {
      const store = stored()
      const before = stateOf(store)
      expect(() => store.addMany([row('c'), row('d', { id: 2 })], { onDuplicate })).toThrow(DuplicateIdError)
      expect(stateOf(store)).toEqual(before)
      const { added, rejected } = store.addMany([row('c'), row('d', { id: 2 })], { onDuplicate, onInvalid: 'skip' })
      expect([added, rejected.map(({ index, conversationId, error }) => [index, conversationId, error.code])]).toEqual([
        1,
        [[1, 'd', 'DUPLICATE_ID']],
      ])
    },
  )

  test('replace refuses a row that names another id than the stored one has', () => {
    const store = stored()
    const before = stateOf(store)
    expect(() => store.addMany([row('a', { id: 5 })], { onDuplicate: 'replace' })).toThrow(DuplicateIdError)
    const message =
      'The row with conversation_id "a" has the id 5, but the one that it replaces has 1, which stays. Leave the id out, or give 1.'
    expect(() => store.addMany([row('a', { id: 5 })], { onDuplicate: 'replace' })).toThrow(message)
    expect(() => store.upsert(row('a', { id: 5 }))).toThrow(message)
    expect(stateOf(store)).toEqual(before)
  })

  test('an id that another conversation has is an error that names that one', () => {
    const message =
      'A conversation with id 2 is already in the store (its conversation_id is "b"). Leave the id out, or give it another.'
    for (const onDuplicate of ['error', 'skip', 'replace'] as const)
      expect(() => stored().addMany([row('d', { id: 2 })], { onDuplicate })).toThrow(message)
    expect(() => stored().add(row('d', { id: 2 }))).toThrow(message)
    expect(() => stored().add(row('a', { id: 2 }))).toThrow('"a" is already in the store (its id is 1). Call update()')
  })

  test('rows that were replaced are back when a later one cannot be added, ids too', () => {
    const store = stored()
    store.query().messageContains('one').count()
    const before = stateOf(store)
    const changes: Change[] = []
    store.onChange((change) => changes.push(change))
    const batch = [
      row('a', { device: 'new', messages: [{ id: 50, sender: 'agent', content: 'two' }] }),
      row('c', { id: 40 }),
      row('c', { device: 'x' }),
      row('a', { device: 'newer' }),
    ]
    for (const own of [false, true]) {
      const given = structuredClone([...batch, row('d', { id: 1 })])
      expect(() => store.addMany(given, { onDuplicate: 'replace', own })).toThrow(DuplicateIdError)
      expect(stateOf(store)).toEqual(before)
      expect(store.query().device('old').ids()).toEqual([1])
      expect(store.query().messageContains('two').count()).toBe(0)
      expect(given[0]!.id).toBeUndefined()
    }
    expect(changes).toEqual([])
    store.add(row('e'))
    expect(store.get('e')?.id).toBe(3)
  })

  test('listeners hear each change, in order', () => {
    const store = stored()
    const heard: (readonly [string, unknown, unknown])[] = []
    const device = (of: Conversation | null) => of?.device
    store.onChange(({ type, before, after }) => heard.push([type, device(before), device(after)]))
    store.addMany([row('a', { device: 'x' }), row('c', { device: 'y' }), row('c', { device: 'z' })], {
      onDuplicate: 'replace',
    })
    expect(heard).toEqual([
      ['update', 'old', 'x'],
      ['add', undefined, 'y'],
      ['update', 'y', 'z'],
    ])
  })

  test('from takes it, and invalid values are refused', () => {
    expect(ConversationStore.from([row('a'), row('a')], { onDuplicate: 'skip' }).size).toBe(1)
    for (const onDuplicate of ['repalce', null, true, ''])
      expect(() => stored().addMany([], { onDuplicate: onDuplicate as never })).toThrow(InvalidQueryError)
    expect(() => stored().addMany([], { onDuplicate: 'repalce' as never })).toThrow(
      'onDuplicate is "repalce". Expected "error", "skip" or "replace". Did you mean "replace"?',
    )
  })

  test('any batches leave what a map of rows would, or nothing', () => {
    const any = fc.record({
      of: fc.constantFrom('a', 'b', 'c', 'd'),
      id: fc.option(fc.integer({ min: 1, max: 5 })),
      device: fc.string({ maxLength: 1 }),
      isBad: fc.boolean(),
    })
    const batches = fc.array(
      fc.tuple(
        fc.array(any, { maxLength: 5 }),
        fc.constantFrom('error', 'skip', 'replace'),
        fc.constantFrom('throw', 'skip'),
      ),
      { maxLength: 5 },
    )
    fc.assert(
      fc.property(batches, fc.boolean(), (given, own) => {
        const store = new ConversationStore()
        let expected = new Map<string, { id: number; device: string }>()
        let greatest = 0
        for (const [rows, onDuplicate, onInvalid] of given) {
          const next = new Map(expected)
          const counts = { added: 0, replaced: 0, skipped: 0 }
          const rejected: number[] = []
          let highest = greatest
          for (const [index, { of, id, device, isBad }] of rows.entries()) {
            const before = next.get(of)
            const holder = [...next].find(([, one]) => one.id === id)?.[0]
            if (isBad) rejected.push(index)
            else if (before !== undefined && onDuplicate === 'skip') counts.skipped++
            else if (before !== undefined && onDuplicate === 'replace' && (id ?? before.id) === before.id) {
              next.set(of, { id: before.id, device })
              counts.replaced++
            } else if (before !== undefined || (id !== null && holder !== undefined)) rejected.push(index)
            else {
              highest = Math.max(highest, id ?? highest + 1)
              next.set(of, { id: id ?? highest, device })
              counts.added++
            }
          }
          const raws = rows.map(({ of, id, device, isBad }) =>
            row(of, { ...(id !== null && { id }), device: isBad ? 5 : device }),
          )
          const add = () => store.addMany(raws, { onDuplicate, onInvalid, own })
          if (onInvalid === 'throw' && rejected.length > 0) {
            expect(add).toThrow(
              expect.objectContaining({ code: expect.stringMatching(/^(INVALID_ROW|DUPLICATE_ID)$/) }),
            )
          } else {
            const result = add()
            expect(result).toMatchObject(counts)
            expect(result.rejected.map(({ index }) => index)).toEqual(rejected)
            expected = next
            greatest = highest
          }
          expect(store.greatestIds.conversation).toBe(greatest)
          expect([...store].map(({ conversation_id, id, device }) => [conversation_id, { id, device }])).toEqual([
            ...expected,
          ])
          for (const { id, device } of expected.values())
            if (device !== '') expect(store.query().device(device).ids()).toContain(id)
          expect(store.query().count()).toBe(expected.size)
        }
      }),
    )
  })
})

describe('warnings', () => {
  test('are of rows that were taken in, the first 100 and how many there were', () => {
    const store = stored()
    const rows = [
      row('a', { metdata: {} }),
      row('c', { metdata: {} }),
      row('d', { devcie: 'x', id: -1 }),
      row('e', { nmae: 'x', devcie: 'y' }),
    ]
    const result = store.addMany(rows, { onDuplicate: 'skip', onInvalid: 'skip' })
    expect(result.warnings.map(({ index, conversationId }) => [index, conversationId])).toEqual([
      [1, 'c'],
      [3, 'e'],
      [3, 'e'],
    ])
    expect(result.warnings[0]!.message).toBe(
      'metdata is an unknown key and kept as it is. Did you mean "metadata"? That one is absent.',
    )
    expect(store.get('c')).toMatchObject({ metdata: {}, metadata: null })
    const many = store.addMany(Array.from({ length: 300 }, (_, i) => row(`m${i}`, { metdata: {} })))
    expect([many.warnings.length, many.warningCount, many.added]).toEqual([100, 300, 300])
  })
})

describe('counts', () => {
  test('a saved page without messages is refused, by every way in', () => {
    const store = stored()
    const lean = row('x', { message_count: 12, feedback_count: 0 })
    for (const write of [
      () => store.add(lean),
      () => store.upsert(lean),
      () => store.addMany([lean]),
      () => store.addMany([structuredClone(lean)], { own: true }),
      () => ConversationStore.from([lean]),
      () => store.query().matches(lean),
    ]) {
      expect(write).toThrow(InvalidRowError)
      expect(write).toThrow('full=true')
    }
    expect(store.has('x')).toBe(false)
  })

  test('counts that agree are kept, and go on to agree', () => {
    const store = ConversationStore.from([row('x', { message_count: 0, feedback_count: 0 }), row('y')])
    store.addMessage('x', { sender: 'agent', content: 'hi' })
    store.addMessage('y', { sender: 'agent', content: 'hi' })
    store.addFeedback('x', { sentiment: 'neutral' })
    expect(store.get('x')).toMatchObject({ message_count: 1, feedback_count: 1 })
    expect(store.get('y')).not.toHaveProperty('message_count')
    expect(store.query().lean().orderBy('id').all()).toMatchObject([
      { message_count: 1, feedback_count: 1 },
      { message_count: 1, feedback_count: 0 },
    ])
    const again = ConversationStore.from([...store])
    expect([...again]).toEqual([...store])
  })
})
