/** Any history of writes over HTTP: each answers as the model of the contract does, and all that can be read afterwards is the model's. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createHandler } from '../../../src/http/index.ts'
import { ConversationStore } from '../../../src/index.ts'
import { inSegments } from '../../in-segments.ts'
import { base64, type FormPart, multipart } from '../clients/python.ts'
import { detailOf, differenceOf, fullOf, leanOf, type Served } from '../wire-reference.ts'
import { Model, type Verdict } from './model.ts'

type Row = Record<string, unknown>

const NOW = '2026-08-05T00:00:00Z'

/** One write: what goes over the wire, and what it does to the model. */
interface Step {
  readonly what: string
  readonly request: () => Request
  readonly apply: (model: Model) => Verdict
}

const among = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values)
/** One of the first mostly, now and then one of the second. */
const mostly = (sound: readonly unknown[], ...broken: readonly unknown[]): fc.Arbitrary<unknown> =>
  fc.oneof({ arbitrary: fc.constantFrom(...sound), weight: 14 }, fc.constantFrom(...broken))
const BASE = 'http://localhost/api'

function send(method: string, path: string, body?: unknown): () => Request {
  const text = body === undefined ? undefined : JSON.stringify(body)
  const headers = { 'content-type': 'application/json' }
  return () => new Request(`${BASE}${path}`, { method, headers, ...(text !== undefined && { body: text }) })
}

const step = (method: string, path: string, body: unknown, apply: Step['apply']): Step => ({
  what: `${method} ${path} ${JSON.stringify(body)}`,
  request: send(method, path, body),
  apply,
})

/** Few moments, in many forms, so that they collide; some that are none. */
const timestamp = mostly(
  [
    '2026-08-01T10:00:00.000000+00:00',
    '2026-08-01T10:00:00Z',
    '2026-08-01T12:00:00+02:00',
    '2026-08-01T10:00:00.000001+00:00',
    '2026-08-01T09:59:59.999999',
    '2026-08-02 00:00',
    '2026-08-02',
    '2026-07-31T23:00:00-05:00',
    null,
  ],
  'soon',
  '2026-02-30',
  7,
)
const conversation_id = mostly(['a', 'b', 'c/ü?#', '7'], null, '', 'x'.repeat(255), 'x'.repeat(256), ' a ', 5)
const pk = among(1, 1, 1, 2, 2, 2, 3, 9)
const partId = among(1, 2, 3, 4, 5, 99)
const metadata = mostly([{}, { a: 1 }, { a: { b: [null, ''] }, 'c.d': false }, null], [], 'x', 3)
const sentiment = mostly(['positive', 'neutral', 'negative'], 'meh', null, 1)
const comment = mostly(['good', 'é😀', '', null, 'x'.repeat(5_000)], 'x'.repeat(5_001), 7)

/** How an item names its conversation. Without a usable pk, an unknown text makes one. */
const names = fc
  .tuple(fc.option(mostly([1, 2, '1', '2', 0, 'None'], '3', 99, '99'), { freq: 2 }), conversation_id)
  .map(([conversation, id]) => ({ conversation, conversation_id: id }))

/** The fields of an item, without those that were left out. */
const item = (fields: Readonly<Record<string, fc.Arbitrary<unknown>>>) =>
  fc
    .tuple(
      names,
      fc.record({ timestamp, metadata, ...fields }, { requiredKeys: Object.keys(fields).slice(0, 1) as never }),
    )
    .map(([who, rest]): Row => ({ ...who, ...rest }))

const sender = mostly(['agent', 'end_user'], 'robot', null)

const file = fc.record({
  filename: among('a.png', 'é "b".txt', 'c'),
  mime_type: among('image/png', 'text/plain', 'application/pdf', 'application/octet-stream'),
  data: fc.uint8Array({ maxLength: 6 }),
})
const files = fc.array(file, { minLength: 1, maxLength: 3 })

