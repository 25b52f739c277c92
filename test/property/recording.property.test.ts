/** Any history, told to a recorder and to the handler's routes as the Python SDK tells it: the rows are the same, whole. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Feed } from '../../src/features/recording/feed.ts'
import type { Writer } from '../../src/features/recording/writer.ts'
import { createHandler } from '../../src/http/index.ts'
import { ConversationStore } from '../../src/index.ts'
import type { Sender, Sentiment } from '../../src/row/conversation.ts'
import { createRecorder, type RunEnd, type TokenCounts } from '../../src/testing/index.ts'

const ids = fc.constantFrom('a', 'b', 'a/b?', 'ß')
const text = fc
  .oneof(fc.constantFrom('Where is it?', 'ß\n"x"', ' '), fc.string({ minLength: 1, unit: 'grapheme' }))
  .filter((it) => !it.includes('\0'))
const json = fc
  .jsonValue({ maxDepth: 2, noUnicodeString: false } as never)
  .filter((it) => !JSON.stringify(it).includes('\\u0000'))
const object = fc.dictionary(fc.constantFrom('x', 'y', 'plan'), json, { maxKeys: 2, noNullPrototype: true })
const file = fc.record({
  filename: text,
  mime_type: fc.constantFrom('image/png', 'text/plain', 'application/pdf'),
  data: fc.uint8Array({ maxLength: 5 }),
})
const files = fc.array(file, { maxLength: 2 })
const nullable = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: null })
const count = fc.nat({ max: 20 })

/** One thing that happens. A tool may end later, after others, or never. */
type Step =
  | { readonly kind: 'start'; readonly id: string; readonly facts: object }
  | {
      readonly kind: 'say'
      readonly id: string
      readonly sender: Sender
      readonly text: string
      readonly files: readonly { filename: string; mime_type: string; data: Uint8Array }[]
      readonly metadata: object
    }
  | {
      readonly kind: 'tool'
      readonly id: string
      readonly name: string
      readonly input: unknown
      readonly output: unknown
      readonly error: string | null
      readonly lasts: number
    }
  | {
      readonly kind: 'button'
      readonly id: string
      readonly label: string
      readonly event: string | null
      readonly value: unknown
      readonly metadata: object
    }
  | {
      readonly kind: 'files'
      readonly id: string
      readonly sender: Sender
      readonly files: readonly { filename: string; mime_type: string; data: Uint8Array }[]
      readonly metadata: object
    }
  | { readonly kind: 'tokens'; readonly id: string; readonly counts: TokenCounts }
  | {
      readonly kind: 'feedback'
      readonly id: string
      readonly sentiment: Sentiment
      readonly comment: string | null
      readonly metadata: object | null
    }

const sender = fc.constantFrom<Sender>('end_user', 'agent')
const kind = <Kind extends string>(name: Kind) => fc.constant(name)
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: kind('start'),
    id: ids,
    facts: fc.record(
      {
        customer_id: nullable(text),
        customer_ip_address: nullable(fc.ipV4()),
        device: nullable(text),
        source: nullable(text),
        language: nullable(text),
        name: nullable(text),
        environment: nullable(fc.constantFrom('prod', ' Production', 'DEV', 'development')),
        metadata: nullable(object),
        is_used: fc.boolean(),
      },
      { requiredKeys: [] },
    ),
  }),
  { weight: 3, arbitrary: fc.record({ kind: kind('say'), id: ids, sender, text, files, metadata: object }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: kind('tool'),
      id: ids,
      name: fc.oneof(fc.constantFrom('lookup', 'refund'), text),
      input: json,
      output: json,
      error: fc.option(text),
      lasts: fc.constantFrom(0, 1, 3, Number.POSITIVE_INFINITY),
    }),
  },
  fc.record({ kind: kind('button'), id: ids, label: text, event: nullable(text), value: json, metadata: object }),
  fc.record({
    kind: kind('files'),
    id: ids,
    sender,
    files: fc.array(file, { minLength: 1, maxLength: 2 }),
    metadata: object,
  }),
  fc.record({
    kind: kind('tokens'),
    id: ids,
    counts: fc.record(
      { prompt_tokens: count, completion_tokens: count, embedding_tokens: count, total_tokens: count },
      { requiredKeys: [] },
    ),
  }),
  fc.record({
    kind: kind('feedback'),
    id: ids,
    sentiment: fc.constantFrom<Sentiment>('positive', 'neutral', 'negative'),
    comment: nullable(text),
    metadata: nullable(object),
  }),
)

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
const attachmentsOf = (given: readonly { filename: string; mime_type: string; data: Uint8Array }[]) =>
  given.map(({ filename, mime_type, data }) => ({ filename, mime_type, data: base64(data) }))

