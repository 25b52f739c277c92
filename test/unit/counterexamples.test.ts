/** What the property tests once found, each as a case of its own: the name says what was wrong. */
import { describe, expect, test } from 'vitest'
import { ConversationStore } from '../../src/index.ts'
import type { ConversationInput } from '../../src/row/conversation.ts'

const row = (conversation_id: string, more: Partial<ConversationInput> = {}): ConversationInput => ({
  conversation_id,
  started_at: '2024-01-15T12:00:00Z',
  ...more,
})

describe('ids of messages and feedbacks', () => {
  test('a row that is skipped for a repeated id raised the next id of a message', () => {
    const store = new ConversationStore()
    const repeated = row('a', { messages: [{ id: 7, sender: 'end_user', content: '' }] })
    expect(store.addMany([row('a'), repeated], { onInvalid: 'skip' }).added).toBe(1)
    expect(store.addMessage('a', { sender: 'agent', content: '' }).messages[0]?.id).toBe(1)
  })

  test('a row that is skipped for a repeated id raised the next id of a feedback', () => {
    const store = new ConversationStore()
    const repeated = row('a', { feedbacks: [{ id: 7, sentiment: 'neutral' }] })
    expect(store.addMany([row('a'), repeated], { onInvalid: 'skip' }).added).toBe(1)
    expect(store.addFeedback('a', { sentiment: 'positive' }).feedbacks[0]?.id).toBe(1)
  })
})
