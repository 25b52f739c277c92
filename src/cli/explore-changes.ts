/**
 * The changes of a store, numbered, for pages that follow it and may come back. A reader has no queue: it has a place in the
 * list, and takes what came after that when it is ready for more, so one that is slow costs nothing. One that is so far
 * behind that the list does not reach back to its place begins anew.
 */
import type { Conversation } from '../row/conversation.ts'

/** The part of a store that is followed. */
export interface Followed {
  get(conversationId: string): object | undefined
  onChange(listener: (change: { readonly before: Named | null; readonly after: Named | null }) => void): () => void
}

type Named = Pick<Conversation, 'conversation_id'>

/** So many changes are remembered, as the ids of their conversations. */
const MOST_KEPT = 100_000
/** Events are sent in pieces of about so many characters. */
const PIECE = 65_536

/** Events for one reader, as text, and its place after them. */
export interface Events {
  readonly text: string
  readonly at: number
}

/** The changes of one store from now on. */
export class ChangeLog {
  readonly #store: Followed
  readonly #mostKept: number
  readonly #unsubscribe: () => void
  /** The conversation of each change that is remembered, in order... */
  #ids: string[] = []
  /** ...and the number of the first. */
  #first: number
  /** The number of the last change of each of these conversations. */
  readonly #last = new Map<string, number>()
  readonly #waiting = new Set<() => void>()
  #isClosed = false

  /**
   * @param start The number before the first change. The default is greater than any number of an earlier process, so that a
   *   reader of that begins anew.
   */
  constructor(store: Followed, start: number = Date.now() * 1_000, mostKept: number = MOST_KEPT) {
    this.#store = store
    this.#mostKept = mostKept
    this.#first = start + 1
    this.#unsubscribe = store.onChange(({ before, after }) => this.#add((after ?? before)!.conversation_id))
  }

  /** The number of the last change. */
  get sequence(): number {
    return this.#first + this.#ids.length - 1
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Whether all changes after this number are remembered. */
  reaches(after: number): boolean {
    return after >= this.#first - 1 && after <= this.sequence
  }

  /**
   * The events after a number that `reaches`, a piece of them: of each changed conversation its row as it is now, or that it is
   * gone. Several changes of one conversation are one event.
   */
  after(after: number): Events {
    let text = ''
    let at = after
    while (at < this.sequence && text.length < PIECE) {
      at++
      const id = this.#ids[at - this.#first]!
      if (this.#last.get(id) === at) text += eventOf(at, id, this.#store.get(id))
    }
    return { text, at }
  }

  /** Calls a function once: at the next change, or at the end. What comes back takes it away. */
  once(hear: () => void): () => void {
    this.#waiting.add(hear)
    return () => this.#waiting.delete(hear)
  }

  /** Follows the store no more, and wakes all who wait. */
  close(): void {
    this.#isClosed = true
    this.#unsubscribe()
    this.#wake()
  }

  #add(id: string): void {
    this.#ids.push(id)
    this.#last.set(id, this.sequence)
    // By halves, so that a change costs O(1).
    if (this.#ids.length >= 2 * this.#mostKept) this.#forget(this.#ids.length - this.#mostKept)
    this.#wake()
  }

  #forget(count: number): void {
    for (let i = 0; i < count; i++) {
      const id = this.#ids[i]!
      if (this.#last.get(id) === this.#first + i) this.#last.delete(id)
    }
    this.#ids = this.#ids.slice(count)
    this.#first += count
  }

  #wake(): void {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const hear of waiting) hear()
  }
}

/** An event of a stream of events, as its specification has it. */
function eventOf(number: number, id: string, row: object | undefined): string {
  if (row !== undefined) return `id: ${number}\nevent: row\ndata: ${JSON.stringify(row)}\n\n`
  // The reader joins lines with a line feed, so an id with a carriage return cannot be told.
  if (id.includes('\r')) return reload(number)
  return `id: ${number}\nevent: gone\n${id.replace(/^/gm, 'data: ')}\n\n`
}

function reload(number: number): string {
  return `id: ${number}\nevent: reload\ndata: ${number}\n\n`
}

/** A comment is sent so often while nothing changes, in milliseconds, so that both sides notice a lost connection. */
const SILENCE_MS = 15_000

/** The events after a number, for as long as the client reads them. The last is `reload` where the log does not reach back. */
export function changesAfter(
  log: ChangeLog,
  after: number,
  silenceMs: number = SILENCE_MS,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let at = after
  let isBegun = false
  let wake = () => {}
  const silence = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(() => wake(), silenceMs)
      const forget = log.once(() => wake())
      wake = () => {
        clearTimeout(timer)
        forget()
        resolve()
      }
    })
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const send = (text: string) => controller.enqueue(encoder.encode(text))
        if (!isBegun) {
          isBegun = true
          // The headers of the answer go out with its first bytes.
          return send(`: changes after ${at}\n\n`)
        }
        const before = at
        if (!log.isClosed && at === log.sequence) await silence()
        if (log.isClosed) return controller.close()
        if (!log.reaches(at)) {
          send(reload(log.sequence))
          return controller.close()
        }
        const events = log.after(at)
        at = events.at
        send(at === before ? ':\n\n' : events.text)
      },
      cancel: () => wake(),
    },
    { highWaterMark: 0 },
  )
}
