/** The conversations that this tab has open: which ones, and what becomes of opening others. */
import type { Failure, Picked, Session, SessionState, Writer } from './contract.ts'
import type { Order } from './protocol.ts'
import { nameOf, nameOfFiles } from './sources/name.ts'
import { emptyStatus } from './status.ts'
import { Link, type Told } from './tab/link.ts'
import { keptMemory, keyMemory, type Remembered, sourceMemory } from './tab/memory.ts'
import { filesOf } from './tab/picked.ts'
import { hostOf, ownUrl } from './tab/start.ts'
import { inStore, writerOf } from './tab/writer.ts'

const GENERATED: Order = { kind: 'generated', count: 100_000 }

export function startSession(): Session {
  const session = new TabSession()
  void session.start()
  return session
}

/** A source that is being opened, or is open. */
interface Source {
  readonly link: Link
  readonly order: Order
  /** What a reload of this tab opens again. An address says that itself. */
  readonly remembered: Remembered | null
}

class TabSession implements Session {
  #state: SessionState = { store: null, status: emptyStatus('generated', ''), writer: null }
  readonly #listeners = new Set<() => void>()
  #open: Source | undefined
  #opening: Source | undefined
  /** Where `session.json` and the rest is. */
  readonly #base = new URL('.', document.baseURI).href
  /** Whether the server lets nobody write, also where the page made the conversations. */
  #isReadOnly = false

