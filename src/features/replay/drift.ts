/** How what an agent did differs from what was recorded. */
import { inspected } from '../../base/inspect.ts'
import { compareActions } from './compare-actions.ts'
import { compareTexts } from './compare-texts.ts'
import type { DriftAction, DriftArguments, DriftLists, DriftOrder, DriftText } from './drift-lists.ts'
import { printed } from './print.ts'
import type { Turn } from './turns.ts'

/**
 * How a replay differs from its recording. `isEmpty` says whether it does, and `String(drift)` says how, to read.
 *
 * @example expect(drift.isEmpty, String(drift)).toBe(true)
 */
export class Drift implements DriftLists {
  /** Calls that were made and are not in the recording. */
  readonly more: readonly DriftAction[]
  /** Recorded calls that were not made. */
  readonly less: readonly DriftAction[]
  /** Calls that were made with other arguments. */
  readonly otherArguments: readonly DriftArguments[]
  /** Calls that were made before or after others, or in another turn: the fewest that would have to be moved. */
  readonly otherOrder: readonly DriftOrder[]
  /** Texts of the agent that differ. */
  readonly texts: readonly DriftText[]
  readonly #conversation: string
  readonly #recorded: readonly Turn[]

  /** @internal The turns of both sides, one for one. */
  constructor(conversation: string, recorded: readonly Turn[], replayed: readonly Turn[]) {
    const actions = compareActions(
      recorded.flatMap((turn) => turn.actions),
      replayed.flatMap((turn) => turn.actions),
    )
    this.more = actions.more
    this.less = actions.less
    this.otherArguments = actions.otherArguments
    this.otherOrder = actions.otherOrder
    this.texts = recorded.flatMap(({ number, texts }, at) => compareTexts(number, texts, replayed[at]?.texts ?? []))
    this.#conversation = conversation
    this.#recorded = recorded
    // Not a method: bundlers keep a class with a computed name, used or not.
    Object.defineProperty(this, inspected, { value: () => this.toString() })
  }

  /** Whether the agent did and said just what was recorded. */
  get isEmpty(): boolean {
    const { more, less, otherArguments, otherOrder, texts } = this
    return [more, less, otherArguments, otherOrder, texts].every((list) => list.length === 0)
  }

  /** What differs, turn by turn, as lines to read. */
  toString(): string {
    return printed(this, this.#conversation, this.#recorded)
  }
}
