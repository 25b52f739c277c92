/** The strip of numbers: what it asks, and how figures read. */
import { ConversationStore } from 'conversation-store'
import { describe, expect, test } from 'vitest'
import { FIRST_VIEW } from '../../src/explorer/asking/url/hash.ts'
import { byOptions, choiceOf, groupRequest, numberOptions, totalRequest } from '../../src/explorer/numbers/choices.ts'
import { exactText, figureText } from '../../src/explorer/numbers/figure.ts'

const view = (measure: string, of: string | null, by: string | null) => ({
  ...FIRST_VIEW,
  numbers: { measure, of, by },
})
const TOTAL = { field: 'metadata.total', label: 'total', group: 'Metadata', none: 'null', isOfNumbers: true } as const
const PLAN = { ...TOTAL, field: 'metadata.plan', label: 'plan', isOfNumbers: false } as const

describe('a choice', () => {
  test('is the average duration at first, and what the link says', () => {
    expect(choiceOf(FIRST_VIEW)).toEqual({ measure: 'avg', of: 'duration', by: null })
    expect(choiceOf(FIRST_VIEW, false).of).toBe('message_count')
    const said = { measure: 'p95', of: 'metadata.total', by: 'day' }
    expect(choiceOf(view('p95', 'metadata.total', 'day'))).toEqual(said)
  })

  test('that a link cannot mean is the first one', () => {
    expect(choiceOf(view('nothing', 'device', 'metadata.'))).toEqual({ measure: 'avg', of: 'duration', by: null })
  })

  test('is among numbers of the row and of metadata; by fields, paths and time', () => {
    expect(numberOptions([TOTAL, PLAN]).map(({ value }) => value)).toEqual([
      ...['message_count', 'action_count', 'feedback_count', 'attachment_count', 'duration'],
      'metadata.total',
    ])
    const { time, fields } = byOptions([TOTAL, PLAN])
    expect(time.map(({ value }) => value)).toEqual(['hour', 'day', 'week', 'month'])
    expect(fields.map(({ value }) => value)).toContain('metadata.plan')
    expect(fields.map(({ value }) => value)).not.toContain('conversation_id')
  })
})

test('every choice is answered by the library', () => {
  const store = ConversationStore.from([
    { conversation_id: 'a', started_at: '2026-01-05', device: 'tv', metadata: { total: 10, plan: 'pro' } },
    { conversation_id: 'b', started_at: '2026-01-06', metadata: { total: 20 } },
  ])
  const choice = { measure: 'sum', of: 'metadata.total', by: null } as const
  const [total] = store.query().aggregate(totalRequest(choice))
  expect(total).toEqual({ key: {}, rows: 2, count: 2, sum: 30, avg: 15, min: 10, p50: 10, p95: 20, max: 20 })
  const { time, fields } = byOptions([TOTAL, PLAN])
  for (const { value } of [...time, ...fields]) {
    const groups = store.query().aggregate(...groupRequest({ ...choice, by: value }, 8, 'Europe/Berlin'))
    expect(groups.reduce((sum, { rows }) => sum + (rows as number), 0)).toBe(2)
  }
  const byPlan = store.query().aggregate(...groupRequest({ ...choice, by: 'metadata.plan' }, 1, 'UTC'))
  expect(byPlan.map(({ figure }) => figure)).toEqual([20, 10])
})

describe('figures', () => {
  test.each([
    [1204, 'sum', false, '1,204'],
    [510.13918951, 'avg', false, '510.14'],
    [0.012345, 'avg', false, '0.0123'],
    [0, 'min', false, '0'],
    [null, 'max', false, '–'],
    [3.2, 'p95', true, '3.2 s'],
    [47557725.94208, 'sum', true, '550 d 10 h'],
    [1204, 'count', true, '1,204'],
  ] as const)('%d as %s is %s', (value, make, isSeconds, text) => {
    expect(figureText(value, make, isSeconds)).toBe(text)
  })

  test('to the last digit, and of how many', () => {
    const group = { key: {}, rows: 1204, avg: 510.13918951, max: null, count: 3 } as never
    expect(exactText(group, 'avg', true)).toBe('510.13918951 seconds, of 1,204 conversations')
    expect(exactText(group, 'max', false)).toBe('None of 1,204 conversations has a number there')
    expect(exactText(group, 'count', false)).toBe('3 of 1,204 conversations have a number there')
    expect(exactText(undefined, 'avg', false)).toBe('')
  })
})
