/**
 * What the hooks do in a browser: run with each version of React that is supported. Each check is a function that throws
 * when it fails; `window.check(name)` runs one.
 */
import { type Conversation, ConversationStore, type Envelope, query } from 'conversation-store'
import { StoreProvider, useConversations, useCount, useFacets } from 'conversation-store/react'
import { type ConnectedStore, connectStore } from 'conversation-store/worker'
import {
  Component,
  createElement,
  type ReactNode,
  StrictMode,
  Suspense,
  startTransition,
  useState,
  version,
} from 'react'
import { createRoot, hydrateRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { compareCalls } from './async-calls.ts'
import { rowsOf } from './react-rows.ts'
import { active, subscriptions } from './subscriptions.ts'

// biome-ignore lint/suspicious/noExplicitAny: the project is checked without DOM types.
declare const document: any, Worker: any, SharedWorker: any, requestAnimationFrame: (then: () => void) => void

type AnyStore = ConversationStore | ConnectedStore
type Props = { readonly [name: string]: never }
const NO_PROPS: Props = {}

/** What React complained of. */
let complaints: string[] = []
console.error = (...words: unknown[]) => complaints.push(words.map(String).join(' '))

/** A page of its own for a check. */
function mounted(store: AnyStore | null, child: () => ReactNode, isStrict = true) {
  subscriptions.length = 0
  complaints = []
  const element = document.createElement('div')
  document.body.append(element)
  const root = createRoot(element)
  const inside = createElement(StoreProvider, { store }, createElement(child, NO_PROPS))
  root.render(isStrict ? createElement(StrictMode, null, inside) : inside)
  return {
    element,
    text: (): string => element.textContent,
    unmount() {
      root.unmount()
      element.remove()
    },
  }
}

async function until(holds: () => boolean, what: string): Promise<void> {
  for (let left = 500; left > 0; left--) {
    if (holds()) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`Never: ${what}`)
}

function equal(actual: unknown, expected: unknown, what: string): void {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (left !== right) throw new Error(`${what}: ${left}, expected ${right}`)
}

const ids = (data: Envelope<Conversation> | undefined) => data?.results.map(({ id }) => id).join(' ') ?? 'none'

function inWorker(): { worker: { postMessage(message: unknown): void; terminate(): void }; store: ConnectedStore } {
  const worker = new Worker('/worker.js', { type: 'module' })
  return { worker, store: connectStore(worker) }
}

/** A shared worker of its own: its address is its name. */
async function inSharedWorker() {
  const script = await (await fetch('/shared-worker.js')).text()
  const address: string = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }))
  const { port } = new SharedWorker(address, { type: 'module' })
  return { port, store: connectStore(port), address }
}

