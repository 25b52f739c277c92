import { ConversationStore } from 'conversation-store'

// Next bundles routes and pages apart, so a store of a module would be two stores: what one records, the other never shows.
const shared = globalThis as typeof globalThis & { conversations?: ConversationStore }

shared.conversations ??= new ConversationStore()

export const store = shared.conversations
