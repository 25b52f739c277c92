/**
 * Adds the matchers to Jest's `expect`, and their types, also where tests import it from `@jest/globals`: the entry point
 * `conversation-store/testing/jest`, a set-up file.
 *
 * @example
 * // jest.config.js
 * module.exports = { setupFilesAfterEnv: ['conversation-store/testing/jest'] }
 */
import { expect } from '@jest/globals'
import { extension } from './extension.ts'
import type { ConversationMatchers } from './types.ts'

export type { ConversationMatchers } from './types.ts'

expect.extend(extension)

declare module 'expect' {
  interface Matchers<R extends void | Promise<void>, T = unknown> extends ConversationMatchers<T, R> {}
  // biome-ignore lint/suspicious/noExplicitAny: what they give stands for any value.
  interface AsymmetricMatchers extends ConversationMatchers<unknown, any> {}
}

declare global {
  namespace jest {
    // biome-ignore lint/complexity/noBannedTypes: declarations merge if their parameters are the same.
    interface Matchers<R, T = {}> extends ConversationMatchers<T, R> {}
  }
}
