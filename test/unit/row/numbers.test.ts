import { describe, expect, test } from 'vitest'
import { isNumberField, ROW_NUMBERS } from '../../../src/row/numbers.ts'
import { readConversation } from '../../../src/row/read.ts'

const row = (more: object) =>
  readConversation(
    { id: 1, conversation_id: 'a', started_at: '2024-01-15', ...more },
    { own: false, greatest: { message: 0, feedback: 0 } },
  )
const say = (more: object) => ({ sender: 'agent', content: '', ...more })

test.each([
  ['no messages', [], 0],
  ['null', null, 0],
  ['no action', [say({}), say({ action_name: null }), say({ action_name: '', action_logs: [] })], 0],
  ['a name alone', [say({ action_name: 'a' }), say({ action_name: 'a', action_logs: null })], 2],
  ['a name and one entry', [say({ action_name: 'a', action_logs: [{}] })], 1],
  ['entries without a name', [say({ action_logs: [{}, {}] }), say({ action_name: 'a' })], 3],
])('action runs: %s', (_, messages, runs) => {
  expect(ROW_NUMBERS.action_count(row({ messages }))).toBe(runs)
})

describe('duration', () => {
  test.each([
    ['2024-01-15T12:00:00Z', '2024-01-15T12:00:00Z', 0],
    ['2024-01-15T12:00:00Z', '2024-01-15T12:00:00.000001Z', 0.000001],
    ['2024-01-15T12:00:00.000002Z', '2024-01-15T12:00:00.000001Z', -0.000001],
    ['2024-01-15T12:00:00.999Z', '2024-01-15T12:00:02.000001Z', 1.001001],
    ['1969-12-31T23:59:59.999999Z', '1970-01-01', 0.000001],
    ['2024-01-15T12:00:00+01:00', '2024-01-15T12:00:00Z', 3600],
    // More microseconds than 2^53: rounded to a whole number of them first, these would be one double off.
    ['0001-01-01', '2605-12-17T01:55:23.514012Z', 82_204_509_323.514],
    ['0915-05-27T11:31:22.683093Z', '0001-01-01', -28_855_654_282.683094],
    ['9999-12-31T23:59:59.999999Z', '0001-01-01', -315_537_897_600],
  ])('from %s to %s', (started_at, ended_at, seconds) => {
    expect(ROW_NUMBERS.duration(row({ started_at, ended_at }))).toBe(seconds)
  })

  test('there is none without an end', () => {
    expect(ROW_NUMBERS.duration(row({ ended_at: null }))).toBeNull()
    expect(ROW_NUMBERS.duration(row({}))).toBeNull()
  })
})

test('names are own ones', () => {
  expect(['duration', 'message_count'].every(isNumberField)).toBe(true)
  expect(['toString', '__proto__', '', 'id'].some(isNumberField)).toBe(false)
})
