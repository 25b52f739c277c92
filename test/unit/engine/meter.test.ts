import { describe, expect, test } from 'vitest'
import { Meter, rowsOf } from '../../../src/engine/meter.ts'
import type { Condition, FieldCondition, Group } from '../../../src/query/spec.ts'

const device: FieldCondition = { field: 'device', lookup: 'exact', value: 'tv' }
const says: FieldCondition = { field: 'message', lookup: 'icontains', value: 'hi' }

function begun(maxWork: number, where: Group = []): Meter {
  const meter = new Meter()
  meter.begin(where, maxWork)
  return meter
}

describe('what is expected', () => {
  test('is a sum that may come up to the limit', () => {
    const meter = begun(10)
    meter.expect(4)
    expect([meter.allows(6), meter.allows(6.1)]).toEqual([true, false])
    meter.expect(6)
    expect(meter.expected).toBe(10)
    expect(() => meter.expect(0.1)).toThrow('at most 10 units of work (maxWork), got one of 11 or more.')
  })

  test('names the condition of which most is expected, and none where there is none', () => {
    const meter = begun(10, [device, says])
    meter.expect(3, device)
    meter.expect(5, says)
    meter.expect(1, device)
    expect(meter.condition).toBe(says)
    expect(() => meter.expect(2, device)).toThrow(
      /^message_contains: .* The most costly condition is message icontains "hi"\./,
    )
    expect(() => begun(1).expect(2)).toThrow(/^where: .* or more\. Ask for fewer/)
  })

  test('of conditions of which as much is expected the first is named, and no condition hides it', () => {
    const meter = begun(100)
    meter.expect(5, says)
    meter.expect(5, device)
    meter.expect(9)
    expect(meter.condition).toBe(says)
    meter.expect(6, device)
    expect(meter.condition).toBe(device)
  })

  test('begins anew with each query', () => {
    const meter = begun(10)
    meter.expect(5, says)
    meter.spend(3)
    meter.begin([], 20)
    expect([meter.expected, meter.spent, meter.condition, meter.allows(20)]).toEqual([0, 0, undefined, true])
    meter.expect(1, device)
    expect(meter.condition).toBe(device)
  })
})

describe('what is spent', () => {
  test('may be twice the limit', () => {
    const meter = begun(10)
    meter.spend(8)
    meter.spend(12)
    expect(meter.spent).toBe(20)
    expect(() => meter.spend(0.5)).toThrow('at most 10 units of work (maxWork), got one of 21 or more.')
  })
})

test('without a limit nothing is too much', () => {
  const meter = new Meter()
  expect(meter.isLimited).toBe(false)
  meter.expect(1e300)
  meter.spend(1e300)
  expect(meter.allows(1e300)).toBe(true)
  expect(begun(1e300).isLimited).toBe(true)
})

describe('the parameter that is named', () => {
  /** What an error calls the condition, which is one of a query or stands within it. */
  function nameOf(condition: FieldCondition, where: Group): string {
    const meter = begun(1, where)
    try {
      meter.expect(2, condition)
    } catch (error) {
      return (error as Error).message.replace(/: expected .*is (.*)\. Ask.*/s, ': $1')
    }
    return expect.fail('nothing was thrown')
  }
  const alone = (condition: FieldCondition) => nameOf(condition, [device, condition])
  const named: FieldCondition = { field: 'name', lookup: 'icontains', value: 'hi' }
  const search: Condition = { field: 'search', lookup: 'icontains', value: 'hi' }

  test('its own, where it has one and stands alone', () => {
    expect(alone(says)).toBe('message_contains: message icontains "hi"')
    expect(alone({ field: 'name', lookup: 'startswith', value: 'a' })).toBe('name__startswith: name startswith "a"')
    expect(alone({ field: 'metadata', path: ['a', 'b'], lookup: 'exact', value: 1 })).toBe(
      'metadata: metadata ["a","b"] exact 1',
    )
  })

  test('else where', () => {
    expect(alone({ field: 'metadata', path: ['a'], lookup: 'gt', value: 1 })).toBe('where: metadata ["a"] gt 1')
    expect(alone({ field: 'message', lookup: 'matches', value: { hasAttachments: true } })).toMatch(/^where: /)
    expect(nameOf(says, [{ or: [[says], [device]] }])).toMatch(/^where: /)
    expect(nameOf(says, [])).toMatch(/^where: /)
  })

  test('a part of a search is the search, and no other condition is', () => {
    expect(nameOf(named, [search])).toMatch(/^search: /)
    expect(nameOf(device, [search])).toMatch(/^where: /)
    expect(nameOf(named, [device])).toMatch(/^where: /)
    expect(() => begun(1, [search]).expect(2)).toThrow(/^where: /)
  })
})

test('the rows of some segments', () => {
  expect([rowsOf([]), rowsOf([{ size: 3 }, { size: 4 }])]).toEqual([0, 7])
})
