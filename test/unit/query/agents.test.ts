/** `.message`, `.messageContains` with a sender, and `.action` with an object: what they come to, and what they refuse. */
import { describe, expect, test } from 'vitest'
import { Query, query } from '../../../src/index.ts'
import { errorOf, faultsOf } from './faults-of.ts'

const q = query()
const loose = q as unknown as Record<string, (...values: unknown[]) => Query>
const contains = (value: string) => ({ field: 'message', lookup: 'icontains', value })
const from = (value: string) => ({ field: 'message_sender', lookup: 'exact', value })
const message = (value: object) => ({ field: 'message', lookup: 'matches', value })
const run = (value: object) => ({ field: 'action', lookup: 'matches', value })

describe('conditions', () => {
  test.each<[string, () => Query, object]>([
    ['a sender', () => q.message({ sender: 'agent' }), from('agent')],
    ['one string', () => q.message({ contains: 'x' }), contains('x')],
    ['a list of one string', () => q.message({ contains: ['x'] }), contains('x')],
    ['one string twice', () => q.message({ contains: ['x', 'x'] }), contains('x')],
    ['strings, sorted', () => q.message({ contains: ['b', 'a', 'b'] }), message({ contains: ['a', 'b'] })],
    ['no strings', () => q.message({ contains: [] }), message({ contains: [] })],
    ['attachments', () => q.message({ hasAttachments: false }), message({ hasAttachments: false })],
    [
      'all of it, keys sorted',
      () => q.message({ sender: 'end_user', hasAttachments: true, contains: 'x' }),
      message({ contains: ['x'], hasAttachments: true, sender: 'end_user' }),
    ],
    [
      'messageContains with a sender',
      () => q.messageContains('x', { sender: 'agent' }),
      message({ contains: ['x'], sender: 'agent' }),
    ],
    ['messageContains with undefined options', () => q.messageContains('x', undefined), contains('x')],
    ['messageContains of nothing leaves the sender', () => q.messageContains('', { sender: 'agent' }), from('agent')],
    ['of undefined too', () => q.messageContains(undefined, { sender: 'agent' }), from('agent')],
    [
      'a name is that of an action',
      () => q.action({ name: 'a' }),
      { field: 'action_name', lookup: 'exact', value: 'a' },
    ],
    ['names too', () => q.action({ name: ['b', 'a'] }), { field: 'action_name', lookup: 'in', value: ['a', 'b'] }],
    ['no names', () => q.action({ name: [] }), { field: 'action_name', lookup: 'in', value: [] }],
    ['failed', () => q.action({ failed: false }), { field: 'action_failed', lookup: 'exact', value: false }],
    ['input', () => q.action({ input: 'x' }), run({ input: 'x' })],
    [
      'all of it, keys sorted',
      () =>
        q.action({
          ...{ shorterThan: 9, output: 'o', name: 'a', longerThan: -0 },
          ...{ input: 'i', failed: true, error: 'e' },
        }),
      run({ error: 'e', failed: true, input: 'i', longerThan: 0, name: ['a'], output: 'o', shorterThan: 9 }),
    ],
  ])('%s', (_, ask, condition) => {
    const asked = ask()
    expect(asked.spec).toStrictEqual({ where: [condition] })
    expect(JSON.stringify(asked.spec)).toBe(JSON.stringify({ where: [condition] }))
    expect(Query.fromSpec(JSON.parse(asked.key)).key).toBe(asked.key)
  })

  test('one thing that is named alone is the condition of its own', () => {
    expect(q.message({ contains: 'x' }).key).toBe(q.messageContains('x').key)
    expect(q.message({ sender: 'agent', contains: 'x' }).key).toBe(q.messageContains('x', { sender: 'agent' }).key)
    // Each run has the name of its message, and a message with an action has a run.
    expect(q.action({ name: 'a' }).key).toBe(q.action('a').key)
    expect(q.action({ name: ['a', 'b'] }).key).toBe(q.action('b', 'a').key)
  })

  test('a spec that is not canonical becomes it', () => {
    const spec = (condition: object) => Query.fromSpec({ where: [condition] }).spec.where
    expect(spec(message({ contains: 'x' }))).toStrictEqual([contains('x')])
    expect(spec(message({ sender: 'agent', contains: ['b', 'a', 'a'] }))).toStrictEqual([
      message({ contains: ['a', 'b'], sender: 'agent' }),
    ])
    expect(spec(run({ name: 'a', failed: true }))).toStrictEqual([run({ failed: true, name: ['a'] })])
  })

  test('are repeatable, and stand in branches', () => {
    const asked = q
      .message({ sender: 'agent' })
      .message({ sender: 'end_user' })
      .not((b) => b.action({ failed: true, name: 'a' }))
      .or(
        (b) => b.messageContains('x', { sender: 'agent' }),
        (b) => b.action({ longerThan: 500 }).action('a'),
      )
    expect(asked.spec.where).toHaveLength(4)
    expect(Query.fromSearchParams(String(asked.toSearchParams())).key).toBe(asked.key)
  })

  test('are frozen, and keep no list of the caller', () => {
    const strings = ['b', 'a']
    const [condition] = q.message({ contains: strings, sender: 'agent' }).spec.where as unknown as [
      { value: { contains: string[] } },
    ]
    strings.push('c')
    expect(strings).toEqual(['b', 'a', 'c'])
    expect(condition.value.contains).toEqual(['a', 'b'])
    expect([condition, condition.value, condition.value.contains].every(Object.isFrozen)).toBe(true)
  })

  test('a call with undefined alone asks for nothing', () => {
    expect(loose.message!(undefined).spec).toStrictEqual({ where: [] })
    expect(loose.action!(undefined).spec).toStrictEqual({ where: [] })
    expect(loose.messageContains!(undefined, undefined).spec).toStrictEqual({ where: [] })
    expect(loose.messageContains!('', undefined).spec).toStrictEqual({ where: [] })
  })
})

