/** The packed handler mounted where a client's `fetch` reaches it: a Worker that serves it, and MSW. */
import { pathToFileURL } from 'node:url'
import { expect, inject, test } from 'vitest'
import { bundled, load, type MiniflareModule } from './hosts.ts'
import type * as Suite from './smoke.ts'

const project = inject('project')
const HEADERS = { authorization: 'Bearer ags_00000000000000000000000000000000_000000' }

test('a Worker serves it over HTTP', async () => {
  const { Miniflare } = await load<typeof MiniflareModule>('miniflare')
  const worker = new Miniflare({
    modules: true,
    script: await bundled(
      project,
      `import { ConversationStore } from 'conversation-store'
       import { createHandler } from 'conversation-store/http'
       export default { fetch: createHandler(new ConversationStore()) }`,
      ['workerd', 'worker'],
    ),
    compatibilityDate: '2025-01-01',
  })
  try {
    await recordAndRead(new URL('api', await worker.ready).href)
  } finally {
    await worker.dispose()
  }
})

test('MSW answers with it', async () => {
  const { setupServer } = await load<typeof MswNode>('msw/node')
  const { http } = await load<typeof Msw>('msw')
  const { ConversationStore, createHandler } = await load<typeof Suite>(pathToFileURL(`${project}/smoke.js`).href)
  const handler = createHandler(new ConversationStore())
  const server = setupServer(http.all('https://agents.example/*', ({ request }) => handler(request)))
  server.listen({ onUnhandledRequest: 'error' })
  try {
    await recordAndRead('https://agents.example/api')
  } finally {
    server.close()
  }
})

/** What a client does: it records a conversation with a file, then finds both. */
async function recordAndRead(api: string): Promise<void> {
  const post = async (path: string, body: object) => {
    const headers = { ...HEADERS, 'content-type': 'application/json' }
    return (await fetch(`${api}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).json()
  }
  const get = async (path: string) => (await fetch(`${api}${path}`, { headers: HEADERS })).json()
  const timestamp = new Date().toISOString()
  const { id } = (await post('/conversations/', { timestamp, conversation_id: 'order-17' })) as { id: number }
  await post('/track/', {
    timestamp,
    conversation: id,
    sender: 'end_user',
    content: 'Where is my refund?',
    metadata: {},
  })

  const bytes = Uint8Array.from({ length: 5_000 }, (_, i) => i & 255)
  const form = new FormData()
  for (const [name, value] of Object.entries({
    timestamp,
    conversation: `${id}`,
    sender: 'end_user',
    metadata: '{}',
  })) {
    form.set(name, value)
  }
  form.set('attachment_0', new Blob([bytes], { type: 'application/pdf' }), 'invoice.pdf')
  expect((await fetch(`${api}/attachments/`, { method: 'POST', headers: HEADERS, body: form })).ok).toBe(true)

  expect(await get('/conversations/?message_contains=REFUND')).toMatchObject({ count: 1, results: [{ id }] })
  const { attachments } = (await get(`/conversations/${id}/attachments/`)) as { attachments: { file_url: string }[] }
  expect(attachments).toMatchObject([{ filename: 'invoice.pdf', size_bytes: 5_000 }])
  const file = await fetch(attachments[0]!.file_url, { headers: HEADERS })
  expect(file.headers.get('content-type')).toBe('application/pdf')
  expect(new Uint8Array(await file.arrayBuffer())).toEqual(bytes)
}

// What is used of MSW.

declare namespace MswNode {
  function setupServer(handler: object): {
    listen(options: { onUnhandledRequest: 'error' }): void
    close(): void
  }
}

declare namespace Msw {
  const http: { all(pattern: string, answer: (call: { request: Request }) => Promise<Response>): object }
}
