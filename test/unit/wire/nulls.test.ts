import { describe, expect, test } from 'vitest'
import { hasNull, nullFault, nullFaults } from '../../../src/wire/nulls.ts'
import { readParams } from '../../../src/wire/params.ts'

describe('hasNull', () => {
  test.each([['\0'], ['a\0b'], [['\0']], [{ a: [{ b: 'x\0' }] }], [{ a: { '\0': 1 } }]])('sees it in %j', (value) => {
    expect(hasNull(value)).toBe(true)
  })

  test.each([[''], ['\\u0000'], ['0'], [null], [0], [true], [undefined], [[]], [{ a: ['b', { c: null }] }]])(
    'sees none in %j',
    (value) => {
      expect(hasNull(value)).toBe(false)
    },
  )

  test('does not mind how deep a value nests', () => {
    let deep: unknown = '\0'
    for (let level = 0; level < 100_000; level++) deep = level % 2 ? [deep] : { deep }
    expect(hasNull(deep)).toBe(true)
  })
})

test('each parameter is named once', () => {
  const faults = nullFaults([
    ['a', '\0'],
    ['a', 'x'],
    ['b\0', ''],
    ['c', '0'],
    ['a', 'y\0'],
  ])
  expect(faults.map(({ parameter, code, wire }) => [parameter, code, wire])).toEqual([
    ['a', 'INVALID_VALUE', 'Null characters are not allowed.'],
    ['b\0', 'INVALID_VALUE', 'Null characters are not allowed.'],
  ])
})

describe('parameters', () => {
  test('may hold a NUL in code, and not over HTTP', () => {
    expect(readParams('device=%00').spec.where).toEqual([{ field: 'device', lookup: 'exact', value: '\0' }])
    expect(() => readParams('device=%00', {}, nullFault)).toThrow('device: "\\u0000" has a null character.')
    const where = JSON.stringify([{ field: 'device', lookup: 'exact', value: '\0' }])
    expect(() => readParams([['where', where]], {}, nullFault)).toThrow('has a null character.')
    // The first of a repeated name does not count, but what it holds is refused.
    expect(() => readParams('device=%00&device=x&page=0', {}, nullFault)).toThrow(
      expect.objectContaining({ faults: [expect.objectContaining({ parameter: 'device' })] }),
    )
  })

  test('find no number but the one that is written', () => {
    const where = '[{"field":"metadata","path":["a"],"lookup":"in","value":[1,9007199254740993]}]'
    for (const query of [
      'metadata=a:9007199254740993',
      'metadata=a:-1e400',
      'metadata_key=a&metadata_value=9007199254740993',
      `where=${encodeURIComponent(where)}`,
    ]) {
      expect(() => readParams(query)).toThrow(expect.objectContaining({ code: 'INVALID_VALUE' }))
      expect(() => readParams(query, { bigNumbers: 'refuse' })).toThrow()
      if (!query.includes('e400')) expect(readParams(query, { bigNumbers: 'round' }).spec.where).toHaveLength(1)
      expect(JSON.stringify(readParams(query, { bigNumbers: 'string' }).spec)).toMatch(/"(9007199254740993|-1e400)"/)
    }
    for (const text of ['9007199254740992', '1e21', '1.5e300', '0.1234567890123456789'])
      expect(readParams(`metadata=a:${text}`).spec.where).toMatchObject([{ value: Number(text) }])
  })
})
