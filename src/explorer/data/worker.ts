/** The worker that holds the conversations. */
import { ConversationStore } from 'conversation-store'
import { generateConversations } from 'conversation-store/testing'
import { exposeStore } from 'conversation-store/worker'

const store = new ConversationStore()
exposeStore(store)
store.addMany(generateConversations({ count: 10_000 }))
