/** A user of the arbitraries, compiled against the packed declarations and those of fast-check. */

import { ConversationStore } from 'conversation-store'
import { applyHistory, conversations, history, querySpec } from 'conversation-store/testing/arbitraries'

const store = new ConversationStore()

export const arbitraries = [conversations({ maxLength: 3 }), history(), querySpec({ paged: true })] as const
history().map((writes) => applyHistory(store, writes).map(({ code }) => code))
