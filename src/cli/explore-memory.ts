/** How full the memory for rows is. */
import { constants, type NodeGCPerformanceDetail, PerformanceObserver } from 'node:perf_hooks'
import { getHeapStatistics } from 'node:v8'

/** Rows may take this share of the heap for objects that stay; the rest is for asking and for sending them. */
const SHARE = 0.65
/** The heap's part for new objects, which its limit counts too: three times 16 MiB. */
const NEW_OBJECTS = 50_331_648

/** The memory has no room for more rows. */
export class MemoryFull extends Error {}

/**
 * Watches the heap while rows are read. How much of it is in use is known only after a full collection, so that is when it is
 * looked at: as the heap fills, they come more and more often.
 */
export class HeapWatch {
  #used = 0
  readonly #most: number
  readonly #observer = new PerformanceObserver((list) => {
    const kinds = list.getEntries().map((entry) => (entry as { detail?: unknown }).detail)
    const isFull = kinds.some(
      (detail) => (detail as NodeGCPerformanceDetail).kind === constants.NODE_PERFORMANCE_GC_MAJOR,
    )
    if (isFull) this.#used = getHeapStatistics().used_heap_size
  })

  /** @param most The bytes that may be in use. */
  constructor(most: number = SHARE * (getHeapStatistics().heap_size_limit - NEW_OBJECTS)) {
    this.#most = most
    this.#observer.observe({ entryTypes: ['gc'] })
  }

  /** Throws `MemoryFull`. */
  check(): void {
    if (this.#used > this.#most) throw new MemoryFull('The memory is full.')
  }

  stop(): void {
    this.#observer.disconnect()
  }
}