/** What happens at which tick of the clock: tools end among the steps that come later. */
type Event = { readonly step: Step; readonly isEnd: boolean }

function events(steps: readonly Step[]): Event[] {
  const after: Step[][] = []
  const all: Event[] = []
  for (const [at, each] of steps.entries()) {
    all.push({ step: each, isEnd: false })
    if (each.kind === 'tool' && Number.isFinite(each.lasts)) {
      after[at + each.lasts] ??= []
      after[at + each.lasts]!.push(each)
    }
    for (const ending of after[at] ?? []) all.push({ step: ending, isEnd: true })
  }
  return all
}

/** Each event a millisecond and a half after the one before. */
const timeOf = (tick: number) => `2026-01-05T10:00:00.${String(tick * 1_500).padStart(6, '0')}Z`

/** Tells it all to the writers that `start` gives; `at` sets the clock. */
function tell(all: readonly Event[], at: (time: string) => void, start: (id: string, facts: object) => Writer): void {
  const chats = new Map<string, Writer>()
  const ends = new Map<Step, (end: RunEnd) => void>()
  for (const [tick, { step, isEnd }] of all.entries()) {
    at(timeOf(tick))
    const { id } = step
    if (step.kind === 'start' || !chats.has(id)) chats.set(id, start(id, step.kind === 'start' ? step.facts : {}))
    const chat = chats.get(id)!
    if (step.kind === 'say') {
      const options = { files: step.files, metadata: step.metadata }
      if (step.sender === 'agent') chat.agent(step.text, options)
      else chat.user(step.text, options)
    } else if (step.kind === 'tool') {
      if (!isEnd) ends.set(step, chat.run(step.name, step.input))
      else ends.get(step)!(step.error === null ? { output: step.output } : { error: new Error(step.error) })
    } else if (step.kind === 'button') {
      chat.button({ label: step.label, button_event: step.event, value: step.value, metadata: step.metadata })
    } else if (step.kind === 'files') chat.attachment(step.files, { sender: step.sender, metadata: step.metadata })
    else if (step.kind === 'tokens') chat.tokens(step.counts)
    else if (step.kind === 'feedback') chat.feedback(step.sentiment, { comment: step.comment, metadata: step.metadata })
  }
}

function record(all: readonly Event[]): unknown[] {
  const store = new ConversationStore()
  let now = timeOf(0)
  const recorder = createRecorder(store, { now: () => now })
  const at = (time: string) => {
    now = time
  }
  tell(all, at, (conversation_id, facts) => recorder.start({ conversation_id, ...facts }))
  return [...store]
}

/** The rows of what the recorders of frameworks stand on, in a store or sent to a handler. */
async function feed(all: readonly Event[], isSent: boolean): Promise<unknown[]> {
  const store = new ConversationStore()
  const handler = createHandler(store)
  const fetch = (url: string, init: RequestInit) => handler(new Request(url, init))
  const to = isSent ? { sendTo: { url: 'http://localhost', fetch } } : { store }
  let now = timeOf(0)
  const errors: unknown[] = []
  const feeding = new Feed('test', { ...to, now: () => now, onError: (error) => errors.push(error) })
  const at = (time: string) => {
    now = time
  }
  tell(all, at, (conversation_id, facts) => feeding.writer({ conversation_id, ...facts }))
  await feeding.close()
  expect(errors).toEqual([])
  return [...store]
}

