/** What follows the rows of a store. */
import type { Conversation } from '../row/conversation.ts'

/** Something that follows every row of a store. */
export interface View {
  /** Notes that a row came (`before` is null), went (`after` is null) or is another now. */
  change(before: Conversation | null, after: Conversation | null): void
  /** Does at the end of building what the first request would wait for. */
  settle?(): void
}
