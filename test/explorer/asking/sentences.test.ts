/** Each condition reads as a sentence, and none lacks one. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Part } from '../../../src/explorer/asking/contract.ts'
import { partOf } from '../../../src/explorer/asking/parts.ts'
import { groupInWords, partInWords, sentenceOf, textOf, visible } from '../../../src/explorer/asking/sentences/index.ts'
import { type Condition, type FieldCondition, Query } from '../../../src/index.ts'
import { COMPARISONS, FILTERS, type Filter } from '../../../src/query/filters.ts'
import { querySpec } from '../../../src/testing/arbitraries/index.ts'
import { AWKWARD, spec } from '../../arbitraries/spec.ts'

const runs = { numRuns: Number(process.env.FC_RUNS ?? 200) }
const berlin = { timeZone: 'Europe/Berlin' }

const inWords = (condition: object) => {
  const [only] = Query.fromSpec({ where: [condition] }).spec.where as [Condition]
  return partInWords(partOf(only), berlin).text
}
const metadata = (lookup: string, value: unknown, path = ['plan']) => ({ field: 'metadata', path, lookup, value })
const matches = (field: string, value: object) => ({ field, lookup: 'matches', value })

describe('a condition', () => {
  test.each<[object, string, string]>([
    [{ field: 'device', lookup: 'exact', value: 'mobile' }, 'device is mobile', 'device is not mobile'],
    [
      { field: 'device', lookup: 'in', value: ['tablet', 'mobile'] },
      'device is mobile or tablet',
      'device is none of mobile, tablet',
    ],
    [{ field: 'device', lookup: 'in', value: [] }, 'device is nothing', 'device is none of nothing'],
    [{ field: 'device', lookup: 'isnull', value: true }, 'device is missing', 'device is present'],
    [{ field: 'name', lookup: 'icontains', value: 'refund' }, 'name contains refund', 'name does not contain refund'],
    [
      { field: 'customer_id', lookup: 'startswith', value: 'c-' },
      'customer starts exactly with c-',
      'customer does not start exactly with c-',
    ],
    [
      { field: 'action_name', lookup: 'in', value: ['a', 'b'] },
      'the agent called a or b',
      'the agent called none of a, b',
    ],
    [
      { field: 'action_name', lookup: 'icontains', value: 'look' },
      'the agent called an action like look',
      'the agent never called an action like look',
    ],
    [
      { field: 'action_name', lookup: 'isnull', value: true },
      'the agent called no action',
      'the agent called an action',
    ],
    [
      matches('action', { name: ['issue_refund'], failed: true }),
      'issue_refund failed',
      'no run of issue_refund failed',
    ],
    [
      matches('action', { name: ['lookup_order'], longerThan: 500, input: 'order-17' }),
      'lookup_order took longer than 500 ms and its input has order-17',
      'no run of lookup_order took longer than 500 ms and its input has order-17',
    ],
    [
      matches('action', { error: 'timeout' }),
      'an action ran and its error has timeout',
      'no action ran and its error has timeout',
    ],
    [{ field: 'action_failed', lookup: 'exact', value: true }, 'an action failed', 'no action failed'],
    [{ field: 'message', lookup: 'icontains', value: 'refund' }, 'someone said refund', 'no one said refund'],
    [
      matches('message', { sender: 'end_user', contains: ['refund'] }),
      'the user said refund',
      'the user never said refund',
    ],
    [
      matches('message', { sender: 'agent', contains: ['a', 'b'], hasAttachments: false }),
      'the agent said a and b in one message without an attachment',
      'the agent never said a and b in one message without an attachment',
    ],
    [matches('message', { hasAttachments: true }), 'someone sent an attachment', 'no one sent an attachment'],
    [
      { field: 'message_sender', lookup: 'exact', value: 'agent' },
      'the agent said something',
      'the agent said nothing',
    ],
    [
      { field: 'is_marked', lookup: 'exact', value: false },
      'the conversation is not marked',
      'the conversation is marked',
    ],
    [
      { field: 'has_feedback', lookup: 'exact', value: true },
      'the conversation has feedback',
      'the conversation has no feedback',
    ],
    [
      { field: 'feedback_sentiment', lookup: 'exact', value: 'negative' },
      'feedback is negative',
      'no feedback is negative',
    ],
    [
      { field: 'feedback', lookup: 'exact', value: { sentiment: 'negative', source: 'customer' } },
      'feedback is negative and from the customer',
      'no feedback is negative and from the customer',
    ],
    [
      { field: 'started_at', lookup: 'gte', value: '2026-01-05T09:00:00Z' },
      'started from 5 January 2026, 10:00',
      'started not from 5 January 2026, 10:00',
    ],
    [
      { field: 'ended_at', lookup: 'lt', value: '2026-07-05T21:59:59.000001Z' },
      'ended before 5 July 2026, 23:59:59.000001',
      'ended not before 5 July 2026, 23:59:59.000001',
    ],
    [
      { field: 'ended_at', lookup: 'isnull', value: true },
      'the conversation has not ended',
      'the conversation has ended',
    ],
    [
      { field: 'message_count', lookup: 'gte', value: 1200 },
      'message count is at least 1,200',
      'message count is not at least 1,200',
    ],
    [{ field: 'duration', lookup: 'gt', value: 1.5 }, 'duration is over 1.5 s', 'duration is not over 1.5 s'],
    [{ field: 'id', lookup: 'exact', value: 1200 }, 'id is 1200', 'id is not 1200'],
    [metadata('exists', false), 'metadata plan is missing', 'metadata plan is present'],
    [metadata('exact', '1'), 'metadata plan is "1"', 'metadata plan is not "1"'],
    [metadata('exact', 1, ['a.b', 'c']), 'metadata "a.b".c is 1', 'metadata "a.b".c is not 1'],
    [metadata('in', [null, 'null']), 'metadata plan is null or "null"', 'metadata plan is none of null, "null"'],
    [metadata('contains', true), 'metadata plan includes true', 'metadata plan does not include true'],
  ])('%j is "%s", or "%s"', (condition, holds, doesNot) => {
    expect(inWords(condition)).toBe(holds)
    expect(inWords({ not: [condition] })).toBe(doesNot)
  })

  test('of several alternatives is joined by "or"', () => {
    const feedback = (value: string) => [{ field: 'feedback_sentiment', lookup: 'exact', value }]
    const or = [feedback('neutral'), feedback('negative')]
    expect(inWords({ or })).toBe('feedback is negative or neutral')
    const others = { or: [...or, [{ not: [{ field: 'device', lookup: 'isnull', value: true }] }]] }
    expect(inWords(others)).toBe('feedback is negative or neutral or device is present')
    expect(inWords({ not: [others] })).toBe('none of: feedback is negative or neutral or device is present')
  })

  test('that is nested is a sentence too', () => {
    const device = { field: 'device', lookup: 'exact', value: 'mobile' }
    const marked = { field: 'is_marked', lookup: 'exact', value: true }
    expect(inWords({ or: [[device, marked], [{ not: [device, { or: [[device], [marked]] }] }]] })).toBe(
      '(device is mobile and the conversation is marked) or not (device is mobile and (device is mobile or the conversation is marked))',
    )
    expect(groupInWords([device, { not: [marked] }] as Condition[])).toBe(
      'device is mobile and the conversation is not marked',
    )
  })

  test('with many values is short', () => {
    const value = Array.from({ length: 1000 }, (_, i) => `c-${String(i).padStart(4, '0')}`)
    expect(inWords({ field: 'customer_id', lookup: 'in', value })).toBe(
      'customer is c-0000, c-0001, c-0002, c-0003, c-0004 or 995 more',
    )
  })
})

describe('no condition lacks a sentence', () => {
  /** A value that a type of values takes. */
  const SAMPLES = [
    true,
    'positive',
    'customer',
    'agent',
    'x',
    3,
    '2026-01-05',
    ['x'],
    [3],
    { sentiment: 'positive' },
    { name: 'x', failed: true },
    { sender: 'agent', contains: 'x' },
  ]
  const filters: Filter[] = [
    ...Object.values<Filter>(FILTERS).flatMap((filter) => [filter, filter.object ?? []].flat()),
    ...Object.entries(COMPARISONS).flatMap(([field, lookups]) =>
      Object.entries(lookups).map(([lookup, value]) => ({ field, lookup, value }) as Filter),
    ),
  ]

  test.each(filters.map((filter) => [`${filter.field} ${filter.lookup}`, filter] as const))('%s', (_, filter) => {
    const samples = SAMPLES.filter((sample) => filter.value.fromCode(sample) !== undefined)
    expect(samples.length).toBeGreaterThan(0)
    for (const sample of samples) {
      const path = filter.field === 'metadata' ? { path: ['a'] } : {}
      const condition = { field: filter.field, ...path, lookup: filter.lookup, value: filter.value.fromCode(sample) }
      check(condition as FieldCondition)
    }
  })

  test.each([
    ['awkward', spec(AWKWARD)],
    ["users'", querySpec()],
  ])('of %s queries, and each is on one line, whole and without hidden characters', (_, specs) => {
    fc.assert(
      fc.property(specs, ({ where }) => {
        for (const condition of where) {
          const { text, alternatives } = partInWords(partOf(condition), berlin)
          expect(text).not.toMatch(/undefined|object Object|[\p{Cc}\u202e\u200b]/u)
          expect(text.length).toBeLessThan(2000)
          expect(alternatives.length).toBeGreaterThan(0)
        }
      }),
      runs,
    )
  })

  function check(condition: FieldCondition) {
    const [holds, doesNot] = [false, true].map((isNegated) => textOf(sentenceOf(condition, isNegated, berlin)))
    expect(holds).not.toMatch(/undefined|object/)
    expect(doesNot).not.toMatch(/undefined|object/)
    expect(holds).not.toBe(doesNot)
    expect(holds!.split(' ').length).toBeGreaterThan(1)
  }
})

describe('hostile strings', () => {
  test('are made visible', () => {
    expect(visible('a\u202egnp.exe')).toBe('a\\u202egnp.exe')
    expect(visible('a\u0000b\u200bc\ud83d')).toBe('a\\u0000b\\u200bc\\ud83d')
    expect(visible('one\r\n\t two')).toBe('one two')
    expect(visible('\u{e0041}😀')).toBe('\\u{e0041}😀')
  })

  test('are cut, in no time however long they are, and never inside a character', () => {
    expect(visible('x'.repeat(10_000_000))).toBe(`${'x'.repeat(59)}…`)
    expect(visible('😀'.repeat(61), 60)).toBe(`${'😀'.repeat(59)}…`)
    expect(visible('😀'.repeat(60), 60)).toBe('😀'.repeat(60))
    const part: Part = {
      condition: { field: 'message', lookup: 'icontains', value: `\u202e${'x'.repeat(10_000_000)}` },
      isNegated: false,
      isOff: false,
    }
    expect(partInWords(part).text).toMatch(/^someone said \\u202exx.{10,80}…$/)
  })
})
