/** What each matcher holds for. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { longestPiece } from '../../../src/features/why-empty/longest-piece.ts'
import { ConversationStore, query } from '../../../src/index.ts'
import { matchers } from '../../../src/testing/assert.ts'
import { agent, called, chat, chatOf, REFUND, storeOfThree, user } from './world.ts'

const store = storeOfThree()
type Result = { pass: boolean; actual: unknown; expected: unknown; message(): string }
const { toHaveConversation, toHaveCount, toHaveAction, toHaveTrajectory, toHaveMessage, toMatchConversation } =
  matchers as unknown as { readonly [Name in keyof typeof matchers]: (...args: unknown[]) => Result }

describe('toHaveConversation', () => {
  test('holds where some conversation of the store meets the query', () => {
    expect(toHaveConversation(store, query().device('mobile').messageContains('refund'))).toMatchObject({
      pass: true,
      actual: 2,
      expected: 'device("mobile").messageContains("refund")',
    })
    expect(toHaveConversation(store, query().device('tablet').messageContains('refund'))).toMatchObject({
      pass: false,
      actual: 0,
    })
    expect(toHaveConversation(store, query().device('mobile').page(9).pageSize(1)).pass).toBe(true)
  })

  test('of a query: among what it finds, whichever conditions both have', () => {
    const negative = store.query().feedbackSentiment('negative')
    expect(toHaveConversation(negative, query().feedbackSource('platform')).pass).toBe(true)
    expect(toHaveConversation(negative, query().device('mobile')).pass).toBe(false)
    // One says the sentiment, the other the source: not of one and the same feedback.
    const both = ConversationStore.from([
      { ...REFUND, feedbacks: [{ sentiment: 'negative' }, { sentiment: 'positive', source: 'platform' }] },
    ])
    expect(
      toHaveConversation(both.query().feedbackSentiment('negative'), query().feedbackSource('platform')).pass,
    ).toBe(true)
    expect(toHaveConversation(both, query().feedbackSentiment('negative').feedbackSource('platform')).pass).toBe(false)
  })

  test('soft-deleted conversations are seen by a query that includes them', () => {
    const some = storeOfThree()
    some.delete('chat-2')
    expect(toHaveConversation(some, query().device('tablet')).pass).toBe(false)
    expect(toHaveConversation(some, query().device('tablet').includeDeleted()).pass).toBe(true)
    expect(toHaveConversation(some.query(), query().device('tablet').includeDeleted()).pass).toBe(false)
    expect(toHaveConversation(some.query().includeDeleted(), query().device('tablet')).pass).toBe(true)
    // A conversation that is given is looked at, deleted or not.
    expect(toHaveConversation(some.get('chat-2'), query().device('tablet')).pass).toBe(true)
  })

  test('of one conversation, and of messages', () => {
    expect(toHaveConversation(chat, query().action('issue_refund').metadata('plan', 'pro')).pass).toBe(true)
    expect(toHaveConversation(chat, query().action('delete_account')).pass).toBe(false)
    expect(toHaveConversation([user('Refund?')], query().messageContains('refund')).pass).toBe(true)
    expect(
      toHaveConversation({ conversation_id: 'a', started_at: '2026-01-05', device: 'tv' }, query().device('tv')).pass,
    ).toBe(true)
  })
})

describe('toHaveCount', () => {
  test('counts what a query finds, pages aside, and what a store has', () => {
    expect(toHaveCount(store.query().device('mobile').pageSize(1), 2)).toMatchObject({
      pass: true,
      actual: 2,
      expected: 2,
    })
    expect(toHaveCount(store.query().device('mobile'), 1).pass).toBe(false)
    expect(toHaveCount(store.query().device('mobile'), 3).pass).toBe(false)
    expect(toHaveCount(store.query().device('tv'), 0).pass).toBe(true)
    expect(toHaveCount(store, 3).pass).toBe(true)
    const some = storeOfThree()
    some.delete('chat-2')
    expect(toHaveCount(some, 2).pass).toBe(true)
    expect(toHaveCount(some.query().includeDeleted(), 3).pass).toBe(true)
  })
})

describe('toHaveAction', () => {
  const pass = (...args: unknown[]) => toHaveAction(chat, ...args).pass

  test('some call has that name', () => {
    expect(toHaveAction(chat, 'send_email')).toMatchObject({
      pass: true,
      actual: [{ name: 'send_email', input: { to: 'kim@example.com' }, output: null, error: '' }],
      expected: { name: 'send_email' },
    })
    expect(pass('send_emai')).toBe(false)
    expect(pass('SEND_EMAIL')).toBe(false)
    expect(toHaveAction(chat, 'delete', { allowEmpty: true, times: 1 })).toMatchObject({
      pass: false,
      actual: [],
      expected: { name: 'delete', times: 1 },
    })
    expect(Object.keys(toHaveAction(chat, 'a', { allowEmpty: true }).expected as object)).toEqual(['name'])
  })

  test('its input is equal, whatever the order of keys', () => {
    expect(pass('issue_refund', { input: { amount: 12, order: 17 } })).toBe(true)
    expect(pass('issue_refund', { input: { order: 17 } })).toBe(false)
    expect(pass('issue_refund', { input: { order: 17, amount: 12, note: undefined } })).toBe(true)
    expect(pass('issue_refund', { input: { order: '17', amount: 12 } })).toBe(false)
    expect(pass('issue_refund', { input: null })).toBe(false)
    expect(toHaveAction([called('a')], 'a', { input: null }).pass).toBe(true)
    expect(toHaveAction([called('a')], 'a', { input: {} }).pass).toBe(false)
    expect(toHaveAction([called('a', [1, [2]])], 'a', { input: [1, [2]] }).pass).toBe(true)
    expect(toHaveAction([called('a', [1, 2])], 'a', { input: [2, 1] }).pass).toBe(false)
    expect(toHaveAction([called('a', [1, 2])], 'a', { input: [1] }).pass).toBe(false)
    expect(toHaveAction([called('a', [1])], 'a', { input: { 0: 1 } }).pass).toBe(false)
    expect(toHaveAction([called('a', { length: 0 })], 'a', { input: [] }).pass).toBe(false)
    expect(toHaveAction([called('a', { b: { c: 1, d: 2 } })], 'a', { input: { b: { c: 1 } } }).pass).toBe(false)
    expect(toHaveAction([called('a', { b: null })], 'a', { input: { b: undefined } }).pass).toBe(false)
    expect(
      toHaveAction([called('a', { at: '2026-01-05T00:00:00.000Z' })], 'a', { input: { at: new Date('2026-01-05') } })
        .pass,
    ).toBe(true)
    expect(toHaveAction([called('a', { toString: 1 })], 'a', { input: {} }).pass).toBe(false)
    expect(toHaveAction([called('a', {})], 'a', { input: { toString: undefined } }).pass).toBe(true)
  })

  test('what has toJSON is compared as what that gives', () => {
    const at = '2026-01-05T00:00:00.000Z'
    expect(toHaveAction([called('a', { at })], 'a', { input: { at: new Date('2026-01-06') } }).pass).toBe(false)
    expect(toHaveAction([called('a', at)], 'a', { input: new Date('2026-01-05') }).pass).toBe(true)
    expect(toHaveAction([called('a', { b: 1 })], 'a', { input: { toJSON: () => ({ b: 2 }) } }).pass).toBe(false)
  })

  test('undefined is absent', () => {
    expect(toHaveAction([called('a', { b: 1, c: undefined })], 'a', { input: { b: 1 } }).pass).toBe(true)
    expect(toHaveAction([called('a', { b: 1, c: null })], 'a', { input: { b: 1 } }).pass).toBe(false)
  })

  test('differences are told with their places', () => {
    const lines = (input: unknown, expected: unknown) =>
      toHaveAction([called('a', input)], 'a', { input: expected })
        .message()
        .split('\n')
        .filter((line) => line.startsWith('    '))
    expect(lines({ a: [1, { b: 2 }] }, { a: [1, { b: 3 }] })).toEqual(['    input.a[1].b: expected 3, got 2'])
    expect(lines([1, 2], [1])).toEqual(['    input: expected 1 of them, got 2: [1, 2]'])
    expect(lines([1], { a: 1 })).toEqual(['    input: expected { a: 1 }, got [1]'])
    expect(lines({}, [])).toEqual(['    input: expected [], got {}'])
    expect(lines({ a: { b: 1 } }, {})).toEqual(['    input.a: { b: 1 } was not expected'])
    expect(lines({}, { a: { b: 1 } })).toEqual(['    input.a: expected { b: 1 }, but it is missing'])
  })

  test('asymmetric matchers and regular expressions stand anywhere in it', () => {
    expect(pass('issue_refund', { input: expect.objectContaining({ order: 17 }) })).toBe(true)
    expect(pass('issue_refund', { input: expect.objectContaining({ order: 18 }) })).toBe(false)
    expect(pass('issue_refund', { input: { order: expect.any(Number), amount: expect.anything() } })).toBe(true)
    expect(pass('send_email', { input: { to: /@example\.com$/ } })).toBe(true)
    expect(pass('send_email', { input: { to: /^example/ } })).toBe(false)
    expect(pass('issue_refund', { input: { order: /17/, amount: 12 } })).toBe(false)
    const global = /@/g
    expect([pass('send_email', { input: { to: global } }), pass('send_email', { input: { to: global } })]).toEqual([
      true,
      true,
    ])
  })

  test('its output, which may be JSON in a string', () => {
    expect(pass('lookup_order', { output: { status: 'lost' } })).toBe(true)
    expect(pass('issue_refund', { output: { ok: true } })).toBe(true)
    expect(pass('issue_refund', { output: '{"ok": true}' })).toBe(true)
    expect(pass('issue_refund', { output: '{"ok":true}' })).toBe(false)
    expect(pass('issue_refund', { output: { ok: false } })).toBe(false)
    expect(toHaveAction([called('a', null, 'plain')], 'a', { output: 'plain' }).pass).toBe(true)
    expect(toHaveAction([called('a', null, '[1')], 'a', { output: '[1' }).pass).toBe(true)
    expect(toHaveAction([called('a', null, '17')], 'a', { output: 17 }).pass).toBe(false)
    expect(toHaveAction([called('a', null, false)], 'a', { output: false }).pass).toBe(true)
  })

  test('its error: contained, matched, or by an asymmetric matcher', () => {
    expect(pass('issue_refund', { error: 'declined' })).toBe(true)
    expect(pass('issue_refund', { error: 'Declined' })).toBe(false)
    expect(pass('issue_refund', { error: /^card/ })).toBe(true)
    expect(pass('issue_refund', { error: expect.stringContaining('limit') })).toBe(false)
    expect(pass('send_email', { error: /.*/ })).toBe(false)
    expect(pass('send_email', { error: expect.any(String) })).toBe(false)
  })

  test('whether it failed', () => {
    expect(pass('issue_refund', { failed: true })).toBe(true)
    expect(pass('issue_refund', { failed: false })).toBe(true)
    expect(pass('send_email', { failed: true })).toBe(false)
    expect(pass('send_email', { failed: false })).toBe(true)
    expect(pass('issue_refund', { failed: true, output: { ok: true } })).toBe(false)
  })

  test('how often, in all conversations', () => {
    expect(pass('issue_refund', { times: 2 })).toBe(true)
    expect(pass('issue_refund', { times: 1 })).toBe(false)
    expect(pass('issue_refund', { times: 3 })).toBe(false)
    expect(pass('issue_refund', { times: 1, failed: false })).toBe(true)
    expect(pass('delete', { times: 0 })).toBe(true)
    expect(pass('issue_refund', { times: 0 })).toBe(false)
    const twice = ConversationStore.from([REFUND, { ...REFUND, conversation_id: 'again' }])
    expect(toHaveAction(twice, 'send_email', { times: 2 }).pass).toBe(true)
    expect(toHaveAction(twice.query().conversationId('again'), 'send_email', { times: 1 }).pass).toBe(true)
    expect(toHaveAction(twice, 'send_email', { times: 1 }).pass).toBe(false)
  })

  test('the order: some call of the other tool is earlier, or later', () => {
    expect(pass('issue_refund', { after: 'lookup_order' })).toBe(true)
    expect(pass('issue_refund', { before: 'send_email', after: 'lookup_order' })).toBe(true)
    expect(pass('issue_refund', { after: 'send_email' })).toBe(false)
    expect(pass('issue_refund', { before: 'lookup_order' })).toBe(false)
    expect(pass('lookup_order', { before: 'issue_refund' })).toBe(true)
    expect(pass('lookup_order', { after: 'lookup_order' })).toBe(false)
    expect(pass('issue_refund', { after: 'issue_refund', times: 1 })).toBe(true)
    expect(pass('send_email', { after: 'nothing' })).toBe(false)
    const around = [called('a'), called('b'), called('a')]
    expect(toHaveAction(around, 'b', { before: 'a', after: 'a' }).pass).toBe(true)
    // In one conversation alone.
    const apart = ConversationStore.from([
      { conversation_id: 'a', started_at: '2026-01-05', messages: [called('a')] },
      { conversation_id: 'b', started_at: '2026-01-06', messages: [called('b')] },
    ])
    expect(toHaveAction(apart, 'b', { after: 'a' }).pass).toBe(false)
  })

  test('every run of a message is a call, and a name without a log is one', () => {
    const message = { ...called('a'), action_logs: [{ tools_used: 1 }, { tools_used: 2 }] }
    expect(toHaveAction([message], 'a', { times: 2 }).pass).toBe(true)
    expect(toHaveAction([message], 'a', { input: 2, times: 1 }).pass).toBe(true)
    expect(toHaveAction([{ ...message, action_logs: [] }], 'a', { times: 1, input: null }).pass).toBe(true)
    expect(toHaveAction([{ ...message, action_name: null }], 'a').pass).toBe(false)
  })

  test('counts of tokens are calls only where they are asked for', () => {
    const messages = [called('a'), called('token_usage'), called('b')]
    expect(toHaveTrajectory(messages, ['a', 'b']).pass).toBe(true)
    expect(toHaveAction(messages, 'token_usage', { after: 'a', times: 1 }).pass).toBe(true)
  })
})

