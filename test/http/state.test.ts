/** Events: what is written live, what a journal gives back and what a snapshot restores are one and the same. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AgentState, createHandler, FILE_CHUNK, type Handler, type RecordedEvent } from '../../src/http/index.ts'
import { ConversationStore } from '../../src/index.ts'
import type { ConversationInput } from '../../src/row/conversation.ts'
import { ask, NOW, row, serving } from './asking.ts'
import { llm, tool, turn } from './ingest/spans.ts'

/** What was loaded: ids that stand twice, parts without any, a deleted row. */
const LOADED: readonly ConversationInput[] = [
  row('a', {
    id: 2,
    feedbacks: [{ id: 4, sentiment: 'neutral' }, { sentiment: 'positive' }],
    metadata: { k: { l: 1 } },
  }),
  row('b', {
    id: 3,
    feedbacks: [{ id: 4, sentiment: 'negative', created_at: NOW }],
    messages: [{ id: 9, sender: 'agent', content: 'x' }],
  }),
  row('c', { id: 7, is_deleted: true, messages: [{ id: 9, sender: 'agent', content: 'y', metadata: { m: 1 } }] }),
]

const pk = fc.constantFrom(2, 3, 7, 8, 9, 10)
const target = fc.oneof(
  fc.record({ conversation: pk }),
  fc.record({ conversation_id: fc.constantFrom('a', 'b', 'c', 'd', 'e') }),
)
const metadata = fc.constantFrom({}, { k: 1 }, { k: { l: 'x' } }, { m: [1] }, null)
const sentiment = fc.constantFrom('positive', 'neutral', 'negative')
const timestamp = fc.integer({ min: 0, max: 9 }).map((minute) => `2026-07-01T10:0${minute}:00.5+00:00`)
const sender = fc.constantFrom('agent', 'end_user')
const attachments = fc.array(
  fc.record({
    filename: fc.constantFrom('a.txt', 'b.png'),
    mime_type: fc.constantFrom('text/plain', 'image/png'),
    data: fc.uint8Array({ maxLength: 9 }).map((bytes) => btoa(String.fromCharCode(...bytes))),
  }),
  { minLength: 1, maxLength: 2 },
)

const slug = fc.constantFrom('style', null)
const name = fc.constantFrom('x', 'y')
const ticketId = fc.constantFrom(1, 2, 3)
const about = fc.constantFrom({}, { conversation_id: 2 }, { feedback_id: 4 }, { feedback_id: 5, conversation_id: 3 })
const spanBlock = fc.record({
  conversation_id: fc.constantFrom('a', 'd', 'f'),
  name,
  spans: fc.array(
    fc.constantFrom(
      turn({ id: 't', said: [{ sender: 'agent', content: 'x', at: 5 }] }),
      tool({ id: 'u', turn: 't', name: 'pay', start: 2 }),
      tool({ id: 'v', name: 'seek', start: 3 }),
      llm({ id: 'w', turn: 't', model: 'm', tokens: { 'gen_ai.usage.input_tokens': 3 } }),
      llm({ id: 'y', start: 9 }),
    ),
    { maxLength: 3 },
  ),
})

type Step = readonly [verb: string, path: string, body: object | undefined]

const to = (verb: string, path: string, ...bodies: fc.Arbitrary<object>[]): fc.Arbitrary<Step> =>
  fc.tuple(...bodies).map((parts) => [verb, path, bodies.length === 0 ? undefined : Object.assign({}, ...parts)])
const at = (verb: string, path: string, id: fc.Arbitrary<number>, ...bodies: fc.Arbitrary<object>[]) =>
  id.chain((id) => to(verb, path.replace('{}', String(id)), ...bodies))
const partId = fc.constantFrom(4, 5, 6, 7, 9, 10, 11, 12)

