/** Edges of the matchers and of their texts. */
import { describe, expect, test } from 'vitest'
import { ConversationStore, query } from '../../../src/index.ts'
import { assert, matchers } from '../../../src/testing/assert.ts'
import { print } from '../../../src/testing/print.ts'
import { agent, called, chat, chatOf, failure, REFUND, storeOfThree, thrownBy, user } from './world.ts'

type Result = { pass: boolean; message(): string }
const { toHaveConversation, toHaveCount, toHaveAction, toHaveTrajectory, toHaveMessage, toMatchConversation } =
  matchers as unknown as { readonly [Name in keyof typeof matchers]: (...args: unknown[]) => Result }
const store = storeOfThree()
const lines = (result: unknown, pass = false) => failure(result, pass).split('\n')

describe('rows whose lists are null', () => {
  const some = ConversationStore.from([
    { conversation_id: 'none', started_at: '2026-01-07', messages: null, feedbacks: null },
    { ...REFUND, messages: [user('Hi'), { ...called('look'), attachments: null }] },
  ])

  test('have no calls, no messages and no turns', () => {
    expect(lines(toHaveAction(some, 'lok'))[1]).toBe('lok was not called. Did you mean "look"?')
    expect(toHaveTrajectory(some.query().conversationId('none'), []).pass).toBe(true)
    expect(lines(toHaveTrajectory(some.query().conversationId('none'), ['a'])).at(-1)).toBe(
      '  call 1: expected a, got no more.',
    )
    expect(toHaveMessage(some, 'Hi', { turn: 1 }).pass).toBe(true)
    expect(toHaveMessage(some, /Hi/).pass).toBe(true)
    expect(lines(toMatchConversation(some.query().conversationId('none'), { device: 'x' }))).toEqual([
      'Expected the query conversationId("none") to match { device: "x" }.',
      'The conversation "none" is the nearest. It differs:',
      '  device: expected "x", got null',
    ])
  })

  test('have no other keys', () => {
    for (const partial of [
      { ticket: 1 },
      { messages: [{ ticket: 1 }] },
      { feedbacks: [{ ticket: 1 }] },
      { messages: [{ attachments: [{ ticket: 1 }] }] },
      { messages: [{ action_logs: [{ length: 1 }] }] },
      { messages: [{ attachments: [{ length: 1 }] }] },
    ])
      expect(thrownBy(() => toMatchConversation(some, partial))).toContain('has no key')
  })
})

