import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ConversationStore } from '../../../src/index.ts'
import type { ConversationInput } from '../../../src/row/conversation.ts'
import { type Change, ChangeFeed } from '../../../src/store/changes.ts'

const raw = (conversation_id: string, more: object = {}): ConversationInput => ({
  conversation_id,
  started_at: '2026-01-05T10:00:00Z',
  ...more,
})

/** A store and all that its listener heard, as `[type, name before, name after]`. */
function heardStore() {
  const store = new ConversationStore()
  const heard: unknown[] = []
  store.onChange(({ type, before, after }) => heard.push([type, before?.name ?? null, after?.name ?? null]))
  return { store, heard }
}

/** What was rejected and caught by no one while `task` ran, and shortly after. */
let unhandled: unknown[] = []
const note = (error: unknown) => unhandled.push(error)
let others: NodeJS.UnhandledRejectionListener[] = []

beforeEach(() => {
  unhandled = []
  others = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  process.on('unhandledRejection', note)
})

afterEach(() => {
  process.removeListener('unhandledRejection', note)
  for (const other of others) process.on('unhandledRejection', other)
})

const soon = () => new Promise((resume) => setTimeout(resume, 5))

describe('what is heard', () => {
  test('each write, by its type, with the row before and after', () => {
    const { store, heard } = heardStore()
    store.add(raw('a', { name: 'A' }))
    store.addMany([raw('b', { name: 'B' }), raw('c', { name: 'C' })])
    store.upsert(raw('a', { name: 'A2' }))
    store.upsert(raw('d', { name: 'D' }))
    store.update('a', { device: 'tv' })
    store.rename('a', 'A3')
    store.updateMetadata('a', { plan: 'pro' })
    store.mark('b')
    store.delete('b')
    store.restore('b')
    store.addMessage('c', { sender: 'agent', content: 'hi' })
    store.addFeedback('c', { sentiment: 'positive' })
    store.purge('d')
    expect(heard).toEqual([
      ['add', null, 'A'],
      ['add', null, 'B'],
      ['add', null, 'C'],
      ['update', 'A', 'A2'],
      ['add', null, 'D'],
      ['update', 'A2', 'A2'],
      ['update', 'A2', 'A3'],
      ['update', 'A3', 'A3'],
      ['update', 'B', 'B'],
      ['delete', 'B', 'B'],
      ['restore', 'B', 'B'],
      ['update', 'C', 'C'],
      ['update', 'C', 'C'],
      ['purge', 'D', null],
    ])
  })

  test('before and after are the rows themselves, frozen to the bottom', () => {
    const store = new ConversationStore()
    store.add(raw('a', { metadata: { deep: { list: [{}] } } }))
    const changes: Change[] = []
    store.onChange((change) => changes.push(change))
    const before = store.get('a')
    const after = store.updateMetadata('a', { more: { deep: {} } })
    expect(changes).toHaveLength(1)
    expect(changes[0]!.before).toBe(before)
    expect(changes[0]!.after).toBe(after)
    expect(store.get('a')).toBe(after)
    for (const it of [before, after]) {
      expect(Object.isFrozen(it)).toBe(true)
      expect(Object.isFrozen((it!.metadata as { deep: object }).deep)).toBe(true)
    }
    store.purge('a')
    expect(changes[1]).toMatchObject({ type: 'purge', before: after, after: null })
  })

  test('clear purges each row, in the order in which they were added', () => {
    const { store, heard } = heardStore()
    store.addMany([raw('a', { name: 'A' }), raw('b', { name: 'B', is_deleted: true })])
    heard.length = 0
    store.clear()
    store.clear()
    expect(heard).toEqual([
      ['purge', 'A', null],
      ['purge', 'B', null],
    ])
  })

  test('nothing, where nothing changed', () => {
    const { store, heard } = heardStore()
    store.add(raw('a'))
    store.delete('a')
    heard.length = 0
    store.delete('a')
    expect(() => store.add(raw('a'))).toThrow()
    expect(() => store.addMany([raw('b'), raw('a')])).toThrow()
    expect(() => store.addMany([raw('b'), {} as never])).toThrow()
    expect(() => store.update('a', { device: 3 } as never)).toThrow()
    expect(() => store.purge('nobody')).toThrow()
    expect(() => store.addMessage('a', {} as never)).toThrow()
    expect(() => store.delete('a', 'never')).toThrow()
    store.addMany([])
    store.restore('a')
    heard.length = 0
    store.restore('a')
    expect(heard).toEqual([])
  })

  test('when the whole batch is in, and no sooner', () => {
    const store = new ConversationStore()
    const sizes: number[] = []
    store.onChange(() => sizes.push(store.size, store.query().count()))
    store.addMany([raw('a'), raw('b'), raw('c')])
    expect(sizes).toEqual([3, 3, 3, 3, 3, 3])
  })

  test('with skip, only what was added', () => {
    const { store, heard } = heardStore()
    store.addMany([raw('a', { name: 'A' }), raw('a', { name: 'A2' }), {} as never, raw('b', { name: 'B' })], {
      onInvalid: 'skip',
    })
    expect(heard).toEqual([
      ['add', null, 'A'],
      ['add', null, 'B'],
    ])
  })

  test('an answer is up to date when it is heard', () => {
    const store = new ConversationStore()
    store.addMany([raw('a'), raw('b')])
    expect(store.query().marked().count()).toBe(0)
    const counts: number[] = []
    store.onChange(() => counts.push(store.query().marked().count(), store.query().device('tv').count(), store.size))
    store.mark('a')
    store.update('b', { device: 'tv', is_marked: true })
    store.purge('a')
    expect(counts).toEqual([1, 0, 2, 2, 1, 2, 1, 1, 1])
  })
})

