/**
 * All spans of an agent: by id, by conversation and by trace. A span is known by its conversation and its `span_id`; the
 * first one stays. What waits for its turn follows from what is archived, so it survives a restart with it.
 */
import { compareInstants } from '../../base/text/instant.ts'
import { SortedList } from '../sorted-list.ts'
import { ATTRIBUTES } from './attributes.ts'
import { type ArchivedSpan, isAction } from './span.ts'
import { addCall, modelOf, noTokens, type UsageRow } from './usage.ts'

/** The spans of one conversation. */
export interface ConversationSpans {
  /** By `span_id`, in the order in which they came. */
  readonly spans: ReadonlyMap<string, ArchivedSpan>
  /** By turn that has not come: the calls of tools that wait for it. */
  readonly waiting: ReadonlyMap<string, readonly ArchivedSpan[]>
  /** By turn, null outside turns, and then by model. */
  readonly usage: ReadonlyMap<string | null, ReadonlyMap<string, UsageRow>>
}

interface Held extends ConversationSpans {
  readonly spans: Map<string, ArchivedSpan>
  readonly waiting: Map<string, ArchivedSpan[]>
  readonly usage: Map<string | null, Map<string, UsageRow>>
}

/** Newest first; of equally old ones the one that came last. */
const NEWEST_FIRST = (a: ArchivedSpan, b: ArchivedSpan): number =>
  compareInstants(b.startedAt, a.startedAt) || b.id - a.id

/** The spans of one agent, and the tokens that they say. */
export class SpanArchive {
  readonly #byId = new Map<number, ArchivedSpan>()
  readonly #byConversation = new Map<number, Held>()
  readonly #byTrace = new Map<string, ArchivedSpan[]>()
  #newestFirst: SortedList<ArchivedSpan> | undefined

  /** The number of spans. O(1). */
  get size(): number {
    return this.#byId.size
  }

  /** A span by its id. O(1). */
  get(id: number): ArchivedSpan | undefined {
    return this.#byId.get(id)
  }

  /** The spans of a conversation; undefined where it has none. O(1). */
  of(conversation: number): ConversationSpans | undefined {
    return this.#byConversation.get(conversation)
  }

  /** The spans of a trace, in the order in which they came. O(1). */
  trace(id: string): readonly ArchivedSpan[] {
    return this.#byTrace.get(id) ?? []
  }

  /** All spans, newest first. O(1) for one that is asked for again, and O(new spans). */
  newestFirst(): readonly ArchivedSpan[] {
    this.#newestFirst ??= new SortedList(NEWEST_FIRST, this.#byId.values())
    return this.#newestFirst.items
  }

  /** All spans in the order in which they came. */
  all(): Iterable<ArchivedSpan> {
    return this.#byId.values()
  }

  /** All rows of tokens that can be read, in no order that means anything. */
  *usage(): Generator<UsageRow> {
    for (const { usage } of this.#byConversation.values())
      for (const rows of usage.values()) for (const row of rows.values()) if (row.id !== undefined) yield row
  }

  /** Archives a span that is not known. O(1), and for a turn O(what waited for it). */
  add(span: ArchivedSpan): void {
    const held = this.#held(span.conversation)
    held.spans.set(span.spanId, span)
    this.#byId.set(span.id, span)
    const trace = this.#byTrace.get(span.traceId)
    if (trace === undefined) this.#byTrace.set(span.traceId, [span])
    else trace.push(span)
    this.#newestFirst?.add(span)
    if (span.turn !== undefined) arrive(held, span)
    else if (span.kind === 'llm') this.#count(held, span)
    else if (isAction(span) && span.turnId !== null && turnIn(held, span.turnId) === undefined) {
      const waiting = held.waiting.get(span.turnId)
      if (waiting === undefined) held.waiting.set(span.turnId, [span])
      else waiting.push(span)
    }
  }

  /** Gives a row of tokens its id. */
  nameUsage(conversation: number, turnId: string | null, model: string, id: number): void {
    const row = this.#byConversation.get(conversation)?.usage.get(turnId)?.get(model)
    if (row === undefined) throw new Error(`No span of conversation ${conversation} says tokens of ${model}.`)
    row.id = id
  }

  /** Forgets the spans of conversations that are gone for good. O(spans). */
  sweep(isGone: (conversation: number) => boolean): void {
    const gone = [...this.#byConversation.keys()].filter(isGone)
    if (gone.length === 0) return
    const traces = new Set<string>()
    for (const conversation of gone) {
      for (const { id, traceId } of this.#byConversation.get(conversation)!.spans.values()) {
        this.#byId.delete(id)
        traces.add(traceId)
      }
      this.#byConversation.delete(conversation)
    }
    for (const trace of traces) {
      const left = this.trace(trace).filter(({ id }) => this.#byId.has(id))
      if (left.length === 0) this.#byTrace.delete(trace)
      else this.#byTrace.set(trace, left)
    }
    this.#newestFirst = undefined
  }

  #held(conversation: number): Held {
    const known = this.#byConversation.get(conversation)
    if (known !== undefined) return known
    const held: Held = { spans: new Map(), waiting: new Map(), usage: new Map() }
    this.#byConversation.set(conversation, held)
    return held
  }

  /** Adds a call of a model to the row of its turn and model. */
  #count(held: Held, span: ArchivedSpan): void {
    const model = modelOf(span)
    const { turnId, conversation } = span
    const ofTurn = held.usage.get(turnId) ?? new Map<string, UsageRow>()
    held.usage.set(turnId, ofTurn)
    let row = ofTurn.get(model)
    if (row === undefined) {
      const turn = (turnId !== null && turnIn(held, turnId)) || span
      const counts = { tokens: noTokens(), calls: 0, unreported: 0 }
      row = { id: undefined, conversation, turnId, model, ...counts, first: turn, last: turn }
      ofTurn.set(model, row)
    }
    addCall(row.tokens, span.attributes)
    row.calls++
    if (span.attributes[ATTRIBUTES.isReported] === false) row.unreported++
    if (row.first.turn !== undefined) return
    if (compareInstants(span.startedAt, row.first.startedAt) < 0) row.first = span
    if (compareInstants(endOf(span), endOf(row.last)) > 0) row.last = span
  }
}

/** When a span ended, as far as it says. */
export function endOf({ endedAt, startedAt }: ArchivedSpan): ArchivedSpan['startedAt'] {
  return endedAt ?? startedAt
}

/** The turn with this id; undefined where it has not come. */
export function turnIn({ spans }: Pick<ConversationSpans, 'spans'>, id: string): ArchivedSpan | undefined {
  const span = spans.get(id)
  return span?.turn === undefined ? undefined : span
}

/** A turn has come: nothing waits for it any more, and the rows of its tokens are as long as it is. */
function arrive(held: Held, turn: ArchivedSpan): void {
  held.waiting.delete(turn.spanId)
  for (const row of held.usage.get(turn.spanId)?.values() ?? []) {
    row.first = turn
    row.last = turn
  }
}
