/**
 * Adds the matchers to Vitest's `expect`, and their types: the entry point `conversation-store/testing/vitest`, a set-up file.
 *
 * @example
 * // vitest.config.ts
 * export default { test: { setupFiles: ['conversation-store/testing/vitest'] } }
 */
import { expect } from 'vitest'
import { extension } from './extension.ts'
import type { ConversationMatchers } from './types.ts'

/** The `expect` that has the matchers now. (Declarations are joined to those of a module only where its import is kept.) */
export { expect } from 'vitest'
export type { ConversationMatchers } from './types.ts'

expect.extend(extension)

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: declarations merge if their parameters are the same.
  interface Assertion<T = any> extends ConversationMatchers<T> {}
  // biome-ignore lint/suspicious/noExplicitAny: what they give stands for any value.
  interface AsymmetricMatchersContaining extends ConversationMatchers<unknown, any> {}
}
