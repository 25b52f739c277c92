/** Ticking values: what facets do to what is asked. */
import { describe, expect, test } from 'vitest'
import {
  onlyValue,
  rangeOf,
  setRange,
  stateOf,
  ticksIn,
  toggleValue,
  withoutField,
  withoutRange,
} from '../../../src/explorer/asking/changes/index.ts'
import type { Asked } from '../../../src/explorer/asking/contract.ts'
import { NOTHING, queryOf } from '../../../src/explorer/asking/query.ts'

const asks = (asked: Asked) => decodeURIComponent(String(queryOf(asked).toSearchParams())).replaceAll('+', ' ')
const where = (asked: Asked) => queryOf(asked).spec.where

describe('values of a field', () => {
  test('become one condition, and are taken away again', () => {
    const mobile = toggleValue(NOTHING, 'device', 'mobile')
    expect(asks(mobile)).toBe('device=mobile')
    const both = toggleValue(mobile, 'device', 'tablet')
    expect(asks(both)).toBe('device__in=mobile,tablet')
    expect(both.parts).toHaveLength(1)
    expect(stateOf(both, 'device', 'tablet')).toBe('ticked')
    expect(stateOf(both, 'device', 'desktop')).toBe('none')
    expect(asks(toggleValue(both, 'device', 'mobile'))).toBe('device=tablet')
    expect(toggleValue(mobile, 'device', 'mobile')).toEqual(NOTHING)
  })

  test('stand beside those of other fields, in the order of ticking', () => {
    const asked = toggleValue(toggleValue(toggleValue(NOTHING, 'language', 'de'), 'device', 'mobile'), 'language', 'en')
    expect(asked.parts.map((part) => 'condition' in part && part.condition.field)).toEqual(['language', 'device'])
  })

  test('are negated together, and change sides', () => {
    const not = { isNegated: true }
    const asked = toggleValue(toggleValue(NOTHING, 'device', 'mobile', not), 'device', 'tablet', not)
    expect(where(asked)).toEqual([{ not: [{ field: 'device', lookup: 'in', value: ['mobile', 'tablet'] }] }])
    expect(stateOf(asked, 'device', 'mobile')).toBe('negated')
    const moved = toggleValue(asked, 'device', 'mobile')
    expect(stateOf(moved, 'device', 'mobile')).toBe('ticked')
    expect(stateOf(moved, 'device', 'tablet')).toBe('negated')
    expect(moved.parts).toHaveLength(2)
    expect(toggleValue(toggleValue(asked, 'device', 'mobile', not), 'device', 'tablet', not)).toEqual(NOTHING)
  })

  test.each([
    ['device', 'isnull', { field: 'device', lookup: 'isnull', value: true }],
    ['action_name', 'isnull', { field: 'action_name', lookup: 'isnull', value: true }],
    ['duration', 'isnull', { field: 'duration', lookup: 'isnull', value: true }],
    ['feedback_sentiment', 'no feedback', { field: 'has_feedback', lookup: 'exact', value: false }],
    ['message_sender', 'no message', { field: 'has_messages', lookup: 'exact', value: false }],
    ['action_failed', 'no run', { field: 'action_count', lookup: 'exact', value: 0 }],
    ['metadata.plan', 'a stored null', { field: 'metadata', path: ['plan'], lookup: 'exact', value: null }],
  ])('null of %s is %s', (field, _, condition) => {
    const asked = toggleValue(NOTHING, field, null)
    expect(where(asked)).toEqual([condition])
    expect(stateOf(asked, field, null)).toBe('ticked')
    expect(toggleValue(asked, field, null)).toEqual(NOTHING)
  })

  test('null beside values is joined by "or"', () => {
    const asked = toggleValue(toggleValue(NOTHING, 'device', null), 'device', 'mobile')
    expect(where(asked)).toEqual([
      {
        or: [
          [{ field: 'device', lookup: 'exact', value: 'mobile' }],
          [{ field: 'device', lookup: 'isnull', value: true }],
        ],
      },
    ])
    expect(ticksIn(asked, 'device')).toEqual([
      { value: 'mobile', isNegated: false },
      { value: null, isNegated: false },
    ])
    expect(asks(toggleValue(asked, 'device', null))).toBe('device=mobile')
    expect(withoutField(asked, 'device')).toEqual(NOTHING)
  })

  test('at metadata paths keep their types; missing is not null', () => {
    let asked = toggleValue(NOTHING, 'metadata."a.b".n', 1)
    asked = toggleValue(asked, 'metadata."a.b".n', '1')
    asked = toggleValue(asked, 'metadata."a.b".n', null)
    asked = toggleValue(asked, 'metadata."a.b".n', null, { isMissing: true })
    const path = ['a.b', 'n']
    expect(where(asked)).toEqual([
      {
        or: [
          [{ field: 'metadata', path, lookup: 'exists', value: false }],
          [{ field: 'metadata', path, lookup: 'in', value: [1, null, '1'] }],
        ],
      },
    ])
    expect(stateOf(asked, 'metadata."a.b".n', null)).toBe('ticked')
    expect(stateOf(asked, 'metadata."a.b".n', null, { isMissing: true })).toBe('ticked')
    expect(stateOf(asked, 'metadata.n', 1)).toBe('none')
  })

  test('that a condition takes one by one are joined by "or"', () => {
    const asked = toggleValue(toggleValue(NOTHING, 'feedback_sentiment', 'negative'), 'feedback_sentiment', 'neutral')
    expect(where(asked)).toEqual([
      {
        or: [
          [{ field: 'feedback_sentiment', lookup: 'exact', value: 'negative' }],
          [{ field: 'feedback_sentiment', lookup: 'exact', value: 'neutral' }],
        ],
      },
    ])
    expect(asks(toggleValue(NOTHING, 'is_marked', true))).toBe('is_marked=true')
    expect(asks(toggleValue(NOTHING, 'message_count', 3))).toBe('message_count__exact=3')
  })

  test('failed actions are runs of that name that failed', () => {
    const asked = toggleValue(toggleValue(NOTHING, 'failed_action', 'refund'), 'failed_action', 'charge')
    expect(where(asked)).toEqual([
      { field: 'action', lookup: 'matches', value: { failed: true, name: ['charge', 'refund'] } },
    ])
    expect(stateOf(asked, 'failed_action', 'charge')).toBe('ticked')
    expect(stateOf(asked, 'action_name', 'charge')).toBe('none')
    expect(where(toggleValue(asked, 'failed_action', 'charge'))).toEqual([
      { field: 'action', lookup: 'matches', value: { failed: true, name: ['refund'] } },
    ])
  })

  test('a part that is switched off is not ticked, and is not added to', () => {
    const off: Asked = {
      ...NOTHING,
      parts: [{ ...toggleValue(NOTHING, 'device', 'mobile').parts[0]!, isOff: true }],
    }
    expect(stateOf(off, 'device', 'mobile')).toBe('none')
    const asked = toggleValue(off, 'device', 'tablet')
    expect(asked.parts.map(({ isOff }) => isOff)).toEqual([true, false])
    // Ticked again it is asked for once.
    expect(toggleValue(off, 'device', 'mobile').parts).toEqual(toggleValue(NOTHING, 'device', 'mobile').parts)
  })

  test('only this one', () => {
    const asked = toggleValue(toggleValue(NOTHING, 'device', 'mobile'), 'device', 'tablet', { isNegated: true })
    expect(asks(onlyValue(asked, 'device', 'desktop'))).toBe('device=desktop')
  })

  test('an unknown field and a value that a field cannot have are errors', () => {
    expect(() => toggleValue(NOTHING, 'devise', 'mobile')).toThrow(/devise/)
    expect(() => toggleValue(NOTHING, 'feedback_sentiment', 'meh')).toThrow(/meh/)
    expect(() => toggleValue(NOTHING, 'metadata."a', 'x')).toThrow(/keys joined by dots/)
  })
})

