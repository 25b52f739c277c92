/** What a call throws, for the tests of what may not be asked. */
import { expect } from 'vitest'
import { ConversationStoreError, type Fault } from '../../../src/base/errors.ts'

/** The error that the call throws; the test fails where it throws none, or one that is not the library's own. */
export function errorOf(call: () => unknown): ConversationStoreError {
  try {
    call()
  } catch (error) {
    expect(error).toBeInstanceOf(ConversationStoreError)
    return error as ConversationStoreError
  }
  return expect.fail('nothing was thrown')
}

/** Each fault of a call as `parameter CODE`. */
export function faultsOf(call: () => unknown): string[] {
  return errorOf(call).faults.map(({ parameter, code }: Fault) => `${parameter} ${code}`)
}
