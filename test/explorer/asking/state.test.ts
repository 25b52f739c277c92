/** The URL of a window: what makes an entry of the history, and what going back gives. */
import { describe, expect, test } from 'vitest'
import { setSearch, switchOff, toggleValue } from '../../../src/explorer/asking/changes/index.ts'
import { NOTHING } from '../../../src/explorer/asking/query.ts'
import { UrlState, type UrlWindow } from '../../../src/explorer/asking/url/state.ts'

/** A window with a history. Time passes when it is told to. */
class FakeWindow implements UrlWindow {
  readonly entries: string[]
  at = 0
  readonly #listeners = new Map<string, Set<() => void>>()
  readonly #timers = new Map<number, () => void>()

  constructor(url: string) {
    this.entries = [url]
  }

  get location() {
    return new URL(this.entries[this.at]!, 'https://example.com')
  }

  readonly history = {
    pushState: (_: unknown, __: string, url: string) => {
      this.entries.splice(++this.at, Number.POSITIVE_INFINITY, url)
    },
    replaceState: (_: unknown, __: string, url: string) => {
      this.entries[this.at] = url
    },
  }

  addEventListener(type: string, listener: () => void) {
    this.#listeners.set(type, (this.#listeners.get(type) ?? new Set()).add(listener))
  }

  removeEventListener(type: string, listener: () => void) {
    this.#listeners.get(type)?.delete(listener)
  }

  setTimeout(run: () => void) {
    const timer = this.#timers.size + 1
    this.#timers.set(timer, run)
    return timer
  }

  clearTimeout(timer: number) {
    this.#timers.delete(timer)
  }

  wait() {
    for (const run of [...this.#timers.values()]) run()
  }

  tell(type: 'popstate' | 'pagehide') {
    for (const listener of this.#listeners.get(type) ?? []) listener()
  }

  back() {
    this.at--
    this.tell('popstate')
  }
}

const opened = (url = '/explore/') => {
  const window = new FakeWindow(url)
  const state = new UrlState(window)
  let told = 0
  const end = state.subscribe(() => told++)
  return { window, state, end, told: () => told }
}
const mobile = (asked: typeof NOTHING) => toggleValue(asked, 'device', 'mobile')

describe('the history', () => {
  test('gets an entry for each change, and going back gives what was before', () => {
    const { window, state, told } = opened()
    state.ask(mobile)
    state.look({ open: 'c-1' })
    expect(window.entries).toEqual(['/explore/', '/explore/?device=mobile', '/explore/?device=mobile#open=c-1'])
    expect(told()).toBe(2)
    window.back()
    expect(state.state.view.open).toBeNull()
    window.back()
    expect(state.state.asked).toEqual(NOTHING)
    expect(told()).toBe(4)
  })

  test('gets none for what is typed: the entry that there is changes, after a while', () => {
    const { window, state } = opened()
    state.ask(mobile)
    for (const text of ['r', 're', 'ref']) state.ask((asked) => setSearch(asked, text), { replace: true })
    expect(state.state.asked.search).toBe('ref')
    expect(window.entries.at(-1)).toBe('/explore/?device=mobile')
    window.wait()
    expect(window.entries).toEqual(['/explore/', '/explore/?device=mobile&search=ref'])
  })

  test('has what was typed before the next entry, and before the page goes', () => {
    const { window, state } = opened()
    state.ask((asked) => setSearch(asked, 'ref'), { replace: true })
    state.ask(mobile)
    expect(window.entries).toEqual(['/explore/?search=ref', '/explore/?device=mobile&search=ref'])
    state.ask((asked) => setSearch(asked, 'refund'), { replace: true })
    window.tell('pagehide')
    expect(window.entries.at(-1)).toBe('/explore/?device=mobile&search=refund')
  })

  test('gets none for what changes nothing', () => {
    const { window, state, told } = opened('/explore/?device=mobile')
    state.ask((asked) => asked)
    state.look({ every: null })
    expect(window.entries).toHaveLength(1)
    expect(told()).toBe(0)
  })

  test('that a browser refuses, as too long a URL, leaves what is asked as it is', () => {
    const { window, state } = opened()
    window.history.pushState = () => {
      throw new Error('too long')
    }
    state.ask((asked) => setSearch(asked, 'x'.repeat(1000)))
    expect(state.state.asked.search).toHaveLength(1000)
    expect(window.entries).toEqual(['/explore/'])
  })

  test('is left alone once nobody listens', () => {
    const { window, state, end, told } = opened()
    state.ask((asked) => setSearch(asked, 'ref'), { replace: true })
    end()
    expect(window.entries).toEqual(['/explore/?search=ref'])
    window.tell('popstate')
    expect(told()).toBe(1)
  })
})

test('the query is one object as long as the same is asked for', () => {
  const { state } = opened('/explore/?device=mobile')
  const { query } = state.state
  state.look({ open: 'c-1' })
  state.ask((asked) => setSearch(asked, '  '))
  expect(state.state.query).toBe(query)
  state.ask((asked) => switchOff(asked, 0))
  expect(state.state.query).not.toBe(query)
})

describe('a URL with faults', () => {
  test('asks for nothing until a person says so, then for the rest', () => {
    const { window, state } = opened('/explore/?devise=mobile&language=de')
    expect(state.state.faults).toHaveLength(1)
    state.askRest()
    expect(state.state.faults).toEqual([])
    expect(window.entries.at(-1)).toBe('/explore/?language=de')
    window.back()
    expect(state.state.faults).toHaveLength(1)
  })

  test('or for everything', () => {
    const { window, state } = opened('/explore/?devise=mobile&language=de&src=./a.ndjson')
    state.startOver()
    expect(window.entries.at(-1)).toBe('/explore/?src=./a.ndjson')
    expect(state.state).toMatchObject({ asked: NOTHING, faults: [] })
  })
})
