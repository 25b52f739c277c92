/** The tabs that look at what a worker has open. The last one that goes ends the worker. */
import type { FromTab, FromWorker } from '../protocol.ts'

/** The side of a worker that a tab is heard on and told over. */
export interface TabPort {
  postMessage(message: FromWorker): void
  addEventListener(type: 'message', listener: (event: MessageEvent<FromTab>) => void): void
  start?(): void
}

/** So long after the last tab has gone, in milliseconds: one that is reloaded may be back by then. */
const GRACE_MS = 1_000

export class Tabs {
  readonly #ports = new Set<TabPort>()
  readonly #onMessage: (message: FromTab, port: TabPort) => void
  readonly #end: () => void

  constructor(onMessage: (message: FromTab, port: TabPort) => void, end: () => void) {
    this.#onMessage = onMessage
    this.#end = end
  }

  add(port: TabPort): void {
    this.#ports.add(port)
    port.addEventListener('message', ({ data }) => {
      if (data?.say === 'bye') this.#remove(port)
      if (data?.say === 'open' && data.presence !== null)
        // The browser gives the lock away when the tab is closed, reloaded or crashes.
        void navigator.locks?.request(data.presence, async () => this.#remove(port)).catch(() => {})
      if (data?.say !== undefined) this.#onMessage(data, port)
    })
    port.start?.()
  }

  tell(message: FromWorker): void {
    for (const port of this.#ports) port.postMessage(message)
  }

  #remove(port: TabPort): void {
    this.#ports.delete(port)
    if (this.#ports.size > 0) return
    setTimeout(() => {
      if (this.#ports.size === 0) this.#end()
    }, GRACE_MS)
  }
}
