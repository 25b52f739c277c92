/** The page's calls: each has a number under which its answer, its events and its end are known on both sides. */
import { abortReason, onAbort, throwIfAborted } from '../base/abort.ts'
import { InvalidQueryError, InvalidRowError, show } from '../base/errors.ts'
import type { AbortSignalLike } from '../base/host.ts'
import { fromPlainError, withError } from './errors.ts'
import { host, isCloneable } from './host.ts'
import type { Link, RemoteSide } from './link.ts'
import { METHODS, type Method } from './methods.ts'
import type { Call, Outcome, Part } from './protocol.ts'
import { moveStreams } from './source.ts'

type Listeners = Readonly<Record<string, (value: unknown) => unknown>>

/** A call as it is sent, and what stays here of its options. */
interface Prepared {
  readonly id: number
  readonly call: Call
  readonly signal: AbortSignalLike | undefined
  readonly listeners: Listeners
}

/** A call that waits for its answer. */
interface Pending {
  readonly listeners: Listeners
  /** Ends it with this reason. */
  stop(reason: unknown): void
}

/** All calls of one connection. */
export class Calls {
  readonly #link: Link
  readonly #pending = new Map<number, Pending>()
  #lastId = 0

  constructor(link: Link) {
    this.#link = link
  }

  /** A number that no other call has. */
  nextId(): number {
    return ++this.#lastId
  }

  /** Calls a method that gives one answer. */
  async ask(method: Method, given: readonly unknown[]): Promise<unknown> {
    const prepared = this.#prepare(method, given)
    const { receive = same } = METHODS[method]
    const answer = await this.#answer(prepared, (remote) => remote.call(prepared.id, prepared.call))
    return receive(answer as never)
  }

  /** Calls a method that iterates. Nothing is sent before the first `next()`. */
  async *iterate(method: Method, given: readonly unknown[]): AsyncGenerator<unknown, void, undefined> {
    const prepared = this.#prepare(method, given)
    const { id, call, signal } = prepared
    const drop = () => this.#link.tell((remote) => remote.drop(id))
    const forget = onAbort(signal, drop)
    let isOver = false
    try {
      let part = (await this.#answer(prepared, (remote) => remote.call(id, call))) as Part
      for (;;) {
        isOver = part.isLast
        for (const item of part.items) {
          throwIfAborted(signal)
          yield item
        }
        if (isOver) return
        part = (await this.#answer(prepared, (remote) => remote.more(id))) as Part
      }
    } finally {
      forget()
      if (!isOver) drop()
    }
  }

  /** Calls a listener of a call. What it throws ends the call, as where the store is here. */
  hear(id: number, listener: string, value: unknown): void {
    const pending = this.#pending.get(id)
    try {
      pending?.listeners[listener]?.(withError(value))
    } catch (error) {
      pending?.stop(error)
    }
  }

  #prepare(method: Method, given: readonly unknown[]): Prepared {
    const { does, options: place, send = same } = METHODS[method]
    const args = Array.from({ length: place }, (_, i) => (i === 0 ? send(given[0] as never) : given[i]))
    const { signal, subscriber, ...others } = Object(given[place]) as Record<string, unknown>
    const isFunction = ([, value]: [string, unknown]) => typeof value === 'function'
    const listeners = Object.fromEntries(Object.entries(others).filter(isFunction)) as Listeners
    for (const name of Object.keys(listeners)) delete others[name]
    const call = {
      method,
      args,
      options: Object(given[place]) === given[place] ? others : given[place],
      listeners: Object.keys(listeners),
      subscriber: subscriber as string | undefined,
    }
    const prepared = { id: this.nextId(), call, signal: signal as AbortSignalLike | undefined, listeners }
    if (does === 'work') moveStreams(call)
    if (this.#link.isOpen || does === 'work') return prepared
    // It waits: what the caller does to the arguments meanwhile must not count.
    try {
      return { ...prepared, call: host.structuredClone(call) }
    } catch (error) {
      throw unsendable(call, error)
    }
  }

  #answer({ id, call, signal, listeners }: Prepared, send: (remote: RemoteSide) => Promise<Outcome>): Promise<unknown> {
    const { does } = METHODS[call.method]
    const isHasty = does === 'ask' || does === 'iterate'
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(abortReason(signal))
      let isSent = false
      let stopped: { readonly reason: unknown } | undefined
      const settle = (act: () => void) => {
        this.#pending.delete(id)
        forget()
        unwatch()
        act()
      }
      const giveUp = (error: unknown) => settle(() => reject(error))
      const stop = (reason: unknown) => {
        stopped ??= { reason }
        if (isSent) this.#link.tell((remote) => remote.drop(id))
        if (isHasty || !isSent) giveUp(reason)
      }
      const forget = onAbort(signal, () => stop(abortReason(signal!)))
      const unwatch = this.#link.watch(giveUp)
      this.#pending.set(id, { listeners, stop })
      this.#link
        .send((remote) => {
          if (!this.#pending.has(id)) return undefined
          isSent = true
          return send(remote)
        })
        .then(
          (outcome) => {
            if (outcome === undefined) return
            if ('value' in outcome) settle(() => resolve(outcome.value))
            else giveUp(stopped === undefined ? fromPlainError(outcome.error) : stopped.reason)
          },
          (error) => giveUp(unsendable(call, error)),
        )
    })
  }
}

function same<Value>(value: Value): Value {
  return value
}

/** The library's error for arguments that cannot be cloned; another error as it is. */
export function unsendable({ method, args, options }: Call, error: unknown): unknown {
  if (Object(error).name !== 'DataCloneError') return error
  const isRow = METHODS[method].does === 'write'
  const rows: readonly unknown[] = method === 'addMany' && Array.isArray(args[0]) ? args[0] : []
  const at = rows.findIndex((row) => !isCloneable(row))
  const value = rows[at] ?? [...args, options].find((each) => !isCloneable(each))
  const parameter = at === -1 ? method : `row ${at}`
  const message = `${parameter}: expected ${isRow ? 'JSON' : 'arguments that can be sent to a worker'}, got ${show(value)}. ${(error as Error).message}`
  return isRow
    ? new InvalidRowError([{ parameter, value, code: 'INVALID_ROW', message }])
    : new InvalidQueryError([{ parameter, value, code: 'INVALID_VALUE', message }])
}
