/** Who said a word, where rows were replaced between the building of one index and of the other. */
import { expect, test } from 'vitest'
import { ConversationStore } from '../../../../src/index.ts'

test('a row that is replaced after its words were indexed, and before its senders were, does not hold up the others', () => {
  const rows = ['a', 'b', 'c', 'd', 'e'].map((conversation_id, i) => ({
    conversation_id,
    started_at: `2026-01-0${i + 1}`,
    messages: [{ sender: i === 1 ? ('agent' as const) : ('end_user' as const), content: 'a refund' }],
  }))
  for (const replaced of rows.map((row) => row.conversation_id)) {
    const store = ConversationStore.from(rows)
    // So often that words get an index, and senders none yet.
    for (let i = 0; i < 12; i++) expect(store.query().messageContains('refund').count()).toBe(5)
    store.rename(replaced, 'another name')
    expect(store.query().messageContains('refund', { sender: 'end_user' }).count()).toBe(4)
    expect(store.query().messageContains('refund', { sender: 'agent' }).count()).toBe(1)
  }
})
