/** All feedback of an agent, that of its conversations, of their messages and on itself, in every order that is asked for. */

import { compareCodePoints } from '../base/text/compare.ts'
import { type Instant, toInstant } from '../base/text/instant.ts'
import { type Conversation, type Feedback, type Message, type Open, open } from '../row/conversation.ts'
import { differing } from '../row/grown.ts'
import type { AgentFeedback } from './events.ts'
import { SortedList } from './sorted-list.ts'
import type { AgentState } from './state.ts'
import type { View } from './view.ts'
import { voteOf } from './votes.ts'

/** One feedback and where it is. */
export interface FeedbackEntry {
  /** The conversation that has it; null for one on the agent. */
  readonly row: Conversation | null
  /** The message that it is a vote on; null for any other feedback. */
  readonly message: Message | null
  /** Its place among the feedbacks of its conversation. For a vote a number that no other entry of the conversation has. */
  readonly index: number
  readonly feedback: Open<Feedback | AgentFeedback>
  /** When it was given, as far as anyone knows. Undated ones count as older than all. */
  readonly at: Instant
}

const UNDATED: Instant = { ms: Number.NEGATIVE_INFINITY, us: 0 }

/** No conversation has so many feedbacks. */
const FIRST_VOTE = 2 ** 32

/** Orders that are kept besides the newest first; the one that was made first gives way. */
const MOST_ORDERS = 8

type Compare = (a: FeedbackEntry, b: FeedbackEntry) => number

/** The fields that the list can be ordered by. */
const ORDERS: ReadonlyMap<string, Compare> = new Map<string, Compare>([
  ['created_at', ({ at: a }, { at: b }) => (a.ms === b.ms ? a.us - b.us : a.ms - b.ms)],
  ['id', (a, b) => idOf(a) - idOf(b)],
  ['kind', (a, b) => compareCodePoints(kindOf(a), kindOf(b))],
  ['sentiment', (a, b) => compareCodePoints(a.feedback.sentiment, b.feedback.sentiment)],
  ['category', (a, b) => compareCodePoints(categoryOf(a), categoryOf(b))],
])

/** The feedback of one agent. */
export class FeedbackList implements View {
  /** By their terms, `-created_at`, one after the other. */
  readonly #orders = new Map<string, SortedList<FeedbackEntry>>()
  readonly #newestFirst: SortedList<FeedbackEntry>
  readonly #byId = new Map<unknown, FeedbackEntry[]>()
  /** By conversation, those that have feedback. */
  readonly #held = new Map<number, Held>()
  readonly #state: AgentState
  /** The last number that a vote got. */
  #serial = FIRST_VOTE

  constructor(state: AgentState) {
    this.#state = state
    this.#newestFirst = new SortedList(orderOf(['-created_at']))
    this.#orders.set('-created_at', this.#newestFirst)
    for (const feedback of state.agentFeedbacks.values()) this.#add(agentEntry(feedback))
    state.onAgentFeedback((before, after) => {
      if (before !== null) this.#remove(agentEntry(before))
      if (after !== null) this.#add(agentEntry(after))
    })
  }