const step: fc.Arbitrary<Step> = fc.oneof(
  to(
    'POST',
    '/api/conversations/',
    fc.record({ conversation_id: fc.constantFrom('a', 'd', 'e'), metadata, timestamp }),
  ),
  to('POST', '/api/track/', target, fc.record({ content: fc.constantFrom('x', 'y'), sender, metadata, timestamp })),
  to(
    'POST',
    '/api/action_logs/',
    target,
    fc.record({ action_name: fc.constantFrom('pay', 'look'), metadata, timestamp }),
  ),
  to('POST', '/api/buttons/', target, fc.record({ label: fc.constantFrom('yes', 'no'), timestamp })),
  to('POST', '/api/attachments/', target, fc.record({ attachments, sender, timestamp })),
  to('POST', '/api/attachments/', fc.record({ attachments, message: partId })),
  to('POST', '/api/conversation-feedbacks/', target, fc.record({ sentiment })),
  to('POST', '/api/feedbacks/', fc.record({ kind: fc.constant('agent'), agent: fc.constant(1), sentiment })),
  at('PATCH', '/api/feedbacks/{}/', partId, fc.record({ comment: fc.constantFrom('x', null) })),
  at('DELETE', '/api/feedbacks/{}/', partId),
  at('PATCH', '/api/track/{}/', partId, fc.record({ metadata })),
  at('POST', '/api/conversations/{}/mark/', pk, fc.record({ is_marked: fc.boolean() })),
  at('PATCH', '/api/conversations/{}/rename/', pk, fc.record({ name: fc.constantFrom('x', 'y') })),
  at('PATCH', '/api/conversations/{}/update/', pk, fc.record({ metadata, is_marked: fc.boolean() })),
  at('DELETE', '/api/conversations/{}/', pk),
  to('POST', '/api/feedbacks/', fc.record({ kind: fc.constant('message'), message: partId, sentiment, topic: slug })),
  at('PATCH', '/api/feedbacks/{}/', partId, fc.record({ topic: slug, sentiment })),
  to('POST', '/api/tickets/', fc.record({ title: name, tags: fc.constantFrom([], ['x']) }), about),
  at('PATCH', '/api/tickets/{}/', ticketId, fc.record({ status: fc.constantFrom('open', 'done') })),
  at('DELETE', '/api/tickets/{}/', ticketId),
  at('POST', '/api/tickets/{}/comments/', ticketId, fc.record({ body: name })),
  to('POST', '/api/actions/', fc.record({ name: fc.constantFrom('pay', 'seek'), description: name })),
  at('PATCH', '/api/actions/{}/', ticketId, fc.record({ name: fc.constantFrom('seek', 'find') })),
  to('POST', '/api/ingest/', fc.record({ conversations: fc.array(spanBlock, { minLength: 1, maxLength: 2 }) })),
)

/** A handler over the loaded rows whose events go through JSON into a list. */
function recording() {
  const journal: string[] = []
  const state = new AgentState(ConversationStore.from(LOADED))
  const persistence = {
    append: async (events: readonly RecordedEvent[]) => {
      for (const event of events) journal.push(JSON.stringify(event))
    },
  }
  return { state, journal, handler: createHandler(state.store, { state, persistence, now: () => NOW }) }
}

function replayed(rows: readonly ConversationInput[], events: Iterable<string>): AgentState {
  const state = new AgentState(ConversationStore.from(rows))
  for (const event of events) state.apply(JSON.parse(event))
  return state
}