describe('toHaveTrajectory', () => {
  const pass = (calls: string, names: unknown[], mode?: string) => {
    const messages = [user('Hi'), ...[...calls].map((name) => called(name))]
    return toHaveTrajectory(messages, names, mode && { mode }).pass
  }

  test.each([
    ['ab', ['a', 'b'], true, true, true, true],
    ['ab', ['b', 'a'], false, true, true, true],
    ['ab', ['a'], false, false, false, true],
    ['ab', ['a', 'b', 'c'], false, false, true, false],
    ['ab', ['a', 'c'], false, false, false, false],
    ['aab', ['a', 'b'], false, false, false, true],
    ['ab', ['a', 'a', 'b'], false, false, true, false],
    ['', [], true, true, true, undefined],
    ['', ['a'], false, false, true, false],
    ['a', [], false, false, false, undefined],
  ])('%s beside %j', (calls, names, strict, unordered, subset, superset) => {
    expect(pass(calls, names)).toBe(strict)
    expect(pass(calls, names, 'strict')).toBe(strict)
    expect(pass(calls, names, 'unordered')).toBe(unordered)
    expect(pass(calls, names, 'subset')).toBe(subset)
    if (superset !== undefined) expect(pass(calls, names, 'superset')).toBe(superset)
  })

  test('patterns are paired so that all find a name, if that can be', () => {
    expect(pass('ab', [/[ab]/, 'a'], 'unordered')).toBe(true)
    expect(pass('ab', [/[ab]/, /a/, /b/], 'superset')).toBe(false)
    expect(pass('abc', [/[abc]/, /[ab]/, 'a'], 'unordered')).toBe(true)
    expect(pass('abc', [/[ab]/, /[ab]/, 'a'], 'unordered')).toBe(false)
    expect(pass('ab', [expect.stringMatching('a'), expect.any(String)])).toBe(true)
    expect(pass('ab', [expect.stringMatching('b'), expect.any(String)])).toBe(false)
  })

  test('the modes are what sets of names with repeats say', () => {
    const names = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 5 })
    const count = (list: readonly string[], name: string) => list.filter((each) => each === name).length
    fc.assert(
      fc.property(names, names, (calls, expected) => {
        const isWithin = (some: readonly string[], others: readonly string[]) =>
          some.every((name) => count(some, name) <= count(others, name))
        expect(pass(calls.join(''), expected)).toBe(calls.join() === expected.join())
        expect(pass(calls.join(''), expected, 'subset')).toBe(isWithin(calls, expected))
        expect(pass(calls.join(''), expected, 'unordered')).toBe(isWithin(calls, expected) && isWithin(expected, calls))
        if (expected.length > 0) expect(pass(calls.join(''), expected, 'superset')).toBe(isWithin(expected, calls))
      }),
    )
  })

  test('of a store: some conversation has it', () => {
    const result = toHaveTrajectory(store, ['lookup_order', 'issue_refund', 'issue_refund', 'send_email'])
    expect(result).toMatchObject({ pass: true, actual: result.expected })
    expect(toHaveTrajectory(store.query().device('tablet'), ['lookup_order'], { mode: 'superset' })).toMatchObject({
      pass: false,
      actual: [],
      expected: ['lookup_order'],
    })
    expect(toHaveTrajectory(store.query().device('tv'), ['a'], { allowEmpty: true }).pass).toBe(false)
    expect(toHaveTrajectory(store.query().device('tv'), ['a'], { allowEmpty: true }).message()).toContain('(none)')
  })
})

