/** What requests cost: documents read, counted, over far more rows than any answer has. */
import { afterEach, beforeAll, expect, test, vi } from 'vitest'
import { Documents } from '../../src/engine/segments/documents.ts'
import { row, serving } from './asking.ts'

const ROWS = 2_000

const rows = Array.from({ length: ROWS }, (_, at) =>
  row(`r${at}`, {
    started_at: new Date(Date.UTC(2026, 0, 1) + at * 60_000).toISOString(),
    device: at % 2 === 0 ? 'mobile' : 'desktop',
    name: at % 400 === 0 ? 'refund now' : 'other',
    metadata: { n: at, plan: { tier: at % 3 } },
    messages: [
      { id: at + 1, sender: 'agent', content: at % 500 === 0 ? 'refund order' : 'hello', metadata: { m: at } },
    ],
    feedbacks: [
      { id: at + 1, sentiment: 'neutral', created_at: new Date(Date.UTC(2026, 1, 1) + at * 1000).toISOString() },
    ],
  }),
)

afterEach(() => vi.restoreAllMocks())

const served = serving(rows)

beforeAll(async () => {
  await served.handler.warm()
  // What is kept for one path of metadata is made when it is first asked for.
  await served.get('/api/conversations/?metadata=n:1')
  await served.get('/api/conversations/metadata-values/?key=plan.tier')
})

/** Counts the documents that are taken out from now on. */
function counting() {
  return vi.spyOn(Documents.prototype, 'row')
}

/** A document is looked at to find it, to place it in its order, and to give it. */
const LOOKS = 4

test.each([
  ['/api/conversations/', 10],
  ['/api/conversations/?page_size=100&full=false', 100],
  ['/api/conversations/?device=mobile&page=90', 10],
  ['/api/conversations/?page=last', 10],
  ['/api/conversations/?metadata=n:17', 1],
  ['/api/conversations/?name=refund', 5],
  ['/api/conversations/?search=refund', 8],
  ['/api/conversations/?message_contains=refund', 4],
  ['/api/conversations/?message_contains=refund+order', 4],
  ['/api/conversations/?conversation_id=r7', 1],
  ['/api/conversations/?started_at_after=2026-01-02T09:15:00Z&has_feedback=true', 10],
  ['/api/conversations/?customer_id=none', 0],
  ['/api/conversations/lookup/?conversation_id=r9', 1],
  ['/api/conversations/77/', 1],
  ['/api/conversations/77/attachments/', 1],
  ['/api/conversations/99999/', 0],
  ['/api/conversations/metadata-keys/', 0],
  ['/api/conversations/message-metadata-keys/', 0],
  ['/api/conversations/metadata-values/?key=plan.tier', 0],
  ['/api/track/1500/', 1],
  ['/api/feedbacks/', 0],
  ['/api/feedbacks/?sentiment=negative', 0],
  ['/api/feedbacks/?ordering=id&page=last&search=refund', 0],
  ['/api/feedbacks/1500/', 0],
  ['/api/me/', 0],
])('%s reads %i documents', async (path, documents) => {
  const read = counting()
  expect([200, 404]).toContain((await served.get(path)).status)
  expect(read.mock.calls.length).toBeLessThanOrEqual(LOOKS * documents)
})

test.each([
  ['POST', '/api/track/', { conversation: 7, sender: 'agent', content: 'x' }],
  ['POST', '/api/track/', { conversation_id: 'new', sender: 'agent', content: 'x' }],
  ['POST', '/api/conversations/', { conversation_id: 'new' }],
  ['POST', '/api/attachments/', { message: 7, attachments: [{ filename: 'f', data: '' }] }],
  ['POST', '/api/conversation-feedbacks/', { conversation: 7, sentiment: 'neutral' }],
  ['PATCH', '/api/feedbacks/7/', { comment: 'x' }],
  ['PATCH', '/api/track/7/', { metadata: {} }],
  ['PATCH', '/api/conversations/7/update/', { name: 'x' }],
])('%s %s reads the one that it changes, and so does the list after it', async (verb, path, body) => {
  const { post, patch, get } = served
  const read = counting()
  expect([200, 201]).toContain((await (verb === 'POST' ? post : patch)(path, body)).status)
  expect(read.mock.calls.length).toBeLessThanOrEqual(4 * LOOKS)
  read.mockClear()
  for (const list of ['/api/feedbacks/', '/api/conversations/metadata-keys/', `/api/track/8/`]) await get(list)
  expect(read.mock.calls.length).toBeLessThanOrEqual(LOOKS)
})
