import { describe, expect, test } from 'vitest'
import { ConversationStore } from '../../../src/index.ts'

const row = (conversation_id: string, more: object = {}) => ({ conversation_id, started_at: '2026-01-05', ...more })

describe('stats', () => {
  test('of a store without rows', () => {
    const { rows, deleted, segments, terms } = new ConversationStore().stats()
    expect({ rows, deleted, segments, terms: { ...terms } }).toEqual({ rows: 0, deleted: 0, segments: 0, terms: {} })
  })

  test('rows, deleted ones too, and the distinct values of the indexes that were asked', () => {
    const store = ConversationStore.from([
      row('a', { device: 'tv', metadata: { plan: 'pro' } }),
      row('b', { device: 'mobile', is_deleted: true }),
      row('c', { device: 'tv' }),
    ])
    expect({ ...store.stats().terms }).toEqual({})
    store.query().device('tv').count()
    store.query().metadata('plan', 'pro').count()
    const { rows, deleted, segments, terms } = store.stats()
    expect({ rows, deleted, segments }).toEqual({ rows: 3, deleted: 1, segments: 1 })
    // Of the path: its value, and that there is one.
    expect({ ...terms }).toEqual({ device: 2, 'metadata:["plan"]': 2 })
  })

  test('bytes by index, orders at 10 a row and column and 2 a sorted row, numbers at 8', () => {
    const store = ConversationStore.from([row('a', { device: 'tv' }), row('b', { ended_at: '2026-01-06' }), row('c')])
    const before = store.stats().bytes
    expect(Object.keys(before).sort()).toEqual(['buffers', 'documents', 'orders', 'rows'])
    expect(before.orders).toBe(0)
    expect(before.rows).toBeGreaterThan(0)
    store.query().device('tv').count()
    store.query().orderBy('customer_id').ids()
    store.query().where('duration', 'gt', 0).count()
    const { bytes, totalBytes } = store.stats()
    expect(bytes).toMatchObject({ orders: 2 * 3 * 10 + 3 * 2, 'numbers:duration': 3 * 8 })
    expect(bytes.device).toBeGreaterThan(0)
    const { documents, ...others } = bytes
    expect(documents).toMatchObject({ packed: 0, dead: 0 })
    expect(totalBytes).toBe(Object.values(others).reduce<number>((sum, it) => sum + Number(it), 0))
  })
})
