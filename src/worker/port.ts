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
      port.off!('message', heard.get(listener))
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
 * are no locks: outside browsers, and in pages that are not secure.
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

/** Calls `act` when the page that holds the lock of that name is gone. */
export function whenGone(name: string, act: () => void): void {
  host.navigator?.locks?.request(name, async () => act()).catch(() => undefined)
}

/** Calls `hear` when a worker will never answer, since its script failed or it has ended, with the reason as far as it is known. */
export function onFailure(port: StorePort, hear: (isOver: boolean, why: string) => void): void {
  const say = (isOver: boolean) => (event: unknown) => {
    const { message } = Object(event) as { message?: unknown }
    hear(isOver, typeof message === 'string' ? message : '')
  }
  // A web worker goes on after an error, a worker of Node has ended.
  if (typeof port.addEventListener === 'function') {
    port.addEventListener('error', say(false))
    port.addEventListener('close', () => hear(true, 'Its port was closed.'))
  } else {
    port.on!('error', say(true))
    port.on!('exit', (code: unknown) => hear(true, `It ended with code ${String(code)}.`))
  }
}