/** Ids are given as things arrive, and a feedback has the handler's time. */
const withoutIds = (rows: unknown[]) =>
  JSON.parse(JSON.stringify(rows, (key, value) => (['id', 'action', 'created_at'].includes(key) ? undefined : value)))

async function send(all: readonly Event[]): Promise<unknown[]> {
  const store = new ConversationStore()
  let now = timeOf(0)
  const handler = createHandler(store, { now: () => now })
  const post = async (route: string, body: object) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    const response = await handler(new Request(`http://localhost/api/${route}/`, init))
    expect(response.ok, await response.clone().text()).toBe(true)
    return (await response.json()) as { id: number; conversation: number }
  }
  const totals = new Map<string, Record<string, number>>()
  for (const [tick, { step, isEnd }] of all.entries()) {
    if (isEnd) continue
    now = timeOf(tick)
    const timestamp = now.replace('Z', '+00:00')
    const place = { timestamp, conversation_id: step.id, conversation: null }
    const { kind, id } = step
    if (kind === 'start') await post('conversations', { timestamp, conversation_id: id, ...step.facts })
    else if (kind === 'say') {
      const { text: content, sender, metadata } = step
      const message = await post('track', { ...place, content, sender, metadata })
      const linked = {
        timestamp,
        conversation: `${message.conversation}`,
        conversation_id: 'None',
        message: message.id,
        metadata: {},
      }
      if (step.files.length > 0) await post('attachments', { ...linked, attachments: attachmentsOf(step.files) })
    } else if (kind === 'tool') {
      const ended = all.findIndex((each) => each.step === step && each.isEnd)
      const end =
        ended < 0
          ? {}
          : {
              ended_at: timeOf(ended),
              duration_ms: (ended - tick) * 1.5,
              error_msg: step.error ?? '',
              response: step.error === null ? step.output : null,
            }
      await post('action_logs', {
        ...place,
        action_name: step.name,
        metadata: {},
        started_at: timestamp,
        tools_used: step.input,
        ...end,
      })
    } else if (kind === 'button')
      await post('buttons', {
        ...place,
        label: step.label,
        button_event: step.event,
        value: step.value,
        metadata: step.metadata,
      })
    else if (kind === 'files')
      await post('attachments', {
        ...place,
        mode: 'base64',
        sender: step.sender,
        metadata: step.metadata,
        attachments: attachmentsOf(step.files),
      })
    else if (kind === 'feedback') {
      const { sentiment, comment, metadata } = step
      if (!store.has(id)) await post('conversations', { timestamp, conversation_id: id })
      await post('conversation-feedbacks', { conversation_id: id, sentiment, comment, metadata })
    } else {
      // The tracker's counter never goes back.
      const { prompt_tokens = 0, completion_tokens = 0, embedding_tokens = 0 } = step.counts
      const { total_tokens = prompt_tokens + completion_tokens + embedding_tokens } = step.counts
      const before = totals.get(id) ?? {}
      const metadata = Object.fromEntries(
        Object.entries({ prompt_tokens, completion_tokens, total_tokens, embedding_tokens }).map(([name, n]) => [
          name,
          n + (before[name] ?? 0),
        ]),
      )
      totals.set(id, metadata)
      await post('action_logs', { ...place, action_name: 'token_usage', metadata })
    }
  }
  return [...store]
}

test('the rows of a recorder are those of the routes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
      const all = events(steps)
      expect(record(all)).toEqual(await send(all))
    }),
  )
})

test('what is sent to a handler is what a store would have, ids apart', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
      const all = events(steps)
      expect(withoutIds(await feed(all, true))).toEqual(withoutIds(await feed(all, false)))
    }),
  )
})
