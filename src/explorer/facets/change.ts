/** What ticking a row of a facet changes in what is asked. */
import { rangeOf, setRange, toggleValue, withoutField } from '../asking/changes/index.ts'
import type { Asked } from '../asking/contract.ts'
import { withoutOwn } from './asks.ts'
import { overlap, type Range, ticked } from './bins.ts'
import type { Facet } from './fields.ts'
import { isExcluded, toggleExcluded } from './ranges.ts'
import { NONE_FAILED, type Shown, valueState } from './values.ts'

/** Ticks a row, or takes the tick away; `isNegated` leaves its conversations out. A row that is ticked the other way changes sides. */
export function tick(asked: Asked, facet: Facet, { of }: Shown, isNegated: boolean): Asked {
  if ('from' in of) return tickRange(asked, facet, of, isNegated)
  const { value, isMissing } = of
  if (facet.field === 'failed_action' && value === null)
    return toggleValue(asked, NONE_FAILED.field, NONE_FAILED.value, { isNegated: !isNegated })
  // Rows without a number are in no range.
  const free = facet.isOfNumbers && !isNegated ? setRange(asked, facet.field, null, null) : asked
  if (facet.lists !== 'mixed')
    return toggleValue(free, facet.field, value, {
      isMissing,
      isNegated,
      isItem: facet.lists !== undefined && !isMissing,
    })
  // A value that stands alone in some rows, and in lists of others, is two conditions joined by "or".
  const wanted = isNegated ? 'negated' : 'ticked'
  const isOn = valueState(free, facet, value, isMissing) === wanted
  const forms = isMissing ? [false] : [false, true]
  return forms.reduce((all, form) => {
    const is = valueState(all, { ...facet, lists: form ? 'always' : undefined }, value, isMissing) === wanted
    return is === isOn ? toggleValue(all, facet.field, value, { isMissing, isNegated, isItem: form }) : all
  }, free)
}

/** Takes away all that is ticked in a facet. */
export function clear(asked: Asked, facet: Facet): Asked {
  return withoutOwn(asked, facet)
}

function tickRange(asked: Asked, { field }: Facet, of: Range, isNegated: boolean): Asked {
  const bin = { from: of.from ?? Number.NEGATIVE_INFINITY, to: of.to ?? Number.POSITIVE_INFINITY }
  const { from, to } = rangeOf(asked, field)
  const range = { from: numberOf(from), to: numberOf(to) }
  const isRanged = range.from !== null || range.to !== null
  if (isNegated) {
    const isTicked = isRanged && overlap(bin, range) !== 'none'
    return toggleExcluded(isTicked ? setRange(asked, field, null, null) : asked, field, of)
  }
  const free = isExcluded(asked, field, of) ? toggleExcluded(asked, field, of) : asked
  const next = ticked(bin, range)
  return setRange(withoutField(free, field), field, next.from, next.to)
}

function numberOf(end: number | string | null): number | null {
  return typeof end === 'number' ? end : null
}
