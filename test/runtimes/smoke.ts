/**
 * The smoke suite: what must hold wherever the package runs. One file for all runtimes, which import it with the packed
 * package; whoever runs it makes the rows, where it can in a realm other than the library's, and tells the outcomes on.
 */
import { type ConversationInput, ConversationStore, InvalidRowError } from 'conversation-store'
import { createHandler } from 'conversation-store/http'
import { compact, readSnapshot, readSnapshotSync, writeSnapshot } from 'conversation-store/snapshot'
import { type GeneratedConversation, type GeneratedMetadata, generate } from '../../src/features/generate/index.ts'
import golden from '../data/snapshot-1.0.snap'
import goldenRows from '../data/snapshot-rows.json' with { type: 'json' }

/** What the package gave, for tests that mount it themselves. */
export { ConversationStore, createHandler }

/** What became of one check; `fault` is null where it held. */
export interface Outcome {
  readonly check: string
  readonly fault: string | null
}

type Rows = readonly GeneratedConversation[]
type Handler = (request: Request) => Promise<Response>

const ROWS = 2_000
const API = 'https://agents.example/api'

/** The rows of the suite, made in the realm that calls this. */
export function makeRows(): Rows {
  return [...generate({ count: ROWS, seed: 7, messages: 'short' })]
}

