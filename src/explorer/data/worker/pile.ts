/** What the worker of one source does: opens it once, makes it quick to search, keeps it where a person wants that. */
import type { SourceKind } from '../contract.ts'
import type { Order } from '../protocol.ts'
import { OpenFailure, type Opening } from '../reading/opening.ts'
import { plainMessage } from '../reading/words.ts'
import { openKept } from '../sources/kept.ts'
import { nameOf } from '../sources/name.ts'
import { Keeper } from './keeper.ts'
import { OpeningState } from './state.ts'

type Kind = SourceKind & Order['kind']

/** How each source is opened. Each comes in a file of its own. */
const OPENERS: { readonly [K in Kind]: (opening: Opening, order: Order & { readonly kind: K }) => Promise<void> } = {
  generated: async (...all) => (await import('../sources/generated.ts')).openGenerated(...all),
  files: async (...all) => (await import('../sources/files.ts')).openFiles(...all),
  url: async (...all) => (await import('../sources/url.ts')).openUrl(...all),
  served: async (...all) => (await import('../sources/served.ts')).openServed(...all),
  kept: openKept,
}

/** Sources that are expected to have rows. What is served may have none yet. */
const MUST_HAVE_ROWS: readonly Kind[] = ['files', 'url']
const EXPECTED = 'It reads NDJSON, JSON, gzip of either, snapshots and journals.'

export class Pile {
  readonly #onTell: () => void
  #state: OpeningState | undefined
  #order: (Order & { readonly kind: Kind }) | undefined
  #keeper: Keeper | undefined
  #ending = new AbortController()

  constructor(onTell: () => void) {
    this.#onTell = onTell
  }

  /** Undefined until something was ordered. */
  get state(): OpeningState | undefined {
    return this.#state
  }

  get keeper(): Keeper | undefined {
    return this.#keeper
  }

  get order(): Order | undefined {
    return this.#order
  }

  /** Opens what is ordered, unless it is open or being opened: only what failed is opened again. */
  open(order: Order): void {
    if (order.kind === 'nothing' || (this.#state !== undefined && this.#state.status.phase !== 'failed')) return
    this.#ending.abort()
    this.#ending = new AbortController()
    this.#order = order
    const state = new OpeningState(order.kind, nameOf(order), this.#ending.signal, this.#onTell)
    this.#state = state
    void this.#run(state, order)
  }

  async #run(state: OpeningState, order: Order & { readonly kind: Kind }): Promise<void> {
    try {
      await OPENERS[order.kind](state, order as never)
      if (MUST_HAVE_ROWS.includes(order.kind) && state.store.size === 0) throw nothingIn(state)
      state.complete()
      await state.store.warmAsync({
        signal: state.signal,
        onProgress: ({ done, total }) => state.tell(total === 0 ? 1 : done / total),
      })
      this.#keeper = await Keeper.of(state, order.kind)
      state.ready()
    } catch (error) {
      if (state.signal.aborted) return
      this.#fail(state, error)
    }
  }

  /** Rows that came before a failure stay open, and it is noted. */
  #fail(state: OpeningState, error: unknown): void {
    const failure =
      error instanceof OpenFailure
        ? error.failure
        : { title: `${state.status.source.name} could not be opened`, advice: plainMessage(error), asksFor: null }
    if (state.store.size === 0) {
      state.fail(failure)
      return
    }
    state.addFault({ file: state.status.source.name, line: null, message: `${failure.title}. ${failure.advice}` })
    state.complete()
    state.ready()
  }
}

function nothingIn({ status }: OpeningState): OpenFailure {
  const title = `There are no conversations in ${status.source.name}`
  const [first] = status.faults
  if (first === undefined) return new OpenFailure(title, EXPECTED)
  const place = first.line === null ? first.file : `${first.file}, line ${first.line}`
  return new OpenFailure(title, `${place}: ${first.message} ${EXPECTED}`)
}
