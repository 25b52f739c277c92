/** Faults that are injected, for tests of how a client takes them. */
import { invalidOption } from '../base/options.ts'
import { raise, unknownName } from '../query/faults.ts'

/** What goes wrong, when, and for how long. At least one of `latency`, `status`, `drop` and `staleReads` is needed. */
export interface InjectedFaultOptions {
  /**
   * Where: a path of the API with or without a verb before it, `/api/track/` or `POST /api/track/`; `{pk}`, `{id}` and
   * `{file}` stand for any. Everywhere when absent.
   */
  readonly route?: string
  /** How many times. Without it and `probability`, each time. */
  readonly count?: number
  /** How likely a request is struck, from 0 to 1. */
  readonly probability?: number
  /** The seed of the random numbers. 1 when absent. */
  readonly seed?: number
  /** Milliseconds that the request waits before anything else. */
  readonly latency?: number
  /** The status that is answered instead, 400 to 599; nothing is changed. A 429 has a `Retry-After`. */
  readonly status?: number
  /** Seconds that `Retry-After` says. 1 for a 429, else not said. */
  readonly retryAfter?: number
  /** The connection is lost: before the request is carried out (`true`), or `'after'` that and before the answer. */
  readonly drop?: boolean | 'after'
  /** New conversations are hidden from lists and by id until so many requests (to `route`, if given) have read. */
  readonly staleReads?: number
  /** Ends the fault when it is aborted. */
  readonly signal?: AbortSignal
}

/** A fault that was checked, to be given to `createHandler`. It counts for itself: one fault belongs to one handler. */
export class InjectedFault {
  readonly options: InjectedFaultOptions
  /** The path of its route, without a verb; undefined for one that strikes everywhere. */
  readonly path: string | undefined
  readonly #verb: string | undefined
  #left: number
  #seed: number
  /** Reads that are still to miss each new conversation, by agent and id. */
  readonly #stale = new Map<unknown, Map<number, number>>()

  /** @internal Made by `faults`. */
  constructor(options: InjectedFaultOptions) {
    check(options)
    this.options = options
    const [, verb, path] = /^(?:([A-Z]+) )?(\/.*)$/.exec(options.route ?? '') ?? []
    this.#verb = verb
    this.path = path
    this.#left = options.count ?? Number.POSITIVE_INFINITY
    this.#seed = options.seed ?? 1
  }

  /** Whether it strikes this request, which is then counted. `path` is as the table of routes has it, if it is there. */
  strikes(verb: string, path: string, pattern: string | undefined): boolean {
    const { latency, status, drop } = this.options
    if (latency === undefined && status === undefined && drop === undefined) return false
    return this.#isAt(verb, path, pattern) && this.#draw()
  }

  /** Notes that a conversation was made, which reads may miss for a while. */
  noteCreated(agent: unknown, id: number): void {
    const { staleReads } = this.options
    if (staleReads === undefined || this.#isOver || !this.#draw()) return
    const stale = this.#stale.get(agent) ?? new Map<number, number>()
    this.#stale.set(agent, stale.set(id, staleReads))
  }

  /** The conversations that this read must miss. Counts the read. */
  hide(agent: unknown, verb: string, path: string, pattern: string | undefined, hidden: Set<number>): void {
    const stale = this.#stale.get(agent)
    if (stale === undefined || !this.#isAt(verb, path, pattern)) return
    for (const [id, reads] of stale) {
      hidden.add(id)
      if (reads > 1) stale.set(id, reads - 1)
      else stale.delete(id)
    }
  }

  get #isOver(): boolean {
    return this.options.signal?.aborted === true
  }

  #isAt(verb: string, path: string, pattern: string | undefined): boolean {
    if (this.#isOver || (this.#verb !== undefined && this.#verb !== verb)) return false
    return this.path === undefined || this.path === pattern || this.path === path
  }

  #draw(): boolean {
    if (this.#left <= 0) return false
    const { probability } = this.options
    if (probability !== undefined && this.#random() >= probability) return false
    this.#left--
    return true
  }

  /** Mulberry32. */
  #random(): number {
    this.#seed = (this.#seed + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#seed ^ (this.#seed >>> 15), 1 | this.#seed)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * Something that goes wrong on purpose. Give it to `createHandler` as `faults`, or to `handler.faults`, which takes the
 * options as well. Throws `InvalidQueryError` for invalid options and for options that say nothing.
 *
 * @example
 * createHandler(store, { faults: faults({ route: 'GET /api/conversations/', count: 2, status: 429 }) })
 */
export function faults(options: InjectedFaultOptions): InjectedFault {
  return new InjectedFault(options)
}

/** A fault, checked. One that another copy of the package made is as good. */
export function readFault(given: InjectedFault | InjectedFaultOptions): InjectedFault {
  return typeof (given as Partial<InjectedFault> | null)?.strikes === 'function'
    ? (given as InjectedFault)
    : new InjectedFault(given as InjectedFaultOptions)
}

/** Waits so many milliseconds, or until one of the signals is aborted. */
export function wait(ms: number, ...signals: readonly (AbortSignal | undefined)[]): Promise<void> {
  return new Promise((resolve) => {
    if (signals.some((signal) => signal?.aborted)) return resolve()
    const end = () => {
      clearTimeout(timer)
      for (const signal of signals) signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    for (const signal of signals) signal?.addEventListener('abort', end)
  })
}

const NAMES = [
  ...['route', 'count', 'probability', 'seed', 'latency', 'status', 'retryAfter', 'drop', 'staleReads', 'signal'],
]

/** What each option must be. */
const RULES: readonly (readonly [keyof InjectedFaultOptions, string, (value: never) => boolean])[] = [
  ['route', 'a path of the API such as "POST /api/track/"', (value: string) => /^(?:[A-Z]+ )?\/[^\s?]*\/$/.test(value)],
  ['count', 'an integer from 0', (value: number) => Number.isSafeInteger(value) && value >= 0],
  ['probability', 'a number from 0 to 1', (value: number) => value >= 0 && value <= 1],
  ['seed', 'an integer', (value: number) => Number.isSafeInteger(value)],
  ['latency', 'milliseconds from 0', (value: number) => Number.isFinite(value) && value >= 0],
  ['status', 'an integer from 400 to 599', (value: number) => Number.isInteger(value) && value >= 400 && value < 600],
  ['retryAfter', 'seconds from 0', (value: number) => Number.isFinite(value) && value >= 0],
  ['drop', 'true, false or "after"', (value: unknown) => typeof value === 'boolean' || value === 'after'],
  ['staleReads', 'an integer from 1', (value: number) => Number.isSafeInteger(value) && value > 0],
  ['signal', 'an AbortSignal', (value: AbortSignal) => typeof value?.aborted === 'boolean'],
]

function check(options: InjectedFaultOptions): void {
  if (typeof options !== 'object' || options === null) throw invalidOption('faults', options, 'an object')
  const unknown = Object.keys(options).filter((name) => !NAMES.includes(name))
  raise(unknown.map((name) => unknownName('option', name, NAMES, 'faults')))
  for (const [name, expected, holds] of RULES) {
    const value = options[name]
    if (value !== undefined && !holds(value as never)) throw invalidOption(`faults.${name}`, value, expected)
  }
  const { latency, status, drop, staleReads } = options
  if (!latency && !status && !drop && !staleReads) {
    throw invalidOption('faults', options, 'one of latency, status, drop and staleReads')
  }
}
