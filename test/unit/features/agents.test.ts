/** What is asked about agents, in the features over a query: highlights, facets, explain, live queries, exports. */
import { describe, expect, test } from 'vitest'
import type { FacetValue } from '../../../src/features/facets/request.ts'
import { ConversationStore, query } from '../../../src/index.ts'

const row = {
  conversation_id: 'a',
  started_at: '2026-01-05',
  messages: [
    { id: 'm-0', sender: 'end_user', content: 'A refund now' },
    { id: 'm-1', sender: 'agent', content: 'A refund?' },
    {
      sender: 'agent',
      content: '',
      action_name: 'lookup_order',
      action_logs: [
        { tools_used: { order: 'Refund' }, response: 'no refund: refund', duration_ms: 5 },
        { tools_used: 'refund', response: { refund: [1] }, error_message: 'Refund service', duration_ms: 50 },
      ],
    },
    { id: 'm-3', sender: 'agent', content: 'lookup', action_name: 'refund' },
  ],
} as const

const places = (asked: ReturnType<typeof query>) =>
  asked.highlights(row).map(({ field, index, run, part }) => [field, index, run, part].filter((it) => it !== undefined))

describe('highlights', () => {
  test('of the messages that the condition means alone', () => {
    expect(places(query().messageContains('refund', { sender: 'agent' }))).toEqual([['message', 1]])
    expect(places(query().message({ contains: ['refund', 'now'] }))).toEqual([['message', 0]])
    expect(places(query().message({ contains: ['refund', 'now'], sender: 'agent' }))).toEqual([])
    expect(places(query().message({ contains: 'refund', hasAttachments: true }))).toEqual([])
    expect(places(query().message({ sender: 'agent' }))).toEqual([])
    expect(
      query()
        .message({ contains: ['refund', 'now'] })
        .highlights(row)[0]!.ranges,
    ).toEqual([
      [2, 8],
      [9, 12],
    ])
  })

  test('beside a string that is looked for in all messages', () => {
    const asked = query()
      .messageContains('refund')
      .message({ contains: ['a', 'now'] })
    expect(asked.highlights(row).map(({ ranges }) => ranges.length)).toEqual([3, 1])
  })

  test('of a run: the message, the place of the run in it, the part, and the ranges in its text', () => {
    expect(query().action({ output: 'REFUND', error: 'serv' }).highlights(row)).toEqual([
      {
        field: 'action',
        message_id: null,
        index: 2,
        sender: 'agent',
        run: 1,
        part: 'output',
        ranges: [[2, 8]],
        snippet: { text: '{"refund":[1]}', ranges: [[2, 8]] },
      },
      {
        field: 'action',
        message_id: null,
        index: 2,
        sender: 'agent',
        run: 1,
        part: 'error',
        ranges: [[7, 11]],
        snippet: { text: 'Refund service', ranges: [[7, 11]] },
      },
    ])
  })

  test('of the runs that the condition means alone', () => {
    expect(places(query().action({ input: 'refund' }))).toEqual([
      ['action', 2, 0, 'input'],
      ['action', 2, 1, 'input'],
    ])
    expect(places(query().action({ input: 'refund', failed: false }))).toEqual([['action', 2, 0, 'input']])
    expect(places(query().action({ input: 'refund', longerThan: 5 }))).toEqual([['action', 2, 1, 'input']])
    expect(places(query().action({ input: 'refund', name: 'refund' }))).toEqual([])
    expect(places(query().action({ name: 'refund', failed: false }))).toEqual([])
  })

  test('within or, and not within not', () => {
    const [input, error] = [{ input: 'refund', longerThan: 5 }, { error: 'refund' }] as const
    expect(
      places(
        query().or(
          (q) => q.action(input),
          (q) => q.action(error),
        ),
      ),
    ).toEqual([
      ['action', 2, 1, 'input'],
      ['action', 2, 1, 'error'],
    ])
    expect(places(query().not((q) => q.action(input).messageContains('refund', { sender: 'agent' })))).toEqual([])
    expect(places(query().not((q) => q.not((inner) => inner.action(input))))).toEqual([['action', 2, 1, 'input']])
  })

  test('a row with logs that are none is refused', () => {
    for (const action_logs of ['x', 5, {}, [null], [5]]) {
      const bad = { ...row, messages: [{ ...row.messages[0], action_logs }] }
      expect(() => query().action({ input: 'x' }).highlights(bad)).toThrow(
        expect.objectContaining({ code: 'INVALID_ROW' }),
      )
    }
  })
})

const store = () =>
  ConversationStore.from([
    { ...row, messages: row.messages.slice() },
    { conversation_id: 'b', started_at: '2026-01-06', messages: [{ sender: 'end_user', content: 'refund' }] },
    { conversation_id: 'c', started_at: '2026-01-07' },
    {
      conversation_id: 'd',
      started_at: '2026-01-08',
      messages: [{ sender: 'agent', content: '', action_name: 'lookup_order', action_logs: [{ error_message: 'x' }] }],
    },
  ] as never)

