/** Where messages go and come from: one shape for the workers and ports of all runtimes. */

/** What listens to messages. */
type MessageListener = (event: { readonly data: unknown }) => void

/**
 * A `Worker`, a `MessagePort` (of a shared worker, say), a worker's own global, or a `Worker` of Node's `worker_threads`.
 * Declared by shape, so that no DOM or Node types are needed.
 */
export interface StorePort {
  // biome-ignore lint/suspicious/noExplicitAny: the many real ports differ in what they take besides the message.
  postMessage(message: any, ...transfer: any[]): void
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  addEventListener?(type: any, listener: any, ...options: any[]): void
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  removeEventListener?(type: any, listener: any, ...options: any[]): void
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  on?(type: any, listener: any): unknown
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  off?(type: any, listener: any): unknown
  start?(): void
}

/** A port as Comlink takes it. */
export interface Endpoint {
  postMessage(message: unknown, transfer?: unknown[]): void
  addEventListener(type: 'message' | 'close', listener: MessageListener): void
  removeEventListener(type: 'message', listener: MessageListener): void
  start?(): void
}

/** A port with its messages as events, which Node's `Worker` does not give by itself. */
export function endpointOf(port: StorePort): Endpoint {
  if (typeof port.addEventListener === 'function') return port as Endpoint
  const heard = new Map<MessageListener, (data: unknown) => void>()
  return {
    postMessage: (message, transfer) => port.postMessage(message, transfer),
    addEventListener(_, listener) {
      const hear = (data: unknown) => listener({ data })
      heard.set(listener, hear)
      port.on!('message', hear)
    },
    removeEventListener(_, listener) {
      port.off!('message', heard.get(listener))
      heard.delete(listener)
    },
  }
}

/** What is held of a page as long as it is there. */
export interface Presence {
  /** By which the other side knows it. */
  readonly name: string
  end(): void
}

/**
 * Shows to a shared worker that this page is there: it holds a lock, which the browser lets go when the page is closed,
 * reloaded or crashes, while ports say nothing of that. A worker of the page's own ends with it and needs none. Nothing
 * where there are no locks: outside of browsers, and in pages that are not secure.
 */
export async function presenceFor(port: StorePort): Promise<Presence | undefined> {
  const locks = host.document === undefined || 'terminate' in port ? undefined : host.navigator?.locks
  if (locks === undefined) return undefined
  const name = `conversation-store: ${host.crypto!.randomUUID()}`
  const end = await new Promise<(() => void) | undefined>((resolve) => {
    locks.request(name, () => new Promise<void>((letGo) => resolve(letGo))).catch(() => resolve(undefined))
  })
  return end && { name, end }
}

/** Calls `act` when what was shown by that name is gone. */
export function whenGone(name: string, act: () => void): void {
  host.navigator?.locks?.request(name, async () => act()).catch(() => undefined)
}

const host = globalThis as unknown as {
  readonly document?: object
  readonly crypto?: { randomUUID(): string }
  readonly navigator?: { readonly locks?: { request(name: string, hold: () => Promise<void>): Promise<unknown> } }
}

/** Hears why a worker will never answer: its script failed, or it has ended. `hear` gets what can be said of it. */
export function onFailure(port: StorePort, hear: (isOver: boolean, why: string) => void): void {
  const say = (isOver: boolean) => (event: unknown) => {
    const { message } = Object(event) as { message?: unknown }
    hear(isOver, typeof message === 'string' ? message : '')
  }
  // A web worker goes on after an error, one of Node is at its end.
  if (typeof port.addEventListener === 'function') {
    port.addEventListener('error', say(false))
    port.addEventListener('close', () => hear(true, 'Its port was closed.'))
  } else {
    port.on!('error', say(true))
    port.on!('exit', (code: unknown) => hear(true, `It ended with code ${String(code)}.`))
  }
}
