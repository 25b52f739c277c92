/** What can be asserted on, and what cannot: whatever is asserted, negated or not. */
import { describe, expect, test } from 'vitest'
import { ConversationStore as CoreStore } from '../../../src/core.ts'
import { asAsyncStore, ConversationStore, query } from '../../../src/index.ts'
import { assert, matchers } from '../../../src/testing/assert.ts'
import { createRecorder, steps } from '../../../src/testing/index.ts'
import { agent, called, chat, chatOf, REFUND, storeOfThree, thrownBy, user } from './world.ts'

type Result = { pass: boolean; message(): string }
const all = matchers as unknown as { readonly [Name in keyof typeof matchers]: (...args: unknown[]) => Result }
/** Each matcher with arguments that it takes. */
const CALLS: readonly (readonly [keyof typeof matchers, unknown])[] = [
  ['toHaveConversation', query().device('mobile')],
  ['toHaveCount', 1],
  ['toHaveAction', 'lookup_order'],
  ['toHaveTrajectory', ['lookup_order']],
  ['toHaveMessage', 'Where'],
  ['toMatchConversation', { device: 'mobile' }],
]
const MANY = CALLS.map(([name]) => name)

describe('every kind of subject', () => {
  const store = storeOfThree()
  const row = store.get('chat-1')!
  const core = CoreStore.from([REFUND])
  const recorded = new ConversationStore()
  const recorder = createRecorder(recorded, { now: steps('2026-01-05T10:00:00Z', 1_000) })
  const started = recorder.start({ conversation_id: 'chat-1', device: 'mobile' })
  started.user('Where is order 17?')
  started.tool('lookup_order', (_: object) => ({ status: 'lost' }))({ order: 17 })
  started.agent('It is lost.')
  const ui = [
    { id: '1', role: 'user', parts: [{ type: 'text', text: 'Where is order 17?' }] },
    {
      id: '2',
      role: 'assistant',
      parts: [
        { type: 'step-start' },
        {
          type: 'tool-lookup_order',
          toolCallId: 'c1',
          state: 'output-available',
          input: { order: 17 },
          output: { status: 'lost' },
        },
        { type: 'text', text: 'It is lost.' },
      ],
    },
  ]
  const openai = [
    { role: 'system', content: 'Be kind.' },
    { role: 'user', content: 'Where is order 17?' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c1', type: 'function', function: { name: 'lookup_order', arguments: '{"order":17}' } }],
    },
    { role: 'tool', tool_call_id: 'c1', content: '{"status":"lost"}' },
    { role: 'assistant', content: 'It is lost.' },
  ]
  const langchain = [
    { type: 'human', content: 'Where is order 17?' },
    { type: 'ai', content: '', tool_calls: [{ id: 'c1', name: 'lookup_order', args: { order: 17 } }] },
    { type: 'tool', tool_call_id: 'c1', name: 'lookup_order', content: '{"status":"lost"}', status: 'success' },
    { type: 'ai', content: 'It is lost.' },
  ]

  test.each<[string, unknown]>([
    ['a store', store],
    ['a store of the core', core],
    ['a query', store.query().device('mobile')],
    ['a query of the core', core.query()],
    ['a stored row', row],
    ['a row as it may be given', REFUND],
    ['what has toConversation', chat],
    ['a chat of a recorder', started],
    ['its last turn', started.lastTurn()],
    ['stored messages', row.messages],
    ['UIMessages', ui],
    ['OpenAI messages', openai],
    ['LangChain messages', langchain],
  ])('%s', (_, subject) => {
    const options = { input: { order: 17 }, output: { status: 'lost' }, failed: false }
    expect(all.toHaveAction(subject, 'lookup_order', options)).toMatchObject({ pass: true })
    expect(all.toHaveAction(subject, 'delete_account')).toMatchObject({ pass: false })
    expect(all.toHaveTrajectory(subject, ['lookup_order'], { mode: 'superset' })).toMatchObject({ pass: true })
    expect(all.toHaveMessage(subject, /order 17/, { sender: 'end_user', turn: 1 })).toMatchObject({ pass: true })
    expect(all.toHaveMessage(subject, 'It is lost', { sender: 'agent' })).toMatchObject({ pass: true })
    expect(all.toHaveMessage(subject, 'Be kind')).toMatchObject({ pass: false })
    expect(all.toMatchConversation(subject, { messages: [{ sender: 'end_user' }, { content: /lost/ }] })).toMatchObject(
      { pass: true },
    )
    expect(all.toHaveConversation(subject, query().action('lookup_order'))).toMatchObject({ pass: true })
    expect(all.toHaveConversation(subject, query().action('delete_account'))).toMatchObject({ pass: false })
  })

  test('texts name it', () => {
    const named = (subject: unknown) => all.toHaveAction(subject, 'zzz').message().split('\n')[0]
    expect(named(store)).toBe('Expected the store to have a call of zzz.')
    expect(named(store.query().device('mobile').marked(false))).toBe(
      'Expected the query device("mobile").marked(false) to have a call of zzz.',
    )
    expect(named(store.query())).toBe('Expected the query to have a call of zzz.')
    expect(named(chat)).toBe('Expected the conversation "chat-1" to have a call of zzz.')
    expect(named([user('a')])).toBe('Expected the 1 message to have a call of zzz.')
    expect(named(ui)).toBe('Expected the 2 UIMessages to have a call of zzz.')
    expect(named(openai)).toBe('Expected the 5 OpenAI messages to have a call of zzz.')
    expect(named(langchain)).toBe('Expected the 4 LangChain messages to have a call of zzz.')
  })
})

