/** What a sentence is, and what says one. */
import type { FieldCondition } from 'conversation-store/core'
import type { Viewer } from './values.ts'

/** A sentence in three parts: `device` `is` `mobile`. The object may be empty. */
export interface Sentence {
  readonly subject: string
  readonly verb: string
  readonly object: string
}

/** Says a condition, or that it does not hold. */
export type Say<Condition extends FieldCondition = FieldCondition> = (
  condition: Condition,
  isNegated: boolean,
  viewer: Viewer,
) => Sentence