  /**
   * All of it in the order of these terms, of which unknown ones are dropped; without any, newest first. Ties go by id,
   * in the direction of the last term. Not to be changed. O(1) once an order was asked for, O(n log n) the first time.
   */
  inOrder(terms: readonly string[]): readonly FeedbackEntry[] {
    const known = terms.filter((term) => ORDERS.has(term.replace('-', '')) && /^-?\w/.test(term))
    const key = known.join() || '-created_at'
    let order = this.#orders.get(key)
    if (order === undefined) {
      const [, oldest] = this.#orders.keys()
      if (this.#orders.size > MOST_ORDERS) this.#orders.delete(oldest!)
      order = new SortedList(orderOf(known), this.#newestFirst.items)
      this.#orders.set(key, order)
    }
    return order.items
  }

  /** The feedback with this id; of several, which were loaded so, that of the least conversation. O(1). */
  find(id: number): FeedbackEntry | undefined {
    if (!Number.isSafeInteger(id)) return undefined
    const [first, ...others] = this.#byId.get(id) ?? []
    return others.reduce((least, entry) => (conversationOf(entry) < conversationOf(least!) ? entry : least), first)
  }

  /** O(what is new), and O(feedbacks of the row) where one was removed before others. */
  change(before: Conversation | null, after: Conversation | null): void {
    const { id } = (after ?? before)!
    const { from, gone, come } = differing(before, after, 'feedbacks')
    const held: Held = this.#held.get(id) ?? { row: after, entries: [], votes: new Map() }
    // Those behind have another place then.
    const tail = gone.length === come.length ? [] : held.entries.slice(from + gone.length)
    const old = held.entries.slice(from, from + gone.length + tail.length)
    for (const entry of old) this.#remove(entry)
    held.row = after
    const now = [...come, ...tail.map(({ feedback }) => feedback as Feedback)]
    const entries = now.map((feedback, i) => new HeldEntry(held, from + i, feedback))
    if (tail.length === 0 && gone.length === 0) for (const entry of entries) held.entries.push(entry)
    else held.entries.splice(from, old.length, ...entries)
    for (const entry of entries) this.#add(entry)
    this.#changeVotes(held, before, after)
    if (held.entries.length === 0 && held.votes.size === 0) this.#held.delete(id)
    else this.#held.set(id, held)
  }

  /** O(messages that are new). */
  #changeVotes(held: Held, before: Conversation | null, after: Conversation | null): void {
    const { gone, come } = differing(before, after, 'messages')
    for (const message of gone) {
      const entry = held.votes.get(message)
      if (entry === undefined) continue
      held.votes.delete(message)
      this.#remove(entry)
    }
    for (const message of come) {
      const vote = voteOf(message)
      if (vote === undefined) continue
      const entry = new HeldEntry(held, ++this.#serial, vote, message)
      held.votes.set(message, entry)
      this.#add(entry)
      // Of loaded rows the store does not count them.
      if (Number.isSafeInteger(vote.id) && (vote.id as number) > 0)
        this.#state.store.reserveIds({ feedback: vote.id as number })
    }
  }

  settle(): void {
    this.inOrder([])
  }

  #add(entry: FeedbackEntry): void {
    const same = this.#byId.get(entry.feedback.id)
    if (same === undefined) this.#byId.set(entry.feedback.id, [entry])
    else same.push(entry)
    for (const order of this.#orders.values()) order.add(entry)
  }

  #remove(entry: FeedbackEntry): void {
    const { id } = entry.feedback
    const left = (this.#byId.get(id) ?? []).filter(
      ({ row, index }) => row?.id !== entry.row?.id || index !== entry.index,
    )
    if (left.length === 0) this.#byId.delete(id)
    else this.#byId.set(id, left)
    for (const order of this.#orders.values()) order.remove(entry)
  }
}

/** The order of these terms. Ids may be missing or stand twice in loaded rows, so the place decides in the end. */
function orderOf(terms: readonly string[]): Compare {
  const compares = terms.map((term) => directed(ORDERS.get(term.replace('-', ''))!, term))
  const last = directed(byId, terms.at(-1) ?? '')
  return (a, b) => {
    for (const compare of compares) {
      const difference = compare(a, b)
      if (difference !== 0) return difference
    }
    return last(a, b)
  }
}

function directed(compare: Compare, term: string): Compare {
  return term.startsWith('-') ? (a, b) => compare(b, a) : compare
}

function byId(a: FeedbackEntry, b: FeedbackEntry): number {
  return idOf(a) - idOf(b) || conversationOf(a) - conversationOf(b) || a.index - b.index
}

/** The id to order by; 0 for a feedback whose id is no number. */
function idOf({ feedback }: FeedbackEntry): number {
  return typeof feedback.id === 'number' ? feedback.id : 0
}

function conversationOf({ row }: FeedbackEntry): number {
  return row?.id ?? 0
}

/** What it is on; a loaded one may say so itself. */
export function kindOf({ row, message, feedback: { kind } }: FeedbackEntry): string {
  if (message !== null) return 'message'
  if (typeof kind === 'string') return kind
  return row === null ? 'agent' : 'conversation'
}

/** Its category; `''` where it has none. */
export function categoryOf({ feedback: { category } }: FeedbackEntry): string {
  return typeof category === 'string' ? category : ''
}

/** A conversation as it is now, and the entries of its feedbacks in their order. */
interface Held {
  row: Conversation | null
  readonly entries: HeldEntry[]
  /** By message. */
  readonly votes: Map<Message, HeldEntry>
}

/** A feedback of a conversation or of one of its messages, whose other parts may change without it. */
class HeldEntry implements FeedbackEntry {
  readonly #held: Held
  readonly message: Message | null
  readonly index: number
  readonly feedback: Open<Feedback>
  readonly at: Instant

  constructor(held: Held, index: number, feedback: Feedback, message: Message | null = null) {
    this.#held = held
    this.message = message
    this.index = index
    this.feedback = open(feedback)
    this.at = instantOf(feedback)
  }

  get row(): Conversation | null {
    return this.#held.row
  }
}

function instantOf({ created_at }: Pick<Feedback, 'created_at'>): Instant {
  return toInstant(created_at) ?? UNDATED
}

/** A feedback on the agent as an entry. */
export function agentEntry(feedback: AgentFeedback): FeedbackEntry {
  return { row: null, message: null, index: 0, feedback: open(feedback), at: instantOf(feedback) }
}
