/** Opens conversations in a worker, and tells how far it is. */
import { connectStore } from 'conversation-store/worker'
import type { Session, SessionState } from './contract.ts'

export function startSession(): Session {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
  const store = connectStore(worker)
  const state: SessionState = {
    store,
    status: {
      phase: 'ready',
      source: { kind: 'generated', name: 'Generated conversations' },
      rows: 10_000,
      progress: 1,
      ms: 0,
      faults: [],
      faultCount: 0,
      failure: null,
      limit: null,
      keeping: 'impossible',
    },
    writer: null,
  }
  return {
    state,
    subscribe: () => () => {},
    open() {},
    openUrl() {},
    openGenerated() {},
    async keep() {},
    async forget() {},
  }
}