const CHECKS: Readonly<Record<string, (rows: Rows) => void | Promise<void>>> = {
  'takes in 2,000 rows that the host made'(rows) {
    const store = ConversationStore.from(rows)
    same(store.size, ROWS)
    same(store.get(rows[7]!.conversation_id), rows[7])
    holds(Object.isFrozen(store.get(8)?.messages), 'what is given out is frozen')
    const refused = thrown(() => store.add({ conversation_id: '', started_at: 'soon' }))
    holds(refused instanceof InvalidRowError, `a faulty row was answered with ${refused}`)
    same(store.size, ROWS)
  },

  'answers filters as a plain scan does'(rows) {
    const store = ConversationStore.from(rows)
    store.warm()
    const asked = store.query()
    const expect = (count: number, keeps: (row: GeneratedConversation) => boolean) => {
      same(count, rows.filter((row) => row.is_deleted !== true && keeps(row)).length)
      holds(count > 0, 'the filter keeps some row')
    }
    expect(asked.count(), () => true)
    expect(asked.device('mobile').language('en').count(), (row) => row.device === 'mobile' && row.language === 'en')
    expect(
      asked.metadata('analysis.topic', 'refund').metadata('vip', true).count(),
      (row) => metadataOf(row).analysis.topic === 'refund' && metadataOf(row).vip,
    )
    expect(
      asked.startedAfter(new Date('2025-01-01T00:00:00Z')).count(),
      (row) => row.started_at >= '2025-01-01T00:00:00Z',
    )
    expect(asked.messageContains('SCHÖNE gr').count(), (row) =>
      row.messages.some((m) => m.content?.includes('schöne Gr')),
    )
    expect(asked.hasAction().count(), (row) => row.messages.some((message) => message.action_name != null))
    expect(asked.not((q) => q.device('mobile')).count(), (row) => row.device !== 'mobile')
    expect(
      store.fetchConversations('environment=prod&is_marked=true').count,
      (row) => row.environment === 'production' && row.is_marked === true,
    )
  },

  'gives a page and its links'(rows) {
    const store = ConversationStore.from(rows)
    const page = store.query().orderBy('id').includeDeleted().page(3).pageSize(20).fetch()
    same(
      page.results.map(({ id }) => id),
      Array.from({ length: 20 }, (_, i) => 41 + i),
    )
    same([page.count, page.total_pages, page.current_page], [ROWS, ROWS / 20, 3])
    same([page.next !== null, page.previous !== null], [true, true])
    holds(thrown(() => store.query().page(1_000).fetch()) !== undefined, 'a page past the end is an error')
  },

  async 'loads NDJSON from a stream'(rows) {
    const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join('')
    const store = new ConversationStore()
    same((await store.load(new Response(lines))).added, ROWS)
    same(store.get(8), rows[7])
    if (typeof CompressionStream === 'undefined') return
    const gzipped = new Response(lines).body!.pipeThrough(new CompressionStream('gzip'))
    same((await new ConversationStore().load(new Response(gzipped))).added, ROWS)
  },

  'opens a snapshot that another runtime wrote'() {
    for (const options of [{}, { verify: 'full' }, { documents: 'resident' }] as const) {
      const store = readSnapshotSync(golden, options)
      same([...store], goldenRows)
      same(store.query().messageContains('REFUND 1').count(), 3)
      same(store.query().where('metadata.nested.deep', 'gte', 1).orderBy('-ended_at').ids().length, 7)
      holds(store.get(98) === store.get('c2'), 'a row is one object')
      same(store.add({ conversation_id: 'new', started_at: '2026-01-01' }).id, 102)
    }
  },

  async 'writes a snapshot, opens it and packs a store'(rows) {
    const store = ConversationStore.from(rows.slice(0, 300))
    const bytes = await writeSnapshot(store)
    const asked = (of: typeof store) => [
      of.query().device('mobile').messageContains('order').orderBy('-duration').pageSize(7).page(2).fetch(),
      of.query().facets({ language: true, 'metadata.plan': true }),
    ]
    for (const source of [bytes, bytes.slice().buffer, new Response(bytes as Uint8Array<ArrayBuffer>)]) {
      const opened = (await readSnapshot(source)) as typeof store
      same([...opened], [...store])
      same(asked(opened), asked(store))
    }
    const before = asked(store)
    await compact(store)
    same(asked(store), before)
    holds(store.stats().bytes.documents.resident === 0, 'all rows lie packed')
    const damaged = bytes.slice()
    damaged[200]! ^= 1
    const refused = await readSnapshot(damaged).catch((error) => error.code)
    same(refused, 'INVALID_SNAPSHOT')
  },

  async 'the handler answers filters with a page'(rows) {
    const handler = open(rows)
    const count = rows.filter((row) => row.is_deleted !== true && row.device === 'mobile').length
    const { status, body } = await send(handler, 'GET', '/conversations/?device=mobile&page=2&page_size=5&full=false')
    same(status, 200)
    same([body.count, body.page_size, body.total_pages, body.current_page], [count, 5, Math.ceil(count / 5), 2])
    same(body.results.length, 5)
    holds(body.next?.startsWith(`${API}/conversations/?`), `the link to the next page is ${body.next}`)
    same((await send(handler, 'GET', `${body.next?.slice(API.length)}`)).body.current_page, 3)
    const { id } = body.results[0]
    const detail = await send(handler, 'GET', `/conversations/${id}/`)
    same(detail.body.messages.length, rows[id - 1]!.messages.length)
  },

  async 'the handler answers errors in the shape of the API'(rows) {
    const handler = open(rows)
    const refused = await send(handler, 'GET', '/conversations/?env=staging')
    same(refused.status, 400)
    same(refused.body, { env: ['Select a valid choice. staging is not one of the available choices.'] })
    const missing = await send(handler, 'GET', '/conversations/999999/')
    same([missing.status, typeof missing.body.detail], [404, 'string'])
    const noKey = await createHandler(new ConversationStore(), { keys: { secret: 'read' } })(
      new Request(`${API}/conversations/`),
    )
    same([noKey.status, await noKey.json()], [401, { detail: 'Authentication credentials were not provided.' }])
  },

  async 'the handler records a conversation'() {
    const store = new ConversationStore()
    const handler: Handler = createHandler(store)
    const timestamp = new Date().toISOString()
    const named = { timestamp, conversation_id: 'a/b ü', metadata: {} }
    const { id } = (await send(handler, 'POST', '/conversations/', { ...named, is_used: true })).body
    const said = { ...named, conversation: id, sender: 'end_user', content: 'Where is my refund?' }
    same(typeof (await send(handler, 'POST', '/track/', said)).body.id, 'number')
    await send(handler, 'POST', '/action_logs/', { ...named, conversation: id, action_name: 'lookup_order' })
    await send(handler, 'POST', '/conversation-feedbacks/', { conversation: id, sentiment: 'positive' })
    same((await send(handler, 'POST', `/conversations/${id}/mark/`, { is_marked: true })).body.is_marked, true)
    const found = await send(handler, 'GET', '/conversations/?search=REFUND&action_name=lookup&is_marked=true')
    same([found.body.count, found.body.results[0]?.conversation_id], [1, 'a/b ü'])
    same(store.query().feedbackSentiment('positive').count(), 1)
  },

  async 'the handler takes a file as a form and gives it back'() {
    const handler: Handler = createHandler(new ConversationStore())
    const { id } = (await send(handler, 'POST', '/conversations/', { conversation_id: 'with a file' })).body
    const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => (i * 7 + (i >> 8)) & 255)
    const form = new FormData()
    form.set('timestamp', new Date().toISOString())
    form.set('conversation', String(id))
    form.set('sender', 'end_user')
    form.set('mode', 'form_data')
    form.set('metadata', '{"from":"form"}')
    form.set('attachment_0', new Blob([bytes], { type: 'image/png' }), 'café.png')
    const uploaded = await handler(request('POST', '/attachments/', form))
    holds(uploaded.ok, `the upload was answered with ${uploaded.status}: ${await uploaded.text()}`)
    const { body } = await send(handler, 'GET', `/conversations/${id}/attachments/`)
    same(body.total_attachments, 1)
    const [attachment] = body.attachments
    same(
      [attachment.filename, attachment.mime_type, attachment.size_bytes, attachment.type],
      ['café.png', 'image/png', bytes.length, 'image'],
    )
    const file = await handler(new Request(new URL(attachment.file_url, API), { headers: HEADERS }))
    same([file.status, file.headers.get('content-type')], [200, 'image/png'])
    same(file.headers.get('x-content-type-options'), 'nosniff')
    same(new Uint8Array(await file.arrayBuffer()), bytes)
  },

  async 'the handler takes a file as base64 and gives it back'() {
    const handler: Handler = createHandler(new ConversationStore())
    const files = { attachments: [{ filename: 'a.txt', mime_type: 'text/plain', data: 'R3LDvMOfZQ==' }] }
    const item = { timestamp: new Date().toISOString(), conversation_id: 'with a text', metadata: {}, ...files }
    const uploaded = await send(handler, 'POST', '/attachments/', { ...item, mode: 'base64', sender: 'agent' })
    holds(uploaded.status < 300, `the upload was answered with ${uploaded.status}`)
    const listed = await send(handler, 'GET', '/conversations/?conversation_id=with%20a%20text')
    const { file_url } = listed.body.results[0].messages[0].attachments[0]
    const file = await handler(new Request(new URL(file_url, API), { headers: HEADERS }))
    same([await file.text(), file.headers.get('content-type')], ['Grüße', 'application/octet-stream'])
  },

  async 'the handler is a route of Next and of SvelteKit'(rows) {
    const handler = open(rows)
    // Both call with more than the request: Next with `(request, { params })`, SvelteKit with one event.
    const next = handler as (request: Request, context: unknown) => Promise<Response>
    const asked = () => request('GET', '/conversations/?page_size=1')
    same((await next(asked(), { params: Promise.resolve({ path: ['conversations'] }) })).status, 200)
    const GET = ({ request }: { request: Request }) => handler(request)
    same((await GET({ request: asked() })).status, 200)
  },
}

