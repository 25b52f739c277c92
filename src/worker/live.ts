/** The page's live queries: commands go to the worker, notices come back as events. */
import { onAbort } from '../base/abort.ts'
import { asyncSpec } from '../features/async-store/asked.ts'
import type { AsyncQuery, AsyncSubscribeOptions } from '../features/async-store/contract.ts'
import type { PageOptions, Subscription } from '../features/live/types.ts'
import { invalidValue, raise } from '../query/faults.ts'
import { fromPlainError } from './errors.ts'
import { host } from './host.ts'
import type { Link } from './link.ts'
import type { LiveCommand, StoreEvent } from './protocol.ts'

type LiveEvent = Exclude<StoreEvent, { readonly type: 'heard' }>

const LISTENER = { expected: 'a function that takes the answer' }

/** All live queries of one connection. */
export class LiveQueries {
  readonly #link: Link
  readonly #nextId: () => number
  readonly #queries = new Map<number, (event: LiveEvent) => void>()
  #commands: LiveCommand[] = []

  constructor(link: Link, nextId: () => number) {
    this.#link = link
    this.#nextId = nextId
  }

  subscribe(
    query: AsyncQuery,
    listener: (notice: never) => void,
    { onWaiting, onError, signal, ...options }: Omit<PageOptions, 'select'> & AsyncSubscribeOptions = {},
  ): Subscription {
    const spec = asyncSpec(query)
    if (typeof listener !== 'function') raise([invalidValue('listener', listener, LISTENER)])
    const id = this.#nextId()
    const queries = this.#queries
    let waiting = 0
    let forget = () => {}
    const end = () => {
      forget()
      if (!queries.delete(id)) return
      const isUnsent = this.#commands.some((command) => command.do === 'open' && command.id === id)
      this.#commands = this.#commands.filter((command) => command.id !== id)
      if (!isUnsent) this.#send({ do: 'close', id })
    }
    const fail = (error: unknown) => {
      if (!queries.has(id)) return
      end()
      onError?.(error)
    }
    const hear = (event: LiveEvent) => {
      if (event.type === 'notice') listener(event.notice as never)
      else if (event.type === 'error') fail(fromPlainError(event.error))
      else {
        waiting = event.waiting
        onWaiting?.(waiting)
      }
    }
    const subscription = Object.defineProperties(() => end(), {
      unsubscribe: { value: end },
      release: { value: () => queries.has(id) && this.#send({ do: 'release', id }) },
      isActive: { get: () => queries.has(id) },
      waiting: { get: () => waiting },
    }) as unknown as Subscription
    if (signal?.aborted) return subscription
    queries.set(id, hear)
    const unwatch = this.#link.watch(fail)
    const unheard = onAbort(signal, end)
    forget = () => {
      unwatch()
      unheard()
    }
    const { fault } = this.#link
    try {
      if (fault !== undefined) throw fault.error
      this.#send({ do: 'open', id, spec, options: host.structuredClone(options) })
    } catch (error) {
      // Options that cannot be cloned would stop the commands that are sent with them.
      void Promise.resolve().then(() => fail(error))
    }
    return subscription
  }

  /** Hands an event to its query. */
  hear(event: LiveEvent): void {
    this.#queries.get(event.id)?.(event)
  }

  /** Commands of one turn are sent together. */
  #send(command: LiveCommand): void {
    if (this.#commands.push(command) > 1) return
    this.#link
      .send((remote) => {
        const commands = this.#commands
        this.#commands = []
        return remote.live(commands)
      })
      // After a failure every query has been told.
      .catch(() => {
        this.#commands = []
      })
  }
}
