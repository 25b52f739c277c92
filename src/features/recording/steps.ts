/** Times and names that are the same in each run of a test. */
import { checkInteger, invalidOption } from '../../base/options.ts'
import { formatInstant, toInstant } from '../../base/text/instant.ts'

/**
 * A clock that goes on by itself: the first call gives `start`, each later one a time that is `ms` milliseconds after the one
 * before. `start` is an ISO 8601 string, a Date or epoch milliseconds; the times are ISO 8601 strings in UTC. Throws
 * `INVALID_VALUE` for a start that is no time, and for anything but whole milliseconds from 0.
 *
 * @example
 * const now = steps('2026-01-05T10:00:00Z', 1_000)
 * now() // '2026-01-05T10:00:00Z'
 * now() // '2026-01-05T10:00:01Z'
 */
export function steps(start: string | Date | number, ms = 1_000): () => string {
  const first = toInstant(start)
  if (first === undefined) throw invalidOption('start', start, 'an ISO 8601 string, a Date or epoch milliseconds')
  checkInteger('ms', ms, 0)
  let calls = 0
  return () => formatInstant({ ms: first.ms + ms * calls++, us: first.us })
}

/**
 * Names that count: `chat-1`, `chat-2` and so on, or with another prefix. Throws `INVALID_VALUE` for a prefix that is not a
 * string.
 *
 * @example createRecorder(store, { ids: counter('order-') }).start().conversation_id // 'order-1'
 */
export function counter(prefix = 'chat-'): () => string {
  if (typeof prefix !== 'string') throw invalidOption('prefix', prefix, 'a string')
  let calls = 0
  return () => `${prefix}${++calls}`
}
