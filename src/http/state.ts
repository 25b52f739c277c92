/**
 * All that a handler knows of one agent: the store with its conversations, feedback on the agent, the bytes of files, the
 * definitions of actions, spans and tickets. It changes by events alone.
 */
import { textIndex } from '../engine/text/index.ts'
import type { ActionLog, Attachment, Conversation, Feedback, Message } from '../row/conversation.ts'
import { countOf } from '../row/grown.ts'
import { ConversationStore } from '../store/core.ts'
import { ActionDefinitions } from './action-definitions.ts'
import type { AgentFeedback, IdCounters, RecordedEvent } from './events.ts'
import { Files } from './files.ts'
import { SpanArchive } from './ingest/archive.ts'
import { merged } from './ingest/place.ts'
import { archived } from './ingest/span.ts'
import { Tickets } from './tickets.ts'
import { voteOf } from './votes.ts'

/** A store, whatever the type of its metadata: a handler reads and writes it as JSON. */
// biome-ignore lint/suspicious/noExplicitAny: no other type takes all stores, for metadata goes in and comes out.
export type AnyStore = ConversationStore<any>

/** Hears of feedback on the agent as it is added (`before` is null) and removed (`after` is null). */
type AgentFeedbackListener = (before: AgentFeedback | null, after: AgentFeedback | null) => void

/** The events of one type. */
type EventOf<Type extends RecordedEvent['type']> = Extract<RecordedEvent, { readonly type: Type }>

/** The ids that the store does not count. */
const OWN_IDS = ['attachment', 'action_log', 'span', 'usage', 'ticket', 'comment'] as const

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
  readonly actions = new ActionDefinitions()
  readonly spans = new SpanArchive()
  readonly tickets = new Tickets()
  /** The greatest ids of what the store does not count. */
  readonly #greatest = { attachment: 0, action_log: 0, span: 0, usage: 0, ticket: 0, comment: 0 }
  readonly #listeners: AgentFeedbackListener[] = []

  /** The state of an agent with these conversations, none when absent, and nothing else. */
  constructor(store: AnyStore = new ConversationStore({ text: textIndex })) {
    this.store = store
  }

  /** The greatest ids that were ever given. */
  get ids(): { -readonly [Kind in keyof IdCounters]-?: number } {
    return { ...this.store.greatestIds, ...this.#greatest }
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
    const actions = this.actions.recorded()
    const spans = [...this.spans.all()]
    const usage = [...this.spans.usage()].sort((a, b) => a.id! - b.id!)
    const named = usage.map(({ id, conversation, turnId: turn_id, model }) => ({
      id: id!,
      conversation,
      turn_id,
      model,
    }))
    const tickets = [...this.tickets.all()]
    const files = this.files.all().map(({ file, pieces }) => ({ file, pieces: pieces.slice() }))
    const feedbacks = [...this.agentFeedbacks.values()]
    return (function* (): Generator<RecordedEvent> {
      yield { type: 'ids_raised', ids }
      for (const row of rows) yield { type: 'conversation_added', row }
      for (const action of actions) yield { type: 'action_defined', action }
      for (const { id, conversation, payload } of spans) yield { type: 'span_added', id, conversation, span: payload }
      for (const usage of named) yield { type: 'usage_named', ...usage }
      for (const ticket of tickets) yield { type: 'ticket_put', ticket }
      for (const { file, pieces } of files) {
        yield { type: 'file_added', file }
        for (const data of pieces) yield { type: 'file_data', id: file.id, data }
      }
      for (const feedback of feedbacks) yield { type: 'agent_feedback_put', feedback }
    })()
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

  /** @internal Uses up ids. */
  raise(ids: Partial<IdCounters>): void {
    for (const kind of OWN_IDS) this.#greatest[kind] = Math.max(this.#greatest[kind], ids[kind] ?? 0)
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
  conversation_restored({ store }, { conversation }) {
    store.restore(conversation)
  },
  message_added(state, { conversation, index, message, ended_at }) {
    if (index > countOf(state.row(conversation), 'messages')) throw misplaced('message', message.id, conversation)
    state.store.splice(conversation, 'messages', index, 0, [message], ended_at === undefined ? {} : { ended_at })
    noteParts(state, message)
  },
  message_changed(state, { conversation, index, message }) {
    const { messages } = state.row(conversation)
    checkPlace('message', messages, index, message.id, conversation)
    state.store.splice(conversation, 'messages', index, 1, [message])
    noteParts(state, message)
  },
  feedback_added(state, { conversation, feedback }) {
    state.store.splice(conversation, 'feedbacks', countOf(state.row(conversation), 'feedbacks'), 0, [feedback])
  },
  feedback_changed(state, { conversation, index, feedback }) {
    const { feedbacks } = state.row(conversation)
    checkPlace('feedback', feedbacks, index, feedback.id, conversation)
    state.store.splice(conversation, 'feedbacks', index, 1, [feedback])
  },
  feedback_removed(state, { conversation, index, id }) {
    const { feedbacks } = state.row(conversation)
    checkPlace('feedback', feedbacks, index, id, conversation)
    state.store.splice(conversation, 'feedbacks', index, 1, [])
  },
  agent_feedback_put(state, { feedback }) {
    state.putAgentFeedback(feedback.id, feedback)
    state.store.reserveIds({ feedback: feedback.id })
  },
  agent_feedback_removed(state, { id }) {
    state.putAgentFeedback(id, null)
  },
  action_named({ actions }, { id, name }) {
    actions.define({ id, name, display_name: name, description: '' })
  },
  action_defined({ actions }, { action }) {
    actions.define(action)
  },
  span_added(state, { id, conversation, span }) {
    state.spans.add(archived(id, conversation, span))
    state.raise({ span: id })
  },
  usage_named(state, { id, conversation, turn_id, model }) {
    state.spans.nameUsage(conversation, turn_id, model, id)
    state.raise({ usage: id })
  },
  conversation_grown(state, { conversation, messages, fields }) {
    const row = state.row(conversation)
    const count = countOf(row, 'messages')
    const first = messages[0]?.index ?? count
    const last = messages.at(-1)?.index ?? 0
    if (last > count) throw misplaced('message', messages.at(-1)!.message.id, conversation)
    state.store.splice(conversation, 'messages', first, count - first, merged(row, messages), fields)
    for (const { message } of messages) noteParts(state, message)
  },
  ticket_put(state, { ticket }) {
    state.tickets.put(ticket)
    state.raise({ ticket: ticket.id, comment: Math.max(0, ...ticket.comments.map(({ id }) => id)) })
  },
  ticket_removed({ tickets }, { id }) {
    tickets.remove(id)
  },
  comment_added(state, { ticket, comment }) {
    state.tickets.comment(ticket, comment)
    state.raise({ comment: comment.id })
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
function noteParts(state: AgentState, message: Message): void {
  const { attachments, action_logs } = message
  state.raise({ attachment: greatest(attachments), action_log: greatest(action_logs) })
  const vote = voteOf(message)
  if (vote !== undefined) state.store.reserveIds({ feedback: greatest([vote]) })
}

function greatest(parts: readonly (Attachment | ActionLog | Feedback)[] | null | undefined): number {
  let id = 0
  for (const part of parts ?? []) if (Number.isSafeInteger(part.id)) id = Math.max(id, part.id as number)
  return id
}
