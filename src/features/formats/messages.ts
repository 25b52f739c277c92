/** Messages of whichever framework into turns, tolerantly: what is no message is kept aside. */
import type { Json } from '../../row/conversation.ts'
import { json, listOf, partOf } from '../turns/collect.ts'
import { readMessage, type Turn, TurnCollector } from '../turns/index.ts'
import type { FormatContext } from './format.ts'

/** A collector that keeps what a reader is to keep. */
export function collector({ keepsAll }: Pick<FormatContext, 'keepsAll'>): TurnCollector {
  return new TurnCollector({ keepsAll })
}

/** Reads messages, each as what it looks like. Gives those that look like none. */
export function readMessages(messages: unknown, into: TurnCollector): Json[] {
  return listOf(messages).flatMap((message) => (readMessage(partOf(message), into) ? [] : [json(message)]))
}

/** Whether a value is a list of messages. */
export function isMessageList(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((message) => looksLikeMessage(message))
}

/** Whether a value is a message of a framework, or may be one. */
export function looksLikeMessage(message: unknown): boolean {
  return readMessage(partOf(message), new TurnCollector())
}

/** Gives facts to the first turn that was added from a place on. */
export function setFacts(turns: Turn[], from: number, facts: Partial<Turn>): void {
  const first = turns[from]
  if (first === undefined) return
  for (const [key, value] of Object.entries(facts)) {
    if (value !== undefined && (first as unknown as Record<string, unknown>)[key] === undefined)
      Object.assign(first, { [key]: value })
  }
}

/** Says a text as a message of its own. */
export function sayAs(role: Turn['role'], text: unknown, into: TurnCollector, at?: string): void {
  if (typeof text !== 'string' || text === '') return
  into.begin(role, at === undefined ? {} : { at })
  into.say(text)
}
