/**
 * The assertions as plain functions, for runners without `expect`, and the matchers, for any other `expect`: the entry point
 * `conversation-store/testing/assert`.
 */
import type { QueryLike } from '../store/inside.ts'
import { matchers } from './matchers.ts'
import type {
  ActionOptions,
  Answer,
  AssertionOptions,
  MatcherResult,
  MessageOptions,
  Subject,
  TrajectoryOptions,
} from './types.ts'

export { matchers } from './matchers.ts'
export type {
  ActionOptions,
  Answer,
  AssertionOptions,
  AsyncStoreLike,
  ConversationLike,
  ConversationMatchers,
  MatcherResult,
  MessageOptions,
  Subject,
  TrajectoryMode,
  TrajectoryOptions,
} from './types.ts'

/** An assertion that does not hold. It has what Node's `AssertionError` has, and its name. */
export class AssertionError extends Error {
  readonly code = 'ERR_ASSERTION'
  readonly generatedMessage = false
  readonly actual: unknown
  readonly expected: unknown
  /** The assertion: `toHaveAction`, or `not.toHaveAction`. */
  readonly operator: string

  constructor(operator: string, { message, actual, expected }: MatcherResult) {
    super(message())
    this.name = 'AssertionError'
    this.operator = operator
    this.actual = actual
    this.expected = expected
  }
}

/** The assertions as functions of the subject and what is asserted of it. */
export interface Assertions {
  /** Some conversation meets a query. */
  toHaveConversation<S extends Subject>(subject: S, query: QueryLike<never>, options?: AssertionOptions): Answer<S>
  /** A store has, or a query finds, so many conversations. */
  toHaveCount<S extends Subject>(subject: S, count: number, options?: AssertionOptions): Answer<S>
  /** A tool was called so: once at least, or `times`. */
  toHaveAction<S extends Subject>(subject: S, name: string, options?: ActionOptions): Answer<S>
  /** The tools that some conversation called. */
  toHaveTrajectory<S extends Subject>(subject: S, names: readonly unknown[], options?: TrajectoryOptions): Answer<S>
  /** Some message contains a string or matches. */
  toHaveMessage<S extends Subject>(subject: S, content: unknown, options?: MessageOptions): Answer<S>
  /** Some conversation has all that is named. */
  toMatchConversation<S extends Subject>(subject: S, partial: object, options?: AssertionOptions): Answer<S>
}

/** The functions that throw where a matcher does not hold or, `isNot`, where it does. */
function assertions(isNot: boolean): Assertions {
  const all = Object.entries(matchers).map(([name, match]) => {
    const check = (result: MatcherResult): void => {
      if (result.pass === isNot) throw new AssertionError(isNot ? `not.${name}` : name, result)
    }
    const run = (...args: unknown[]): unknown => {
      const result = (match as (...args: unknown[]) => MatcherResult | Promise<MatcherResult>)(...args)
      return result instanceof Promise ? result.then(check) : check(result)
    }
    return [name, run] as const
  })
  return Object.fromEntries(all) as unknown as Assertions
}

/**
 * Assertions without `expect`: each throws an `AssertionError` with `actual` and `expected` where it does not hold, and with
 * `assert.not` where it does. Of an `AsyncStore` they give a promise, which must be awaited. Throws for a subject that
 * cannot be asserted on, an empty one too, and for invalid arguments: `InvalidQueryError` or `ConversationStoreError`.
 *
 * @example
 * import { assert } from 'conversation-store/testing/assert'
 *
 * assert.toHaveAction(chat, 'issue_refund', { input: { order: 17 }, after: 'lookup_order' })
 * assert.not.toHaveAction(chat, 'delete_account')
 */
export const assert: Assertions & { readonly not: Assertions } = { ...assertions(false), not: assertions(true) }