describe('toHaveAction', () => {
  const ran = [called('b'), called('b'), called('a'), called('b'), called('b')]

  test('tells of the nearest call on the wrong side', () => {
    expect(lines(toHaveAction(ran.slice(0, 3), 'a', { before: 'b' }))).toContain(
      '    before b: it is call 3 of the conversation, and b is call 2',
    )
    expect(lines(toHaveAction(ran.slice(2), 'a', { after: 'b' }))).toContain(
      '    after b: it is call 1 of the conversation, and b is call 2',
    )
    expect(toHaveAction(ran, 'a', { after: 'b', before: 'b' }).pass).toBe(true)
    expect(lines(toHaveAction([called('a')], 'a', { after: 'a' }))).toContain(
      '    after a: there is no other call of it',
    )
  })

  test('says what failed and what did not', () => {
    expect(lines(toHaveAction([called('a', 1, null, 'no')], 'a', { failed: false }))).toEqual([
      'Expected the 1 message to have a call of a that did not fail.',
      'It was called once, but never like that:',
      '  call 1: a(1) failed: no',
      '    it failed: "no"',
      'Transcript:',
      '  agent: a(1) failed: no',
    ])
    const silent = lines(toHaveAction([called('a')], 'a', { failed: true }))
    expect(silent).toContain('    it did not fail')
    expect(silent).toContain('  call 1: a()')
  })

  test('tells apart the calls that meet it from those that do not', () => {
    expect(lines(toHaveAction([called('a', 1), called('a', 2)], 'a', { input: 1, times: 2 })).slice(0, 6)).toEqual([
      'Expected the 2 messages to have 2 calls of a with input 1.',
      'It has 1 such call:',
      '  call 1: a(1)',
      'It was called once, but not like that:',
      '  call 2: a(2)',
      '    input: expected 1, got 2',
    ])
  })

  test('shows the conversation of a call that meets it, else of one that does not', () => {
    const two = ConversationStore.from([
      { ...REFUND, conversation_id: 'x', messages: [called('a', 1), called('b')] },
      { ...REFUND, conversation_id: 'y', started_at: '2026-01-06', messages: [called('a', 2)] },
    ])
    expect(lines(toHaveAction(two, 'a', { input: 1, times: 2 }))).toContain('Transcript of "x":')
    expect(lines(toHaveAction(two, 'a', { input: 3 }))).toContain('Transcript of "y":')
  })

  test('names ten tools at most', () => {
    const names = (count: number) => Array.from({ length: count }, (_, i) => called(`tool_${i}`))
    expect(lines(toHaveAction(names(10), 'zzz'))[2]).toMatch(/^Called: tool_0, .*tool_9\.$/)
    expect(lines(toHaveAction(names(11), 'zzz'))[2]).toMatch(/^Called: tool_0, .*tool_9, \.\.\.$/)
  })

  test('lists five, and says how many more', () => {
    const calls = (count: number) => Array.from({ length: count }, () => called('a'))
    expect(lines(toHaveAction(calls(5), 'a'), true).filter((line) => line.startsWith('  call')).length).toBe(5)
    expect(lines(toHaveAction(calls(5), 'a'), true)).not.toContain('  and 0 more calls')
    expect(lines(toHaveAction(calls(6), 'a'), true)).toContain('  and 1 more call')
  })
})

test('an output that is the string of JSON is shown as what it says where it differs', () => {
  const message = called('a', '[1', '{"b":1}')
  expect(lines(toHaveAction([message], 'a', { output: { b: 2 } }))).toContain('    output.b: expected 2, got 1')
  expect(lines(toHaveAction([message], 'a', { input: [2] }))).toContain('    input: expected [2], got "[1"')
  expect(toHaveAction([message], 'a', { output: '{"b":1}', input: '[1' }).pass).toBe(true)
})

describe('toHaveTrajectory', () => {
  const some = ConversationStore.from([
    { conversation_id: 'near', started_at: '2026-01-06', messages: [called('a'), called('b')] },
    { conversation_id: 'far', started_at: '2026-01-05', messages: [called('x'), called('y'), called('z')] },
    { conversation_id: 'as near', started_at: '2026-01-04', messages: [called('a'), called('c')] },
  ])

  test('shows the nearest conversation, of equals the newest', () => {
    expect(lines(toHaveTrajectory(some, ['a', 'd'])).slice(1)).toEqual([
      '  expected: a, d',
      '  called:   a, b in "near"',
      '  call 2: expected d, got b. Did you mean "a"?',
      'Transcript of "near":',
      '  agent: a() -> null',
      '  agent: b() -> null',
    ])
    expect(lines(toHaveTrajectory(some, ['x', 'y']))[2]).toBe('  called:   x, y, z in "far"')
  })

  test('says where one that is too early is', () => {
    expect(lines(toHaveTrajectory([called('a'), called('b')], ['b']))).toEqual([
      'Expected the 2 messages to call just these tools in this order (strict):',
      '  expected: b',
      '  called:   a, b',
      '  call 1: expected b, got a; b is call 2.',
      '  call 2: expected no more, got b.',
      'Transcript:',
      '  agent: a() -> null',
      '  agent: b() -> null',
    ])
    expect(lines(toHaveTrajectory([called('a')], [/x/]))).toContain('  call 1: expected /x/, got a.')
  })
})

