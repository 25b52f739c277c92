/** The clock that a caller may hand in, so that what is recorded is the same each time. */
import { show } from './errors.ts'
import { invalidOption } from './options.ts'
import { type Instant, toInstant } from './text/instant.ts'

/** A clock: each call gives the time, as a Date, epoch milliseconds or an ISO 8601 string. */
export type Clock = () => Date | number | string

/**
 * The instants of a clock. Throws `InvalidQueryError` for anything but a function; what comes back throws an ordinary error
 * where the clock gives no time, for then nobody's request is at fault.
 */
export function readClock(now: Clock): () => Instant {
  if (typeof now !== 'function') throw invalidOption('now', now, 'a function that gives the time')
  return () => {
    const time = now()
    const instant = toInstant(typeof time === 'number' ? Math.floor(time) : time)
    if (instant === undefined)
      throw new Error(`now gave ${show(time)}. Expected a Date, epoch milliseconds or an ISO 8601 string.`)
    return instant
  }
}
