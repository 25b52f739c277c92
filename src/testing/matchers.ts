/** The one set of matchers, for every way to assert: pure functions of a subject that say whether they hold, and why not. */
import { toHaveAction } from './action.ts'
import { toHaveConversation, toHaveCount } from './conversation.ts'
import { toHaveMessage } from './message.ts'
import { toMatchConversation } from './partial.ts'
import { fetched, isAsyncStore } from './subject.ts'
import { toHaveTrajectory } from './trajectory.ts'
import type { MatcherResult } from './types.ts'

/** A matcher: what it gives of a store elsewhere is a promise. */
export type Matcher = (subject: unknown, ...args: never[]) => MatcherResult | Promise<MatcherResult>

/** A matcher that also takes a store elsewhere, of which it gets all rows first. */
function ofAny<Args extends unknown[]>(match: (subject: unknown, ...args: Args) => MatcherResult) {
  return (subject: unknown, ...args: Args): MatcherResult | Promise<MatcherResult> =>
    isAsyncStore(subject) ? fetched(subject).then((store) => match(store, ...args)) : match(subject, ...args)
}

/**
 * The matchers by name, each a function of a subject and its arguments that gives `{ pass, message, actual, expected }`, or a
 * promise of that for an `AsyncStore`. They throw for a subject that cannot be asserted on, and for invalid arguments.
 *
 * `expect.extend(matchers)` adds them to any `expect` of Jest's kind, that of `bun:test` say.
 */
export const matchers = {
  toHaveConversation: ofAny(toHaveConversation),
  toHaveCount: ofAny(toHaveCount),
  toHaveAction: ofAny(toHaveAction),
  toHaveTrajectory: ofAny(toHaveTrajectory),
  toHaveMessage: ofAny(toHaveMessage),
  toMatchConversation: ofAny(toMatchConversation),
}