describe('toHaveMessage', () => {
  test('says who said nothing, and in which turn', () => {
    const said = lines(toHaveMessage([user('a'), called('b')], 'x', { sender: 'agent' }))
    expect(said[1]).toBe('Nothing was said by agent.')
    expect(lines(toHaveMessage([called('b')], 'x'))[1]).toBe('Nothing was said.')
    expect(lines(toHaveMessage([user('a'), called('b')], 'x', { sender: 'agent', turn: 1 }))[1]).toBe(
      'Nothing was said by agent in that turn.',
    )
  })

  test('a string of a pattern with no letters is like none', () => {
    expect(lines(toHaveMessage([agent('a.b'), agent('c')], /^\.$/))[1]).toBe(
      'None is like it. The last is from agent: "c"',
    )
    expect(lines(toHaveMessage([agent('say abc'), agent('c')], /abd\d/))[1]).toBe(
      'The nearest is from agent: "say abc"',
    )
  })

  test('of thousands the first 20,000 are compared', () => {
    const many = Array.from({ length: 20_002 }, (_, i) => agent(i === 20_001 ? 'zebra' : i === 19_999 ? 'zeb' : 'no'))
    expect(lines(toHaveMessage(many, 'zebras'))[1]).toBe('The nearest is from agent: "zeb"')
  })
})

test('of one conversation a part that it has is not told of twice', () => {
  expect(lines(toMatchConversation(chat, { device: 'mobile' }), true).slice(0, 2)).toEqual([
    'Expected the conversation "chat-1" not to match { device: "mobile" }.',
    'Transcript of "chat-1":',
  ])
})

test('of thousands of conversations the newest 2,000 are compared with a part of one', () => {
  const many = new ConversationStore()
  const at = (i: number) => new Date(Date.UTC(2026, 0, 1) - i * 60_000).toISOString()
  many.addMany(
    Array.from({ length: 2_002 }, (_, i) => ({
      ...{ conversation_id: `c${i}`, started_at: at(i), device: i === 2_000 ? 'tv' : 'x' },
      ...{ language: i === 1_999 || i === 2_000 ? 'en' : 'de' },
    })),
  )
  expect(lines(toMatchConversation(many, { device: 'tv', language: 'en', name: 'a' }))[1]).toContain('"c1999"')
})

describe('what is shown', () => {
  test('is on one line, 120 units at most', () => {
    expect(print({ a: [1, 'b', null, undefined, true], 'c-d': { e: /f/ } })).toBe(
      '{ a: [1, "b", null, undefined, true], "c-d": { e: /f/ } }',
    )
    expect(print('x'.repeat(118))).toBe(JSON.stringify('x'.repeat(118)))
    expect(print('x'.repeat(119))).toBe(`"${'x'.repeat(116)}...`)
    expect(print([[], {}])).toBe('[[], {}]')
  })

  test('ends eight levels down', () => {
    const deep = (level: number): unknown => (level === 0 ? 1 : [deep(level - 1)])
    expect(print(deep(8))).toBe('[[[[[[[[1]]]]]]]]')
    expect(print(deep(9))).toBe('[[[[[[[[[...]]]]]]]]]')
    const keyed = (level: number): unknown => (level === 0 ? 1 : { a: keyed(level - 1) })
    expect(print(keyed(12))).toContain('a: ... }')
  })

  test('asymmetric matchers as they call themselves, else with their sample', () => {
    expect(print(expect.any(Number))).toBe('Any<Number>')
    expect(print(expect.anything())).toBe('Anything')
    expect(print(expect.stringContaining('x'))).toBe('StringContaining<"x">')
    expect(print({ asymmetricMatch: () => true, toString: () => 'Even' })).toBe('Even')
    expect(print({ asymmetricMatch: () => true, toAsymmetricMatcher: () => 'Odd' })).toBe('Odd')
    expect(print({ asymmetricMatch: () => true, toAsymmetricMatcher: () => 'Odd', sample: 1 })).toBe('Odd<1>')
  })
})

