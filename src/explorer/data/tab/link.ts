/** A tab's end of the worker of one source. */
import type { ConnectedStore } from 'conversation-store/worker'
import { connectStore } from 'conversation-store/worker'
import type { Status } from '../contract.ts'
import type { FromTab, FromWorker, Order, Task } from '../protocol.ts'
import type { ServedSession } from '../served-session.ts'

/** What a worker has told last, and a store to ask where there is one. */
export interface Told {
  readonly status: Status
  readonly store: ConnectedStore | null
  readonly session: ServedSession | null
}

interface Waiting {
  resolve(): void
  reject(error: Error): void
}

/** Hears what the worker tells: null where it has nothing open and was ordered nothing. */
type Hear = (told: Told | null) => void

/** Whether tabs can share a worker here. Not in Chromium on Android. */
const CAN_SHARE = typeof SharedWorker === 'function'

export class Link {
  readonly #worker: Worker | SharedWorker
  readonly #port: Worker | MessagePort
  readonly #hear: Hear
  readonly #tasks = new Map<number, Waiting>()
  #lastTask = 0
  #store: ConnectedStore | null = null
  #storeNumber = 0
  #isOver = false
  /** Ends the lock by which the worker knows that this tab is there. */
  #leave = () => {}

  /** @param name Tabs with the same name share a worker. */
  constructor(name: string, order: Order, hear: Hear) {
    this.#hear = hear
    this.#worker = CAN_SHARE
      ? new SharedWorker(new URL('../worker.ts', import.meta.url), { type: 'module', name })
      : new Worker(new URL('../worker.ts', import.meta.url), { type: 'module', name })
    this.#port = 'port' in this.#worker ? this.#worker.port : this.#worker
    this.#port.addEventListener('message', (event) => this.#told((event as MessageEvent<FromWorker>).data))
    this.#worker.addEventListener('error', () => this.#failed())
    if ('start' in this.#port) this.#port.start()
    void this.#presence().then((presence) => this.#say({ say: 'open', order, presence }))
  }

  /** Orders something, which a worker takes that has nothing open, or has failed to open it. */
  order(order: Order): void {
    this.#say({ say: 'open', order, presence: null })
  }

  /** Resolves when the task is done, and rejects with a sentence for a person. */
  task(task: Task): Promise<void> {
    const id = ++this.#lastTask
    return new Promise((resolve, reject) => {
      this.#tasks.set(id, { resolve, reject })
      this.#say({ say: 'task', id, task })
    })
  }

  /** This tab looks at something else from now on. */
  end(): void {
    if (this.#isOver) return
    this.#say({ say: 'bye' })
    this.#isOver = true
    this.#store?.close()
    this.#leave()
    if ('terminate' in this.#worker) this.#worker.terminate()
    for (const { reject } of this.#tasks.values()) reject(new Error('Other conversations were opened meanwhile.'))
  }

  #say(message: FromTab, transfer: Transferable[] = []): void {
    if (!this.#isOver) this.#port.postMessage(message, transfer)
  }

  #told(message: FromWorker): void {
    if (this.#isOver) return
    if (message.tell === 'nothing') this.#hear(null)
    else if (message.tell === 'done') {
      const waiting = this.#tasks.get(message.id)
      this.#tasks.delete(message.id)
      if (message.error === null) waiting?.resolve()
      else waiting?.reject(new Error(message.error))
    } else if (message.tell === 'status') {
      if (message.store !== this.#storeNumber) this.#connect(message.store)
      this.#hear({ status: message.status, store: this.#store, session: message.session })
    }
  }

  /** Another store is open there: it is asked over a port of its own. */
  #connect(number: number): void {
    this.#storeNumber = number
    const before = this.#store
    const { port1, port2 } = new MessageChannel()
    this.#say({ say: 'connect', port: port2 }, [port2])
    this.#store = connectStore(port1, { timeoutMs: 0 })
    // Components that still ask the one before end that first.
    setTimeout(() => before?.close(), 1_000)
  }

  #failed(): void {
    const message = 'The script that holds the conversations could not be run. Reload the page.'
    for (const { reject } of this.#tasks.values()) reject(new Error(message))
    this.#tasks.clear()
  }

  /** The name of a lock that this tab holds as long as it looks at this; null where the browser has no locks. */
  async #presence(): Promise<string | null> {
    if (!CAN_SHARE || navigator.locks === undefined) return null
    const name = `conversation-store explorer ${crypto.randomUUID()}`
    return new Promise((resolve) => {
      const hold = () =>
        new Promise<void>((leave) => {
          this.#leave = leave
          resolve(name)
        })
      navigator.locks.request(name, hold).catch(() => resolve(null))
    })
  }
}
