/** Where a row stands in an order, apart from any segment: what is compared with rows that are there no more. */

import { compareCodePoints } from '../../base/text/compare.ts'
import { compareInstants, type Instant, parseInstant } from '../../base/text/instant.ts'
import type { OrderField, OrderKey, OrderTerm, OrderValue } from '../../query/spec.ts'
import { FIELDS } from '../../row/fields.ts'
import { isNumberField, ROW_NUMBERS } from '../../row/numbers.ts'
import type { Row } from '../segments/documents.ts'

/** The values of a row in the fields of an order, and its id. O(fields). */
export function keyOf(row: Row, terms: readonly OrderTerm[]): OrderKey {
  const key: OrderValue[] = terms.map((term) => orderValue(row, term.replace('-', '') as OrderField))
  key.push(row.id)
  return key
}

function orderValue(row: Row, field: OrderField): OrderValue {
  // A row may have a key of that name, which is an extra key like any other.
  if (isNumberField(field)) return ROW_NUMBERS[field](row)
  const value = row[field] ?? null
  return FIELDS[field].asked === 'instant' && value !== null ? parseInstant(value as string)! : value
}

/** Below 0 when the first key comes before the second, 0 for the same key of the same row. */
export function compareKeys(a: OrderKey, b: OrderKey, terms: readonly OrderTerm[]): number {
  // Ties go by id, in the direction of the last field.
  for (let i = 0; i < a.length; i++) {
    const order = compareOrderValues(a[i]!, b[i]!)
    if (order !== 0) return terms[Math.min(i, terms.length - 1)]![0] === '-' ? -order : order
  }
  return 0
}

/** Null is greater than all else; false is less than true. */
export function compareOrderValues(a: OrderValue, b: OrderValue): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null)
  if (typeof a === 'string') return compareCodePoints(a, b as string)
  return typeof a === 'object' ? compareInstants(a, b as Instant) : Number(a) - Number(b)
}