describe('ranges', () => {
  test('of time are half open, and replaced in their place', () => {
    const marked = toggleValue(setRange(NOTHING, 'started_at', 0, '2026-01-06T00:00:00Z'), 'is_marked', true)
    expect(asks(marked)).toBe(
      'is_marked=true&started_at__lt=2026-01-06T00:00:00Z&started_at_after=1970-01-01T00:00:00Z',
    )
    const moved = setRange(marked, 'started_at', '2026-01-05T00:00:00Z', '2026-01-07T00:00:00Z')
    expect(moved.parts.map((part) => 'condition' in part && part.condition.field)).toEqual([
      'started_at',
      'started_at',
      'is_marked',
    ])
    expect(rangeOf(moved, 'started_at')).toEqual({
      from: '2026-01-05T00:00:00Z',
      to: '2026-01-07T00:00:00Z',
      isToIn: false,
    })
    expect(asks(setRange(moved, 'started_at', null, null))).toBe('is_marked=true')
    expect(withoutRange(moved, 'started_at')).toEqual(setRange(moved, 'started_at', null, null))
  })

  test('of numbers, of the row and at paths', () => {
    const asked = setRange(setRange(NOTHING, 'message_count', 3, 5), 'metadata.score', 0.5, null)
    expect(where(asked)).toEqual([
      { field: 'message_count', lookup: 'gte', value: 3 },
      { field: 'message_count', lookup: 'lt', value: 5 },
      { field: 'metadata', path: ['score'], lookup: 'gte', value: 0.5 },
    ])
    expect(rangeOf(asked, 'metadata.score')).toEqual({ from: 0.5, to: null, isToIn: false })
    expect(rangeOf(asked, 'duration')).toEqual({ from: null, to: null, isToIn: false })
  })
})
