import { createHandler } from 'conversation-store/http'
import { readSnapshotSync } from 'conversation-store/snapshot'
import snapshot from './conversations.snap'

// Once an isolate, not once a request. Nothing is parsed: the indexes are views over these bytes.
const store = readSnapshotSync(snapshot)
const api = createHandler(store, { readOnly: true, keys: { 'read-key': 'read' } })

export default {
  async fetch(request: Request): Promise<Response> {
    const url = new URL(request.url)
    if (url.pathname !== '/refunds') return api(request)
    const page = store.query().messageContains('refund').lean().fetch()
    return Response.json({ count: page.count, ids: page.results.map((row) => row.conversation_id) })
  },
}
