import { openCached } from 'conversation-store/snapshot'
import { exposeStore } from 'conversation-store/worker'

/** How the store was opened, which the worker tells the page. */
export interface Opened {
  from: 'network' | 'cache'
  isStale: boolean
  ms: number
}

const start = performance.now()
openCached('conversations', { url: '/conversations.snap' })
  .then(({ store, from, isStale }) => {
    exposeStore(store)
    const opened: Opened = { from, isStale, ms: performance.now() - start }
    postMessage({ opened })
  })
  .catch(reportError)
