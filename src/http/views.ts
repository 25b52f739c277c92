/**
 * What is looked up in an agent's conversations otherwise than by a query: messages by id, feedback newest first, the
 * paths in metadata, the names of actions. Each view is built over all rows when it is first needed, in slices, and kept in step after that,
 * so no request walks the documents.
 */
import { LastN } from '../base/last-n.ts'
import type { MetadataPath } from '../query/spec.ts'
import type { Conversation } from '../row/conversation.ts'
import { countOf } from '../row/grown.ts'
import { ActionNames } from './action-names.ts'
import { FeedbackList } from './feedback-list.ts'
import { MessageIndex } from './message-index.ts'
import { MetadataCensus, ValueCensus } from './metadata-keys.ts'
import type { AgentState } from './state.ts'
import type { View } from './view.ts'

/** Messages in a slice while a view is built: some milliseconds. */
const SLICE_MESSAGES = 4_000

/** Metadata paths whose values are kept. */
const MOST_PATHS = 16

/** A view that is built when it is first needed. */
class Lazy<Kind extends View> {
  readonly #state: AgentState
  readonly #view: Kind
  #ready: Promise<Kind> | undefined
  #unsubscribe: (() => void) | undefined

  constructor(state: AgentState, view: Kind) {
    this.#state = state
    this.#view = view
  }

  /** The view, in step with the store. The first call walks all rows, leaving the thread free between slices. */
  ready(): Promise<Kind> {
    this.#ready ??= this.#build()
    return this.#ready
  }

  /** Stops following the store, for good. */
  close(): void {
    this.#unsubscribe?.()
    this.#unsubscribe = () => {}
  }

  async #build(): Promise<Kind> {
    const view = this.#view
    // Rows as they are now, then what changed meanwhile, in order.
    let late: (readonly [Conversation | null, Conversation | null])[] | undefined = []
    const rows = this.#state.store[Symbol.iterator]()
    this.#unsubscribe = this.#state.store.onChange(({ before, after }) => {
      if (late === undefined) view.change(before, after)
      else late.push([before, after])
    })
    let messages = 0
    for (const row of rows) {
      view.change(null, row)
      messages += 1 + countOf(row, 'messages')
      if (messages > SLICE_MESSAGES) {
        messages = 0
        await new Promise<void>((resume) => setTimeout(resume))
      }
    }
    for (const [before, after] of late) view.change(before, after)
    late = undefined
    view.settle?.()
    return view
  }
}

/** The views of one agent. */
export class Views {
  readonly messages: Lazy<MessageIndex>
  readonly feedbacks: Lazy<FeedbackList>
  readonly metadata: Lazy<MetadataCensus>
  readonly actions: Lazy<ActionNames>
  readonly #state: AgentState
  /** By path. */
  readonly #values = new LastN<string, Lazy<ValueCensus>>(MOST_PATHS)

  constructor(state: AgentState) {
    this.#state = state
    this.messages = new Lazy(state, new MessageIndex())
    this.feedbacks = new Lazy(state, new FeedbackList(state))
    this.metadata = new Lazy(state, new MetadataCensus())
    this.actions = new Lazy(state, new ActionNames())
  }

  /** The values at a metadata path. Some paths that were asked for last are kept. */
  valuesAt(path: MetadataPath): Lazy<ValueCensus> {
    const key = JSON.stringify(path)
    const known = this.#values.get(key)
    if (known !== undefined) return known
    // The least recently used one gives way.
    const [oldest] = this.#values.values()
    if (this.#values.size === MOST_PATHS) oldest?.close()
    return this.#values.set(key, new Lazy(this.#state, new ValueCensus(path)))
  }

  /** Builds all of them but the values, whose paths are not known yet. */
  async warm(): Promise<void> {
    await this.messages.ready()
    await this.feedbacks.ready()
    await this.metadata.ready()
    await this.actions.ready()
  }
}
