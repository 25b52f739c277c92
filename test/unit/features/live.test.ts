import { describe, expect, test, vi } from 'vitest'
import { ConversationStoreError } from '../../../src/base/errors.ts'
import { changesBetween } from '../../../src/features/live/differences.ts'
import { Registry } from '../../../src/features/live/registry.ts'
import { type Run, stepped, windowOf } from '../../../src/features/live/run.ts'
import type { CountNotice, PageNotice } from '../../../src/features/live/types.ts'
import { ConversationStore, query } from '../../../src/index.ts'
import type { ConversationInput } from '../../../src/row/conversation.ts'
import type { AnyQuery } from '../../arbitraries/asking.ts'

/** Rows an hour apart: the later the letter, the later it began, so the newest first is backwards. */
const raw = (conversation_id: string, more: object = {}): ConversationInput => ({
  conversation_id,
  started_at: `2026-01-05T${String(conversation_id.charCodeAt(0) - 97).padStart(2, '0')}:00:00Z`,
  ...more,
})

const storeOf = (names: string, more: object = {}) => ConversationStore.from([...names].map((name) => raw(name, more)))

/** What was told: the page's letters, and the changes by letter. */
function follow(store: ConversationStore, asked = store.query(), options: { hold?: boolean } = {}) {
  const told: string[] = []
  const names = new Map<number, string>()
  const nameOf = (id: number) => names.get(id) ?? '?'
  const sub = asked.subscribe(({ page, changes }) => {
    for (const { id, conversation_id } of page.results) names.set(id, conversation_id)
    const words = Object.entries(changes).flatMap(([kind, ids]: [string, readonly number[]]) =>
      ids.length === 0 ? [] : `${kind} ${ids.map(nameOf).join('')}`,
    )
    told.push([`${page.results.map((row) => row.conversation_id).join('')}/${page.count}`, ...words].join(', '))
  }, options)
  return { told, sub }
}

function codeOf(call: () => unknown): string {
  try {
    call()
  } catch (error) {
    if (error instanceof ConversationStoreError) return `${error.code} ${error.parameter}`
    throw error
  }
  return 'nothing was thrown'
}