describe('toHaveMessage', () => {
  const pass = (...args: unknown[]) => toHaveMessage(chat, ...args).pass

  test('a string is contained, in this case of letters', () => {
    expect(toHaveMessage(chat, 'on its way')).toMatchObject({
      pass: true,
      actual: REFUND.messages![3]!.content,
      expected: 'on its way',
    })
    expect(pass('On its way')).toBe(false)
    expect(pass('€ 12')).toBe(true)
    expect(pass('€ 13')).toBe(false)
  })

  test('regular expressions and asymmetric matchers', () => {
    expect(pass(/refund of €\s?12/)).toBe(true)
    expect(pass(/REFUND OF/i)).toBe(true)
    expect(pass(/^refund/)).toBe(false)
    const global = /way/gy
    expect([pass(/way/g), pass(/way/g), pass(global)]).toEqual([true, true, false])
    expect(global.lastIndex).toBe(0)
    expect(pass(expect.stringContaining('on its way'))).toBe(true)
    expect(pass(expect.not.stringContaining('on its way'))).toBe(true)
    expect(pass(expect.stringMatching(/never/))).toBe(false)
  })

  test('by a sender', () => {
    expect(pass('on its way', { sender: 'agent' })).toBe(true)
    expect(pass('Shall I', { sender: 'end_user' })).toBe(false)
    expect(pass('Shall I', { sender: undefined })).toBe(true)
  })

  test('in a turn, from one user message to the next', () => {
    expect(pass('Where is', { turn: 1 })).toBe(true)
    expect(pass('Shall I', { turn: 1 })).toBe(true)
    expect(pass('Shall I', { turn: 2 })).toBe(false)
    expect(pass('Shall I', { turn: 'last' })).toBe(false)
    expect(pass('Done', { turn: 'last', sender: 'agent' })).toBe(true)
    expect(pass('money back', { turn: 2, sender: 'end_user' })).toBe(true)
    const greeted = [agent('Welcome'), user('Hi'), user('Anyone?'), agent('Yes'), user('Bye')]
    expect(toHaveMessage(greeted, 'Anyone', { turn: 1 }).pass).toBe(true)
    expect(toHaveMessage(greeted, 'Yes', { turn: 1 }).pass).toBe(true)
    expect(toHaveMessage(greeted, 'Welcome', { turn: 1 }).pass).toBe(false)
    expect(toHaveMessage(greeted, 'Bye', { turn: 2 }).pass).toBe(true)
    expect(toHaveMessage([agent('Welcome'), agent('Hi')], 'Hi', { turn: 'last' }).pass).toBe(true)
  })

  test('what records a call says nothing, other content of an action does', () => {
    expect(pass('lookup_order')).toBe(false)
    expect(pass('performed')).toBe(false)
    expect(toHaveMessage([{ ...called('a'), content: 'Let me look' }], 'Let me').pass).toBe(true)
    expect(toHaveMessage([agent('Action a performed')], 'Action a').pass).toBe(true)
    expect(toHaveMessage([{ ...called('a'), content: '' }], /^$/).pass).toBe(false)
    expect(toHaveMessage([agent('')], /^$/).pass).toBe(true)
  })

  test('of a store and a query', () => {
    expect(toHaveMessage(store, 'Refund, now')).toMatchObject({ pass: true, actual: 'Refund, now' })
    expect(toHaveMessage(store, 'refund, now').pass).toBe(false)
    expect(toHaveMessage(store.query().device('tablet'), 'Refund').pass).toBe(false)
    expect(toHaveMessage(store, 'Hello!', { turn: 1, sender: 'agent' }).pass).toBe(true)
    expect(toHaveMessage(store, 'Done', { turn: 2 }).pass).toBe(true)
    expect(toHaveMessage(store, /How can I/).pass).toBe(true)
  })

  test('the nearest message is the one with the longest piece in common', () => {
    const words = fc.array(fc.constantFrom('re', 'fund', 'order', ' ', 'x'), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(fc.array(words, { minLength: 1, maxLength: 5 }), words, (contents, wanted) => {
        const texts = contents.map((each) => each.join(''))
        const text = wanted.join('')
        const result = toHaveMessage(
          texts.map((content) => agent(content)),
          text,
        )
        expect(result.pass).toBe(texts.some((each) => each.includes(text)))
        if (result.pass) return
        const lengths = texts.map((each) => longestPiece(each, text).length)
        const longest = Math.max(...lengths)
        const near =
          longest === 0
            ? `like it. The last is from agent: ${JSON.stringify(texts.at(-1))}`
            : `nearest is from agent: ${JSON.stringify(texts[lengths.indexOf(longest)])}`
        expect(result.message()).toContain(near)
      }),
    )
  })

  test('nearness ignores case, and looks at what stands literally in a pattern', () => {
    const messages = [agent('abc REFUND xyz'), agent('lmn orders'), agent('refun')]
    expect(toHaveMessage(messages, 'refunds').message()).toContain('nearest is from agent: "abc REFUND xyz"')
    expect(toHaveMessage(messages, /(the )?orders?\d+/).message()).toContain('nearest is from agent: "lmn orders"')
    expect(toHaveMessage(messages, expect.stringMatching(/^orders\b!/)).message()).toContain(
      'nearest is from agent: "lmn orders"',
    )
    expect(toHaveMessage(messages, /\d/).message()).toContain('None is like it. The last is from agent: "refun"')
    expect(toHaveMessage(messages, { asymmetricMatch: () => false }).message()).toContain('None is like it.')
    expect(toHaveMessage(messages, 'refundss').message()).not.toContain('case')
    expect(toHaveMessage(messages, 'Refund').message()).toContain('differs in the case')
  })
})

