/** The time that a duration reaches back. */
import { UTCDateMini } from '@date-fns/utc/date/mini'
import { subMonths } from 'date-fns/subMonths'
import type { Fault } from '../base/errors.ts'
import { formatInstant, toInstant } from '../base/text/instant.ts'
import { fieldCondition } from './canonical.ts'
import { invalidValue } from './faults.ts'
import type { Condition } from './spec.ts'
import { instant } from './values.ts'

/** A length of time, the sum of its units. That of date-fns fits. */
export interface Duration {
  /** Whole numbers where the calendar decides how long they are; counted in UTC. */
  readonly years?: number
  readonly months?: number
  readonly weeks?: number
  /** 24 hours each. */
  readonly days?: number
  readonly hours?: number
  readonly minutes?: number
  readonly seconds?: number
}

const PARAMETER = 'startedWithin'

/** Units that the calendar measures, in months. */
const MONTHS: ReadonlyMap<string, number> = new Map([
  ['years', 12],
  ['months', 1],
])
/** Units that are always as long, in milliseconds. */
const MILLISECONDS: ReadonlyMap<string, number> = new Map([
  ['weeks', 604_800_000],
  ['days', 86_400_000],
  ['hours', 3_600_000],
  ['minutes', 60_000],
  ['seconds', 1000],
])
const UNITS = [...MONTHS.keys(), ...MILLISECONDS.keys()]
const DURATION = {
  expected: `a duration such as { days: 7 }, of ${UNITS.join(', ')}, none negative, months whole, from year 1 on`,
}

/** The conditions that `started_at` is at most a duration before `now`, and not after it. Months are counted in UTC. */
export function readWithin(duration: unknown, now: unknown, faults: Fault[]): readonly Condition[] {
  const to = toInstant(now)
  if (to === undefined) {
    faults.push(invalidValue(PARAMETER, now, instant))
    return []
  }
  const from = toInstant(start(to.ms, duration))
  if (from === undefined) {
    faults.push(invalidValue(PARAMETER, duration, DURATION))
    return []
  }
  return [
    fieldCondition('started_at', 'gte', formatInstant({ ms: from.ms, us: to.us })),
    fieldCondition('started_at', 'lte', formatInstant(to)),
  ]
}

/** The milliseconds at which a duration before `end` begins. NaN for an invalid duration. */
function start(end: number, duration: unknown): number {
  const units = Object.entries(Object(duration))
  const isValid = units.every(
    ([unit, amount]) => UNITS.includes(unit) && Number.isFinite(amount) && (amount as number) >= 0,
  )
  if (!isValid || units.length === 0) return Number.NaN
  const sum = (sizes: ReadonlyMap<string, number>): number =>
    units.reduce((total, [unit, amount]) => total + (amount as number) * (sizes.get(unit) ?? 0), 0)
  const months = sum(MONTHS)
  if (!Number.isInteger(months)) return Number.NaN
  return Number(subMonths(new UTCDateMini(end), months)) - Math.round(sum(MILLISECONDS))
}
