/** The worker of the React suite: its store, and a stream of writes when it is told to. */
import { ConversationStore } from 'conversation-store'
import { exposeStore } from 'conversation-store/worker'
import { rowsOf } from './react-rows.ts'

const store = new ConversationStore()
exposeStore(store)
store.addMany(rowsOf(20))

// The page's own messages go beside those of the store.
;(globalThis as unknown as { onmessage: unknown }).onmessage = ({ data }: { readonly data: unknown }) => {
  if (typeof data !== 'object' || data === null || !('write' in data)) return
  let left = Number(data.write)
  const write = () => {
    if (left-- === 0) return
    store.add({ conversation_id: `written-${left}`, started_at: '2026-03-01T00:00:00Z', device: 'mobile' })
    setTimeout(write, 3)
  }
  write()
}