describe('a page', () => {
  test('is told before subscribe returns, then before each write returns that changes it', () => {
    const store = storeOf('abc')
    const { told } = follow(store, store.query().pageSize(2))
    expect(told.splice(0)).toEqual(['cb/3'])
    store.add(raw('d'))
    expect(told.splice(0)).toEqual(['dc/4, inserted d, removed b'])
    store.mark('d')
    expect(told.splice(0)).toEqual(['dc/4, updated d'])
    store.mark('a')
    store.mark('d')
    expect(told.splice(0)).toEqual([])
    store.purge('c')
    expect(told.splice(0)).toEqual(['db/3, inserted b, removed c'])
    store.purge('a')
    expect(told.splice(0)).toEqual(['db/2'])
    store.delete('d')
    expect(told.splice(0)).toEqual(['b/1, removed d'])
    store.restore('d')
    expect(told.splice(0)).toEqual(['db/2, inserted d'])
    store.addMany([raw('e'), raw('f'), raw('g')])
    expect(told.splice(0)).toEqual(['gf/5, inserted gf, removed db'])
    store.clear()
    expect(told.splice(0)).toEqual(['/0, removed gf'])
    store.clear()
    expect(told.splice(0)).toEqual([])
  })

  test('a changed row that has another place has moved; in its place it is updated', () => {
    const store = storeOf('abc', { customer_id: 'm' })
    const { told } = follow(store, store.query().orderBy('customer_id'))
    store.update('a', { customer_id: 'n' })
    store.update('a', { customer_id: 'o' })
    store.update('b', { customer_id: 'z' })
    expect(told).toEqual(['abc/3', 'bca/3, moved a', 'bca/3, updated a', 'cab/3, moved b'])
  })

  test('a condition that begins or ceases to hold brings a row and takes it away', () => {
    const store = storeOf('abc')
    const { told } = follow(store, store.query().device('tv'))
    store.update('b', { device: 'tv' })
    store.update('c', { device: 'radio' })
    store.update('b', { device: null })
    expect(told).toEqual(['/0', 'b/1, inserted b', '/0, removed b'])
  })

  test('a row that is written as it was changes nothing', () => {
    const store = storeOf('ab', { device: 'tv', metadata: { a: [1, { b: null }] } })
    const { told } = follow(store)
    const lean = vi.fn()
    store
      .query()
      .lean()
      .subscribe(() => lean(), {})
    store.update('a', { device: 'tv' })
    store.upsert({ metadata: { a: [1, { b: null }] }, device: 'tv', ...raw('b') })
    expect(told).toHaveLength(1)
    expect(lean).toHaveBeenCalledTimes(1)
  })

  test('is the page that fetch gives; unchanged rows are the same objects, lean ones too', () => {
    const store = storeOf('abcde')
    const paged = store.query().pageSize(2).page(2) as AnyQuery
    for (const asked of [paged, paged.lean()] as AnyQuery[]) {
      const pages: PageNotice<object>['page'][] = []
      const sub = asked.subscribe(({ page }: PageNotice<object>) => pages.push(page))
      store.add(raw('f'))
      expect(pages.at(-1)).toEqual(asked.fetch())
      expect(pages[1]!.results[1]).toBe(pages[0]!.results[0])
      expect(Object.isFrozen(pages[1]!.results[0])).toBe(true)
      sub()
      store.purge('f')
    }
  })

  test('a page number past the end is an error at first; later the page is empty until rows come back', () => {
    const store = storeOf('abc')
    const asked = store.query().pageSize(2).page(2)
    expect(
      codeOf(() =>
        store
          .query()
          .page(2)
          .subscribe(() => {}),
      ),
    ).toBe('INVALID_PAGE page')
    const pages: PageNotice<object>['page'][] = []
    asked.subscribe(({ page }) => pages.push(page))
    store.purge('b')
    expect(pages.at(-1)).toMatchObject({ count: 2, total_pages: 1, current_page: 2, results: [], next: null })
    expect(pages.at(-1)!.previous).toBe('http://localhost/api/conversations/?page_size=2')
    store.purge('a')
    store.purge('c')
    expect(pages.at(-1)).toMatchObject({ count: 0, results: [], next_cursor: null })
    store.addMany([raw('u'), raw('v'), raw('w')])
    expect(pages.at(-1)).toEqual(asked.fetch())
    expect(pages).toHaveLength(5)
  })

  test('the last page, and one after a cursor, follow too', () => {
    const store = storeOf('abcd')
    const last = follow(store, store.query().pageSize(2).page('last'))
    const after = follow(store, store.query().pageSize(2).after(store.query().pageSize(2).fetch().next_cursor!))
    store.add(raw('e'))
    store.purge('c')
    store.purge('b')
    expect(last.told).toEqual(['ba/4', 'a/5, removed b', 'ba/4, inserted b', 'a/3, removed b'])
    expect(after.told).toEqual(['ba/4', 'ba/5', 'ba/4', 'a/3, removed b'])
  })

  test('one after a cursor is told when rows no longer follow it, though its rows and their number are the same', () => {
    const store = storeOf('abc')
    const asked = store.query().pageSize(1)
    const told: (string | null)[] = []
    asked.after(asked.fetch().next_cursor!).subscribe(({ page }) => {
      expect(page.results.map((row) => row.conversation_id)).toEqual(['b'])
      told.push(page.next_cursor)
    })
    store.batch(() => {
      store.purge('a')
      store.add(raw('d'))
    })
    expect(told).toEqual([expect.any(String), null])
  })

  test('one after a cursor that is held goes on after the rows that it shows', () => {
    const store = storeOf('abcdef')
    const asked = store.query().pageSize(2)
    const after = asked.after(asked.fetch().next_cursor!)
    const pages: PageNotice<object>['page'][] = []
    const sub = after.subscribe(({ page }) => pages.push(page), { hold: true })
    const rest = () => after.after(pages.at(-1)!.next_cursor!).fetch()
    // It waits, for it is between the cursor and the last row of the page.
    store.add({ ...raw('d2'), started_at: '2026-01-05T03:30:00Z' })
    store.mark('c')
    expect(sub.waiting).toBe(1)
    expect(pages.at(-1)!.results.map((row) => (row as { conversation_id: string }).conversation_id)).toEqual(['d', 'c'])
    expect(rest().results.map((row) => row.conversation_id)).toEqual(['b', 'a'])
  })

  test('a commit of very many changes is told once too', () => {
    const store = storeOf('ab')
    const asked = store.query().pageSize(2)
    const pages: PageNotice<object>[] = []
    asked.subscribe((notice) => pages.push(notice))
    const held = asked.subscribe(() => {}, { hold: true })
    store.addMany(Array.from({ length: 200 }, (_, i) => ({ conversation_id: `${i}`, started_at: '2026-02-01' })))
    expect(pages).toHaveLength(2)
    expect(pages[1]!.page).toEqual(asked.fetch())
    expect(pages[1]!.changes).toEqual({ inserted: [202, 201], updated: [], removed: [2, 1], moved: [] })
    expect(held.waiting).toBe(200)
  })

  test('startedWithin stays where it was when it was called', () => {
    vi.useFakeTimers({ now: Date.parse('2026-01-05T10:00:00Z') })
    try {
      const store = storeOf('cf')
      const { told } = follow(store, store.query().startedWithin({ hours: 6 }))
      vi.setSystemTime('2026-01-06T10:00:00Z')
      store.add(raw('g'))
      store.add(raw('x'))
      expect(told).toEqual(['f/1', 'gf/2, inserted g'])
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('a count', () => {
  test('is told when it changes, with no ids', () => {
    const store = storeOf('abc')
    const told: CountNotice[] = []
    store
      .query()
      .marked()
      .subscribe((notice) => told.push(notice), { select: 'count' })
    store.mark('a')
    store.mark('a')
    store.rename('a', 'A')
    store.batch(() => {
      store.mark('a', false)
      store.mark('b')
    })
    store.addMany(Array.from({ length: 100 }, (_, i) => raw(`m${i}`, { is_marked: true })))
    const changes = { inserted: [], updated: [], removed: [], moved: [] }
    expect(told).toEqual([0, 1, 101].map((count) => ({ count, changes })))
  })
})

describe('facets and histogram', () => {
  test('come with the answer, and are reason enough to tell it', () => {
    const store = storeOf('ab', { device: 'tv' })
    const asked = store.query().device('radio')
    const told: PageNotice<unknown>[] = []
    asked.subscribe((notice) => told.push(notice), { facets: { device: true }, histogram: { every: 'day' } })
    expect(told).toEqual([
      {
        page: asked.fetch(),
        facets: asked.facets({ device: true }),
        histogram: [],
        changes: { inserted: [], updated: [], removed: [], moved: [] },
      },
    ])
    // The row is none of the query's, but counts where the condition on its field is left out.
    store.add(raw('c', { device: 'tv' }))
    expect(told).toHaveLength(2)
    expect(told[1]).toMatchObject({ page: { count: 0 }, facets: asked.facets({ device: true }) })
    store.add(raw('d', { device: 'radio' }))
    expect(told[2]!.histogram).toEqual(asked.histogram('started_at', { every: 'day' }))
    store.rename('a', 'A')
    expect(told).toHaveLength(3)
  })

  test('what a listener does to them makes no other answer', () => {
    const store = storeOf('ab', { device: 'tv' })
    store.add(raw('c', { device: 'radio' }))
    let calls = 0
    store.query().subscribe(
      ({ facets }) => {
        calls++
        ;(facets!.device as unknown[]).reverse()
      },
      { select: 'count', facets: { device: true } },
    )
    store.rename('a', 'x')
    store.rename('a', 'y')
    expect(calls).toBe(1)
    store.purge('c')
    expect(calls).toBe(2)
  })

  test("the changes of a first answer are no one's to change", () => {
    storeOf('a')
      .query()
      .subscribe(({ changes }) => {
        expect(() => (changes.inserted as number[]).push(9)).toThrow(TypeError)
      })
    expect.assertions(1)
  })

  test('count by all conditions when not disjunctive', () => {
    const store = storeOf('ab', { device: 'tv' })
    const told: unknown[] = []
    const options = { select: 'count', facets: { device: true }, disjunctive: false } as const
    store
      .query()
      .device('radio')
      .subscribe(({ facets }) => told.push(facets), options)
    store.add(raw('c', { device: 'tv' }))
    store.add(raw('d', { device: 'radio' }))
    expect(told.length).toBe(2)
    expect(told[1]).toEqual({ device: [{ value: 'radio', count: 1, selected: true }] })
  })

  test('that cannot be made any more are an error of the listeners, and no write fails', () => {
    const errors: unknown[] = []
    const store = new ConversationStore({ onListenerError: (error) => errors.push(error) })
    const told: unknown[] = []
    store.add(raw('a'))
    store.query().subscribe(({ page }) => told.push(page.count), { histogram: { every: 'hour' } })
    store.add({ conversation_id: 'far', started_at: '1970-01-01' })
    expect(errors).toHaveLength(1)
    store.purge('far')
    store.add(raw('b'))
    expect(told).toEqual([1, 2])
  })
})

describe('hold', () => {
  test('rows that arrive wait; those on the page change and go at once', () => {
    const store = storeOf('abc')
    const { told, sub } = follow(store, store.query().pageSize(3), { hold: true })
    expect(sub.waiting).toBe(0)
    store.add(raw('d'))
    store.addMany([raw('e'), raw('f')])
    expect([told.splice(0), sub.waiting]).toEqual([['cba/3'], 3])
    store.mark('b')
    expect(told.splice(0)).toEqual(['cba/6, updated b'])
    store.purge('c')
    expect([told.splice(0), sub.waiting]).toEqual([['ba/5, removed c'], 3])
    store.purge('d')
    expect(sub.waiting).toBe(2)
    sub.release()
    expect([told.splice(0), sub.waiting]).toEqual([['feb/4, inserted fe, removed a'], 0])
    sub.release()
    store.add(raw('g'))
    expect([told, sub.waiting]).toEqual([[], 1])
    store.purge('g')
    expect([told, sub.waiting]).toEqual([[], 0])
  })

  test('a row that belongs elsewhere keeps its place and waits; without any that waits the page is filled up', () => {
    const store = storeOf('abc', { customer_id: 'm' })
    const { told, sub } = follow(store, store.query().orderBy('customer_id').pageSize(2), { hold: true })
    store.purge('a')
    store.update('b', { customer_id: 'z' })
    expect([told.splice(0), sub.waiting]).toEqual([['ab/3', 'bc/2, inserted c, removed a', 'bc/2, updated b'], 1])
    sub.release()
    expect(told).toEqual(['cb/2, moved b'])
  })

  test('a row that leaves and comes back in one commit has stayed', () => {
    const store = storeOf('abc', { device: 'm' })
    const { told, sub } = follow(store, store.query().device('m').pageSize(1), { hold: true })
    store.batch(() => {
      store.delete('c')
      store.restore('c')
    })
    store.batch(() => {
      store.update('a', { device: 'x' })
      store.update('a', { device: 'm' })
    })
    store.batch(() => {
      const { id } = store.purge('b')
      store.add(raw('b', { device: 'm', id }))
    })
    expect([told.splice(0), sub.waiting]).toEqual([['c/3'], 0])
    store.delete('a')
    expect(told).toEqual(['c/2'])
  })

  test('a row that is back in its place waits no more', () => {
    const store = storeOf('abc')
    const { told, sub } = follow(store, store.query().orderBy('-is_marked', 'id').pageSize(2), { hold: true })
    const waiting: number[] = []
    for (const write of [
      () => store.mark('b'),
      () => store.mark('b', false),
      // One beyond the page.
      () => store.mark('c'),
      () => store.rename('c', 'C'),
      () => store.add(raw('d')),
      () => store.mark('c', false),
      () => store.purge('d'),
    ]) {
      write()
      waiting.push(sub.waiting)
    }
    expect(waiting).toEqual([1, 0, 1, 1, 2, 1, 0])
    expect(told).toEqual(['ab/3', 'ab/3, updated b', 'ab/3, updated b'])
    store.purge('a')
    expect(told.at(-1)).toBe('bc/2, inserted c, removed a')
  })

  test('facets that change while rows wait are told with the rows, whatever is written in between', () => {
    const store = storeOf('ab', { device: 'tv' })
    const told: PageNotice<unknown>[] = []
    const asked = store.query().not((q) => q.device('radio'))
    const sub = asked.subscribe((notice) => told.push(notice), { hold: true, facets: { language: true } })
    store.add(raw('c', { device: 'tv', language: 'fr' }))
    // It is looked at, since no field is asked to be equal, and concerns neither the page nor its facets.
    store.add(raw('d', { device: 'radio' }))
    expect([told.length, sub.waiting]).toEqual([1, 1])
    sub.release()
    expect(told[1]!.facets).toEqual(asked.facets({ language: true }))
    expect(told[1]!.facets).not.toEqual(told[0]!.facets)
  })

  test('onWaiting hears of each new number', () => {
    const store = storeOf('a')
    const heard: number[] = []
    const sub = store.query().subscribe(() => heard.push(-1), { hold: true, onWaiting: (rows) => heard.push(rows) })
    store.add(raw('b'))
    store.mark('a')
    store.addMany([raw('c'), raw('d')])
    sub.release()
    expect(heard).toEqual([-1, 1, -1, 3, -1, 0])
    sub()
    sub.release()
    store.add(raw('e'))
    expect(heard).toHaveLength(6)
  })
})

describe('the end', () => {
  test('by calling it, by unsubscribe, by the signal; more than once', () => {
    const store = storeOf('a')
    const stop = new AbortController()
    const told = [vi.fn(), vi.fn(), vi.fn()]
    const subs = told.map((hear) => store.query().subscribe(hear, { signal: stop.signal }))
    expect(subs.map(({ isActive }) => isActive)).toEqual([true, true, true])
    subs[0]!()
    subs[1]!.unsubscribe()
    store.add(raw('b'))
    expect(told.map(({ mock }) => mock.calls.length)).toEqual([1, 1, 2])
    stop.abort()
    subs[0]!()
    subs[2]!.unsubscribe()
    store.add(raw('c'))
    expect(told.map(({ mock }) => mock.calls.length)).toEqual([1, 1, 2])
    expect(subs.map(({ isActive }) => isActive)).toEqual([false, false, false])
  })

  test('a signal that is aborted already: nothing is told', () => {
    const hear = vi.fn()
    const sub = storeOf('a').query().subscribe(hear, { signal: AbortSignal.abort() })
    expect([hear.mock.calls.length, sub.isActive, sub.waiting]).toEqual([0, false, 0])
    sub.release()
    sub()
  })

  test('one that ends leaves nothing behind', () => {
    const { signal } = new AbortController()
    const [on, off] = [vi.spyOn(signal, 'addEventListener'), vi.spyOn(signal, 'removeEventListener')]
    storeOf('a')
      .query()
      .subscribe(() => {}, { signal })
      .unsubscribe()
    expect(off.mock.calls[0]).toEqual(on.mock.calls[0]!.slice(0, 2))
  })
})

describe('listeners', () => {
  test('one that throws silences no other; its error goes where those of onChange go', () => {
    const errors: unknown[] = []
    const store = new ConversationStore({ onListenerError: (error) => errors.push(error) })
    const told: number[] = []
    store.query().subscribe(() => {
      throw new Error('oh')
    })
    store.query().subscribe(({ page }) => told.push(page.count))
    expect(store.add(raw('a')).id).toBe(1)
    expect([told, errors]).toEqual([
      [0, 1],
      [new Error('oh'), new Error('oh')],
    ])
  })

  test('hear in the order in which they came, onChange before them', () => {
    const store = new ConversationStore()
    const heard: string[] = []
    store.query().subscribe(() => heard.push('one'))
    store
      .query()
      .conversationId('a')
      .subscribe(() => heard.push('two'))
    store.query().subscribe(() => heard.push('three'))
    store.onChange(() => heard.push('change'))
    heard.length = 0
    store.add(raw('a'))
    expect(heard).toEqual(['change', 'one', 'two', 'three'])
  })

  test('a write within one is applied at once and told after what is being told, each answer as its commit left it', () => {
    const store = storeOf('a')
    const heard: string[] = []
    store.query().subscribe(({ page }) => {
      heard.push(`first ${page.count}`)
      if (page.count < 3) store.add(raw(['b', 'c'][page.count - 1]!))
      heard.push(`size ${store.size}`)
    })
    expect(heard.splice(0)).toEqual(['first 1', 'size 2', 'first 2', 'size 3', 'first 3', 'size 3'])
    store.query().subscribe(({ page }) => heard.push(`second ${page.count}`))
    store.purge('c')
    expect(heard).toEqual(['second 3', 'first 2', 'size 3', 'second 2', 'first 3', 'size 3', 'second 3'])
  })

  test('one that subscribes: the new one has the answer of now, and hears of what comes after', () => {
    const store = new ConversationStore()
    const heard: string[] = []
    let isOther = false
    store.onChange(({ after }) => {
      heard.push(`change ${after!.conversation_id}`)
      if (isOther) return
      isOther = true
      store.onChange(({ after: row }) => heard.push(`late change ${row!.conversation_id}`))
      store.query().subscribe(({ page }) => heard.push(`late page ${page.count}`))
    })
    store.addMany([raw('a'), raw('b')])
    expect(heard.splice(0)).toEqual(['change a', 'late page 2', 'change b'])
    store.add(raw('c'))
    expect(heard).toEqual(['change c', 'late change c', 'late page 3'])
  })

  test('one that subscribes within a batch is told of the changes after it alone', () => {
    const either = query().or(
      (q) => q.customerId('x'),
      (q) => q.device('tv'),
    )
    // Found by all changes, by a value of one field, or by one of several values.
    for (const asked of [query(), query().device('tv'), either]) {
      const store = storeOf('ab', { device: 'tv' })
      // Where nobody listens, nothing of a batch is kept that could be told.
      store.onChange(() => {})
      const told: number[] = []
      const hear = ({ count }: CountNotice) => told.push(count)
      store.batch(() => {
        store.add(raw('c', { device: 'tv' }))
        store.query(asked.spec).subscribe(hear, { select: 'count' })
      })
      expect(told.splice(0)).toEqual([3])
      store.batch(() => {
        store.add(raw('d', { device: 'tv' }))
        store.query(asked.spec).subscribe(hear, { select: 'count' })
        store.add(raw('e', { device: 'tv' }))
      })
      // The second one's answer of then; what the batch came to, told to both.
      expect(told).toEqual([4, 5, 5])
    }
  })

  test('one that ends another: that hears no more, not even of what is being told', () => {
    const store = storeOf('a')
    const heard: string[] = []
    const subs: (() => void)[] = []
    store.query().subscribe(() => {
      heard.push('one')
      subs[0]?.()
    })
    subs.push(store.query().subscribe(() => heard.push('two')))
    store.add(raw('b'))
    expect(heard).toEqual(['one', 'two', 'one'])
  })
})

describe('what is asked', () => {
  test('is checked, and then nothing is subscribed to', () => {
    const store = storeOf('a')
    const asked = store.query()
    const hear = vi.fn()
    const ask = (options: object) => codeOf(() => asked.subscribe(hear, options as never))
    expect(ask({ select: 'rows' })).toBe('INVALID_VALUE select')
    expect(ask({ select: 'count', hold: true })).toBe('INVALID_VALUE hold')
    expect(ask({ hold: 'yes' })).toBe('INVALID_VALUE hold')
    expect(ask({ selct: 'count' })).toBe('UNKNOWN_PARAMETER subscribe')
    expect(ask({ facets: { devise: true } })).toBe('UNKNOWN_PARAMETER facets')
    expect(ask({ histogram: { every: 'year' } })).toBe('INVALID_VALUE every')
    expect(ask({ facets: null })).toBe('INVALID_VALUE facets')
    expect(ask({ histogram: null })).toBe('INVALID_VALUE histogram')
    expect(ask({ disjunctive: 'x' })).toBe('INVALID_VALUE disjunctive')
    expect(ask({ onWaiting: 5 })).toBe('INVALID_VALUE onWaiting')
    expect(ask({ signal: {} })).toBe('INVALID_VALUE signal')
    expect(ask({ signal: 5 })).toBe('INVALID_VALUE signal')
    expect(codeOf(() => asked.subscribe(undefined as never))).toBe('INVALID_VALUE listener')
    for (const options of [null, 'page', ['page']])
      expect(codeOf(() => asked.subscribe(hear, options as never))).toBe('INVALID_VALUE subscribe')
    expect(codeOf(() => query().subscribe(hear))).toBe('NO_STORE query')
    store.add(raw('b'))
    expect(hear).not.toHaveBeenCalled()
  })

  test('an option that is undefined is as if it were left out', () => {
    const hear = vi.fn()
    const options = { select: undefined, facets: undefined, histogram: undefined, hold: undefined, signal: undefined }
    storeOf('a').query().subscribe(hear, options)
    expect(Object.keys(hear.mock.calls[0]![0])).toEqual(['page', 'changes'])
  })
})

describe('stepped and windowOf', () => {
  const row = (id: number) => ({ id, started_at: `2026-01-${10 + id}` }) as never
  const run = (start: number, ids: number[], count: number): Run => ({ start, rows: ids.map(row), count })
  const outcome = (it: Run, ...steps: [number | null, number | null][]) => {
    const made = stepped(
      it,
      steps.map(([before, now]) => ({ before: before && row(before), after: now && row(now) }) as never),
      ['started_at'],
    )
    return made && [made.start, made.rows.map(({ id }) => id), made.count]
  }

  test('rows come and go within, before and behind', () => {
    const it = run(2, [4, 6], 6)
    expect(outcome(it, [null, 5])).toEqual([2, [4, 5, 6], 7])
    expect(outcome(it, [null, 1])).toEqual([3, [4, 6], 7])
    expect(outcome(it, [null, 8])).toEqual([2, [4, 6], 7])
    expect(outcome(it, [1, null])).toEqual([1, [4, 6], 5])
    expect(outcome(it, [8, null])).toEqual([2, [4, 6], 5])
    expect(outcome(it, [4, null], [null, 5])).toEqual([3, [6], 6])
    expect(outcome(run(0, [4], 1), [null, 3], [null, 9])).toEqual([0, [3, 4, 9], 3])
    expect(outcome(run(0, [], 0), [null, 3])).toEqual([0, [3], 1])
  })

  test('without a row to compare with nothing is said', () => {
    expect(outcome(run(2, [4], 4), [4, null], [1, null])).toBeUndefined()
    expect(outcome(run(0, [4], 2), [4, null], [null, 5])).toBeUndefined()
    expect(outcome(run(0, [4], 2), [4, null], [5, null])).toEqual([0, [], 0])
  })

  test('a window is cut out, if the run has it whole', () => {
    const ids = (made: Run | undefined) => made?.rows.map(({ id }) => id)
    expect(ids(windowOf(run(1, [3, 4, 5], 9), 2, 2))).toEqual([4, 5])
    expect(ids(windowOf(run(1, [3, 4, 5], 4), 2, 9))).toEqual([4, 5])
    expect(ids(windowOf(run(1, [3, 4, 5], 9), 0, 2))).toBeUndefined()
    expect(ids(windowOf(run(1, [3, 4, 5], 9), 2, 3))).toBeUndefined()
    expect(ids(windowOf(run(0, [], 0), 0, 3))).toEqual([])
    expect(ids(windowOf(run(0, [3], 1), 3, 3))).toBeUndefined()
    expect(ids(windowOf(run(2, [3, 4, 5, 6], 9), 2, 2))).toEqual([3, 4])
    expect(ids(windowOf(run(2, [3, 4, 5, 6], 9), 3, 2))).toEqual([4, 5])
    expect(ids(windowOf(run(0, [3], 1), 1, 3))).toBeUndefined()
  })
})

test('changesBetween: by id, and by object', () => {
  const row = (id: number) => ({ id }) as never
  const [a, b, c, d] = [row(1), row(2), row(3), row(4)]
  expect(changesBetween([a, b, c], [a, b, c])).toEqual({ inserted: [], updated: [], removed: [], moved: [] })
  expect(changesBetween([a, b, c], [d, row(1), c])).toEqual({ inserted: [4], updated: [1], removed: [2], moved: [] })
  expect(changesBetween([a, b, c], [b, c, row(1)]).moved).toEqual([1])
  expect(changesBetween([a, b], [b, a], new Set([1])).moved).toEqual([1])
})

describe('Registry', () => {
  const rowOf = (more: object) => ({ id: 7, conversation_id: 'c', metadata: null, messages: [], ...more }) as never
  const concerned = (asked: ReturnType<typeof query>, row: never) => {
    const registry = new Registry<string>()
    const forget = registry.add('it', asked.spec.where)
    const found: string[] = [...registry.others]
    registry.eachConcerned([null, row], (item) => found.push(item))
    forget()
    // Again, it does nothing.
    forget()
    registry.eachConcerned([row], () => expect.unreachable())
    expect(registry.others.size).toBe(0)
    return found.length > 0
  }

  test.each([
    ['equal', query().device('tv'), { device: 'tv' }, { device: 'radio' }],
    ['one of several', query().device('tv', 'pc'), { device: 'pc' }, { device: 'radio' }],
    ['an id', query().where('id', 'in', [7, 8]), {}, { id: 9 }],
    ['the rarest of several', query().device('tv').customerId('c'), { customer_id: 'c' }, { device: 'tv' }],
    ['metadata', query().metadata('a.b', 1), { metadata: { a: { b: 1 } } }, { metadata: { a: { b: '1' } } }],
    ['a null in metadata', query().metadata('a', null), { metadata: { a: null } }, { metadata: {} }],
    ['an action', query().action('x'), { messages: [{ action_name: 'y' }, { action_name: 'x' }] }, {}],
    [
      'any of two',
      query().or(
        (q) => q.device('tv'),
        (q) => q.language('de'),
      ),
      { language: 'de' },
      { device: 'pc' },
    ],
    [
      'any of two, beside what asks for no value',
      query()
        .messageContains('x')
        .not((q) => q.marked())
        .or(
          (q) => q.device('tv'),
          (q) => q.language('de'),
        ),
      { device: 'tv' },
      { device: 'x' },
    ],
    ['none', query().where('device', 'in', []), undefined, { device: 'tv' }],
  ])('%s: found by the value, and by no other', (_, asked, met, unmet) => {
    if (met !== undefined) expect(concerned(asked as never, rowOf(met))).toBe(true)
    expect(concerned(asked as never, rowOf(unmet))).toBe(false)
  })

  test('fields that nobody asks for any more are not read', () => {
    const registry = new Registry<string>()
    const forget = [query().device('tv'), query().device('pc', 'tv'), query().language('de')].map((asked, i) =>
      registry.add(`${i}`, asked.spec.where),
    )
    const read: string[] = []
    const row = {
      get device() {
        read.push('device')
        return 'tv'
      },
      get language() {
        read.push('language')
        return 'de'
      },
    }
    const fieldsRead = () => {
      read.length = 0
      registry.eachConcerned([row as never], () => {})
      return read.toSorted().join()
    }
    const seen = [fieldsRead()]
    for (const one of forget) {
      one()
      seen.push(fieldsRead())
    }
    expect(seen).toEqual(['device,language', 'device,language', 'language', ''])
  })

  test.each([
    ['a text', query().messageContains('x')],
    ['a time', query().startedAfter('2024-01-15')],
    [
      'an or with a branch that asks for no value',
      query().or(
        (q) => q.device('tv'),
        (q) => q.marked(),
      ),
    ],
    ['what must not be', query().not((q) => q.device('tv'))],
    ['nothing', query()],
  ])('%s: every row may concern it', (_, asked) => {
    expect(concerned(asked, rowOf({ device: 'pc' }))).toBe(true)
  })
})
