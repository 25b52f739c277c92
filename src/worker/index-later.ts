/** The index of texts of a store in a worker, built in slices: a question that built all of it would hold up the others for seconds. */
import { warmAsync } from '../features/indexes/index.ts'
import { executorOf, type StoreLike } from '../store/inside.ts'
import { host } from './host.ts'

/** Rows that arrive are waited for: so long after the last, in milliseconds, the building begins. */
const QUIET_MS = 500

/** Once searches without the index have cost as much as it would, it is built between questions; until it is there, they scan. */
export function indexLater(store: StoreLike): void {
  const executor = executorOf(store)
  const { engine } = executor
  if (engine.indexLater !== undefined) return
  let isWaiting = false
  engine.indexLater = () => {
    if (isWaiting) return
    isWaiting = true
    void build()
  }

  async function build(): Promise<void> {
    for (let size = -1; size !== engine.documents.size; await quiet()) size = engine.documents.size
    // Another engine is one without these rows.
    if (executor.engine === engine) await warmAsync(store, { text: true })
    isWaiting = false
  }
}

function quiet(): Promise<void> {
  return new Promise((resolve) => {
    const timer = host.setTimeout(resolve, QUIET_MS)
    // In Node it must not keep the process alive.
    ;(timer as { unref?(): void }).unref?.()
  })
}