describe('nothing widens by accident', () => {
  test.each<unknown>([
    ...[{}, null, '', 'agent', 5, [], [{ sender: 'agent' }], new Map([['sender', 'agent']]), new Date(0), () => 1],
    ...[{ sender: undefined }, { sender: null }, { sender: '' }, { sender: 'user' }, { sender: ['agent'] }],
    ...[
      { contains: undefined },
      { contains: null },
      { contains: '' },
      { contains: ['a', ''] },
      { contains: [undefined] },
    ],
    ...[{ contains: 5 }, { contains: new Array(2) }, { contains: [['a']] }, { hasAttachments: undefined }],
    ...[{ hasAttachments: 'true' }, { hasAttachments: 1 }, { sender: 'agent', contains: undefined }],
    ...[{ sendr: 'agent' }, { sender: 'agent', contain: 'a' }, { sender: 'agent', toString: 'a' }],
    ...[JSON.parse('{"sender":"agent","__proto__":1}'), { constructor: 1 }],
  ])('.message(%j)', (given) => {
    expect(faultsOf(() => loose.message!(given))).toEqual(['message INVALID_VALUE'])
  })

  test.each<unknown>([
    ...[{}, { name: undefined }, { name: null }, { name: '' }, { name: ['a', undefined] }, { name: 5 }],
    ...[{ input: undefined }, { input: '' }, { input: ['a'] }, { output: null }, { error: '' }, { error: true }],
    ...[{ failed: undefined }, { failed: null }, { failed: 'yes' }, { failed: 0 }],
    ...[{ longerThan: undefined }, { longerThan: null }, { longerThan: Number.NaN }, { longerThan: -1 }],
    ...[{ longerThan: '5' }, { longerThan: Number.POSITIVE_INFINITY }, { longerThan: 5n }, { longerThan: new Date(5) }],
    ...[{ shorterThan: Number.NEGATIVE_INFINITY }, { shorterThan: -0.001 }, { name: 'a', shorterThan: undefined }],
    ...[{ faild: true }, { name: 'a', longer: 5 }, { name: 'a', hasOwnProperty: 1 }],
  ])('.action(%o)', (given) => {
    expect(faultsOf(() => loose.action!(given))).toEqual(['action INVALID_VALUE'])
  })

  test('an object stands alone, and nothing else takes its place', () => {
    for (const values of [
      ['a', { failed: true }],
      [{ failed: true }, { failed: true }],
      [new Map()],
      [null],
      [[], {}],
    ]) {
      expect(faultsOf(() => loose.action!(...values))).toEqual(['action_name__exact INVALID_VALUE'])
    }
    expect(faultsOf(() => loose.action!())).toEqual(['action_name__exact INVALID_VALUE'])
    expect(faultsOf(() => loose.message!())).toEqual(['message INVALID_VALUE'])
    expect(faultsOf(() => loose.message!({ sender: 'agent' }, { sender: 'agent' }))).toEqual(['message INVALID_VALUE'])
  })

  test('.messageContains with anything but a sender', () => {
    for (const values of [
      ...[
        ['x', {}],
        ['x', null],
        ['x', 'agent'],
        ['x', { sender: undefined }],
        ['x', { sender: 'user' }],
        ['x', []],
      ],
      ...[
        ['x', { contains: 'y' }],
        ['x', { sender: 'agent', hasAttachments: true }],
        [null, { sender: 'agent' }],
      ],
      ...[
        [5, { sender: 'agent' }],
        [['x'], undefined],
        ['x', { sender: 'agent' }, undefined],
        [undefined, {}],
      ],
    ]) {
      expect(
        faultsOf(() => loose.messageContains!(...values)),
        JSON.stringify(values),
      ).toEqual(['message_contains INVALID_VALUE'])
    }
  })

  test('a list of strings is for .message', () => {
    expect(faultsOf(() => loose.messageContains!(['x'], { sender: 'agent' }))).toEqual([
      'message_contains INVALID_VALUE',
    ])
  })

  test('the parameters of a URL take no objects', () => {
    for (const object of [{ action_name__exact: { failed: true } }, { message_contains: { sender: 'agent' } }]) {
      expect(errorOf(() => Query.fromObject(object as never)).code).toBe('INVALID_VALUE')
    }
    expect(errorOf(() => Query.fromObject({ message: { sender: 'agent' } } as never)).code).toBe('UNKNOWN_PARAMETER')
  })
})

