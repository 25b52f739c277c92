import { describe, expect, test } from 'vitest'
import type { ActionLog, Message } from '../../../src/row/conversation.ts'
import { durationOf, hasFailed, runsOf, searchedText } from '../../../src/row/runs.ts'

const message = (more: Partial<Message>): Message => ({ sender: 'agent', content: '', ...more })
const noon = '2024-01-15T12:00:00Z'

test.each<[Partial<Message>, readonly ActionLog[]]>([
  [{}, []],
  [{ action_name: null, action_logs: null }, []],
  [{ action_name: '', action_logs: [] }, []],
  [{ action_name: 'a' }, [{}]],
  [{ action_name: 'a', action_logs: [] }, [{}]],
  [{ action_name: 'a', action_logs: [{ id: 1 }, { id: 2 }] }, [{ id: 1 }, { id: 2 }]],
  [{ action_logs: [{ id: 1 }] }, [{ id: 1 }]],
])('the runs of %j', (given, expected) => {
  expect(runsOf(message(given))).toEqual(expected)
})

test('a run failed that has a non-empty string as its error', () => {
  expect([{}, { error_message: null }, { error_message: '' }, { error_message: 5 }].some(hasFailed)).toBe(false)
  expect(hasFailed({ error_message: ' ' })).toBe(true)
})

describe('the duration of a run', () => {
  test.each<[ActionLog, number | undefined]>([
    [{}, undefined],
    [{ duration_ms: 0 }, 0],
    [{ duration_ms: 1.5, started_at: noon, ended_at: noon }, 1.5],
    [{ duration_ms: '5', started_at: noon, ended_at: noon }, undefined],
    [{ duration_ms: null, started_at: noon, ended_at: '2024-01-15T12:00:00.001005Z' }, 1.005],
    [{ started_at: '2024-01-15T12:00:00.000999Z', ended_at: '2024-01-15T12:00:00.001Z' }, 0.001],
    [{ started_at: noon, ended_at: '2024-01-15T13:00:01+01' }, 1000],
    [{ started_at: noon, ended_at: '2024-01-15T11:59:59.999999Z' }, -0.001],
    [{ started_at: '0001-01-01', ended_at: '9999-12-31' }, 315_537_811_200_000],
    [{ started_at: noon }, undefined],
    [{ started_at: noon, ended_at: 'later' }, undefined],
    [{ started_at: 0, ended_at: 5 }, undefined],
  ])('%j: %d', (log, expected) => {
    expect(durationOf(log)).toBe(expected)
  })
})

test('strings are searched as they stand, all else as compact JSON, null not at all', () => {
  expect([undefined, null, '', 'a "b"\n', 0, false, [], { a: ['b'] }].map((value) => searchedText(value))).toEqual([
    ...[undefined, undefined, '', 'a "b"\n', '0', 'false', '[]', '{"a":["b"]}'],
  ])
})
