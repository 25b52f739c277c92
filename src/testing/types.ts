/** What assertions take and give. */
import type { AsyncQuery } from '../features/async-store/contract.ts'
import type { QueryLike, StoreLike } from '../store/inside.ts'

/** A store elsewhere, as far as assertions ask it: every `AsyncStore`. */
export interface AsyncStoreLike {
  run(query: AsyncQuery): Promise<unknown>
  count(query: AsyncQuery): Promise<number>
  all(query: AsyncQuery): AsyncIterable<unknown>
}

/** Anything that is one conversation: a chat of a recorder, or its last turn. */
export interface ConversationLike {
  toConversation(): object
}

/**
 * What can be asserted on: a store, an `AsyncStore`, a query of a store, a chat or its last turn, a conversation, or the
 * messages of one: `UIMessage`s of the AI SDK, of OpenAI, of LangChain, or stored ones.
 */
export type Subject =
  | StoreLike
  | AsyncStoreLike
  | QueryLike<never>
  | ConversationLike
  | { readonly conversation_id: string }
  | readonly object[]

/** What an assertion gives: nothing at once, or for an `AsyncStore` a promise, which must be awaited. */
export type Answer<Of, Now = void> = Of extends AsyncStoreLike ? Promise<void> : Now

/** What every assertion takes. */
export interface AssertionOptions {
  /** Lets a subject without conversations or messages be asserted on, which throws otherwise. */
  readonly allowEmpty?: boolean | undefined
}

/** What a call of a tool must have, all of it, to count. */
export interface ActionOptions extends AssertionOptions {
  /** What the tool was given: equal, whatever the order of keys. Regular expressions and asymmetric matchers may stand in it. */
  readonly input?: unknown
  /** What it gave back: likewise. */
  readonly output?: unknown
  /** Its error: a string that it contains, a regular expression or an asymmetric matcher. */
  readonly error?: unknown
  /** How many calls there must be, in all conversations together. At least one when absent. */
  readonly times?: number | undefined
  /** A tool of which some call comes earlier in the conversation. */
  readonly after?: string | undefined
  /** A tool of which some call comes later in the conversation. */
  readonly before?: string | undefined
  /** Whether it failed. */
  readonly failed?: boolean | undefined
}

/**
 * How the calls of a conversation compare with a list of names. `strict`: the same in the same order. `unordered`: the same in
 * any order. `subset`: no call that is not in the list. `superset`: every one of the list, and perhaps others.
 */
export type TrajectoryMode = 'strict' | 'unordered' | 'subset' | 'superset'

/** How a trajectory is compared. */
export interface TrajectoryOptions extends AssertionOptions {
  /** `strict` when absent. */
  readonly mode?: TrajectoryMode | undefined
}

/** Which messages are looked at. */
export interface MessageOptions extends AssertionOptions {
  readonly sender?: 'end_user' | 'agent' | undefined
  /** A turn, from 1, or the last one: what the user says, and all that comes before the user speaks again. */
  readonly turn?: number | 'last' | undefined
}

/** The assertions, as methods of what `expect` gives. `Of` is the type of the subject, `Now` what they give at once. */
export interface ConversationMatchers<Of = unknown, Now = void> {
  /** Some conversation meets a query. `expect(store).toHaveConversation(query().customerId('kim'))` */
  toHaveConversation(query: QueryLike<never>, options?: AssertionOptions): Answer<Of, Now>
  /** A store has, or a query finds, so many conversations. `expect(store.query().device('mobile')).toHaveCount(3)` */
  toHaveCount(count: number, options?: AssertionOptions): Answer<Of, Now>
  /** A tool was called so. `expect(chat).toHaveAction('issue_refund', { input: { order: 17 }, times: 1 })` */
  toHaveAction(name: string, options?: ActionOptions): Answer<Of, Now>
  /** The tools that some conversation called. `expect(chat).toHaveTrajectory(['lookup_order', 'issue_refund'])` */
  toHaveTrajectory(names: readonly unknown[], options?: TrajectoryOptions): Answer<Of, Now>
  /** Some message contains a string or matches. `expect(chat).toHaveMessage(/refund/, { sender: 'agent', turn: 'last' })` */
  toHaveMessage(content: unknown, options?: MessageOptions): Answer<Of, Now>
  /** Some conversation has all that is named. `expect(chat).toMatchConversation({ device: 'mobile' })` */
  toMatchConversation(partial: object, options?: AssertionOptions): Answer<Of, Now>
}

/** What a matcher gives: whether it holds, and what to say where that is not what was asserted. */
export interface MatcherResult {
  readonly pass: boolean
  readonly message: () => string
  readonly actual: unknown
  readonly expected: unknown
}
