import { describe, expect, test } from 'vitest'
import { InvalidPageError, InvalidQueryError } from '../../../src/base/errors.ts'
import { emptyGroup, invalidValue, isNothing, nameOf, raise, unknownName } from '../../../src/query/faults.ts'

describe('a name that nothing has', () => {
  const names = (count: number) => Array.from({ length: count }, (_, i) => `field ${String.fromCharCode(65 + i)}`)

  test('the nearest is named, else all there are, if they are few', () => {
    expect(unknownName('route', 'stat', ['stats', 'rows']).message).toBe(
      'There is no route "stat". Did you mean "stats"?',
    )
    expect(unknownName('route', 'x', []).message).toBe('There is no route "x".')
    expect(unknownName('route', 'x', ['statistics']).message).toBe('There is no route "x". There is only statistics.')
    expect(unknownName('route', 'x', ['statistics', 'rows']).message).toBe(
      'There is no route "x". There are statistics, rows.',
    )
    expect(unknownName('route', 'x', names(20)).message).toContain(' There are field A, field B, ')
    expect(unknownName('route', 'x', names(21)).message).toBe('There is no route "x".')
  })

  test('the fault has the name, and where it stood', () => {
    expect(unknownName('route', 'x', [])).toMatchObject({ parameter: 'x', value: 'x', code: 'UNKNOWN_PARAMETER' })
    expect(unknownName('route', 5, [], 'path')).toMatchObject({ parameter: 'path', value: 5 })
  })
})

describe('a value that is not what its parameter takes', () => {
  test('the first string that is no choice is compared with the choices', () => {
    const expectation = { expected: 'fields', choices: ['id', 'started_at'] }
    expect(invalidValue('ordering', ['id', 5, 'startd_at'], expectation).message).toBe(
      'ordering: expected fields, got ["id",5,"startd_at"]. Did you mean "started_at"?',
    )
    expect(invalidValue('ordering', 'id', expectation).message).toBe('ordering: expected fields, got "id".')
  })

  test('its code is that of the type, except where nothing was given', () => {
    const codeOf = (value: unknown) => invalidValue('page', value, { expected: 'a page', code: 'INVALID_PAGE' }).code
    expect([codeOf(0), codeOf('x')]).toEqual(['INVALID_PAGE', 'INVALID_PAGE'])
    expect([codeOf(null), codeOf(''), codeOf(Number.NaN)]).toEqual(Array(3).fill('INVALID_VALUE'))
  })
})

test('nothing: undefined, null, the empty string, NaN and an invalid Date', () => {
  expect([undefined, null, '', Number.NaN, new Date(Number.NaN)].map(isNothing)).toEqual(Array(5).fill(true))
  expect([0, false, ' ', [], {}, new Date(0)].map(isNothing)).toEqual(Array(6).fill(false))
})

test('a name is shown as it is, anything else as an error shows it', () => {
  expect([nameOf('a'), nameOf(5), nameOf(null)]).toEqual(['a', '5', 'null'])
})

describe('raise', () => {
  const page = { ...emptyGroup('or', 0, 'page'), code: 'INVALID_PAGE' as const, message: 'no such page' }
  const group = emptyGroup('not', undefined)

  test('nothing without faults', () => {
    expect(raise([])).toBeUndefined()
  })

  test('all faults at once, an invalid page only where it is the only one', () => {
    expect(() => raise([page])).toThrow(InvalidPageError)
    expect(() => raise([page])).toThrow('no such page')
    try {
      raise([page, group])
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidQueryError)
      expect((error as InvalidQueryError).faults).toEqual([group])
    }
  })
})