const QUERIES = [
  '/api/conversations/?include_deleted=true&ordering=id&page_size=100',
  '/api/conversations/?has_action=true&full=false',
  '/api/conversations/?message_contains=x&metadata=k:1&is_marked=true',
  '/api/feedbacks/?page_size=100',
  '/api/feedbacks/?ordering=sentiment,-id&has_comment=true',
  '/api/conversations/metadata-keys/',
  '/api/conversations/message-metadata-keys/',
  '/api/conversations/metadata-values/?key=k.l',
  '/api/spans/?payload=true&page_size=100',
  '/api/traces/t1/',
  '/api/token-usage/?page_size=100',
  '/api/token-usage/summary/?group_by=conversation',
  '/api/tickets/?page_size=100',
  '/api/actions/?page_size=100',
  '/api/actions/1/logs/',
  '/api/conversations/?include_tickets=true&full=false&page_size=100',
  '/api/feedbacks/?include_tickets=true&page_size=100',
  ...[2, 3, 8].map((id) => `/api/conversations/${id}/`),
  ...[9, 10, 11].map((id) => `/api/track/${id}/`),
  ...[4, 5, 6].map((id) => `/api/feedbacks/${id}/`),
]

/** All that can be read of a state, files too. */
async function everything(handler: Handler, ...more: readonly string[]): Promise<readonly string[]> {
  const answers = []
  for (const query of [...QUERIES, ...more]) answers.push((await ask(handler, 'GET', query)).text)
  const files = [...new Set(answers.join().match(/\/api\/files\/\w+\//g) ?? [])].sort()
  for (const file of files) answers.push(`${file} ${(await ask(handler, 'GET', file)).text}`)
  return answers
}

test('a journal read back, and a snapshot with what came after it, give the state that there was', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 15 }), fc.array(step, { maxLength: 5 }), async (before, after) => {
      const { state, journal, handler } = recording()
      // Builds the views, so that they must follow.
      await everything(handler)
      for (const [verb, path, body] of before) await ask(handler, verb, path, body)
      const snapshot = state.snapshot()
      const early = journal.length
      for (const [verb, path, body] of after) await ask(handler, verb, path, body)

      const expected = await everything(handler)
      const restored = [
        replayed(LOADED, journal),
        replayed([], [...Array.from(snapshot, (event) => JSON.stringify(event)), ...journal.slice(early)]),
      ]
      for (const copy of restored) {
        expect(await everything(createHandler(copy.store, { state: copy, now: () => NOW }))).toEqual(expected)
        expect(copy.ids).toEqual(state.ids)
      }
    }),
    // Each run asks some hundred requests.
    { numRuns: Math.ceil((fc.readConfigureGlobal().numRuns ?? 100) / 4) },
  )
})

describe('persistence', () => {
  test('has the events when the state does, in order, and the answer waits for it', async () => {
    const steps: string[] = []
    let keep = () => {}
    const persistence = {
      append: (events: readonly RecordedEvent[]) => {
        steps.push(events.map(({ type }) => type).join())
        return new Promise<void>((resolve) => {
          keep = resolve
        })
      },
    }
    const { post, get, store } = serving([], { persistence })
    const answer = post('/api/track/', { conversation_id: 'a', sender: 'agent', content: 'x' }).then(() =>
      steps.push('answered'),
    )
    while (steps.length === 0) await new Promise((resume) => setTimeout(resume))
    expect([steps, store.size]).toEqual([['conversation_added,message_added'], 1])
    expect((await get('/api/conversations/')).body.count).toBe(1)
    keep()
    await answer
    expect(steps.at(-1)).toBe('answered')
    await post('/api/conversations/', { conversation_id: 'a' })
    await post('/api/track/', {})
    expect(steps).toHaveLength(2)
  })

  test.each([
    ['rejects', () => Promise.reject(new Error('disk full at /secret'))],
    [
      'throws',
      () => {
        throw new Error('disk full at /secret')
      },
    ],
  ])('that %s is a 503', async (_, append) => {
    const { post } = serving([], { persistence: { append } })
    const { status, text } = await post('/api/conversations/', { conversation_id: 'a' })
    expect([status, text]).toEqual([503, '{"detail":"The write could not be kept."}'])
  })
})

