import { describe, expect, test } from 'vitest'
import { Indexes, KEPT_PATHS } from '../../../../src/engine/terms/indexes.ts'
import { textIndex } from '../../../../src/engine/text/index.ts'
import { ConversationStore } from '../../../../src/index.ts'

describe('indexes of texts', () => {
  test('are made once, each with an index of its parts, and none without a text index', () => {
    const indexes = new Indexes(textIndex)
    expect(indexes.all()).toEqual([])
    const messages = indexes.messages()!
    const actions = indexes.actions()!
    expect([indexes.messages(), indexes.actions()]).toEqual([messages, actions])
    expect(messages).not.toBe(actions)
    expect(indexes.all()).toEqual([messages, messages.parts, actions, actions.parts])
    const none = new Indexes()
    expect([none.messages(), none.actions(), none.all()]).toEqual([undefined, undefined, []])
  })

  test('a field is searched by the text index, if there is one', () => {
    expect(new Indexes(textIndex).field('device').search).toBeDefined()
    expect(new Indexes().field('device').search).toBeUndefined()
  })
})

describe('the paths of one query', () => {
  test('the first sixteen are indexed, others only where they are already', () => {
    const indexes = new Indexes()
    const known = indexes.scalars(['known'])
    indexes.begin()
    const made = Array.from({ length: 16 }, (_, i) => indexes.ofCondition('metadata', [`key ${i}`]))
    expect(made).not.toContain(undefined)
    expect(indexes.ofCondition('metadata', ['key 16'])).toBeUndefined()
    expect(indexes.ofCondition('metadata', ['known'])).toBe(known)
    // One that was asked for again counts once.
    expect(indexes.ofCondition('metadata', ['key 3'])).toBe(made[3])
    indexes.begin()
    expect(indexes.ofCondition('metadata', ['key 16'])).toBeDefined()
    expect(indexes.ofCondition('items', ['key 16'])).toBe(indexes.items(['key 16']))
  })
})

describe('indexes of metadata paths', () => {
  test('256 are kept: those that were asked for last', () => {
    const indexes = new Indexes()
    const field = indexes.field('device')
    const made = Array.from({ length: 256 }, (_, i) => indexes.scalars([`key ${i}`]))
    expect(KEPT_PATHS).toBe(256)
    expect(indexes.all()).toEqual([field, ...made])
    expect(indexes.scalars(['key 0'])).toBe(made[0])
    // The scalars in lists are an index of their own.
    const items = indexes.items(['key 0'])
    expect(items).not.toBe(made[0])
    expect(indexes.all()).toHaveLength(257)
    expect(indexes.all()).not.toContain(made[1])
    expect(indexes.all()).toContain(made[0])
    expect(indexes.scalars(['key 2'])).toBe(made[2])
    expect(indexes.scalars(['key 1'])).not.toBe(made[1])
    expect(indexes.all()).toHaveLength(257)
    // Fields are not among them.
    expect(indexes.field('device')).toBe(field)
  })

  test('a path is a list of keys: a dot in a key makes another path', () => {
    const indexes = new Indexes()
    expect(indexes.scalars(['a', 'b'])).not.toBe(indexes.scalars(['a.b']))
    expect(indexes.scalars(['a', 'b'])).toBe(indexes.scalars(['a', 'b']))
  })

  test('a path whose index has gone is indexed again, and answers as before', () => {
    const store = ConversationStore.from([
      { conversation_id: 'a', started_at: '2026-01-05', metadata: { plan: 'pro', seats: [1, 2] } },
      { conversation_id: 'b', started_at: '2026-01-06', metadata: { plan: 'free', seats: [2] } },
    ])
    const ask = () => [
      store.query().metadata('plan', 'pro').count(),
      store.query().where('metadata.seats', 'contains', 2).count(),
    ]
    const before = ask()
    for (let i = 0; i < 300; i++)
      expect(
        store.query({ where: [{ field: 'metadata', path: [`path${i}`], lookup: 'exact', value: 1 }] }).count(),
      ).toBe(0)
    expect(ask()).toEqual(before)
    expect(Object.keys(store.stats().terms).filter((key) => /^(metadata|items):/.test(key))).toHaveLength(256)
  })
})
