/** Signals that end a call: why it ended, and hearing of it. */
import { ConversationStoreError } from './errors.ts'
import type { AbortSignalLike } from './host.ts'

/**
 * The error of what a signal has aborted: its reason, or where it has none, an error with the code `ABORTED` that says what
 * was aborted.
 */
export function abortReason(signal: AbortSignalLike, what = 'call'): unknown {
  if (signal.reason !== undefined) return signal.reason
  const message = `The ${what} was aborted by its signal.`
  return new ConversationStoreError([{ parameter: 'signal', value: signal, code: 'ABORTED', message }])
}

/** Throws `abortReason` if the signal is aborted. */
export function throwIfAborted(signal: AbortSignalLike | undefined, what?: string): void {
  if (signal?.aborted) throw abortReason(signal, what)
}

/** Calls `act` when the signal is aborted; the function that comes back stops listening. A signal without events is never heard. */
export function onAbort(signal: AbortSignalLike | undefined, act: () => void): () => void {
  const { addEventListener, removeEventListener } = (signal ?? {}) as Partial<EventSource>
  addEventListener?.call(signal, 'abort', act)
  return () => removeEventListener?.call(signal, 'abort', act)
}

interface EventSource {
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}
