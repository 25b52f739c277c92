/**
 * Where the hours, days, weeks and months of a time zone begin.
 *
 * What its clocks show is taken as if it were UTC, where date-fns counts days without a change of clocks. A day, week or
 * month begins at the first instant at which the clocks show its midnight, or, where they leap over that, when they do.
 * An hour is a stretch of one reading of the hour and one offset: the hour that clocks show twice is two.
 */
import { tzName } from '@date-fns/tz/tzName'
import { tzOffset } from '@date-fns/tz/tzOffset'
import { UTCDateMini } from '@date-fns/utc/date/mini'
import { startOfDay } from 'date-fns/startOfDay'
import { startOfMonth } from 'date-fns/startOfMonth'
import { startOfWeek } from 'date-fns/startOfWeek'
import { partitionPoint } from '../../base/bisect.ts'
import type { HistogramUnit } from './request.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The beginning of what clocks are in, as if they showed UTC; and a time that leads from one into the next. */
const CALENDAR: Record<Exclude<HistogramUnit, 'hour'>, { floor: (clock: Date) => Date; step: number }> = {
  day: { floor: startOfDay, step: 1.5 * DAY },
  week: { floor: (clock) => startOfWeek(clock, { weekStartsOn: 1 }), step: 10 * DAY },
  month: { floor: startOfMonth, step: 45 * DAY },
}

/** How far the clocks are ahead of UTC at an instant. All is in milliseconds. */
type Offset = (ms: number) => number

/** The instants at which a unit begins, ascending: the last that is not after `ms`, then all that follow. */
export function* beginnings(every: HistogramUnit, zone: ZoneOffsets, ms: number): Generator<number, never> {
  const offset: Offset = (at) => zone.at(at)
  if (every === 'hour') {
    for (let at = hourFloor(ms, offset); ; at = nextHour(at, offset)) yield at
  }
  const { floor, step } = CALENDAR[every]
  const floorAt = (clock: number) => Number(floor(new UTCDateMini(clock)))
  let clock = floorAt(ms + offset(ms))
  let at = instantOf(clock, offset)
  for (;;) {
    const nextClock = floorAt(clock + step)
    const next = instantOf(nextClock, offset)
    // A day that the clocks leap over has no instant; and where they go back over midnight it was the next day before.
    if (next > at && next > ms) yield at
    clock = nextClock
    at = next
  }
}

/** The first instant at which clocks show this, or leap over it. */
function instantOf(clock: number, offset: Offset): number {
  const before = offset(clock - 1.5 * DAY)
  const after = offset(clock + 1.5 * DAY)
  for (const each of [before, after]) if (offset(clock - each) === each) return clock - each
  return firstWith(after, clock - after, clock - before, offset)
}

function hourFloor(ms: number, offset: Offset): number {
  const own = offset(ms)
  const start = ms - past(ms + own)
  return offset(start) === own ? start : firstWith(own, start, ms, offset)
}

function nextHour(ms: number, offset: Offset): number {
  const end = ms + HOUR - past(ms + offset(ms))
  const last = offset(end - 1)
  return last === offset(ms) ? end : firstWith(last, ms, end, offset)
}

/** What clocks show past the hour. */
function past(clock: number): number {
  return clock - Math.floor(clock / HOUR) * HOUR
}

/** The first instant after `from` with this offset, which the one at `to` has and the one at `from` has not. */
function firstWith(wanted: number, from: number, to: number, offset: Offset): number {
  return partitionPoint(from + 1, to, (at) => offset(at) === wanted)
}

/** No zone has ever changed its clocks and changed them back within so short a time (a week, in Brazil in 2000). */
const STABLE = 4 * DAY
/** A page asks for the same time again and again, and an offset costs microseconds. */
const KEPT = 20_000

/** The offsets of one time zone, remembered. */
export class ZoneOffsets {
  readonly timeZone: string
  /** By stretch of time. */
  readonly #offsets = new Map<number, number>()

  constructor(timeZone: string) {
    this.timeZone = timeZone
  }

  /** How far the clocks are ahead of UTC at an instant. */
  at(ms: number): number {
    const stretch = Math.floor(ms / STABLE)
    const offset = this.#offsetOf(stretch)
    return offset === this.#offsetOf(stretch + 1) ? offset : readOffset(this.timeZone, ms)
  }

  #offsetOf(stretch: number): number {
    let offset = this.#offsets.get(stretch)
    if (offset === undefined) {
      if (this.#offsets.size > KEPT) this.#offsets.clear()
      offset = readOffset(this.timeZone, stretch * STABLE)
      this.#offsets.set(stretch, offset)
    }
    return offset
  }
}

/** Before there were zones, clocks differed by seconds. */
function readOffset(timeZone: string, ms: number): number {
  const date = new Date(ms)
  const offset = Math.round(tzOffset(timeZone, date) * MINUTE)
  // `tzOffset` loses the sign of less than an hour: London was 75 seconds behind, it says ahead.
  if (offset <= 0 || offset >= HOUR) return offset
  const name = /^[+-]/.test(timeZone) ? timeZone : tzName(timeZone, date, 'longOffset' as never)
  return name.includes('-') ? -offset : offset
}
