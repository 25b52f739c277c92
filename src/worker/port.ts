/** Ports: one shape for the workers and message ports of all runtimes. */
import { invalidOption } from '../base/options.ts'
import { host } from './host.ts'

/** Listens to messages. */
type MessageListener = (event: { readonly data: unknown }) => void

/**
 * A `Worker`, a `MessagePort` (of a shared worker, say), a worker's own global, or a `Worker` of Node's `worker_threads`.
 * Declared by shape, so that no DOM or Node types are needed.
 */
export interface StorePort {
  // biome-ignore lint/suspicious/noExplicitAny: the many real ports differ in the arguments after the message.
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

/** Throws `INVALID_VALUE` for anything but a port. */
export function checkPort(parameter: string, port: StorePort): void {
  const { postMessage, addEventListener, on } = Object(port) as Partial<StorePort>
  if (typeof postMessage !== 'function' || typeof (addEventListener ?? on) !== 'function')
    throw invalidOption(parameter, port, 'a Worker or a MessagePort')
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
      const hear = heard.get(listener)
      if (hear !== undefined) port.off!('message', hear)
      heard.delete(listener)
    },
  }
}

/** A lock that a page holds as long as it is there. */
export interface Presence {
  /** The name of the lock. */
  readonly name: string
  end(): void
}

/**
 * Takes a lock by which a shared worker knows that this page is there: the browser releases it when the page is closed,
 * reloaded or crashes, which ports do not tell. A dedicated worker ends with its page and needs none. Nothing where there
 * are no locks: outside browsers, and in pages that are not secure or may not use them.
 */
export async function presenceFor(port: StorePort): Promise<Presence | undefined> {
  if (host.document === undefined || 'terminate' in port || typeof host.crypto?.randomUUID !== 'function')
    return undefined
  const name = `conversation-store: ${host.crypto.randomUUID()}`
  const end = await new Promise<(() => void) | undefined>((resolve) => {
    const hold = () => new Promise<void>((letGo) => resolve(letGo))
    request(name, hold).then(() => resolve(undefined))
  })
  return end && { name, end }
}

/** Calls `act` when the page that holds the lock of that name is gone. */
export function whenGone(name: string, act: () => void): void {
  void request(name, async () => act())
}

/** Calls `hold` with the lock, and resolves when that is over, or at once where there are no locks. */
async function request(name: string, hold: () => Promise<void>): Promise<void> {
  try {
    await host.navigator?.locks?.request(name, hold)
  } catch {
    // A page may be forbidden to use them.
  }
}

/**
 * Calls `hear` when a worker will never answer, since its script failed or it has ended, with the reason as far as it is
 * known. The function that comes back stops that.
 */
export function onFailure(port: StorePort, hear: (isOver: boolean, why: string) => void): () => void {
  const say = (isOver: boolean) => (event: unknown) => {
    const { message } = Object(event) as { message?: unknown }
    hear(isOver, typeof message === 'string' ? message : '')
  }
  // A web worker goes on after an error, a worker of Node has ended.
  const isWeb = typeof port.addEventListener === 'function'
  const listeners: readonly (readonly [type: string, listener: (event: unknown) => void])[] = isWeb
    ? [
        ['error', say(false)],
        ['close', () => hear(true, 'Its port was closed.')],
      ]
    : [
        ['error', say(true)],
        ['exit', (code) => hear(true, `It ended with code ${String(code)}.`)],
      ]
  for (const each of listeners) isWeb ? port.addEventListener!(...each) : port.on!(...each)
  return () => {
    for (const each of listeners) isWeb ? port.removeEventListener?.(...each) : port.off?.(...each)
  }
}