  get state(): SessionState {
    return this.#state
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Opens what the address says, what this tab had open, what is served, what is kept, or generated ones. */
  async start(): Promise<void> {
    const src = new URL(location.href).searchParams.get('src')
    if (src !== null) return this.openUrl(src)
    const remembered = sourceMemory.get()
    if (remembered?.kind === 'files') return this.#again(remembered)
    if (remembered?.kind === 'generated') return this.#openGenerated()
    await this.#begin()
  }

  open(picked: Picked): void {
    void filesOf(picked).then((files) => {
      const name = nameOfFiles(files.map((file) => file.name))
      const id = crypto.randomUUID()
      this.#start(`files ${id}`, { kind: 'files', name, files }, { kind: 'files', name, id })
    })
  }

  openUrl(url: string): void {
    const own = ownUrl(url, document.baseURI)
    if (typeof own === 'string') {
      this.#start(`url ${own}`, { kind: 'url', url: own }, null)
      return
    }
    const title = own === null ? `${url} is on another site` : `${url} is no address of a file`
    const advice = 'This page opens files of its own site alone. Download the file, and drop it here.'
    this.#refused({ title, advice, asksFor: null })
    if (this.#open === undefined) void this.#begin()
  }

  openGenerated(): void {
    this.#openGenerated()
  }

  unlock(key: string): void {
    keyMemory.set(key)
    const served = this.#opening ?? this.#open
    if (served?.order.kind === 'served') served.link.order({ ...served.order, key })
    else this.#openServed()
  }

  dismiss(): void {
    const { status } = this.#state
    if (status.phase !== 'failed' && status.failure !== null) this.#change({ status: { ...status, failure: null } })
    this.#notice = null
  }

  async keep(): Promise<void> {
    const { open } = this.#link()
    await open.link.task({ do: 'keep' })
    keptMemory.set({ name: this.#state.status.source.name })
  }

  async forget(): Promise<void> {
    const { open } = this.#link()
    await open.link.task({ do: 'forget' })
    keptMemory.set(null)
  }

  #link(): { readonly open: Source } {
    if (this.#open === undefined) throw new Error('Nothing is open yet.')
    return { open: this.#open }
  }

  /** A failure that is shown beside what is open. */
  #notice: Failure | null = null

  /** Opens what a page without a memory opens. */
  async #begin(): Promise<void> {
    const host = await hostOf(this.#base, keyMemory.get())
    if (host.kind === 'served') return this.#openServed()
    this.#isReadOnly = host.session?.isReadOnly ?? false
    const kept = keptMemory.get()
    if (kept === null) return this.#openGenerated()
    this.#start('kept', { kind: 'kept', name: kept.name }, { kind: 'kept', name: kept.name })
  }

  #openServed(): void {
    const order: Order = { kind: 'served', base: this.#base, key: keyMemory.get() }
    this.#start(`served ${this.#base}`, order, { kind: 'served', name: '' })
  }

  #openGenerated(): void {
    this.#start('generated', GENERATED, { kind: 'generated', name: nameOf(GENERATED) })
  }

  /** Files live in their worker, which is there as long as some tab has them open. */
  #again(remembered: Remembered): void {
    this.#start(`files ${remembered.id}`, { kind: 'nothing' }, remembered)
  }

  #start(name: string, order: Order, remembered: Remembered | null): void {
    this.#opening?.link.end()
    const link: Link = new Link(`conversation-store explorer: ${name}`, order, (told) => {
      if (this.#opening === source) this.#heardOpening(source, told)
      else if (this.#open === source && told !== null) this.#show(source, told)
    })
    const source: Source = { link, order, remembered }
    this.#opening = source
  }

  #heardOpening(source: Source, told: Told | null): void {
    if (told === null) {
      this.#lost(source)
      return
    }
    const { status, store } = told
    if (store !== null) {
      this.#promote(source)
      this.#show(source, told)
    } else if (status.phase === 'failed' && this.#open !== undefined) {
      // What is open stays. Where a key is asked for, the answer goes to the same worker.
      if (status.failure?.asksFor !== 'key') this.#end(source)
      this.#refused(status.failure!)
    } else if (source.order.kind === 'kept' && status.phase === 'failed') {
      this.#end(source)
      keptMemory.set(null)
      this.#refused(status.failure!)
      this.#openGenerated()
    } else if (this.#open === undefined || status.phase !== 'starting') {
      const { rows } = this.#state.status
      this.#change({
        status: {
          ...status,
          rows: this.#open === undefined ? status.rows : rows,
          failure: status.failure ?? this.#notice,
        },
      })
    }
  }

  /** Nothing is left of what this tab had open: a page without a memory goes on. */
  #lost(source: Source): void {
    const { name } = source.remembered!
    this.#end(source)
    sourceMemory.set(null)
    this.#refused({
      title: `${name} is not open any more`,
      advice:
        'Files are open as long as a tab shows them. Drop them here again; what you keep in this browser is there after a reload.',
      asksFor: null,
    })
    void this.#begin()
  }

  #end(source: Source): void {
    source.link.end()
    if (this.#opening === source) this.#opening = undefined
  }

  /** What was being opened can be asked: it is what is open from now on. */
  #promote(source: Source): void {
    if (this.#open !== undefined) {
      this.#notice = null
      this.#open.link.end()
    }
    this.#open = source
    this.#opening = undefined
    sourceMemory.set(source.remembered)
    const url = new URL(location.href)
    const isOfAddress = source.order.kind === 'url'
    if (isOfAddress === url.searchParams.has('src')) return
    if (source.order.kind === 'url') url.searchParams.set('src', shortOf(source.order.url, this.#base))
    else url.searchParams.delete('src')
    history.replaceState(history.state, '', url)
  }

  #show(source: Source, { status, store, session }: Told): void {
    const isKept = status.source.kind !== 'kept' && status.keeping === 'kept'
    if (isKept) sourceMemory.set({ kind: 'kept', name: status.source.name })
    const writer = store === this.#state.store ? this.#state.writer : this.#writerOf(source, store, session?.isReadOnly)
    this.#change({ store, writer, status: { ...status, failure: status.failure ?? this.#notice } })
  }

  #writerOf({ order, link }: Source, store: SessionState['store'], isReadOnly = this.#isReadOnly): Writer | null {
    if (isReadOnly || store === null) return null
    if (order.kind !== 'served') return writerOf(inStore(store))
    return writerOf((id, change) => link.task({ do: 'send', id, change }))
  }

  #refused(failure: Failure): void {
    this.#notice = failure
    this.#change({ status: { ...this.#state.status, failure } })
  }

  #change(change: Partial<SessionState>): void {
    this.#state = { ...this.#state, ...change }
    for (const listener of [...this.#listeners]) listener()
  }
}

/** An address as it stands in a link: relative where it is below the page. */
function shortOf(url: string, base: string): string {
  return url.startsWith(base) ? url.slice(base.length) : url.slice(new URL(url).origin.length)
}
