/** The tickets of one agent. */
import type { Ticket, TicketComment } from './events.ts'

/** The states of a ticket, from first to last. */
export const TICKET_STATUSES = ['backlog', 'open', 'in_progress', 'in_review', 'done', 'closed'] as const

/** How urgent a ticket is, from least to most. */
export const TICKET_PRIORITIES = ['low', 'medium', 'high'] as const

/** Tickets by id, by conversation and by feedback. */
export class Tickets {
  readonly #byId = new Map<number, Ticket>()
  readonly #byConversation = new Map<number, Set<number>>()
  readonly #byFeedback = new Map<number, Set<number>>()

  /** How many there are. O(1). */
  get size(): number {
    return this.#byId.size
  }

  /** A ticket by its id. O(1). */
  get(id: number): Ticket | undefined {
    return this.#byId.get(id)
  }

  /** All tickets, in the order in which they were made. */
  all(): Iterable<Ticket> {
    return this.#byId.values()
  }

  /** The ids of the conversations that have a ticket. O(conversations). */
  conversations(): readonly number[] {
    return [...this.#byConversation.keys()]
  }

  /** The tickets of a conversation, newest first. O(tickets of it). */
  ofConversation(id: number): readonly Ticket[] {
    return this.#newestFirst(this.#byConversation.get(id))
  }

  /** The tickets of a feedback, newest first. O(tickets of it). */
  ofFeedback(id: number): readonly Ticket[] {
    return this.#newestFirst(this.#byFeedback.get(id))
  }

  /** Adds a ticket, or replaces the one with its id. What it is about never changes. O(1). */
  put(ticket: Ticket): void {
    this.#byId.set(ticket.id, ticket)
    note(this.#byConversation, ticket.conversation, ticket.id)
    note(this.#byFeedback, ticket.feedback, ticket.id)
  }

  /** Removes a ticket. Throws where it is not there. O(1). */
  remove(id: number): void {
    const { conversation, feedback } = this.#stored(id)
    this.#byId.delete(id)
    forget(this.#byConversation, conversation, id)
    forget(this.#byFeedback, feedback, id)
  }

  /** Adds a comment after the others of a ticket. Throws where that is not there. O(comments). */
  comment(id: number, comment: TicketComment): void {
    const ticket = this.#stored(id)
    this.#byId.set(id, { ...ticket, comments: [...ticket.comments, comment] })
  }

  #stored(id: number): Ticket {
    const ticket = this.#byId.get(id)
    if (ticket === undefined) throw new Error(`There is no ticket ${id}.`)
    return ticket
  }

  #newestFirst(ids: Iterable<number> = []): readonly Ticket[] {
    return Array.from(ids, (id) => this.#byId.get(id)!).sort((a, b) => b.id - a.id)
  }
}

function note(index: Map<number, Set<number>>, key: number | null, id: number): void {
  if (key === null) return
  const ids = index.get(key)
  if (ids === undefined) index.set(key, new Set([id]))
  else ids.add(id)
}

function forget(index: Map<number, Set<number>>, key: number | null, id: number): void {
  const ids = key === null ? undefined : index.get(key)
  ids?.delete(id)
  if (ids?.size === 0) index.delete(key!)
}
