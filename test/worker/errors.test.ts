import { describe, expect, test } from 'vitest'
import {
  ConversationStoreError,
  DuplicateIdError,
  type ErrorCode,
  InvalidPageError,
  InvalidQueryError,
  InvalidRowError,
  InvalidSourceError,
  NotFoundError,
} from '../../src/base/errors.ts'
import { fromPlainError, toPlainError, withError, withPlainError } from '../../src/worker/errors.ts'

const crossed = (error: unknown) => fromPlainError(structuredClone(toPlainError(error)))

describe('an error of the library', () => {
  test.each<[ErrorCode, abstract new (...args: never[]) => ConversationStoreError]>([
    ['UNKNOWN_PARAMETER', InvalidQueryError],
    ['INVALID_VALUE', InvalidQueryError],
    ['INVALID_PAGE', InvalidPageError],
    ['INVALID_CURSOR', InvalidQueryError],
    ['EMPTY_GROUP', InvalidQueryError],
    ['NOT_ON_THE_WIRE', InvalidQueryError],
    ['TOO_COSTLY', InvalidQueryError],
    ['NO_STORE', ConversationStoreError],
    ['INVALID_ROW', InvalidRowError],
    ['DUPLICATE_ID', DuplicateIdError],
    ['NOT_FOUND', NotFoundError],
    ['INVALID_SOURCE', InvalidSourceError],
    ['ROW_TOO_LONG', InvalidSourceError],
    ['NOT_RECORDED', ConversationStoreError],
    ['NOT_KEPT', ConversationStoreError],
    ['ABORTED', ConversationStoreError],
  ])('%s comes back as its own class, with its faults', (code, own) => {
    const faults = [{ parameter: 'x', value: [1], code, message: 'x is wrong.' }] as const
    const back = crossed(new ConversationStoreError(faults, 'All is wrong.')) as ConversationStoreError
    expect(back.constructor).toBe(own)
    expect(back).toMatchObject({ code, faults, message: 'All is wrong.' })
  })

  test('of a code that is not known here is the base class', () => {
    const fault = { parameter: 'x', value: 1, code: 'NEWER' as ErrorCode, message: 'x.' }
    expect(fromPlainError({ message: 'x.', faults: [fault] })?.constructor).toBe(ConversationStoreError)
  })
})

describe('another value that is thrown', () => {
  test('crosses as it is, or as what can be cloned of it', () => {
    expect(crossed('text')).toBe('text')
    expect(crossed(undefined)).toBeUndefined()
    const hidden = Object.assign(new Error('A bug.'), { call: () => 1 })
    expect(crossed(hidden)).toMatchObject({ message: 'A bug.' })
    expect(toPlainError(() => 1)).toEqual({ other: '() => 1' })
  })
})

describe('a row that was left out', () => {
  const error = new NotFoundError('a')

  test('crosses with its error taken apart', () => {
    const plain = withPlainError({ line: 3, error })
    expect(plain).toEqual({ line: 3, error: toPlainError(error) })
    const back = withError(structuredClone(plain))
    expect(back.line).toBe(3)
    expect(back.error).toBeInstanceOf(NotFoundError)
  })

  test('without an error is as it is, and so is what is no row', () => {
    for (const row of [{ line: 3 }, { error: null }, { error: 'text' }, null, 5, undefined]) {
      expect(withPlainError(row)).toBe(row)
      expect(withError(row)).toBe(row)
    }
  })
})