const steps: readonly (readonly [weight: number, arbitrary: fc.Arbitrary<Step>])[] = [
  [
    3,
    fc
      .record(
        {
          conversation_id,
          timestamp,
          customer_id: mostly([null, 'cu'], 5),
          device: among<unknown>(null, 'mobile'),
          language: among<unknown>(null, 'en'),
          name: among<unknown>(null, 'N', ''),
          source: among<unknown>(null, 'web'),
          environment: mostly([null, 'prod', ' DEV ', 'production'], 'staging', 3),
          metadata,
          is_used: fc.constant(true),
          mode: fc.constant('ignored'),
          is_deleted: fc.constant(true),
          id: fc.constant(77),
        },
        { requiredKeys: ['conversation_id', 'is_used'] },
      )
      .map((body) => step('POST', '/conversations/', body, (model) => model.create(body))),
  ],
  [
    6,
    item({ content: mostly(['hello', 'é', ' '], '', null, 3), sender }).map((body) =>
      step('POST', '/track/', body, (model) => model.track(body)),
    ),
  ],
  [
    3,
    item({
      action_name: mostly(['find', 'tell', 'Find'], '', 4),
      started_at: among<unknown>('2026-08-01T10:00:00+01:00'),
      ended_at: among<unknown>('2026-08-01T10:00:01'),
      duration_ms: among<unknown>(12, 0.5),
      tools_used: among<unknown>({}, { t: [1] }),
      response: among<unknown>('r', ''),
      error_msg: among<unknown>('e', ''),
    }).map((body) => step('POST', '/action_logs/', body, (model) => model.act(body))),
  ],
  [
    2,
    item({ label: mostly(['L'], '', null) })
      .map((body): Row => ({ ...body, button_event: 'click', value: 'v' }))
      .map((body) => step('POST', '/buttons/', body, (model) => model.press(body))),
  ],
  [
    3,
    fc
      .tuple(names, fc.record({ timestamp, metadata, sender }, { requiredKeys: ['sender'] }), files, fc.option(partId))
      .map(([who, rest, given, message]) => {
        // Linked ones are sound but for their names: what else there is of them is not kept.
        const sound = { timestamp: '2026-08-04T00:00:00Z', metadata: {}, sender: 'agent' }
        const linked = { ...sound, conversation: null, conversation_id: 'None', message: message as unknown }
        const body: Row = message === null ? { ...rest, ...who, mode: 'base64' } : linked
        const attachments = given.map((it) => ({ ...it, data: base64(it.data) }))
        return step('POST', '/attachments/', { ...body, attachments }, (model) => model.upload(body, sized(given)))
      }),
  ],
  [
    2,
    fc
      .tuple(fc.option(pk), sender, among<unknown>({}, { a: 1 }), files, fc.option(partId))
      .map(([talk, who, said, given, message]) => {
        const fields: Row = {
          timestamp: '2026-08-01T10:00:00+00:00',
          sender: who ?? '',
          mode: 'form_data',
          metadata: said,
        }
        if (talk !== null) fields.conversation = String(talk)
        // A conversation that is not the message's own is nobody's case.
        if (message !== null) {
          Object.assign(fields, { message: String(message), conversation: undefined, sender: 'agent' })
        }
        const texts = Object.entries(fields).filter(([, value]) => value !== undefined)
        const parts: FormPart[] = [
          ...texts.filter(([name]) => name !== 'message').map(([name, value]): FormPart => [name, textOf(value)]),
          ...given.map((it, i): FormPart => [`attachment_${i}`, it]),
          ...texts.filter(([name]) => name === 'message').map(([name, value]): FormPart => [name, textOf(value)]),
        ]
        const { body, type } = multipart(parts)
        const headers = { 'content-type': type }
        return {
          what: `POST /attachments/ as a form ${JSON.stringify(fields)} ${given.length} files`,
          request: () => new Request(`${BASE}/attachments/`, { method: 'POST', headers, body }),
          apply: (model: Model) => model.upload(fields, sized(given)),
        }
      }),
  ],
  [
    2,
    fc
      .tuple(
        fc.oneof(fc.record({ conversation_id }), fc.record({ conversation: mostly([1, 2, '1'], '3', 99, null, 0) })),
        sentiment,
        comment,
        metadata,
      )
      .map(([who, sentiment, comment, metadata]): Row => ({ ...who, sentiment, comment, metadata }))
      .map((body) => step('POST', '/conversation-feedbacks/', body, (model) => model.feed(body))),
  ],
  [
    3,
    fc
      .tuple(
        fc.record(
          {
            kind: mostly(['conversation', 'agent'], 'product', 'other'),
            sentiment,
            comment,
            agent: mostly([1], 2),
            environment: mostly(['prod', 'development'], 'staging'),
          },
          { requiredKeys: ['kind', 'sentiment', 'agent'] },
        ),
        conversation_id,
      )
      .map(([{ environment, ...body }, conversation_id]): Row => {
        if (body.kind === 'conversation') return { ...body, conversation_id }
        return environment === undefined ? body : { ...body, environment }
      })
      .map((body) => step('POST', '/feedbacks/', body, (model) => model.feedKind(body))),
  ],
  [
    2,
    fc
      .tuple(partId, fc.record({ sentiment: mostly(['positive', 'neutral'], 'meh'), comment }, { requiredKeys: [] }))
      .map(([id, body]) => step('PATCH', `/feedbacks/${id}/`, body, (model) => model.changeFeedback(id, body))),
  ],
  [1, partId.map((id) => step('DELETE', `/feedbacks/${id}/`, undefined, (model) => model.dropFeedback(id)))],
  [
    1,
    fc
      .tuple(
        pk,
        fc.record({ name: mostly(['New', '  trimmed\t', 'é'.repeat(255)], '', ' ', null, 5, 'é'.repeat(256)) }),
      )
      .map(([id, body]) => step('PATCH', `/conversations/${id}/rename/`, body, (model) => model.rename(id, body))),
  ],
  [
    1,
    fc
      .tuple(pk, fc.record({ is_marked: mostly([true, false], null, []) }, { requiredKeys: [] }))
      .map(([id, body]) => step('POST', `/conversations/${id}/mark/`, body, (model) => model.mark(id, body as Row))),
  ],
  [
    3,
    fc
      .tuple(
        pk,
        fc.record(
          {
            name: mostly([' N2 ', null], 5),
            is_marked: mostly([true, false], []),
            customer_id: mostly(['cu2', null], {}),
            device: among<unknown>('', null),
            language: mostly(['de'], 7),
            metadata,
            conversation_id: fc.constant('other'),
            started_at: fc.constant('2000-01-01'),
            agent: fc.constant(5),
            is_deleted: fc.constant(true),
            messages: fc.constant([]),
          },
          { requiredKeys: [] },
        ),
      )
      .map(([id, body]) => step('PATCH', `/conversations/${id}/update/`, body, (model) => model.update(id, body))),
  ],
  [
    1,
    fc
      .tuple(pk, among('', 'delete/'))
      .map(([id, road]) => step('DELETE', `/conversations/${id}/${road}`, undefined, (model) => model.delete(id))),
  ],
  [
    2,
    fc
      .tuple(partId, metadata)
      .map(([id, metadata]) =>
        step('PATCH', `/track/${id}/`, { metadata }, (model) => model.annotate(id, { metadata })),
      ),
  ],
]