describe('subscriptions', () => {
  test('hear in the order in which they came, each once a change', () => {
    const store = new ConversationStore()
    const heard: string[] = []
    store.onChange(() => heard.push('first'))
    store.onChange(() => heard.push('second'))
    store.add(raw('a'))
    expect(heard).toEqual(['first', 'second'])
  })

  test('end when they are taken back, which may be done twice', () => {
    const store = new ConversationStore()
    const heard: string[] = []
    const stop = store.onChange(() => heard.push('one'))
    store.onChange(() => heard.push('other'))
    stop()
    stop()
    store.add(raw('a'))
    expect(heard).toEqual(['other'])
  })

  test('one function may listen twice, and stops once for each', () => {
    const store = new ConversationStore()
    let calls = 0
    const listen = () => calls++
    const stop = store.onChange(listen)
    const stopOther = store.onChange(listen)
    store.add(raw('a'))
    expect(calls).toBe(2)
    stop()
    stop()
    store.add(raw('b'))
    expect(calls).toBe(3)
    stopOther()
    store.add(raw('c'))
    expect(calls).toBe(3)
  })

  test('taken back by a listener: it hears no more, not even of the change that is being told', () => {
    const store = new ConversationStore()
    const heard: string[] = []
    store.onChange(() => {
      heard.push('first')
      stop()
    })
    const stop = store.onChange(() => heard.push('second'))
    store.addMany([raw('a'), raw('b')])
    expect(heard).toEqual(['first', 'first'])
  })

  test('taken back by the listener itself', () => {
    const store = new ConversationStore()
    let calls = 0
    const stop = store.onChange(() => {
      calls++
      stop()
    })
    store.addMany([raw('a'), raw('b')])
    store.add(raw('c'))
    expect(calls).toBe(1)
  })
})

