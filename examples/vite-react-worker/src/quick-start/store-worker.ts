import { ConversationStore } from 'conversation-store'
import { exposeStore } from 'conversation-store/worker'

exposeStore(new ConversationStore())
