/** What a drift is made of. */
import type { Json } from '../../row/conversation.ts'
import type { Difference } from './differences.ts'

/** A call that only one side has. */
export interface DriftAction {
  /** The number of the turn, from 1. */
  readonly turn: number
  readonly name: string
  /** What the tool was given; `null` where the recording does not say. */
  readonly input: Json
}

/** A call that both sides have, with other arguments. */
export interface DriftArguments {
  readonly turn: number
  readonly name: string
  readonly recorded: Json
  readonly replayed: Json
  /** Each place where the arguments differ. */
  readonly differences: readonly Difference[]
}

/** Where a call stands: in which turn, and after which other call of it; null for the first. */
export interface DriftPlace {
  readonly turn: number
  readonly after: string | null
}

/** A call that both sides have, in another place. */
export interface DriftOrder {
  readonly name: string
  readonly input: Json
  readonly recorded: DriftPlace
  readonly replayed: DriftPlace
}

/** A text that differs; null where one side has none. */
export interface DriftText {
  readonly turn: number
  readonly recorded: string | null
  readonly replayed: string | null
}

/** All that differs, by kind. */
export interface DriftLists {
  readonly more: readonly DriftAction[]
  readonly less: readonly DriftAction[]
  readonly otherArguments: readonly DriftArguments[]
  readonly otherOrder: readonly DriftOrder[]
  readonly texts: readonly DriftText[]
}
