/** What matchers take, and what they refuse: an expected value that can never be met would make a negated one hold. */
import { describe, expect, test } from 'vitest'
import { query } from '../../../src/index.ts'
import { assert, matchers } from '../../../src/testing/assert.ts'
import { chat, storeOfThree, thrownBy } from './world.ts'

const all = matchers as unknown as {
  readonly [Name in keyof typeof matchers]: (...args: unknown[]) => { pass: boolean }
}
const not = assert.not as unknown as typeof all
const store = storeOfThree()

describe.each<[keyof typeof matchers, unknown, readonly string[]]>([
  ['toHaveConversation', query().marked(), []],
  ['toHaveCount', 7, []],
  ['toHaveAction', 'zzz', ['input', 'output', 'error', 'times', 'after', 'before', 'failed']],
  ['toHaveTrajectory', ['zzz'], ['mode']],
  ['toHaveMessage', 'zzz', ['sender', 'turn']],
  ['toMatchConversation', { device: 'zzz' }, []],
])('the options of %s', (name, argument, own) => {
  test('are known', () => {
    for (const option of [...own, 'allowEmpty'])
      expect(all[name](store, argument, { [option]: undefined }).pass).toBe(false)
    expect(all[name](store, argument, undefined).pass).toBe(false)
  })

  test('an unknown one is refused, with the nearest', () => {
    expect(thrownBy(() => all[name](store, argument, { alowEmpty: true }))).toBe(
      `${name} has no option "alowEmpty". Did you mean "allowEmpty"?`,
    )
    expect(thrownBy(() => not[name](store, argument, { zzz: 1 }))).toBe(
      `${name} has no option "zzz". It has ${[...own, 'allowEmpty'].join(', ')}.`,
    )
  })

  test('are an object, and allowEmpty a boolean', () => {
    expect(thrownBy(() => not[name](store, argument, 'x'))).toContain(`The argument of ${name} is "x"`)
    expect(thrownBy(() => not[name](store, argument, null))).toContain(`The argument of ${name} is null`)
    expect(thrownBy(() => not[name](store, argument, { allowEmpty: 1 }))).toBe(
      'allowEmpty is 1. Expected true or false.',
    )
  })
})

describe('what is expected', () => {
  test.each<[keyof typeof matchers, unknown, string]>([
    [
      'toHaveConversation',
      undefined,
      "toHaveConversation: expected a query, such as query().device('mobile'); got undefined.",
    ],
    ['toHaveConversation', { device: 'mobile' }, 'got {"device":"mobile"}.'],
    [
      'toHaveConversation',
      query(),
      'toHaveConversation: the query has no condition, so any conversation meets it. Conditions that are given undefined are left out.',
    ],
    ['toHaveCount', -1, 'toHaveCount(count) is -1. Expected an integer from 0.'],
    ['toHaveCount', 1.5, 'toHaveCount(count) is 1.5.'],
    ['toHaveCount', '1', 'toHaveCount(count) is "1".'],
    ['toHaveCount', undefined, 'toHaveCount(count) is undefined.'],
    ['toHaveAction', '', 'toHaveAction(name) is "". Expected the name of a tool: \'lookup_order\'.'],
    ['toHaveAction', undefined, 'toHaveAction(name) is undefined.'],
    ['toHaveAction', /x/, 'toHaveAction(name) is "/x/".'],
    [
      'toHaveTrajectory',
      'lookup_order',
      'toHaveTrajectory(names) is "lookup_order". Expected a list of the names of tools: [\'lookup_order\'].',
    ],
    ['toHaveTrajectory', ['a', ''], 'toHaveTrajectory(names)[1] is "". Expected the name of a tool.'],
    ['toHaveTrajectory', [undefined], 'toHaveTrajectory(names)[0] is undefined.'],
    ['toHaveTrajectory', [null], 'toHaveTrajectory(names)[0] is null.'],
    ['toHaveTrajectory', [['a']], 'toHaveTrajectory(names)[0] is ["a"].'],
    ['toHaveTrajectory', [{ name: 'a' }], 'toHaveTrajectory(names)[0] is {"name":"a"}.'],
    [
      'toHaveMessage',
      '',
      'toHaveMessage(content) is "". Expected a non-empty string, a regular expression or an asymmetric matcher.',
    ],
    ['toHaveMessage', undefined, 'toHaveMessage(content) is undefined.'],
    ['toHaveMessage', null, 'toHaveMessage(content) is null.'],
    ['toHaveMessage', 17, 'toHaveMessage(content) is 17.'],
    ['toHaveMessage', { content: 'x' }, 'toHaveMessage(content) is {"content":"x"}. Expected a non-empty string'],
    ['toHaveMessage', () => true, 'toHaveMessage(content) is () => true.'],
    [
      'toMatchConversation',
      undefined,
      "toMatchConversation(partial) is undefined. Expected a part of a conversation: { device: 'mobile' }.",
    ],
    ['toMatchConversation', [{}], 'toMatchConversation(partial) is [{}].'],
    [
      'toMatchConversation',
      {},
      'toMatchConversation: {} names nothing, so any conversation has it. Name a key at least.',
    ],
    [
      'toMatchConversation',
      { device: () => 1 },
      'toMatchConversation(partial).device is () => 1. Expected JSON, regular expressions and asymmetric matchers such as expect.any(Number).',
    ],
    [
      'toMatchConversation',
      { devise: 'x' },
      'toMatchConversation: a conversation has no key "devise". Did you mean "device"?',
    ],
    [
      'toMatchConversation',
      { zzz: 'x' },
      'toMatchConversation: a conversation has no key "zzz". There are id, conversation_id,',
    ],
    [
      'toMatchConversation',
      { messages: [{ contnet: 'x' }] },
      'toMatchConversation: messages has no key "contnet". Did you mean "content"?',
    ],
    [
      'toMatchConversation',
      { feedbacks: [{ sentimnt: 'x' }] },
      'feedbacks has no key "sentimnt". Did you mean "sentiment"?',
    ],
    [
      'toMatchConversation',
      { messages: [{ attachments: [{ filname: 'x' }] }] },
      'attachments has no key "filname". Did you mean "filename"?',
    ],
    [
      'toMatchConversation',
      { messages: [{ action_logs: [{ respons: 'x' }] }] },
      'action_logs has no key "respons". Did you mean "response"?',
    ],
  ])('%s refuses %s', (name, argument, text) => {
    const message = thrownBy(() => all[name](store, argument))
    expect(message).toContain(text)
    expect(thrownBy(() => not[name](store, argument))).toBe(message)
  })

  test('keys that some conversation has besides those of the wire are known', () => {
    const row = {
      conversation_id: 'a',
      started_at: '2026-01-05',
      ticket: 17,
      messages: [{ sender: 'agent', content: 'a', mood: 'good', attachments: [{ page: 3 }] }],
    }
    expect(all.toMatchConversation(row, { ticket: 17 }).pass).toBe(true)
    expect(all.toMatchConversation(row, { ticket: 18 }).pass).toBe(false)
    expect(all.toMatchConversation(row, { messages: [{ mood: 'good' }] }).pass).toBe(true)
    expect(all.toMatchConversation(row, { messages: [{ attachments: [{ page: 3 }] }] }).pass).toBe(true)
    expect(thrownBy(() => all.toMatchConversation(row, { messages: [{ ticket: 17 }] }))).toContain(
      'messages has no key "ticket"',
    )
    expect(thrownBy(() => all.toMatchConversation(row, { mood: 'good' }))).toContain('a conversation has no key "mood"')
    // What stands in someone's own data is not judged.
    expect(all.toMatchConversation(row, { metadata: { messages: [{ zzz: 1 }] } }).pass).toBe(false)
    expect(all.toMatchConversation(row, { messages: [expect.anything()] }).pass).toBe(true)
  })

  test('keys of inherited names are no keys', () => {
    expect(thrownBy(() => all.toMatchConversation(chat, { constructor: 'x' }))).toContain('has no key "constructor"')
  })
})

