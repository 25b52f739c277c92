import { describe, expect, it } from 'vitest'
import { readConversation } from '../../../src/row/read.ts'

const MINIMUM = { conversation_id: 'c1', started_at: '2024-01-15T10:30:00Z' }
const MESSAGE = { sender: 'agent', content: 'Hello' }

/** The misspelt places of a row and what was meant, on both roads. */
function meant(more: object): string[] {
  const [copied, own] = [false, true].map((isOwn) => {
    const found: string[] = []
    readConversation(structuredClone({ ...MINIMUM, ...more }), {
      own: isOwn,
      greatest: { message: 0, feedback: 0 },
      warn: (message) => found.push(message.replace(/^(\S+) is .* Did you mean "(\w+)".*$/, '$1 $2')),
    })
    return found
  })
  expect(own).toEqual(copied)
  return copied!
}

describe('keys that were probably misspelt', () => {
  it.each([
    [{ metdata: { plan: 'pro' } }, ['metdata metadata']],
    [{ nmae: 'a', devcie: 'b', lanugage: 'c' }, ['nmae name', 'devcie device', 'lanugage language']],
    [
      { customerId: 'a', isMarked: true, Metadata: {} },
      ['customerId customer_id', 'isMarked is_marked', 'Metadata metadata'],
    ],
    [{ message: [], feedback: [] }, ['message messages', 'feedback feedbacks']],
    [
      { messages: [MESSAGE, { ...MESSAGE, action_nmae: 'x' }, { ...MESSAGE, action_nmae: 'y' }] },
      ['messages[1].action_nmae action_name'],
    ],
    [{ feedbacks: [{ sentiment: 'neutral', coment: 'x' }] }, ['feedbacks[0].coment comment']],
  ])('are told with the known one: %j', (more, expected) => {
    expect(meant(more)).toEqual(expected)
  })

  it.each([
    [{ ip: 1, uid: 2, tags: [], note: 'x', date: 'y', ticket: 3 }],
    [{ agent: 1, environment_id: 2, message_count: 0, tickets: [], token_usage: null, source: 'x' }],
    [{ metadata: {}, metdata: {} }],
    [{ metadata: { nmae: 1 }, geo_location: { nmae: 1 } }],
    [{ messages: [{ ...MESSAGE, conversation: 1, feedback: null, context: 'x' }] }],
    [{ constructor: 1, toString: 2 }],
  ])('are no others: %j', (more) => {
    expect(meant(more)).toEqual([])
  })
})
