/** One conversation that is recorded into a store, and what was recorded of it. */
import { NotFoundError } from '../../base/errors.ts'
import type { Instant } from '../../base/text/instant.ts'
import type { Conversation } from '../../row/conversation.ts'
import { exchangesOf } from '../turns/exchanges.ts'
import type { Log } from './log.ts'
import type { AnyStore } from './store-log.ts'
import { type TranscriptOptions, transcriptOf } from './transcript.ts'
import { Writer } from './writer.ts'

/** A conversation that is being recorded into a store. */
export class Chat<Store extends AnyStore = AnyStore> extends Writer {
  /** The store that has the conversation. */
  readonly store: Store

  /** @internal */
  constructor(conversation_id: string, store: Store, log: Log, now: () => Instant) {
    super(conversation_id, log, now)
    this.store = store
  }

  /** The stored row as it is now, frozen. Throws `NOT_FOUND` if it was purged. O(1). */
  toConversation(): Conversation {
    const row = this.store.get(this.conversation_id)
    if (row === undefined) throw new NotFoundError(this.conversation_id)
    return row as Conversation
  }

  /**
   * The last turn, as it is now: the user's last messages in a row and all that came after them; the whole conversation where
   * the user said nothing. Throws `NOT_FOUND` if the conversation was purged. O(messages).
   */
  lastTurn(): ChatTurn {
    return new ChatTurn(this.toConversation())
  }

  /** What was said and done, as lines to read; without ids and times unless they are asked for. */
  transcript(options?: TranscriptOptions): string {
    return transcriptOf(this.toConversation(), options)
  }
}

/** One turn of a conversation, as it was when it was asked for. */
export class ChatTurn {
  readonly conversation_id: string
  readonly #row: Conversation

  /** @internal */
  constructor(row: Conversation) {
    this.conversation_id = row.conversation_id
    const all = row.messages ?? []
    this.#row = Object.freeze({ ...row, messages: Object.freeze(exchangesOf(all).at(-1) ?? []) })
  }

  /** The row of the conversation, with the messages of this turn alone. */
  toConversation(): Conversation {
    return this.#row
  }

  /** What was said and done in the turn; see `Chat.transcript`. */
  transcript(options?: TranscriptOptions): string {
    return transcriptOf(this.#row, options)
  }
}