describe('what an action may be asked for', () => {
  test.each<[object, string]>([
    [{ times: -1 }, 'times is -1. Expected an integer from 0.'],
    [{ times: 1.5 }, 'times is 1.5.'],
    [{ times: '1' }, 'times is "1".'],
    [{ failed: 'yes' }, 'failed is "yes". Expected true or false.'],
    [{ after: '' }, 'after is "". Expected the name of a tool: \'lookup_order\'.'],
    [{ after: ['a'] }, 'after is ["a"].'],
    [{ before: 7 }, 'before is 7.'],
    [{ error: '' }, 'error is "". Expected a non-empty string, a regular expression or an asymmetric matcher.'],
    [{ error: true }, 'error is true.'],
    [{ error: {} }, 'error is {}. Expected a non-empty string'],
    [{ input: () => 1 }, 'input is () => 1. Expected JSON'],
    [{ input: { a: [1, 2n] } }, 'input.a.1 is 2n.'],
    [{ input: { a: Number.NaN } }, 'input.a is NaN. Expected JSON'],
    [{ output: new Map() }, 'output is {}. Expected JSON'],
    [{ output: { a: Symbol('x') } }, 'output.a is Symbol(x).'],
  ])('options %#: %o are refused', (options, text) => {
    expect(thrownBy(() => not.toHaveAction(chat, 'send_email', options))).toContain(text)
  })

  test('a cycle is refused', () => {
    const cycle: Record<string, unknown> = {}
    cycle.self = cycle
    expect(thrownBy(() => not.toHaveAction(chat, 'send_email', { input: cycle }))).toContain('Expected JSON')
  })
})

test('modes, senders and turns are those there are', () => {
  expect(thrownBy(() => not.toHaveTrajectory(chat, ['a'], { mode: 'strickt' }))).toBe(
    'mode is "strickt". Expected "strict", "unordered", "subset" or "superset". Did you mean "strict"?',
  )
  expect(thrownBy(() => not.toHaveTrajectory(chat, [], { mode: 'superset' }))).toContain(
    'every conversation calls a superset of no tools',
  )
  expect(thrownBy(() => not.toHaveMessage(chat, 'a', { sender: 'user' }))).toContain(
    'sender is "user". Expected "end_user" or "agent".',
  )
  for (const turn of [0, -1, 1.5, 'first', null])
    expect(thrownBy(() => not.toHaveMessage(chat, 'a', { turn }))).toContain(
      "Expected 'last' or the number of a turn, from 1.",
    )
})