const CHECKS: Record<string, () => Promise<void>> = {
  async 'a local store is never pending, and follows writes'() {
    const store = ConversationStore.from(rowsOf(4))
    const seen: string[] = []
    const page = mounted(store, () => {
      const { data, status } = useConversations(query().device('mobile'))
      seen.push(status)
      return ids(data)
    })
    await until(() => page.text() === '3 1', 'the first page')
    store.update(2, { device: 'mobile' })
    await until(() => page.text() === '3 2 1', 'the page after a write')
    equal([...new Set(seen)], ['success'], 'status')
    page.unmount()
    equal(active(), 0, 'live queries after unmounting')
    equal(complaints, [], 'complaints')
  },

  async 'equal queries and writes elsewhere render nothing again'() {
    const store = ConversationStore.from(rowsOf(4))
    const results: unknown[] = []
    let [renders, again] = [0, () => {}]
    const page = mounted(
      store,
      () => {
        const [, set] = useState(0)
        again = () => set((count) => count + 1)
        renders++
        results.push(useConversations(query().device('mobile').device('mobile', 'mobile')))
        return renders
      },
      false,
    )
    await until(() => page.text() === '1', 'the first rendering')
    store.update(2, { device: 'tablet' })
    store.add({ conversation_id: 'x', started_at: '2026-01-01', device: 'desktop' })
    await new Promise((resolve) => setTimeout(resolve, 50))
    equal([renders, subscriptions.length], [1, 1], 'renderings and subscriptions after writes elsewhere')
    again()
    await until(() => page.text() === '2', 'its own rendering')
    equal([renders, subscriptions.length], [2, 1], 'renderings and subscriptions after a rendering of its own')
    if (results[0] !== results[1]) throw new Error('An equal query gave another object.')
    page.unmount()
  },

  async 'strict mode and a query that changes leave one live query, and unmounting none'() {
    const store = ConversationStore.from(rowsOf(4))
    let choose = (_: string) => {}
    const page = mounted(store, () => {
      const [device, set] = useState('mobile')
      choose = set
      return ids(useConversations(query().device(device)).data)
    })
    await until(() => page.text() === '3 1' && active() === 1, 'one live query')
    for (const device of ['desktop', 'mobile', 'desktop']) choose(device)
    await until(() => page.text() === '4 2' && active() === 1, 'one live query of another device')
    page.unmount()
    equal(active(), 0, 'live queries after unmounting')
    equal(complaints, [], 'complaints')
  },

  async 'renders that Suspense throws away leave nothing behind'() {
    const store = ConversationStore.from(rowsOf(4))
    let isLoaded = false
    let load = () => {}
    const loading = new Promise<void>((resolve) => {
      load = () => {
        isLoaded = true
        resolve()
      }
    })
    const Slow = () => {
      if (!isLoaded) throw loading
      return ' loaded'
    }
    const List = () => ids(useConversations(query().device('mobile')).data)
    let choose = () => {}
    const page = mounted(store, () => {
      const [isSlow, set] = useState(true)
      choose = () => startTransition(() => set(false))
      const children = [
        createElement(List, { ...NO_PROPS, key: 1 }),
        isSlow && createElement(Slow, { ...NO_PROPS, key: 2 }),
      ]
      return createElement(Suspense, { fallback: 'waiting' }, children)
    })
    await until(() => page.text() === 'waiting', 'the fallback')
    store.update(2, { device: 'mobile' })
    equal(active(), 0, 'live queries while it is suspended')
    load()
    await until(() => page.text() === '3 2 1 loaded', 'what was written meanwhile')
    choose()
    await until(() => page.text() === '3 2 1', 'after a transition')
    equal(active(), 1, 'live queries')
    page.unmount()
    equal(active(), 0, 'live queries after unmounting')
  },

  async 'what the server rendered is taken over without a complaint'() {
    const store = ConversationStore.from(rowsOf(4))
    const initialData = JSON.parse(JSON.stringify(store.query().device('mobile').fetch()))
    const List = () => ids(useConversations(query().device('mobile'), { initialData }).data)
    const element = document.createElement('div')
    document.body.append(element)
    for (const place of [store, inWorker().store]) {
      complaints = []
      const app = createElement(StoreProvider, { store: place }, createElement(List, NO_PROPS))
      element.innerHTML = renderToString(createElement(StoreProvider, { store: null }, createElement(List, NO_PROPS)))
      equal(element.textContent, '3 1', 'on the server')
      const root = hydrateRoot(element, app)
      const expected = place === store ? '4 3 2 1' : '19 17 15 13 11 9 7 5 3 1'
      if (place === store) {
        store.update(2, { device: 'mobile' })
        store.update(4, { device: 'mobile' })
      }
      await until(() => element.textContent === expected, 'the answer of the page itself')
      equal(complaints, [], 'complaints')
      root.unmount()
    }
    element.remove()
  },

  async 'a page is held until it is released'() {
    const store = ConversationStore.from(rowsOf(2))
    let release = () => {}
    const page = mounted(store, () => {
      const held = useConversations(query(), { hold: true })
      release = held.release
      return `${ids(held.data)}, ${held.waiting} waiting`
    })
    await until(() => page.text() === '2 1, 0 waiting', 'the page')
    store.add({ conversation_id: 'x', started_at: '2026-02-01' })
    await until(() => page.text() === '2 1, 1 waiting', 'a row that waits')
    release()
    await until(() => page.text() === '3 2 1, 0 waiting', 'the page after release')
    page.unmount()
  },

  async 'errors: as a state, and to the error boundary'() {
    class Boundary extends Component<{ readonly children?: ReactNode }> {
      override state = { code: '' }
      static getDerivedStateFromError = ({ code }: { code: string }) => ({ code })
      override render = () => this.state.code || this.props.children
    }
    const { worker, store: remote } = inWorker()
    for (const store of [ConversationStore.from(rowsOf(2)), remote]) {
      const Page = () => {
        const { error, status } = useConversations(query().page(9))
        return `${status} ${(error as { code?: string } | null)?.code} `
      }
      const Facets = () => JSON.stringify(useFacets(query(), { divice: true } as never))
      const page = mounted(store, () => {
        const facets = createElement(Facets, { ...NO_PROPS, key: 2 })
        return [createElement(Page, { ...NO_PROPS, key: 1 }), createElement(Boundary, { ...NO_PROPS, key: 3 }, facets)]
      })
      await until(() => page.text() === 'error INVALID_PAGE UNKNOWN_PARAMETER', 'the errors')
      page.unmount()
    }
    worker.terminate()
  },

  async 'list, count and facets change in one frame'() {
    const { worker, store: remote } = inWorker()
    const local = ConversationStore.from(rowsOf(20))
    for (const store of [local, remote]) {
      const page = mounted(store, () => {
        const { data } = useConversations(query().device('mobile'))
        const count = useCount(query().device('mobile'))
        const facets = useFacets(query(), { device: true })
        return [data?.count, count, facets?.device.find(({ value }) => value === 'mobile')?.count].join(' ')
      })
      await until(() => page.text() === '10 10 10', 'the first answers')
      let isOver = false
      const frames = new Set<string>()
      const watch = () => {
        frames.add(page.text())
        if (!isOver) requestAnimationFrame(watch)
      }
      requestAnimationFrame(watch)
      if (store === remote) worker.postMessage({ write: 40 })
      else {
        for (let i = 0; i < 40; i++) {
          local.add({ conversation_id: `x${i}`, started_at: '2026-02-01', device: 'mobile' })
          await new Promise((resolve) => setTimeout(resolve, 3))
        }
      }
      await until(() => page.text() === '50 50 50', 'the last answers')
      isOver = true
      if (frames.size < 3) throw new Error(`${frames.size} frames say little.`)
      for (const frame of frames) equal(new Set(frame.split(' ')).size, 1, `different numbers in one frame, ${frame}`)
      page.unmount()
    }
    worker.terminate()
  },

  async 'a store in a worker: pending, then there; the answer before stands in'() {
    const { worker, store } = inWorker()
    const seen: string[] = []
    let choose = (_: string) => {}
    const page = mounted(store, () => {
      const [device, set] = useState('mobile')
      choose = set
      const { data, status, isPlaceholder } = useConversations(query().device(device).pageSize(2), {
        keepPrevious: true,
      })
      seen.push(`${status} ${isPlaceholder} ${ids(data)}`)
      return ids(data)
    })
    await until(() => page.text() === '19 17', 'the first page')
    choose('desktop')
    await until(() => page.text() === '20 18', 'the page of another query')
    equal(
      [...new Set(seen)],
      ['pending false none', 'success false 19 17', 'success true 19 17', 'success false 20 18'],
      'states',
    )
    equal(complaints, [], 'complaints')
    page.unmount()
    worker.terminate()
  },

  async 'data that is given are the answer to their own query, and to no other'() {
    const { worker, store } = inWorker()
    const initialData = await store.run(query().device('mobile').pageSize(2))
    const nextData = await store.run(query().device('desktop').pageSize(2))
    for (const given of [initialData, nextData]) {
      const seen: string[] = []
      let choose = (_: string) => {}
      const page = mounted(store, () => {
        const [device, set] = useState('mobile')
        choose = set
        const options = { initialData: device === 'mobile' ? initialData : given, keepPrevious: true }
        const { data, status, isPlaceholder } = useConversations(query().device(device).pageSize(2), options)
        seen.push(`${status} ${isPlaceholder} ${ids(data)}`)
        return ids(data)
      })
      await until(() => page.text() === '19 17', 'the data that were given')
      choose('desktop')
      await until(() => page.text() === '20 18', 'the page of another query')
      const between = given === initialData ? ['success true 19 17'] : []
      equal([...new Set(seen)], ['success false 19 17', ...between, 'success false 20 18'], 'states')
      equal(complaints, [], 'complaints')
      page.unmount()
    }
    worker.terminate()
  },

  async 'loading and building indexes in a worker leave the page free'() {
    const { worker, store } = inWorker()
    const text = rowsOf(8_000, 60).map((row) => JSON.stringify({ ...row, conversation_id: `l${row.conversation_id}` }))
    const bytes = new Blob([text.join('\n')]).stream()
    await store.count(query())
    let [last, longest, ticks, isOver] = [performance.now(), 0, 0, false]
    const tick = () => {
      const now = performance.now()
      longest = Math.max(longest, now - last)
      last = now
      ticks++
      if (!isOver) setTimeout(tick, 0)
    }
    const start = performance.now()
    tick()
    const heard: number[] = []
    const { added } = await store.load(bytes, { onProgress: ({ rows }) => heard.push(rows) })
    await store.warm({ onProgress: ({ done }) => heard.push(done) })
    const took = performance.now() - start
    isOver = true
    equal([added, heard.length > 8], [8_000, true], 'rows, and whether progress was told')
    equal((await store.run(query().messageContains('word7998').pageSize(1))).count > 0, true, 'whether it is found')
    // A page that did the work itself would stand still for most of it.
    if (longest > took / 3 || ticks < 20) throw new Error(`${longest} of ${took} ms without a turn, ${ticks} turns.`)
    store.close()
    worker.terminate()
  },

  async 'pages that are gone leave no live query in a shared worker'() {
    const { port, store, address } = await inSharedWorker()
    store.subscribe(query(), () => {})
    await store.count(query())
    let active = 0
    port.addEventListener('message', ({ data }: { data: { active?: number } }) => {
      active = data.active ?? active
    })
    const areActive = (expected: number) =>
      until(() => {
        port.postMessage('how many?')
        return active === expected
      }, `${expected} live queries`)
    await areActive(1)
    const frames = [1, 2].map(() => {
      const frame = document.createElement('iframe')
      frame.name = address
      frame.srcdoc = '<script type="module" src="/shared-page.js"></script>'
      document.body.append(frame)
      return frame
    })
    await areActive(3)
    frames[0].remove()
    await areActive(2)
    frames[1].contentWindow.location.reload()
    await until(() => frames[1].contentDocument?.readyState === 'complete', 'the page again')
    await areActive(2)
    frames[1].remove()
    await areActive(1)
    store.close()
    await areActive(0)
  },

  async 'a store in a worker, dedicated or shared, does every call as one here'() {
    const { worker, store } = inWorker()
    await compareCalls(store, rowsOf(20))
    worker.terminate()

    const { store: shared, address } = await inSharedWorker()
    await compareCalls(shared, rowsOf(4))
    // Another page of the same worker sees what was written, and its live query hears of the next write.
    const other = connectStore(new SharedWorker(address, { type: 'module' }).port)
    const counts: number[] = []
    other.subscribe(query(), ({ count }) => counts.push(count), { select: 'count' })
    const count = await other.count(query())
    await shared.purge('new')
    await until(() => counts.at(-1) === count - 1, 'the write of the other page')
    const control = new AbortController()
    let rows = 0
    try {
      for await (const _ of shared.all(query(), { signal: control.signal })) if (++rows === 150) control.abort('enough')
    } catch (reason) {
      equal([rows, reason], [150, 'enough'], 'an aborted iteration')
    }
    equal(rows, 150, 'rows before the abort')
    other.close()
    shared.close()
  },

  async 'a worker that never exposes its store makes calls reject'() {
    const silent = URL.createObjectURL(new Blob(['onconnect = onmessage = () => {}'], { type: 'text/javascript' }))
    for (const port of [new Worker(silent), new SharedWorker(silent).port]) {
      const store = connectStore(port, { timeoutMs: 50 })
      const error = await store.add({ conversation_id: 'a', started_at: '2026-01-01' }).catch((error) => error)
      equal([error.code, /exposeStore within 0.05 s/.test(error.message)], ['NO_STORE', true], 'the error')
      store.close()
    }
  },

  async 'a newer question drops the older ones that have not begun'() {
    const { worker, store } = inWorker()
    await store.count(query())
    const by = { subscriber: 'search box' }
    const texts = ['c', 'c1', 'c12', 'c123']
    const answers = await Promise.allSettled(texts.map((text) => store.run(query().search(text), by)))
    const codes = answers.map((it) => (it.status === 'rejected' ? it.reason.code : it.value.count))
    equal(codes.at(-1), 0, 'the newest answer')
    if (!codes.includes('ABORTED')) throw new Error(`None was dropped: ${codes.join()}`)
    worker.terminate()
  },
}

Object.assign(globalThis, {
  reactVersion: version,
  names: Object.keys(CHECKS),
  async check(name: string): Promise<string> {
    try {
      await CHECKS[name]!()
      return 'ok'
    } catch (error) {
      return `${(error as Error).message}\n${complaints.join('\n')}`
    }
  },
})