describe('a write within a listener', () => {
  test('is applied at once, and told after the change that is being told', () => {
    const store = new ConversationStore()
    const heard: unknown[] = []
    store.onChange(({ type, after }) => {
      heard.push(`first: ${type} ${after?.name}`)
      if (type !== 'add') return
      store.rename(after!.id, `${after!.name}!`)
      heard.push(`now ${store.get(after!.id)!.name}`)
    })
    store.onChange(({ type, after }) => heard.push(`second: ${type} ${after?.name}`))
    store.addMany([raw('a', { name: 'A' }), raw('b', { name: 'B' })])
    expect(heard).toEqual([
      'first: add A',
      'now A!',
      'second: add A',
      'first: add B',
      'now B!',
      'second: add B',
      'first: update A!',
      'second: update A!',
      'first: update B!',
      'second: update B!',
    ])
  })

  test('leaves what the outer write gives back as that write made it', () => {
    const store = new ConversationStore()
    store.onChange(({ type, after }) => {
      if (type === 'add') store.purge(after!.id)
    })
    const added = store.add(raw('a', { name: 'A' }))
    expect([added.name, store.size, store.get('a')]).toEqual(['A', 0, undefined])
    expect(store.addMany([raw('b'), raw('c')])).toMatchObject({ added: 2, rejected: [] })
    expect([store.size, store.query().count()]).toEqual([0, 0])
  })

  test('that throws an error of the store is an error of the listener', async () => {
    const errors: unknown[] = []
    const store = new ConversationStore({ onListenerError: (error) => errors.push(error) })
    store.onChange(() => store.purge('nobody'))
    expect(store.add(raw('a')).id).toBe(1)
    expect(errors).toMatchObject([{ code: 'NOT_FOUND' }])
  })

  test('may clear the store while a batch is told', () => {
    const store = new ConversationStore()
    const heard: string[] = []
    store.onChange(({ type, before, after }) => {
      heard.push(`${type} ${(before ?? after)!.conversation_id}`)
      if (heard.length === 1) store.clear()
    })
    store.addMany([raw('a'), raw('b')])
    expect(heard).toEqual(['add a', 'add b', 'purge a', 'purge b'])
    expect(store.size).toBe(0)
  })
})

describe('a listener that throws', () => {
  test('fails no write and silences no other; the error goes to onListenerError', async () => {
    const errors: unknown[] = []
    const store = new ConversationStore({ onListenerError: (error) => errors.push(error) })
    const heard: string[] = []
    store.onChange(() => {
      throw new Error('one')
    })
    store.onChange(({ type }) => heard.push(type))
    store.onChange(() => {
      throw 'two'
    })
    expect(store.add(raw('a')).conversation_id).toBe('a')
    store.purge('a')
    expect(heard).toEqual(['add', 'purge'])
    expect(errors).toEqual([new Error('one'), 'two', new Error('one'), 'two'])
    await soon()
    expect(unhandled).toEqual([])
  })

  test('without onListenerError: the error is an unhandled rejection, and the write is done', async () => {
    const store = new ConversationStore()
    const heard: string[] = []
    store.onChange(() => {
      throw new Error('oh')
    })
    store.onChange(({ type }) => heard.push(type))
    store.add(raw('a'))
    expect([store.size, heard]).toEqual([1, ['add']])
    expect(unhandled).toEqual([])
    await soon()
    expect(unhandled).toEqual([new Error('oh')])
  })

  test('and an onListenerError that throws: an unhandled rejection too', async () => {
    const store = new ConversationStore({
      onListenerError: () => {
        throw new Error('worse')
      },
    })
    store.onChange(() => {
      throw new Error('bad')
    })
    store.addMany([raw('a'), raw('b')])
    expect(store.size).toBe(2)
    await soon()
    expect(unhandled).toEqual([new Error('worse'), new Error('worse')])
  })

  test('in the middle of changes that its writes made leaves none of them untold', () => {
    const heard: string[] = []
    const store = new ConversationStore({ onListenerError: () => {} })
    store.onChange(({ type }) => {
      if (type === 'add') store.mark('a')
      throw new Error('after writing')
    })
    store.onChange(({ type }) => heard.push(type))
    store.add(raw('a'))
    store.rename('a', 'A')
    expect(heard).toEqual(['add', 'update', 'update'])
  })
})

describe('ChangeFeed', () => {
  const change = (id: number): Change => ({ type: 'add', before: null, after: { id } as never })

  test('areHeard while someone listens', () => {
    const changes = new ChangeFeed(undefined)
    expect(changes.areHeard).toBe(false)
    const stop = changes.listen(() => {})
    expect(changes.areHeard).toBe(true)
    stop()
    expect(changes.areHeard).toBe(false)
  })

  test('tell: all changes to all listeners, those that come meanwhile in turn', () => {
    const changes = new ChangeFeed(undefined)
    const heard: string[] = []
    changes.listen(({ after }) => {
      heard.push(`a${after!.id}`)
      if (after!.id < 3) changes.tell([change(after!.id + 2)])
    })
    changes.listen(({ after }) => heard.push(`b${after!.id}`))
    changes.tell([change(1), change(2)])
    expect(heard).toEqual(['a1', 'b1', 'a2', 'b2', 'a3', 'b3', 'a4', 'b4'])
    changes.tell([])
    expect(heard).toHaveLength(8)
  })
})
