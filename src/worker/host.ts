/** The globals of workers and pages that this room uses, declared by shape: no DOM or Node types are needed. Read when called. */
import type { AbortSignalLike } from '../base/host.ts'
import type { BlobLike } from '../features/load/index.ts'

interface WorkerHost {
  readonly AbortController: new () => { abort(): void; readonly signal: AbortSignalLike }
  readonly MessageChannel: new () => {
    readonly port1: {
      addEventListener(type: 'close', listener: () => void): void
      removeEventListener(type: 'close', listener: () => void): void
    }
    readonly port2: unknown
  }
  readonly Response: new (body: object) => { blob(): Promise<BlobLike> }
  /** Pages have one, workers and servers do not. */
  readonly document?: object
  readonly crypto?: { randomUUID(): string }
  readonly navigator?: { readonly locks?: Locks | null } | null
  setTimeout(task: () => void, ms: number): unknown
  clearTimeout(timer: unknown): void
  structuredClone<Value>(value: Value): Value
}

/** The part of `navigator.locks` that is used. */
export interface Locks {
  request(name: string, hold: () => Promise<void>): Promise<unknown>
}

export const host = globalThis as unknown as WorkerHost

/** Whether a value can be sent to another thread. */
export function isCloneable(value: unknown): boolean {
  try {
    host.structuredClone(value)
    return true
  } catch {
    return false
  }
}
