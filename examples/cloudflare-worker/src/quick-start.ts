import { ConversationStore } from 'conversation-store'
import { createHandler } from 'conversation-store/http'
import rows from './conversations.json'

// Once an isolate, not once a request.
const store = ConversationStore.from(rows as never)
const api = createHandler(store, { readOnly: true, keys: { 'read-key': 'read' } })

export default {
  async fetch(request: Request): Promise<Response> {
    const url = new URL(request.url)
    if (url.pathname !== '/refunds') return api(request)
    const page = store.query().messageContains('refund').lean().fetch()
    return Response.json({ count: page.count, ids: page.results.map((row) => row.conversation_id) })
  },
}
