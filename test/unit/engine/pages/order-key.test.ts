/** The place of a row in an order: what is compared with rows that are there no more. */
import { describe, expect, test } from 'vitest'
import { compareKeys, compareOrderValues, keyOf } from '../../../../src/engine/pages/order-key.ts'
import { readConversation } from '../../../../src/row/read.ts'

describe('keyOf', () => {
  const row = readConversation(
    {
      id: 7,
      conversation_id: 'c7',
      started_at: '2026-01-05T10:00:00.000001Z',
      ended_at: null,
      customer_id: 'm',
      is_marked: true,
      messages: [{ sender: 'agent', content: 'Hello' }],
    },
    { own: false, greatest: { message: 0, feedback: 0 } },
  )

  test('the values as they are compared, and the id', () => {
    expect(keyOf(row, ['-started_at', 'customer_id', '-is_marked'])).toEqual([
      { ms: Date.UTC(2026, 0, 5, 10), us: 1 },
      'm',
      true,
      7,
    ])
  })

  test('null where a row has none', () => {
    expect(keyOf(row, ['ended_at', '-language', 'duration'])).toEqual([null, null, null, 7])
  })

  test('a number of the row is counted, whatever key of that name it has', () => {
    expect(keyOf({ ...row, message_count: 'many' } as never, ['message_count'])).toEqual([1, 7])
  })
})

describe('compareKeys', () => {
  test('the first value that differs decides, in the direction of its field', () => {
    expect(compareKeys(['a', 1, 9], ['b', 0, 1], ['customer_id', '-message_count'])).toBeLessThan(0)
    expect(compareKeys(['a', 1, 9], ['b', 0, 1], ['-customer_id', 'message_count'])).toBeGreaterThan(0)
    expect(compareKeys(['a', 1, 9], ['a', 2, 1], ['customer_id', '-message_count'])).toBeGreaterThan(0)
    expect(compareKeys(['a', 1, 9], ['a', 2, 1], ['-customer_id', 'message_count'])).toBeLessThan(0)
  })

  test('ties go by id, in the direction of the last field', () => {
    expect(compareKeys(['a', 1], ['a', 2], ['customer_id'])).toBeLessThan(0)
    expect(compareKeys(['a', 1], ['a', 2], ['-customer_id'])).toBeGreaterThan(0)
    expect(compareKeys(['a', 0, 1], ['a', 0, 2], ['customer_id', '-message_count'])).toBeGreaterThan(0)
    expect(compareKeys(['a', 0, 1], ['a', 0, 2], ['-customer_id', 'message_count'])).toBeLessThan(0)
  })

  test('the same key is the same place', () => {
    expect(compareKeys([null, 'a', 7], [null, 'a', 7], ['ended_at', '-customer_id'])).toBe(0)
  })
})

describe('compareOrderValues', () => {
  test.each([
    [null, 'z'],
    [null, 0],
    [null, true],
    [null, { ms: 0, us: 0 }],
    ['b', 'a'],
    ['\u{1f600}', '\uff5e'],
    [2, 1],
    [true, false],
    [
      { ms: 2, us: 0 },
      { ms: 1, us: 9 },
    ],
    [
      { ms: 1, us: 2 },
      { ms: 1, us: 1 },
    ],
  ])('%o is greater than %o', (greater, less) => {
    expect(compareOrderValues(greater, less)).toBeGreaterThan(0)
    expect(compareOrderValues(less, greater)).toBeLessThan(0)
    expect(compareOrderValues(greater, greater)).toBe(0)
  })
})
