/**
 * All that a handler knows of one agent: the store with its conversations, feedback on the agent, the bytes of files and
 * the ids of actions. It changes by events alone.
 */
import { textIndex } from '../engine/text/index.ts'
import type { ActionLog, Attachment, Conversation, Feedback, Message } from '../row/conversation.ts'
import { countOf } from '../row/grown.ts'
import { ConversationStore } from '../store/core.ts'
import type { AgentFeedback, IdCounters, RecordedEvent } from './events.ts'
import { Files } from './files.ts'

/** A store, whatever the type of its metadata: a handler reads and writes it as JSON. */
// biome-ignore lint/suspicious/noExplicitAny: no other type takes all stores, for metadata goes in and comes out.
export type AnyStore = ConversationStore<any>

/** Hears of feedback on the agent as it is added (`before` is null) and removed (`after` is null). */
type AgentFeedbackListener = (before: AgentFeedback | null, after: AgentFeedback | null) => void

/** The events of one type. */
type EventOf<Type extends RecordedEvent['type']> = Extract<RecordedEvent, { readonly type: Type }>

/**
 * The state of one agent. Live writes, a journal that is read back and a restored snapshot all go through `apply`.
 *
 * @example
 * const state = new AgentState()
 * for (const event of journal) state.apply(event)
 * const handler = createHandler({ agents: [{ id: 1, name: 'Shop', state, persistence: journal }] })
 */
export class AgentState {
  readonly store: ConversationStore
  readonly files = new Files()
  readonly agentFeedbacks = new Map<number, AgentFeedback>()
  readonly #actions = new Map<string, number>()
  /** The names whose ids are recorded. Others got an id when they were read, and may get another one next time. */
  readonly #recorded = new Set<string>()
  #greatestAction = 0
  #attachment = 0
  #actionLog = 0
  readonly #listeners: AgentFeedbackListener[] = []

  /** The state of an agent with these conversations, none when absent, and nothing else. */
  constructor(store: AnyStore = new ConversationStore({ text: textIndex })) {
    this.store = store
  }