describe('the text says what is wrong', () => {
  test.each<[string, () => unknown, RegExp]>([
    [
      'a part that there is not',
      () => loose.message!({ sendr: 'agent' }),
      /There is no part "sendr"\. Did you mean "sender"\?/,
    ],
    [
      'of a run too',
      () => loose.action!({ name: 'a', longerthan: 5 }),
      /no part "longerthan"\. Did you mean "longerThan"\?/,
    ],
    ['of a feedback too', () => loose.feedback!({ sentimnt: 'positive' }), /Did you mean "sentiment"\?/],
    ['its parts', () => loose.message!({}), /an object of one or more of sender, contains, hasAttachments/],
    [
      'a value',
      () => loose.message!({ sender: 'agnt' }),
      /sender: expected one of end_user, agent, got "agnt"\. Did you mean "agent"\?/,
    ],
    [
      'a duration',
      () => loose.action!({ longerThan: -5 }),
      /longerThan: expected a finite number of milliseconds from 0, got -5/,
    ],
    [
      'a list',
      () => loose.action!({ name: ['a', null] }),
      /name: expected a non-empty string or a list of them, got \["a",null\]/,
    ],
    ['options', () => loose.messageContains!('x', { sendr: 'agent' }), /no part "sendr"\. Did you mean "sender"\?/],
    [
      'a list in messageContains',
      () => loose.messageContains!(['x'], { sender: 'agent' }),
      /message_contains: expected a non-empty string/,
    ],
  ])('%s', (_, call, text) => {
    expect(errorOf(call).message).toMatch(text)
  })
})