const anyStep = fc.oneof(...steps.map(([weight, arbitrary]) => ({ weight, arbitrary })))

/** Two conversations with a message and a feedback each: most steps find something that they name. */
const BEGINNING: readonly Step[] = ['a', 'b'].flatMap((conversation_id) => {
  const message = { conversation_id, content: 'first', sender: 'agent', timestamp: '2026-08-01T10:00:00Z' }
  const feedback = { conversation_id, sentiment: 'neutral' }
  return [
    step('POST', '/track/', message, (model) => model.track(message)),
    step('POST', '/conversation-feedbacks/', feedback, (model) => model.feed(feedback)),
  ]
})
const history = fc
  .tuple(fc.boolean(), fc.array(anyStep, { minLength: 1, maxLength: 15, size: 'max' }))
  .map(([isBegun, steps]) => (isBegun ? [...BEGINNING, ...steps] : steps))

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
const sized = (files: readonly { filename: string; mime_type: string; data: Uint8Array }[]): Row[] =>
  files.map(({ filename, mime_type, data }) => ({ filename, mime_type, size: data.length }))

async function run(history: readonly Step[]): Promise<void> {
  const store = new ConversationStore(inSegments(4, 2))
  const handler = createHandler(store, { now: () => new Date(NOW) })
  const get = async (path: string) => {
    const response = await handler(new Request(`${BASE}${path}`))
    // Times with all their digits, as the model has them.
    const text = (await response.text()).replace(/"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)Z"/g, '"$1.000000Z"')
    return { status: response.status, body: JSON.parse(text) as Row }
  }
  const me = (await get('/me/')).body as { agent_id: number; environments: { id: number; slug: string }[] }
  const served: Served = {
    agent: me.agent_id,
    environments: new Map(me.environments.map(({ id, slug }) => [slug, id])),
  }
  const model = new Model(me.agent_id, NOW)
  const told: string[] = []
  const expectSame = (actual: unknown, expected: unknown, what: string) => {
    const difference = differenceOf(actual, expected)
    if (difference !== null) throw new Error(`${what}: ${difference}\n${told.join('\n')}\n${JSON.stringify(actual)}`)
  }
  for (const { what, request, apply } of history) {
    const response = await handler(request())
    const text = await response.text()
    told.push(`${response.status} ${what.slice(0, 400)}`)
    const verdict = apply(model)
    if (!verdict.includes(response.status) && !(verdict.includes(200) && response.status === 204)) {
      throw new Error(`${response.status}, not ${verdict}\n${told.join('\n')}\n${text}`)
    }
    const all = await get('/conversations/?ordering=id&page_size=100&include_deleted=true')
    expectSame(
      all.body.results,
      model.talks.map((talk) => fullOf(talk, served)),
      'all rows',
    )
  }
  for (const talk of model.talks) {
    const { status, body } = await get(`/conversations/${talk.id}/`)
    expect(status).toBe(200)
    expectSame(body, detailOf(talk as never, served), `detail of ${talk.id}`)
  }
  const feedbacks = model.feedbacks.sort((a, b) => (b.id as number) - (a.id as number))
  const { body } = await get('/feedbacks/?page_size=100&ordering=-id')
  expectSame(
    body.results,
    feedbacks.map((it) => withEnvironment(it, served)),
    'feedbacks',
  )
  expect(body.counts).toEqual({ all: feedbacks.length })
  const visible = model.talks.filter(({ is_deleted }) => !is_deleted)
  const full = await get('/conversations/?ordering=id&page_size=100')
  expectSame(
    full.body.results,
    visible.map((talk) => fullOf(talk, served)),
    'full list',
  )
  const lean = await get('/conversations/?ordering=id&page_size=100&full=false&include_deleted=true')
  const leanRows = model.talks.map(({ messages, feedbacks, ...talk }) =>
    leanOf({ ...talk, message_count: messages.length, feedback_count: feedbacks.length }, served),
  )
  expectSame(lean.body.results, leanRows, 'lean list')
  await expectFilesToHold(model, get, handler)
}