describe('transcripts', () => {
  const talk = (count: number) =>
    Array.from({ length: count }, (_, i) => (i % 2 === 0 ? user(`q${i}`) : agent(`a${i}`)))
  const transcript = (messages: unknown[], found: string) =>
    lines(toHaveMessage(messages, found), true).slice(
      lines(toHaveMessage(messages, found), true).indexOf('Transcript:') + 1,
    )

  test('have nineteen lines after their title, those around what matters', () => {
    expect(transcript(talk(19), 'q0').length).toBe(19)
    expect(transcript(talk(19), 'q0').at(-1)).toBe('  user: q18')
    expect(transcript(talk(20), 'q0')).toEqual([
      ...talk(17).map(({ sender, content }) => `  ${sender === 'agent' ? 'agent' : 'user'}: ${content}`),
      '  ... 3 lines after',
    ])
    const middle = transcript(talk(60), 'q30')
    expect(middle[0]).toBe('  ... 22 lines before')
    expect(middle[9]).toBe('  user: q30')
    expect(middle.at(-1)).toBe('  ... 21 lines after')
    const end = transcript(talk(60), 'a59')
    expect(end[0]).toBe('  ... 43 lines before')
    expect(end.at(-1)).toBe('  agent: a59')
  })

  test('cut long lines', () => {
    expect(transcript([user('x'.repeat(114))], 'x')).toEqual([`  user: ${'x'.repeat(114)}`])
    expect(transcript([user('x'.repeat(115))], 'x')).toEqual([`  user: ${'x'.repeat(111)}...`])
  })
})

describe('subjects', () => {
  test('a row with a part that looks like a store elsewhere is a row, and a store that counts is a store', () => {
    const own = Object.assign(storeOfThree(), { count() {}, all() {} })
    expect(toHaveCount(own, 3).pass).toBe(true)
  })

  test('a condition of a query and one that is looked for stand apart', () => {
    expect(toHaveAction(store.query(), 'send_email').pass).toBe(true)
    expect(toHaveConversation(store.query(), query().device('tablet')).pass).toBe(true)
  })

  test('messages of another sender or without content are none', () => {
    expect(thrownBy(() => toHaveAction([{ sender: 'tool', content: 'a' }], 'a'))).toContain('expected a store')
    expect(thrownBy(() => toHaveAction([{ sender: 'agent', content: 7 }], 'a'))).toContain('expected a store')
    expect(thrownBy(() => toHaveAction([{ sender: 'end_user' }], 'a'))).toContain('expected a store')
  })

  test('the errors of arguments say of which they are', () => {
    const parameter = (run: () => unknown) => {
      try {
        run()
      } catch (error) {
        return (error as { parameter?: string }).parameter
      }
    }
    expect(parameter(() => toHaveCount(chat, 1))).toBe('toHaveCount')
    expect(parameter(() => toHaveConversation(store, query()))).toBe('query')
    expect(parameter(() => toHaveConversation(store, {}))).toBe('query')
    expect(parameter(() => toHaveMessage(chat, 'x', { turn: 9 }))).toBe('turn')
    expect(parameter(() => toHaveTrajectory(chat, [], { mode: 'superset' }))).toBe('mode')
    expect(parameter(() => toMatchConversation(chat, { devcie: 1 }))).toBe('devcie')
  })

  test('of a store an assertion may ask for deleted conversations, of a query it may not', () => {
    const some = storeOfThree()
    some.delete('chat-2')
    const asked = query().device('tablet').includeDeleted()
    expect(lines(toHaveConversation(some.query(), asked))[1]).toBe('None of 2 conversations meets the condition:')
    expect(lines(toHaveConversation(some, query().device('tv').includeDeleted()))[1]).toBe(
      'None of 3 conversations meets the condition:',
    )
  })

  test('an asymmetric matcher may stand for a message', () => {
    expect(toMatchConversation(chat, { messages: [{ asymmetricMatch: () => true, zzz: 1 }] }).pass).toBe(true)
    expect(toMatchConversation(chatOf({ ...REFUND, ticket: 1 }), { ticket: 1 }).pass).toBe(true)
  })

  test('functions that hold give nothing', () => {
    expect(assert.not.toHaveConversation(store, query().device('tv'))).toBe(undefined)
  })
})
