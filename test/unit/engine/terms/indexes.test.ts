import { describe, expect, test } from 'vitest'
import { Indexes, KEPT_PATHS } from '../../../../src/engine/terms/indexes.ts'
import { ConversationStore } from '../../../../src/index.ts'

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
