import { describe, expect, test } from 'vitest'
import { ConversationStore } from '../../../src/index.ts'
import type { ConversationInput } from '../../../src/row/conversation.ts'

const raw = (conversation_id: string, more: object = {}): ConversationInput => ({
  conversation_id,
  started_at: '2026-01-05T10:00:00Z',
  ...more,
})

/** A store, what its change listener heard, and the counts that a live query told. */
function heardStore() {
  const store = new ConversationStore()
  const changes: string[] = []
  const counts: number[] = []
  store.onChange(({ type, before, after }) => changes.push(`${type} ${(after ?? before)!.conversation_id}`))
  store.query().subscribe(({ page }) => counts.push(page.count))
  counts.length = 0
  return { store, changes, counts }
}

describe('batch', () => {
  test('many writes, one notice; changes one by one, in order, at the end', () => {
    const { store, changes, counts } = heardStore()
    const result = store.batch(() => {
      store.add(raw('a'))
      store.addMany([raw('b'), raw('c')])
      store.mark('a')
      store.purge('b')
      expect([changes, counts]).toEqual([[], []])
      // What is written is there at once.
      expect(store.query().ids()).toEqual([3, 1])
      return store.size
    })
    expect(result).toBe(2)
    expect(counts).toEqual([2])
    expect(changes).toEqual(['add a', 'add b', 'add c', 'update a', 'purge b'])
  })

  test('what comes to nothing tells live queries nothing', () => {
    const { store, changes, counts } = heardStore()
    store.batch(() => {
      store.add(raw('a'))
      store.purge('a')
    })
    store.batch(() => {})
    expect([changes, counts]).toEqual([['add a', 'purge a'], []])
  })

  test('if it throws, what was written stands and is told once, and the error goes on', () => {
    const { store, changes, counts } = heardStore()
    const error = new Error('oh')
    const write = () =>
      store.batch(() => {
        store.add(raw('a'))
        store.add(raw('b'))
        throw error
      })
    expect(write).toThrow(error)
    expect([store.size, changes, counts]).toEqual([2, ['add a', 'add b'], [2]])
    store.add(raw('c'))
    expect(counts).toEqual([2, 3])
  })

  test('one within another is a part of it, also if it throws', () => {
    const { store, counts } = heardStore()
    store.batch(() => {
      store.add(raw('a'))
      store.batch(() => store.add(raw('b')))
      expect(() =>
        store.batch(() => {
          store.add(raw('c'))
          throw new Error('inner')
        }),
      ).toThrow('inner')
      expect(counts).toEqual([])
    })
    expect(counts).toEqual([3])
  })

  test('an async function is refused before it writes; what gives a promise, after it wrote', async () => {
    const { store, counts } = heardStore()
    const refused = expect.objectContaining({ code: 'INVALID_VALUE', parameter: 'batch' })
    const asyncWrite = async () => {
      store.add(raw('a'))
    }
    expect(() => store.batch(asyncWrite as never)).toThrow(refused)
    expect([store.size, counts]).toEqual([0, []])
    const promising = () => {
      store.add(raw('a'))
      return Promise.resolve()
    }
    expect(() => store.batch(promising as never)).toThrow(refused)
    expect([store.size, counts]).toEqual([1, [1]])
    const failing = () => Promise.reject(new Error('What nobody hears would end the process.'))
    expect(() => store.batch(failing as never)).toThrow(refused)
    function* generating() {
      yield store.add(raw('b'))
    }
    async function* generatingLater() {
      yield store.add(raw('b'))
    }
    for (const given of [generating, generatingLater, 5, undefined, {}])
      expect(() => store.batch(given as never)).toThrow(refused)
    await new Promise((resolve) => setTimeout(resolve))
    expect([store.size, counts]).toEqual([1, [1]])
  })

  test('who subscribes in one is told what is there, and at its end what came after', () => {
    const { store } = heardStore()
    const heard: unknown[] = []
    store.batch(() => {
      store.add(raw('a'))
      store.onChange(({ after }) => heard.push(after!.conversation_id))
      store.query().subscribe(({ page, changes }) => heard.push(page.count, changes.inserted))
      store
        .query()
        .device('tv')
        .subscribe(({ count }) => heard.push({ count }), { select: 'count' })
      expect(heard.splice(0)).toEqual([1, [], { count: 0 }])
      store.add(raw('b', { device: 'tv' }))
    })
    expect(heard).toEqual(['b', 2, [2], { count: 1 }])
  })

  test('one in a listener is told after what is being told', () => {
    const { store, counts } = heardStore()
    store.onChange(({ type }) => {
      if (type !== 'add' || store.size > 2) return
      store.batch(() => {
        store.add(raw('b'))
        store.add(raw('c'))
      })
      expect(counts).toEqual([])
    })
    store.add(raw('a'))
    expect(counts).toEqual([1, 3])
  })
})