/** The names of the checks. */
export const NAMES: readonly string[] = Object.keys(CHECKS)

/** Runs every check over these rows and says what became of each, in the order of `NAMES`. */
export async function smoke(rows: Rows): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const check of NAMES) {
    const fault = await Promise.resolve(rows)
      .then(CHECKS[check]!)
      .then(() => null, describe)
    outcomes.push({ check, fault })
  }
  return outcomes
}

const HEADERS = { authorization: 'Bearer ags_00000000000000000000000000000000_000000' }

function open(rows: Rows): Handler {
  return createHandler(ConversationStore.from(rows as Iterable<ConversationInput>))
}

function request(method: string, path: string, body?: unknown): Request {
  if (body === undefined) return new Request(`${API}${path}`, { method, headers: HEADERS })
  if (body instanceof FormData) return new Request(`${API}${path}`, { method, headers: HEADERS, body })
  const headers = { ...HEADERS, 'content-type': 'application/json' }
  return new Request(`${API}${path}`, { method, headers, body: JSON.stringify(body) })
}

// biome-ignore lint/suspicious/noExplicitAny: the answers of the API, looked into by the checks.
type Answered = { readonly status: number; readonly body: any }

async function send(handler: Handler, method: string, path: string, body?: unknown): Promise<Answered> {
  const response = await handler(request(method, path, body))
  return { status: response.status, body: await response.json() }
}

/** The same JSON, whatever realm it comes from. */
function same(given: unknown, expected: unknown): void {
  const [a, b] = [text(given), text(expected)]
  if (a !== b) throw new Error(`Got ${a.slice(0, 400)} where ${b.slice(0, 400)} was expected.`)
}

/** JSON with sorted keys; bytes as a list. */
function text(value: unknown): string {
  const plain = value instanceof Uint8Array ? Array.from(value) : value
  return `${JSON.stringify(plain, (_, each) => (isPlain(each) ? Object.fromEntries(Object.entries(each).sort()) : each))}`
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function metadataOf(row: GeneratedConversation): GeneratedMetadata {
  return row.metadata as GeneratedMetadata
}

function holds(claim: unknown, otherwise: string): void {
  if (!claim) throw new Error(`Not so: ${otherwise}.`)
}

function thrown(task: () => unknown): unknown {
  try {
    task()
    return undefined
  } catch (error) {
    return error
  }
}

function describe(error: unknown): string {
  const { message, stack } = error as Error
  return `${message ?? error}\n${stack ?? ''}`
}
