/** Rows of the React suite, the same on both sides. */
import type { ConversationInput } from 'conversation-store'

/** Every second one is mobile; the later ones are newer. */
export function rowsOf(count: number, words = 0): ConversationInput[] {
  return Array.from({ length: count }, (_, i) => ({
    conversation_id: `c${i}`,
    started_at: new Date(Date.UTC(2026, 0, 1) + i * 60_000).toISOString(),
    device: i % 2 === 0 ? 'mobile' : 'desktop',
    messages: [
      { sender: 'end_user', content: Array.from({ length: words }, (_, word) => `word${i * word}`).join(' ') },
    ],
  }))
}
