/** Figures in words. */
import type { Group } from '../answers/contract.ts'
import { secondsText } from '../facets/label.ts'
import type { Make } from './choices.ts'

const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 2 })
const SMALL = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 })

/** A figure as it is read: `1,204`, `510.14`, `8 min 30 s`, `–` where there is no number. */
export function figureText(value: unknown, make: Make, isSeconds: boolean): string {
  if (typeof value !== 'number') return '–'
  if (make !== 'count' && isSeconds) return secondsText(value)
  return value !== 0 && Math.abs(value) < 1 ? SMALL.format(value) : WHOLE.format(value)
}

/** A figure to the last digit, and of how many conversations: for a tooltip. */
export function exactText(group: Group | undefined, make: Make, isSeconds: boolean, name: string = make): string {
  if (group === undefined) return ''
  const rows = `${WHOLE.format(Number(group.rows))} conversations`
  if (make === 'count') return `${WHOLE.format(Number(group[name]))} of ${rows} have a number there`
  const value = group[name]
  return typeof value === 'number'
    ? `${value}${isSeconds ? ' seconds' : ''}, of ${rows}`
    : `None of ${rows} has a number there`
}
