/** Where in the messages of a conversation the words stand that are asked for, in the order in which a reader meets them. */
import type { Highlight, Message } from 'conversation-store'
import type { Query } from 'conversation-store/core'
import { highlights } from 'conversation-store/highlights'

/** Units of a message that are looked into, and matches that are listed: more are "more". */
const SEARCHED_UNITS = 200_000
const MOST = 10_000
/** Messages that are looked into at once, and their units. */
const BATCH = 500
const BATCH_UNITS = 100_000

/** One match: in a message's content, or in a run of its action. */
export interface Match {
  /** The place of the message. */
  readonly index: number
  readonly highlight: Highlight
  /** Its place among the ranges of the highlight. */
  readonly range: number
}

/** What has been found so far. */
export interface Matches {
  readonly list: readonly Match[]
  /** By the place of the message. */
  readonly ofMessage: ReadonlyMap<number, readonly Highlight[]>
  /** Whether there may be more than are listed. */
  readonly isMore: boolean
}

export const NO_MATCHES: Matches = { list: [], ofMessage: new Map(), isMore: false }

/** Looks into one batch of messages after the other, and gives what has been found up to it. */
export function* findMatches(query: Query, messages: readonly Message[]): Generator<Matches, Matches> {
  const list: Match[] = []
  const ofMessage = new Map<number, readonly Highlight[]>()
  let isMore = false
  if (!asksForWords(query)) return NO_MATCHES
  for (const [first, batch] of batchesOf(messages)) {
    isMore ||= batch.some(({ content }) => content.length > SEARCHED_UNITS)
    for (const highlight of highlights(query, { conversation_id: '-', messages: batch.map(searched) })) {
      if (highlight.index === null) continue
      const index = first + highlight.index
      ofMessage.set(index, [...(ofMessage.get(index) ?? []), highlight])
      for (let range = 0; range < highlight.ranges.length && list.length < MOST; range++)
        list.push({ index, highlight, range })
    }
    if (list.length >= MOST) return { list, ofMessage, isMore: true }
    yield { list: [...list], ofMessage: new Map(ofMessage), isMore }
  }
  return { list, ofMessage, isMore }
}

function searched(message: Message): Message {
  return message.content.length > SEARCHED_UNITS
    ? { ...message, content: message.content.slice(0, SEARCHED_UNITS) }
    : message
}

/** Messages in batches that take a few milliseconds each, with the place of their first. */
function* batchesOf(messages: readonly Message[]): Generator<readonly [first: number, batch: readonly Message[]]> {
  for (let first = 0; first < messages.length; ) {
    let units = 0
    let end = first
    while (end < messages.length && end - first < BATCH && units < BATCH_UNITS)
      units += Math.min(SEARCHED_UNITS, messages[end++]!.content.length)
    yield [first, messages.slice(first, end)]
    first = end
  }
}

/** Whether anything is asked that can be marked: without, no message need be read. */
function asksForWords({ spec }: Query): boolean {
  return /"(?:search|message|name|action)"/.test(JSON.stringify(spec.where))
}

/** The place of a match among those of its string, if it is this string's. */
export function placeIn(match: Match | undefined, highlight: Highlight): number | null {
  return match?.highlight === highlight ? match.range : null
}
