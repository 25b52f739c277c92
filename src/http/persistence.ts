/** Where a handler keeps writes. */
import type { RecordedEvent } from './events.ts'

/**
 * Keeps writes. The handler knows no more of a journal than this.
 *
 * A write is judged, applied to the state and appended in one synchronous step, so `append` is called in the order in
 * which the state changed. One call has all events of one request, at least one.
 */
export interface Persistence {
  /**
   * Takes the events of one request. The answer to the request waits for the promise: when it resolves they are safe;
   * when it rejects the answer is a 503, though the state has them already. The events must not be changed.
   */
  append(events: readonly RecordedEvent[]): Promise<void>
}
