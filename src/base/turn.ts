/** Leaving the thread to others for a moment. */

interface TurnHost {
  readonly MessageChannel?: new () => {
    readonly port1: { onmessage: unknown; close(): void }
    readonly port2: { postMessage(message: null): void }
  }
  readonly setTimeout: (task: () => void, ms: number) => unknown
}

const host = globalThis as unknown as TurnHost

/**
 * Resolves in another turn of the event loop, so that timers, input and painting come in between.
 * A message is some 1 ms (browsers: 4 ms) sooner than a timer.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (host.MessageChannel === undefined) {
      host.setTimeout(resolve, 0)
      return
    }
    const { port1, port2 } = new host.MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })
}
