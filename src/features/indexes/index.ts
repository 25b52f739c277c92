/** The indexes of a store, built before a query needs them, and what they weigh: the entry point `conversation-store/indexes`. */
import { checkOptions } from '../../base/options.ts'
import { type StoreStats, stats as statsOf } from '../../engine/stats.ts'
import {
  type WarmAsyncOptions,
  type WarmOptions,
  warmAsync as warmInSlices,
  warm as warmNow,
} from '../../engine/warm.ts'
import { executorOf, type StoreLike } from '../../store/inside.ts'

export type { StoreStats } from '../../engine/stats.ts'
export type { WarmAsyncOptions, WarmOptions } from '../../engine/warm.ts'

const WARM_OPTIONS = ['text', 'actions', 'metadata']

/** How many rows, segments and terms a store has, and about how many bytes its indexes take. O(indexes × segments). */
export function stats(store: StoreLike): StoreStats {
  return statsOf(executorOf(store).engine)
}

/**
 * Builds the indexes of a store now, so that no query waits for one. Seconds for the messages of 100,000 rows: see
 * `warmAsync`.
 *
 * @example
 * import { ConversationStore } from 'conversation-store/core'
 * import { warm } from 'conversation-store/indexes'
 *
 * const store = ConversationStore.from([{ conversation_id: 'a', started_at: '2026-01-05' }])
 * warm(store)
 */
export function warm(store: StoreLike, options: WarmOptions = {}): void {
  checkOptions('warm', options, WARM_OPTIONS)
  warmNow(executorOf(store).engine, options)
}

/** Builds the same in slices of `sliceMs`, leaving the thread free between them. Rejects with the signal's reason. */
export async function warmAsync(store: StoreLike, options: WarmAsyncOptions = {}): Promise<void> {
  checkOptions('warmAsync', options, [...WARM_OPTIONS, 'signal', 'onProgress', 'sliceMs'])
  const executor = executorOf(store)
  await warmInSlices(() => executor.engine, options)
}