describe('toMatchConversation', () => {
  const pass = (partial: object) => toMatchConversation(chat, partial).pass

  test('has what is named, whatever else it has', () => {
    expect(toMatchConversation(chat, { device: 'mobile' })).toMatchObject({
      pass: true,
      actual: REFUND,
      expected: { device: 'mobile' },
    })
    expect(pass({ device: 'mobile', customer_id: 'kim' })).toBe(false)
    expect(pass({ device: expect.any(String), customer_id: /^K/ })).toBe(true)
    expect(pass({ metadata: { order: { id: 17 } } })).toBe(true)
    expect(pass({ metadata: { order: { id: 17, x: 1 } } })).toBe(false)
    expect(pass({ metadata: { tags: ['lost', 'vip'] } })).toBe(true)
    expect(pass({ metadata: { tags: ['lost'] } })).toBe(false)
    expect(pass({ metadata: { tags: expect.arrayContaining(['lost']) } })).toBe(true)
    expect(pass({ metadata: null })).toBe(false)
    expect(pass({ name: undefined })).toBe(true)
    expect(pass({ device: undefined })).toBe(false)
    expect(toMatchConversation(store.get('chat-1'), { name: null }).pass).toBe(true)
    expect(toMatchConversation(store.get('chat-1'), { name: undefined }).pass).toBe(false)
  })

  test('messages in their order, others may stand between', () => {
    const way = { content: expect.stringContaining('way') }
    expect(pass({ messages: [{ sender: 'end_user' }, way] })).toBe(true)
    expect(pass({ messages: [{ sender: 'end_user' }, { ...way, sender: 'agent' }] })).toBe(true)
    expect(pass({ messages: [{ sender: 'agent', ...way }, { sender: 'end_user' }] })).toBe(false)
    expect(pass({ messages: [{ content: /lost\./ }, { content: /lost\./ }] })).toBe(false)
    expect(pass({ messages: REFUND.messages! })).toBe(true)
    expect(pass({ messages: [...REFUND.messages!, {}] })).toBe(false)
    expect(pass({ messages: [] })).toBe(false)
    expect(pass({ messages: {} })).toBe(false)
    expect(toMatchConversation({ ...REFUND, messages: [] }, { messages: [] }).pass).toBe(true)
    expect(pass({ messages: expect.any(Array) })).toBe(true)
  })

  test('a first message that is not there', () => {
    const lines = toMatchConversation([user('Hi'), agent('Hello')], { messages: [{ content: 'Hey' }] })
      .message()
      .split('\n')
    expect(lines.slice(2, 4)).toEqual([
      '  messages[0]: none of messages is { content: "Hey" }',
      '    messages[0].content: expected "Hey", got "Hi"',
    ])
  })

  test('the lists of a message too, but lists in what a tool was given are equal', () => {
    const message = {
      ...called('a', { list: [{ x: 1, y: 2 }, { x: 3 }] }),
      attachments: [{ filename: 'a.png' }, { filename: 'b.png', size_bytes: 3 }],
    }
    const has = (partial: object) => toMatchConversation([message], { messages: [partial] }).pass
    expect(has({ attachments: [{ filename: 'b.png' }] })).toBe(true)
    expect(has({ attachments: [{ filename: 'b.png' }, { filename: 'a.png' }] })).toBe(false)
    expect(has({ attachments: [] })).toBe(false)
    expect(has({ action_logs: [{ tools_used: { list: [{ x: 1 }, { x: 3 }] } }] })).toBe(true)
    expect(has({ action_logs: [{ tools_used: { list: [{ x: 3 }] } }] })).toBe(false)
    const nested = chatOf({ ...REFUND, metadata: { messages: [1, 2] } })
    expect(toMatchConversation(nested, { metadata: { messages: [2] } }).pass).toBe(false)
    expect(toMatchConversation(nested, { metadata: { messages: [1, 2] } }).pass).toBe(true)
  })

  test('of a store and a query: some conversation has it all', () => {
    expect(toMatchConversation(store, { device: 'tablet', metadata: { plan: 'free' } })).toMatchObject({
      pass: true,
      actual: { conversation_id: 'chat-2' },
    })
    expect(toMatchConversation(store, { device: 'tablet', metadata: { plan: 'pro' } })).toMatchObject({
      pass: false,
      actual: undefined,
    })
    expect(toMatchConversation(store.query().device('mobile'), { device: 'tablet' }).pass).toBe(false)
    expect(toMatchConversation(store.query().device('tv'), { device: 'tv' }, { allowEmpty: true }).message()).toBe(
      'Expected the query device("tv") to match { device: "tv" }.',
    )
    expect(toMatchConversation(chat, { device: 'x' }).actual).toEqual(REFUND)
  })
})
