/** Both generations of clients against a server on a real socket: what a handler in the process answers, the network carries. */
import { describe, expect, test } from 'vitest'
import { createHandler, type OneAgentOptions } from '../../../src/http/index.ts'
import { ConversationStore } from '../../../src/index.ts'
import { listen } from '../../../src/node/index.ts'
import type { Send } from '../clients/python.ts'
import { ApiClient, ConversationManager, ConversationTracker, NetworkException } from '../clients/v0.ts'
import { AgentSight, AuthenticationError, NotFoundError, PermissionDeniedError } from '../clients/v1.ts'
import { expectShape, expectWhole } from './shapes.ts'
import { READ_KEY, thrown, UNKNOWN_KEY, WRITE_KEY } from './world.ts'

type Row = Record<string, unknown>

async function withServer(
  options: OneAgentOptions,
  use: (clients: {
    baseUrl: string
    client: ApiClient
    v1: AgentSight
    send: Send
    store: ConversationStore
  }) => Promise<void>,
): Promise<void> {
  const store = new ConversationStore()
  const handler = createHandler(store, { keys: { [WRITE_KEY]: 'write', [READ_KEY]: 'read' }, ...options })
  const server = await listen(handler, { port: 0 })
  try {
    const send: Send = (request) => fetch(request)
    const baseUrl = server.url
    const shared = { baseUrl, send, apiKey: WRITE_KEY }
    await use({ baseUrl, send, store, client: new ApiClient(shared), v1: new AgentSight(shared) })
  } finally {
    await server.close()
  }
}

const PNG = {
  filename: 'é “p”.png',
  mime_type: 'image/png',
  data: Uint8Array.from({ length: 3_000 }, (_, i) => i % 256),
}

describe('a server', () => {
  test('records a session of the first generation, and both read it', async () => {
    await withServer({}, async ({ client, v1, send, baseUrl }) => {
      const tracker = new ConversationTracker(client)
      const manager = new ConversationManager(client)
      tracker.initialize({
        conversation_id: 'a/ü?#',
        name: 'Überschrift',
        environment: 'prod',
        metadata: { a: { b: 1 } },
      })
      tracker.trackTokenUsage(3, 4)
      tracker.trackHumanMessage('hello 😀', { files: [PNG] })
      tracker.trackAction('look_up', { duration_ms: 3 })
      tracker.trackButton('click', 'Yes', 'yes')
      tracker.trackAttachments([PNG], { mode: 'form_data' })
      tracker.trackAgentMessage('bye', { files: [PNG], mode: 'form_data' })
      expect((await tracker.send()).errors).toEqual([])
      await manager.submitFeedback('a/ü?#', 'positive', { comment: 'ok' })

      const row = (await manager.fetchByConversationId('a/ü?#'))!
      expectWhole(row, 'full')
      expect((row.messages as Row[]).map(({ content }) => content)).toContain('hello 😀')
      expect(await v1.conversation('a/ü?#')).toMatchObject({
        id: row.id,
        messages: row.messages,
        feedbacks: row.feedbacks,
      })
      const { attachments } = await v1.attachments('a/ü?#')
      expect(attachments).toHaveLength(3)
      for (const attachment of attachments as Row[]) {
        expect(String(attachment.file_url).startsWith(`${baseUrl}/`)).toBe(true)
        const url = String(attachment.file_url)
        const response = await send(new Request(url, { headers: { authorization: `Api-Key ${READ_KEY}` } }))
        expect([response.status, new Uint8Array(await response.arrayBuffer())]).toEqual([200, PNG.data])
      }
      expect((await v1.list({ name: 'ÜBER', metadata: 'a.b:1', env: 'prod' })).count).toBe(1)
      await v1.updateMetadata('a/ü?#', { c: 'ß' })
      expect((await manager.fetchConversation(row.id as number)).metadata).toEqual({ a: { b: 1 }, c: 'ß' })
      const [feedback] = (await v1.feedbacks()).results
      expectShape(feedback, 'feedback')
      expect(await v1.deleteFeedback(feedback!.id as number)).toEqual({})
      expect(await manager.delete(row.id as number)).toMatchObject({ is_deleted: true })
      expect((await v1.list()).count).toBe(0)
    })
  })

  test('gives links that can be fetched, page after page', async () => {
    await withServer({}, async ({ v1, store, baseUrl, send }) => {
      store.addMany(Array.from({ length: 25 }, (_, i) => ({ conversation_id: `é ${i}`, started_at: '2026-08-01' })))
      let url: string | null = `${baseUrl}/api/conversations/?colour=a+b&page_size=10`
      const seen: unknown[] = []
      while (url !== null) {
        const response: Response = await send(new Request(url, { headers: { authorization: `Api-Key ${READ_KEY}` } }))
        const page = (await response.json()) as { next: string | null; results: Row[] }
        seen.push(...page.results.map(({ id }) => id))
        url = page.next
      }
      expect(new Set(seen).size).toBe(25)
      const found: unknown[] = []
      for await (const { id } of v1.iterate({ full: 'false' })) found.push(id)
      expect(found).toEqual(seen)
    })
  })

  test('answers errors as classes', async () => {
    await withServer({}, async ({ v1, baseUrl, send }) => {
      expect(await thrown(v1.conversation(9))).toBeInstanceOf(NotFoundError)
      const sight = (apiKey: string) => new AgentSight({ baseUrl, send, apiKey })
      expect(await thrown(sight(UNKNOWN_KEY).list())).toBeInstanceOf(AuthenticationError)
      expect(await thrown(sight(READ_KEY).createFeedback({}))).toBeInstanceOf(PermissionDeniedError)
    })
  })

  test('drops connections where it is asked to: three attempts, then no more', async () => {
    const waits: number[] = []
    const sleep = async (seconds: number) => void waits.push(seconds)
    for (const [count, works] of [
      [2, true],
      [3, false],
    ] as const) {
      const store = ConversationStore.from([{ conversation_id: 'a', started_at: '2026-08-01' }])
      const handler = createHandler(store, { keys: { [WRITE_KEY]: 'write' } })
      handler.faults({ count, drop: true })
      const server = await listen(handler, { port: 0 })
      const client = new ApiClient({ baseUrl: server.url, apiKey: WRITE_KEY, sleep, send: (request) => fetch(request) })
      const fetched = new ConversationManager(client).fetchConversations()
      if (works) expect((await fetched).count).toBe(1)
      else expect(await thrown(fetched)).toBeInstanceOf(NetworkException)
      await server.close()
    }
    expect(waits).toEqual([1, 2, 1, 2])
  })
})