describe('facets', () => {
  const brief = (values: readonly FacetValue[]) =>
    values.map(({ value, count, selected }) => `${value} ${count}${selected ? '*' : ''}`)

  test('message_sender and action_failed: a row counts once a value, and as null without any', () => {
    const { message_sender, action_failed } = store().query().facets({ message_sender: true, action_failed: true })
    expect(brief(message_sender)).toEqual(['agent 2', 'end_user 2', 'null 1'])
    expect(brief(action_failed)).toEqual(['true 2', 'null 2', 'false 1'])
  })

  test('are counted without the conditions on them alone, whose values are selected', () => {
    const asked = store().query().message({ sender: 'agent' }).action({ failed: true })
    const { message_sender, action_failed } = asked.facets({ message_sender: true, action_failed: true })
    expect(brief(message_sender)).toEqual(['agent 2*', 'end_user 1'])
    expect(brief(action_failed)).toEqual(['true 2*', 'false 1'])
    expect(brief(asked.facets({ message_sender: true }, { disjunctive: false }).message_sender)).toEqual([
      'agent 2*',
      'end_user 1',
    ])
  })

  test('are counted under what one message or run has besides', () => {
    const asked = store().query().messageContains('refund', { sender: 'end_user' })
    expect(brief(asked.facets({ message_sender: true }).message_sender)).toEqual(['end_user 2', 'agent 1'])
  })
})

describe('explain', () => {
  const steps = (asked: { explain(): { steps: readonly { condition: string; index: string; isExact: boolean }[] } }) =>
    asked.explain().steps.map(({ condition, index, isExact }) => `${condition} [${index}]${isExact ? '' : ' checked'}`)

  test('a sender and a failure alone are terms, and no row is read', () => {
    const asked = store().query().message({ sender: 'agent' }).action({ failed: true })
    expect(steps(asked)).toEqual(['action_failed exact true [terms]', 'message_sender exact "agent" [terms]'])
    expect(asked.explain().documentsRead).toBe(0)
  })

  test('what one message has is narrowed by terms, and once it is there decided by the text index', () => {
    const cold = store()
    const asked = cold.query().messageContains('refund', { sender: 'end_user' })
    const condition = 'message matches {"contains":["refund"],"sender":"end_user"}'
    expect(steps(asked)).toEqual([`${condition} [terms + text scan] checked`])
    expect(asked.explain()).toMatchObject({ documentsRead: 2, count: 2 })
    cold.warm()
    expect(steps(asked)).toEqual([`${condition} [text index]`])
    expect(steps(cold.query().message({ hasAttachments: true }))).toEqual([
      'message matches {"hasAttachments":true} [messages] checked',
    ])
    expect(cold.query().messageContains('lookup', { sender: 'end_user' }).explain().documentsRead).toBe(0)
    expect(cold.query().messageContains('nowhere', { sender: 'end_user' }).explain().documentsRead).toBe(0)
  })

  test('what one run has is decided by an index of runs, narrowed by names and failures; an error means a failure', () => {
    const asked = store().query().action({ name: 'lookup_order', error: 'refund' })
    expect(steps(asked)).toEqual([
      'action matches {"error":"refund","name":["lookup_order"]} [terms + action index] checked',
    ])
    expect(asked.explain()).toMatchObject({ documentsRead: 0, count: 1 })
    expect(store().query().action({ longerThan: 5 }).explain().steps[0]).toMatchObject({ index: 'runs', rows: 1 })
  })

  test('rows that are scanned for strings count towards the text index, runs that are do not', () => {
    const warming = store()
    for (let i = 0; i < 20; i++) warming.query().action({ output: 'refund' }).count()
    expect(steps(warming.query().messageContains('refund'))[0]).toContain('text scan')
    for (let i = 0; i < 20; i++)
      warming
        .query()
        .message({ contains: ['refund', 'now'] })
        .count()
    expect(steps(warming.query().messageContains('refund'))[0]).toContain('text index')
  })
})

test('live queries follow one message and one run', () => {
  const live = store()
  const heard: number[] = []
  const asked = live.query().or(
    (q) => q.messageContains('money', { sender: 'end_user' }),
    (q) => q.action({ name: 'pay', failed: true }),
  )
  const sub = asked.subscribe(({ count }) => heard.push(count), { select: 'count' })
  live.addMessage('c', { sender: 'agent', content: 'money' })
  live.addMessage('c', { sender: 'end_user', content: 'Money' })
  live.addMessage('b', { sender: 'agent', content: '', action_name: 'pay' })
  live.addMessage('b', { sender: 'agent', content: '', action_name: 'pay', action_logs: [{ error_message: 'no' }] })
  live.delete('c')
  sub.unsubscribe()
  expect(heard).toEqual([0, 1, 2, 1])
})

test('a row that is not stored is judged too', () => {
  expect(store().query().action({ output: 'refund', longerThan: 5 }).matches(row)).toBe(true)
  expect(
    store()
      .query()
      .message({ contains: ['refund', 'now'], sender: 'agent' })
      .matches(row),
  ).toBe(false)
})
