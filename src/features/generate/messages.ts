/** The messages of a generated conversation: customer and agent in turn; about every sixth is an action of the agent. */
import type { Message } from '../../row/conversation.ts'
import { checkRun, type GeneratedRun, type ToolMaker } from './options.ts'
import { Random } from './random.ts'
import type { Tables } from './tables.ts'
import { timestamp } from './time.ts'

/** What is said in one conversation. */
export interface Talk {
  readonly random: Random
  /** What the numbers for the caller's functions begin from: whatever those draw changes nothing else of the row. */
  readonly own: number
  readonly tables: Tables
  /** What tools were asked and answered, by name, where the caller says. */
  readonly tools: { readonly [name: string]: ToolMaker } | undefined
  readonly number: number
  /** Microseconds since the start of the year. */
  readonly startedAt: number
  readonly greeting: string
  readonly orderId: string
  readonly isFull: boolean
}

/** All messages of a conversation, 45 seconds apart. */
export function makeMessages(talk: Talk): Message[] {
  const { random, tables, number, startedAt, greeting, isFull } = talk
  const count = isFull ? 6 + random.below(11) : 2
  const messages: Message[] = []
  for (let i = 0; i < count; i++) {
    const id = number * 20 + i + 1
    const at = timestamp(startedAt + i * 45_000_000)
    const isAgent = i % 2 === 1
    if (isAgent && random.percent(isFull ? 33 : 20) && tables.actions.length > 0) {
      messages.push(makeAction(talk, id, at, tables.actions[tables.actionNumbers.draw(random)]!))
    } else {
      const length = isFull ? 60 + random.below(80) : 20 + random.below(20)
      const content = makeText(random, tables, length, i === 0 ? greeting : '')
      messages.push({ id, timestamp: at, sender: isAgent ? 'agent' : 'end_user', content, action_name: null })
    }
  }
  return messages
}

function makeAction({ random, own, tools, orderId }: Talk, id: number, at: string, action: string): Message {
  const failed = random.percent(4)
  const duration_ms = 20 + random.below(2_000)
  const run: GeneratedRun =
    tools === undefined
      ? { input: { order_id: orderId }, ...(failed && { error: 'The service did not answer in time.' }) }
      : checkRun(action, tools[action]!(new Random(own ^ Math.imul(id, 0x85eb_ca6b))))
  const { input = {}, error = '', output = error === '' ? 'done' : '' } = run
  return {
    id,
    timestamp: at,
    sender: 'agent',
    content: `Action ${action} performed`,
    action_name: action,
    action_logs: [{ id, started_at: at, duration_ms, tools_used: input, response: output, error_message: error }],
  }
}

/**
 * A greeting and sentences of words by Zipf's law, of at least `length` UTF-16 units. Joined once: a text made by `+=` is a tree of its
 * pieces, which takes ten times the memory and is made flat by the first who searches it.
 */
function makeText(random: Random, { words, wordNumbers }: Tables, length: number, greeting: string): string {
  const pieces = [greeting]
  let left = 0
  for (let written = 0; written < length; ) {
    const word = words[wordNumbers.draw(random)]!
    if (left > 0) {
      pieces.push(' ', word)
      left--
    } else {
      if (written > 0) pieces.push(random.percent(25) ? '? ' : '. ')
      pieces.push(word[0]!.toUpperCase(), word.slice(1))
      left = 3 + random.below(11)
    }
    written += word.length + 1
  }
  pieces.push('.')
  return pieces.join('')
}
