/** The page's way to the store of a worker: how it is opened, and how it ends. */
import { proxy, type Remote, releaseProxy, wrap } from 'comlink'
import { ConversationStoreError } from '../base/errors.ts'
import { nextTurn } from '../features/load/host.ts'
import { host } from './host.ts'
import { endpointOf, onFailure, presenceFor, type StorePort } from './port.ts'
import { ARE_YOU_READY, CONNECT, type Notify, PRESENCE, READY, type RemoteStore } from './protocol.ts'

/** The store on the other side. */
export type RemoteSide = Remote<RemoteStore>

/** `setTimeout` takes no more milliseconds; a longer wait is as good as none. */
const LONGEST_MS = 2 ** 31 - 1

/** A connection that is being opened, is open, or has failed. */
export class Link {
  readonly #opened: Promise<RemoteSide>
  /** Calls and live queries to be told when there will be no answer. */
  readonly #watching = new Set<(error: unknown) => void>()
  #remote: RemoteSide | undefined
  #isReady = false
  /** What to undo when the connection ends: every listener, the lock, the channel. */
  #ends: (() => void)[] = []
  #timer: unknown
  #failure: { readonly error: unknown } | undefined
  /** The worker has not called `exposeStore` in time. It still may. */
  #delay: { readonly error: unknown } | undefined

  /** @param timeoutMs How long calls wait for the worker's store; 0 or Infinity: for ever. */
  constructor(worker: StorePort, timeoutMs: number, notify: Notify) {
    this.#atEnd(
      onFailure(worker, (isOver, why) => {
        if (isOver || !this.#isReady) this.fail(noStore(why))
      }),
    )
    this.#opened = this.#open(worker, notify)
    // First, so that no call that is made later is sent before those that wait.
    this.#opened.then((remote) => {
      this.#remote = remote
    }, ignore)
    if (timeoutMs > 0 && timeoutMs <= LONGEST_MS)
      this.#timer = host.setTimeout(() => this.#beLate(timeoutMs), timeoutMs)
      // In Node it must not keep the process alive.
    ;(this.#timer as { unref?(): void } | undefined)?.unref?.()
  }

  /** Whether what is sent now is sent at once. */
  get isOpen(): boolean {
    return this.#remote !== undefined
  }

  /** Why there is no answer now, if so. */
  get fault(): { readonly error: unknown } | undefined {
    return this.#failure ?? this.#delay
  }

  /** Calls `fail` if the connection fails; the function that comes back stops that. */
  watch(fail: (error: unknown) => void): () => void {
    this.#watching.add(fail)
    return () => this.#watching.delete(fail)
  }

  /** Sends once the connection is open: in order, and at once if it is. Rejects with its fault. */
  async send<Answer>(act: (remote: RemoteSide) => Answer | PromiseLike<Answer>): Promise<Answer> {
    if (this.fault !== undefined) throw this.fault.error
    return act(this.#remote ?? (await this.#opened))
  }

  /** Sends if the connection is open, without waiting for an answer. */
  tell(act: (remote: RemoteSide) => Promise<unknown>): void {
    if (this.#remote !== undefined && this.#failure === undefined) act(this.#remote).catch(ignore)
  }

  /** Ends the connection with an error: all that waits and all that comes is told of it. */
  fail(reason: unknown): void {
    host.clearTimeout(this.#timer)
    this.#failure ??= { error: reason }
    this.#giveUp(this.#failure.error)
    const ends = this.#ends
    this.#ends = []
    for (const end of ends) end()
  }

  close(): void {
    if (this.#failure !== undefined) return
    const message = 'The connection to the store was closed.'
    this.fail(new ConversationStoreError([{ parameter: 'close', value: undefined, code: 'ABORTED', message }]))
  }

  /** Calls `end` when the connection ends, now if it has. */
  #atEnd(end: () => void): void {
    if (this.#failure === undefined) this.#ends.push(end)
    else end()
  }

  #giveUp(error: unknown): void {
    for (const fail of [...this.#watching]) fail(error)
  }

  async #beLate(timeoutMs: number): Promise<void> {
    // Where this thread was busy all the time, the worker's message waits to be heard.
    await nextTurn()
    if (this.#isReady || this.#failure !== undefined) return
    this.#delay = { error: neverExposed(timeoutMs) }
    this.#giveUp(this.#delay.error)
  }

  /** Waits until the worker has its store, then opens a connection of its own. */
  async #open(worker: StorePort, notify: Notify): Promise<RemoteSide> {
    const endpoint = endpointOf(worker)
    await new Promise<void>((resolve, reject) => {
      const hear = ({ data }: { readonly data: unknown }) => {
        if (data !== READY) return
        endpoint.removeEventListener('message', hear)
        resolve()
      }
      endpoint.addEventListener('message', hear)
      this.#atEnd(() => {
        endpoint.removeEventListener('message', hear)
        reject(this.#failure?.error)
      })
      endpoint.start?.()
      endpoint.postMessage(ARE_YOU_READY)
    })
    this.#isReady = true
    this.#delay = undefined
    host.clearTimeout(this.#timer)
    const { port1, port2 } = new host.MessageChannel()
    // Node's workers say with which code they ended.
    if (endpoint === worker) {
      const isGone = () => this.fail(noStore('Its connection was closed.'))
      port1.addEventListener('close', isGone)
      this.#atEnd(() => port1.removeEventListener('close', isGone))
    }
    const presence = await presenceFor(worker)
    if (this.#failure !== undefined) {
      presence?.end()
      throw this.#failure.error
    }
    endpoint.postMessage({ [CONNECT]: port2, [PRESENCE]: presence?.name }, [port2])
    const remote = wrap<RemoteStore>(port1 as never)
    this.#atEnd(() => {
      // Which closes its channel. The lock goes last, so that the worker hears of one end only.
      remote[releaseProxy]()
      presence?.end()
    })
    await remote.listen(proxy(notify))
    return remote
  }
}

function ignore(): void {}

function noStore(why: string): ConversationStoreError {
  const message = `The worker has no store to answer.${why === '' ? '' : ` ${why}`}`
  return new ConversationStoreError([{ parameter: 'worker', value: why, code: 'NO_STORE', message }])
}

function neverExposed(timeoutMs: number): ConversationStoreError {
  const message =
    `The worker has not called exposeStore within ${timeoutMs / 1000} s. Call exposeStore(store) in the worker's file, ` +
    'before anything slow: the store can be filled later. To wait longer, pass connectStore a greater timeoutMs; 0 waits for ever.'
  return new ConversationStoreError([{ parameter: 'worker', value: timeoutMs, code: 'NO_STORE', message }])
}
