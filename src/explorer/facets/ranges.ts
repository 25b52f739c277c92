/** Ranges of numbers that are left out: a bin that is negated. What is asked for is a `not` of both ends. */
import type { Condition } from 'conversation-store'
import { addCondition, keysOf } from '../asking/changes/index.ts'
import type { Asked, Part } from '../asking/contract.ts'
import { canonical, conditionOf } from '../asking/parts.ts'
import type { Range } from './bins.ts'

/** Leaves out the numbers of a range, rows without a number stay; or no longer, where it was left out. */
export function toggleExcluded(asked: Asked, field: string, range: Range): Asked {
  const without = asked.parts.filter((part) => !isExclusion(part, field, range))
  if (without.length < asked.parts.length) return { ...asked, parts: without }
  return addCondition(asked, exclusionOf(field, range))
}

/** Whether just this range is left out. */
export function isExcluded({ parts }: Asked, field: string, range: Range): boolean {
  return parts.some((part) => isExclusion(part, field, range))
}

/** The same without any range of a field that is left out. */
export function withoutExcluded(asked: Asked, field: string): Asked {
  const parts = asked.parts.filter((part) => part.isOff || !isOfRange(conditionOf(part), field))
  return parts.length === asked.parts.length ? asked : { ...asked, parts }
}

function exclusionOf(field: string, { from, to }: Range): Condition {
  const path = keysOf(field)
  const on = path === undefined ? { field } : { field: 'metadata', path }
  const ends = [
    ...(from === null ? [] : [{ ...on, lookup: 'gte', value: from }]),
    ...(to === null ? [] : [{ ...on, lookup: 'lt', value: to }]),
  ]
  return canonical({ not: ends } as unknown as Condition)
}

function isExclusion(part: Part, field: string, range: Range): boolean {
  return !part.isOff && JSON.stringify(conditionOf(part)) === JSON.stringify(exclusionOf(field, range))
}

/** Whether a condition is a `not` of one or two ends of this field. */
function isOfRange(condition: Condition, field: string): boolean {
  if (!('not' in condition)) return false
  const path = keysOf(field)
  return condition.not.every(
    (each) =>
      'field' in each &&
      ['gte', 'lt'].includes(each.lookup) &&
      (path === undefined
        ? each.field === field
        : each.field === 'metadata' && JSON.stringify(each.path) === JSON.stringify(path)),
  )
}