const withEnvironment = (feedback: Row, { environments }: Served): Row => ({
  environment_id: environments.get(String(feedback.environment)) ?? null,
  ...feedback,
})

/** Each file is where its attachment says, of its size and of its name; one action name has one id, and no id is there twice. */
async function expectFilesToHold(
  model: Model,
  get: (path: string) => Promise<{ body: Row }>,
  handler: (request: Request) => Promise<Response>,
): Promise<void> {
  const actions = new Map<unknown, unknown>()
  const ids = { log: [] as unknown[], attachment: [] as unknown[] }
  for (const { id } of model.talks) {
    const { body } = await get(`/conversations/${id}/`)
    for (const message of body.messages as Row[]) {
      for (const log of message.action_logs as Row[]) {
        expect(actions.get(message.action_name) ?? log.action).toBe(log.action)
        actions.set(message.action_name, log.action)
        ids.log.push(log.id)
      }
      for (const attachment of message.attachments as Row[]) {
        ids.attachment.push(attachment.id)
        const response = await handler(new Request(String(attachment.file_url)))
        expect(response.status).toBe(200)
        expect((await response.arrayBuffer()).byteLength).toBe(attachment.size_bytes)
      }
    }
    const { body: attached } = await get(`/conversations/${id}/attachments/`)
    const flat = (body.messages as Row[]).flatMap(({ attachments }) => attachments as Row[])
    expect(attached.attachments).toEqual(flat)
    expect([attached.total_attachments, attached.attachment_count]).toEqual([flat.length, flat.length])
  }
  expect(new Set(actions.values()).size).toBe(actions.size)
  for (const list of Object.values(ids)) expect(new Set(list).size).toBe(list.length)
}

describe('any history of writes', () => {
  test('answers and leaves behind what the contract says', async () => {
    await fc.assert(fc.asyncProperty(history, run), { numRuns: Math.ceil(fc.readConfigureGlobal().numRuns! / 3) })
  })
})