  /** The greatest ids that were ever given. */
  get ids(): IdCounters {
    return { ...this.store.greatestIds, attachment: this.#attachment, action_log: this.#actionLog }
  }

  /**
   * Carries out what happened, at once. Live events were checked when they were decided on; of an event that does not
   * fit the state (a row that is there already, or is not there, or a part that is not where it says) it throws and
   * changes nothing.
   * O(size of the row).
   */
  apply(event: RecordedEvent): void {
    const change = CHANGES[event.type] as (state: AgentState, event: RecordedEvent) => void
    change(this, event)
  }

  /**
   * Events that make an empty state equal to this one, as it is at this call: writes may go on while they are read.
   * Each is made when it is asked for and is small, except a long conversation. O(rows) at the call.
   */
  snapshot(): IterableIterator<RecordedEvent> {
    const { ids } = this
    // Takes the rows now, and freezes each when it comes to it.
    const rows = this.store[Symbol.iterator]()
    const actions = [...this.#actions].filter(([name]) => this.#recorded.has(name))
    const files = this.files.all().map(({ file, pieces }) => ({ file, pieces: pieces.slice() }))
    const feedbacks = [...this.agentFeedbacks.values()]
    return (function* (): Generator<RecordedEvent> {
      yield { type: 'ids_raised', ids }
      for (const row of rows) yield { type: 'conversation_added', row }
      for (const [name, id] of actions) yield { type: 'action_named', id, name }
      for (const { file, pieces } of files) {
        yield { type: 'file_added', file }
        for (const data of pieces) yield { type: 'file_data', id: file.id, data }
      }
      for (const feedback of feedbacks) yield { type: 'agent_feedback_put', feedback }
    })()
  }

  /** The id of an action's name, or the one that it would get. O(1). */
  actionId(name: string): number {
    return this.#actions.get(name) ?? this.#greatestAction + 1
  }

  /** The id of an action's name that was loaded, not recorded: given when it is first read, for as long as this state lives. */
  loadedActionId(name: string): number {
    const id = this.actionId(name)
    this.#actions.set(name, id)
    this.#greatestAction = Math.max(this.#greatestAction, id)
    return id
  }

  /** Whether the id of an action's name is on record. */
  isRecorded(name: string): boolean {
    return this.#recorded.has(name)
  }

  /** @internal Calls a listener with each change of the feedback on the agent. */
  onAgentFeedback(listener: AgentFeedbackListener): void {
    this.#listeners.push(listener)
  }

  /** @internal Adds a feedback on the agent, replaces the one with its id, or with null removes that. */
  putAgentFeedback(id: number, feedback: AgentFeedback | null): void {
    const before = this.agentFeedbacks.get(id) ?? null
    if (feedback === null) this.agentFeedbacks.delete(id)
    else this.agentFeedbacks.set(id, feedback)
    for (const hear of this.#listeners) hear(before, feedback)
  }

  /** @internal Records the id of an action's name. */
  nameAction(id: number, name: string): void {
    this.#actions.set(name, id)
    this.#recorded.add(name)
    this.#greatestAction = Math.max(this.#greatestAction, id)
  }

  /** @internal Uses up ids. */
  raise({ attachment, action_log }: Pick<IdCounters, 'attachment' | 'action_log'>): void {
    this.#attachment = Math.max(this.#attachment, attachment)
    this.#actionLog = Math.max(this.#actionLog, action_log)
  }

  /** The row with this id. Events name only stored rows. */
  row(id: number): Conversation {
    const row = this.store.get(id)
    // The store throws its own error.
    return row ?? this.store.delete(id)
  }
}

/** What each type of event does. */
const CHANGES: { readonly [Type in RecordedEvent['type']]: (state: AgentState, event: EventOf<Type>) => void } = {
  conversation_added(state, { row }) {
    state.store.addMany([row], { own: true })
  },
  conversation_updated({ store }, { conversation, changes }) {
    const [only, ...others] = Object.keys(changes)
    if (only === 'is_marked' && others.length === 0) store.mark(conversation, changes.is_marked)
    else store.update(conversation, changes)
  },
  conversation_deleted({ store }, { conversation, at }) {
    store.delete(conversation, at)
  },
  message_added(state, { conversation, index, message, ended_at }) {
    if (index > countOf(state.row(conversation), 'messages')) throw misplaced('message', message.id, conversation)
    state.store.splice(conversation, 'messages', index, 0, message, ended_at)
    noteParts(state, message)
  },
  message_changed(state, { conversation, index, message }) {
    const { messages } = state.row(conversation)
    checkPlace('message', messages, index, message.id, conversation)
    state.store.splice(conversation, 'messages', index, 1, message)
    noteParts(state, message)
  },
  feedback_added(state, { conversation, feedback }) {
    state.store.splice(conversation, 'feedbacks', countOf(state.row(conversation), 'feedbacks'), 0, feedback)
  },
  feedback_changed(state, { conversation, index, feedback }) {
    const { feedbacks } = state.row(conversation)
    checkPlace('feedback', feedbacks, index, feedback.id, conversation)
    state.store.splice(conversation, 'feedbacks', index, 1, feedback)
  },
  feedback_removed(state, { conversation, index, id }) {
    const { feedbacks } = state.row(conversation)
    checkPlace('feedback', feedbacks, index, id, conversation)
    state.store.splice(conversation, 'feedbacks', index, 1, undefined)
  },
  agent_feedback_put(state, { feedback }) {
    state.putAgentFeedback(feedback.id, feedback)
    state.store.reserveIds({ feedback: feedback.id })
  },
  agent_feedback_removed(state, { id }) {
    state.putAgentFeedback(id, null)
  },
  action_named(state, { id, name }) {
    state.nameAction(id, name)
  },
  file_added({ files }, { file }) {
    files.add(file)
  },
  file_data({ files }, { id, data }) {
    files.append(id, data)
  },
  ids_raised(state, { ids }) {
    state.store.reserveIds({ conversation: ids.conversation, message: ids.message, feedback: ids.feedback })
    state.raise(ids)
  },
}

/** An event after a lost one may name a place where something else stands, which it must not change. */
function checkPlace(
  what: 'message' | 'feedback',
  parts: readonly (Message | Feedback)[] | null,
  index: number,
  id: unknown,
  conversation: number,
): void {
  if (parts?.[index]?.id !== id) throw misplaced(what, id, conversation)
}

function misplaced(what: string, id: unknown, conversation: number): Error {
  return new Error(`The ${what} ${id} is not where it was in conversation ${conversation}.`)
}

/** Uses up the ids of the parts of a message. */
function noteParts(state: AgentState, { attachments, action_logs }: Message): void {
  state.raise({ attachment: greatest(attachments), action_log: greatest(action_logs) })
}

function greatest(parts: readonly (Attachment | ActionLog)[] | null | undefined): number {
  let id = 0
  for (const part of parts ?? []) if (Number.isSafeInteger(part.id)) id = Math.max(id, part.id as number)
  return id
}
