/** Searches in a worker never wait for the index of texts to be built as a whole. */
import { expect, test, vi } from 'vitest'
import { ConversationStore, query } from '../../src/index.ts'
import { executorOf } from '../../src/store/inside.ts'
import { connected } from './connected.ts'

const rows = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => ({
    conversation_id: `c${from + i}`,
    started_at: '2026-01-05T10:00:00Z',
    messages: [{ sender: 'agent' as const, content: `Refund ${from + i}` }],
  }))

test('they scan until it is built between questions, once no rows arrive', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const store = ConversationStore.from(rows(0, 50))
    const { remote } = connected(store)
    const { engine } = executorOf(store)
    const asked = query().messageContains('refund 4')
    for (let i = 0; i < 20; i++) expect(await remote.count(asked)).toBe(11)
    expect(engine.isTextIndexed).toBe(false)
    store.addMany(rows(50, 60))
    await vi.advanceTimersByTimeAsync(500)
    // Rows came meanwhile.
    expect(engine.isTextIndexed).toBe(false)
    await vi.advanceTimersByTimeAsync(500)
    await vi.waitFor(() => expect(engine.isTextIndexed).toBe(true))
    const { documentsRead } = engine.work
    expect(await remote.count(asked)).toBe(11)
    expect(engine.work.documentsRead).toBe(documentsRead)
  } finally {
    vi.useRealTimers()
  }
})

test('a store that no page is connected to builds it for the first question that wants it', () => {
  const store = ConversationStore.from(rows(0, 50))
  for (let i = 0; i < 20; i++) store.query().messageContains('refund 4').count()
  expect(executorOf(store).engine.isTextIndexed).toBe(true)
})