describe('a store elsewhere', () => {
  test('matchers give promises, of all its conversations', async () => {
    const store = storeOfThree()
    store.delete('chat-3')
    const elsewhere = asAsyncStore(store)
    await expect(all.toHaveCount(elsewhere, 2)).resolves.toMatchObject({ pass: true })
    await expect(all.toHaveConversation(elsewhere, query().device('tablet'))).resolves.toMatchObject({ pass: true })
    await expect(all.toHaveConversation(elsewhere, query().conversationId('chat-3'))).resolves.toMatchObject({
      pass: false,
    })
    await expect(
      all.toHaveConversation(elsewhere, query().conversationId('chat-3').includeDeleted()),
    ).resolves.toMatchObject({ pass: true })
    await expect(all.toHaveAction(elsewhere, 'issue_refund', { times: 2 })).resolves.toMatchObject({ pass: true })
    await expect(all.toHaveTrajectory(elsewhere, ['x'])).resolves.toMatchObject({ pass: false })
    await expect(all.toHaveMessage(elsewhere, 'Refund, now')).resolves.toMatchObject({ pass: false })
    await expect(all.toMatchConversation(elsewhere, { device: 'tablet' })).resolves.toMatchObject({ pass: true })
  })

  test('an empty one and invalid options reject', async () => {
    const elsewhere = asAsyncStore(new ConversationStore())
    await expect(all.toHaveCount(elsewhere, 0)).rejects.toThrow('has no conversations')
    await expect(all.toHaveCount(elsewhere, 0, { allowEmpty: true })).resolves.toMatchObject({ pass: true })
    await expect(all.toHaveAction(asAsyncStore(storeOfThree()), 'a', { tiems: 1 })).rejects.toThrow(
      'Did you mean "times"?',
    )
  })

  test('something with only some of its methods is none', () => {
    expect(thrownBy(() => all.toHaveCount({ run() {}, count() {} }, 1))).toContain('expected a store')
    expect(thrownBy(() => all.toHaveCount({ run() {}, all() {} }, 1))).toContain('expected a store')
    expect(thrownBy(() => all.toHaveCount({ count() {}, all() {} }, 1))).toContain('expected a store')
  })
})

describe('a subject of another kind', () => {
  const page = storeOfThree().query().fetch()
  test.each<[string, unknown, string]>([
    ['undefined', undefined, 'got undefined.'],
    ['null', null, 'got null.'],
    ['a string', 'chat-1', 'got "chat-1".'],
    ['a number', 17, 'got 17.'],
    ['an object', { device: 'mobile' }, 'got {"device":"mobile"}.'],
    ['a promise', Promise.resolve(chat), 'got a promise. Await it first.'],
    ['a function', () => chat, 'got a function. Call it, and assert on what it returns.'],
    ['a page', page, 'got a page of results. Assert on the query, or on one of the results.'],
    [
      'a list of rows',
      page.results,
      'got a list of conversations. Assert on the store or query that they come from, or on one of them.',
    ],
    [
      'a lean row',
      storeOfThree().query().lean().first(),
      'got a lean conversation, which has no messages. Leave .lean() out.',
    ],
    ['a spec in an object', { spec: { where: [] } }, 'got a spec. Make a query of it: store.query(spec).'],
    ['a list of strings', ['a'], 'got ["a"].'],
    ['a list that is not messages throughout', [user('a'), 'b'], 'got [{"sender":"end_user","content":"a"},"b"].'],
    [
      'a row with other messages',
      { conversation_id: 'a', messages: 'b' },
      'got {"conversation_id":"a","messages":"b"}.',
    ],
    ['a chat that is none', { toConversation: () => undefined }, 'got {}.'],
  ])('%s', (_, subject, text) => {
    for (const [name, argument] of CALLS) {
      const message = thrownBy(() => all[name](subject, argument))
      expect(message).toBe(
        `${name}: expected a store, an AsyncStore, a query of a store, a chat, a conversation, or the messages of one (AI SDK, OpenAI, LangChain); ${text}`,
      )
      expect(thrownBy(() => (assert.not as unknown as typeof all)[name](subject, argument))).toBe(message)
    }
  })

  test('it is an error of the library, with what was given', () => {
    expect(() => all.toHaveAction(17, 'a')).toThrow(
      expect.objectContaining({ code: 'INVALID_VALUE', value: 17, parameter: 'toHaveAction' }),
    )
  })

  test('a query without a store', () => {
    for (const [name, argument] of CALLS)
      expect(thrownBy(() => all[name](query().marked(), argument))).toContain('This query has no store to answer it.')
  })
})

