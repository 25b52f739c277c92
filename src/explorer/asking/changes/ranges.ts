/** Ranges of numbers and times, as histograms and bins drag them. */
import type { FieldCondition } from 'conversation-store/core'
import type { Asked, Part, Pill } from '../contract.ts'
import { canonical, pill } from '../parts.ts'
import { keysOf } from './paths.ts'

/** An end of a range: a number, and of a time milliseconds since 1970 or ISO 8601. Null: open. */
export type End = number | string | null

/** The conditions of a range that are lower and upper ends. */
const LOWER = ['gte', 'gt']
const UPPER = ['lt', 'lte']

/**
 * Asks for a range of a field: from `from` up to `to`, which is not in. Replaces the range that was asked, in its place;
 * two nulls take it away. Throws `InvalidQueryError` for an end that the field does not take.
 *
 * @example setRange(asked, 'started_at', '2026-01-05T00:00:00Z', '2026-01-06T00:00:00Z')
 * @example setRange(asked, 'message_count', 10, 20)
 */
export function setRange(asked: Asked, field: string, from: End, to: End): Asked {
  const ends = [
    ...(from === null ? [] : [pill(endOf(field, 'gte', from))]),
    ...(to === null ? [] : [pill(endOf(field, 'lt', to))]),
  ]
  const first = asked.parts.findIndex((part) => isEnd(part, field))
  const at = first === -1 ? asked.parts.length : first
  const others = (parts: readonly Part[]) => parts.filter((part) => !isEnd(part, field))
  return { ...asked, parts: [...others(asked.parts.slice(0, at)), ...ends, ...others(asked.parts.slice(at))] }
}

/** The range that is asked of a field, as its conditions have it: of a time in ISO 8601. Whether the upper end is in is told too. */
export function rangeOf(
  { parts }: Asked,
  field: string,
): { readonly from: End; readonly to: End; readonly isToIn: boolean } {
  const ends = parts.filter((part): part is Pill => isEnd(part, field)).map(({ condition }) => condition)
  const lower = ends.find(({ lookup }) => LOWER.includes(lookup))
  const upper = ends.find(({ lookup }) => UPPER.includes(lookup))
  return {
    from: (lower?.value as End | undefined) ?? null,
    to: (upper?.value as End | undefined) ?? null,
    isToIn: upper?.lookup === 'lte',
  }
}

/** The same without the range of a field: the query of a histogram that shows what is beside the range too. */
export function withoutRange(asked: Asked, field: string): Asked {
  const parts = asked.parts.filter((part) => !isEnd(part, field))
  return parts.length === asked.parts.length ? asked : { ...asked, parts }
}

function endOf(field: string, lookup: 'gte' | 'lt', end: number | string): FieldCondition {
  const path = keysOf(field)
  const value = typeof end === 'number' && /_at$/.test(field) && path === undefined ? new Date(end).toISOString() : end
  return canonical({
    ...(path === undefined ? { field } : { field: 'metadata', path }),
    lookup,
    value,
  } as FieldCondition)
}

function isEnd(part: Part, field: string): part is Pill {
  if (!('condition' in part) || part.isOff || part.isNegated) return false
  const { condition } = part
  const path = keysOf(field)
  const isField =
    path === undefined
      ? condition.field === field
      : condition.field === 'metadata' && JSON.stringify(condition.path) === JSON.stringify(path)
  return isField && [...LOWER, ...UPPER].includes(condition.lookup)
}