test('a large file goes into events of bounded size, and comes out whole', async () => {
  const { handler, journal, state } = recording()
  const content = `${'abcdefgh'.repeat(FILE_CHUNK / 8)}end`
  const attachments = [{ filename: 'f', mime_type: 'video/mp4', data: btoa(content) }]
  const { body } = await ask(handler, 'POST', '/api/attachments/', { attachments, conversation: 2, sender: 'agent' })
  expect(journal.map((event) => JSON.parse(event).type)).toEqual([
    'message_added',
    'file_added',
    'file_data',
    'file_data',
  ])
  expect(Math.max(...journal.map((event) => event.length))).toBeLessThan(FILE_CHUNK + 200)
  const path = new URL(body.attachments[0].file_url).pathname
  for (const copy of [
    replayed(LOADED, journal),
    replayed(
      [],
      Array.from(state.snapshot(), (event) => JSON.stringify(event)),
    ),
  ]) {
    const { text, headers } = await ask(createHandler(copy.store, { state: copy }), 'GET', path)
    expect([text === content, headers.get('content-type')]).toEqual([true, 'video/mp4'])
  }
})

test('an event that does not fit the state throws and changes nothing', () => {
  const state = new AgentState(ConversationStore.from(LOADED))
  const before = JSON.stringify([...state.store])
  expect(() => state.apply({ type: 'conversation_updated', conversation: 99, changes: { name: 'x' } })).toThrow('99')
  expect(() =>
    state.apply({ type: 'message_added', conversation: 99, index: 0, message: { sender: 'agent', content: '' } }),
  ).toThrow('99')
  expect(() => state.apply({ type: 'conversation_added', row: state.row(2) })).toThrow('already')
  expect(JSON.stringify([...state.store])).toBe(before)
})

test('a part that is not where its event says, since one before it was lost, is left alone', () => {
  const feedbacks = [{ id: 4, sentiment: 'neutral' as const }]
  const messages = [{ id: 9, sender: 'agent' as const, content: 'x' }]
  const state = new AgentState(ConversationStore.from([row('a', { id: 2, feedbacks, messages })]))
  const before = structuredClone(state.store.get(2))
  const lost: RecordedEvent[] = [
    { type: 'message_added', conversation: 2, index: 2, message: { id: 12, sender: 'agent', content: 'y' } },
    { type: 'message_added', conversation: 2, index: 3, message: { id: 12, sender: 'agent', content: 'y' } },
    { type: 'message_changed', conversation: 2, index: 0, message: { id: 10, sender: 'agent', content: 'y' } },
    { type: 'message_changed', conversation: 2, index: 1, message: { id: 9, sender: 'agent', content: 'y' } },
    { type: 'feedback_changed', conversation: 2, index: 0, feedback: { id: 5, sentiment: 'positive' } },
    { type: 'feedback_removed', conversation: 2, index: 0, id: 5 },
    { type: 'feedback_removed', conversation: 2, index: 1, id: 4 },
  ]
  for (const event of lost) expect(() => state.apply(event)).toThrow(/is not where it was in conversation 2/)
  expect(state.store.get(2)).toEqual(before)
})

test('two handlers of one state see the same feedback on the agent', async () => {
  const state = new AgentState(new ConversationStore())
  const [one, two] = [createHandler(state.store, { state }), createHandler(state.store, { state })]
  await ask(two, 'GET', '/api/feedbacks/')
  await ask(one, 'POST', '/api/feedbacks/', { kind: 'agent', agent: 1, sentiment: 'neutral' })
  expect((await ask(two, 'GET', '/api/feedbacks/')).body.count).toBe(1)
})

test('ids that are used up are not given by the store either', () => {
  const store = ConversationStore.from(LOADED)
  expect(store.greatestIds).toEqual({ conversation: 7, message: 9, feedback: 4 })
  store.reserveIds({ conversation: 20, feedback: 1 })
  expect(store.add(row('new')).id).toBe(21)
  expect(store.addFeedback(21, { sentiment: 'neutral' }).feedbacks[0]?.id).toBe(5)
  expect(store.greatestIds).toEqual({ conversation: 21, message: 9, feedback: 5 })
})