describe('an empty subject', () => {
  const HINT = 'Where that is meant, add the option { allowEmpty: true }.'

  test.each(MANY)('a store, for %s', (name) => {
    const argument = CALLS.find(([each]) => each === name)![1]
    const message = `${name}: the store has no conversations. Was it written to?\n${HINT}`
    expect(thrownBy(() => all[name](new ConversationStore(), argument))).toBe(message)
    expect(thrownBy(() => (assert.not as unknown as typeof all)[name](new ConversationStore(), argument))).toBe(message)
    expect(thrownBy(() => all[name](new ConversationStore(), argument, { allowEmpty: false }))).toBe(message)
    expect(all[name](new ConversationStore(), argument, { allowEmpty: true }).pass).toBe(false)
    expect(thrownBy(() => all[name](new ConversationStore().query().marked(), argument))).toBe(
      `${name}: the store of the query has no conversations. Was it written to?\n${HINT}`,
    )
  })

  test('a store whose conversations are all deleted', () => {
    const store = storeOfThree()
    for (const { id } of store) store.delete(id)
    for (const [name, argument] of CALLS)
      expect(thrownBy(() => all[name](store, argument))).toBe(
        `${name}: the store has 3 conversations, all deleted.\n${HINT}`,
      )
    expect(all.toHaveConversation(store, query().device('tablet').includeDeleted()).pass).toBe(true)
    expect(all.toHaveCount(store.query().includeDeleted(), 3).pass).toBe(true)
  })

  test('a query that finds nothing, of a store that has something: it is why, except to be counted', () => {
    const none = storeOfThree().query().device('mobil')
    for (const [name, argument] of CALLS) {
      if (name === 'toHaveCount') continue
      expect(thrownBy(() => all[name](none, argument))).toBe(
        `${name}: the query finds no conversation to look at.\n${none.whyEmpty()}\n${HINT}`,
      )
      expect(all[name](none, argument, { allowEmpty: true }).pass).toBe(false)
    }
    expect(all.toHaveCount(none, 0).pass).toBe(true)
  })

  test('a conversation without messages, and lists of none', () => {
    const empty = { conversation_id: 'a', started_at: '2026-01-05', device: 'mobile' }
    for (const [name, argument] of CALLS.filter(([each]) => /Action|Trajectory|Message/.test(each))) {
      for (const subject of [empty, { ...empty, messages: null }, chatOf({ ...empty, messages: [] })]) {
        expect(thrownBy(() => all[name](subject, argument))).toBe(
          `${name}: the conversation "a" has no messages, so nothing can be found in it.\n${HINT}`,
        )
        expect(all[name](subject, argument, { allowEmpty: true }).pass).toBe(false)
      }
    }
    expect(all.toMatchConversation(empty, { device: 'mobile' }).pass).toBe(true)
    expect(all.toHaveConversation(empty, query().device('mobile')).pass).toBe(true)
    for (const [name, argument] of CALLS) {
      if (name === 'toHaveCount') continue
      expect(thrownBy(() => all[name]([], argument))).toBe(
        `${name}: the list has no messages, so nothing can be found in it.\n${HINT}`,
      )
      expect(all[name]([], argument, { allowEmpty: true }).pass).toBe(false)
    }
    expect(thrownBy(() => all.toHaveAction([{ role: 'system', content: 'Be kind.' }], 'a'))).toContain('no messages')
  })

  test('a turn that there is not', () => {
    const text =
      'toHaveMessage: there is no turn 3: the conversation "chat-1" has 2 turns. A turn begins where the user speaks.'
    expect(thrownBy(() => all.toHaveMessage(chat, 'x', { turn: 3 }))).toBe(text)
    expect(thrownBy(() => assert.not.toHaveMessage(chat, 'x', { turn: 3 }))).toBe(text)
    expect(all.toHaveMessage(chat, 'x', { turn: 2 }).pass).toBe(false)
    expect(all.toHaveMessage(chat, 'x', { turn: 3, allowEmpty: true }).pass).toBe(false)
    expect(thrownBy(() => all.toHaveMessage(storeOfThree(), 'x', { turn: 4 }))).toContain('the store has 2 turns')
    expect(all.toHaveMessage(storeOfThree(), 'x', { turn: 2 }).pass).toBe(false)
    expect(thrownBy(() => all.toHaveMessage([agent('a')], 'x', { turn: 2 }))).toContain('has 1 turn.')
  })
})

test('toHaveCount counts conversations, not calls', () => {
  for (const subject of [chat, REFUND, [called('a')]])
    expect(thrownBy(() => all.toHaveCount(subject, 1))).toContain(
      'is one conversation. It counts the conversations of a store or query. Calls of a tool: toHaveAction(name, { times }).',
    )
})
