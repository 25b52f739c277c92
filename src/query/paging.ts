/** The values that say which rows of the answer come, and in which order. */
import type { Fault } from '../base/errors.ts'
import { fieldsWith } from '../row/fields.ts'
import { isCursor } from './cursor.ts'
import type { OrderTerm } from './spec.ts'
import { itemsOf, type ValueType } from './values.ts'

const FIELDS = fieldsWith({ isOrdered: true })
const TERMS: readonly OrderTerm[] = FIELDS.flatMap((field): OrderTerm[] => [field, `-${field}`])

/** Larger numbers are this one: there is no such page, and no page of so many rows. */
const MAX = Number.MAX_SAFE_INTEGER

/** Fields to order by. The wire drops what it does not know; `null` where nothing is left, which is the default. */
export const order: ValueType<readonly OrderTerm[] | null> = {
  expected: `one or more of ${FIELDS.join(', ')}, each with or without a leading "-"`,
  choices: TERMS,
  fromText: (given) => {
    const terms = itemsOf(given).filter(isTerm)
    return terms.length === 0 ? null : terms
  },
  fromCode: (value) => {
    const terms = [value].flat().flatMap((item) => (typeof item === 'string' ? item.split(',') : item))
    return terms.length > 0 && terms.every(isTerm) ? terms : undefined
  },
}

/** A page, from 1, or the last one. */
export const page: ValueType<number | 'last'> = {
  expected: 'a whole number from 1, or "last"',
  code: 'INVALID_PAGE',
  fromText: (given) => (given === 'last' ? given : positive(given)),
  fromCode: (value) => (value === 'last' ? value : positiveWhole(value)),
}

/** The `next_cursor` of a page. Whether it is of the same query is known when that is run. */
export const cursor: ValueType<string> = {
  expected: 'the next_cursor of a page (null is that of the last one: nothing comes after it)',
  code: 'INVALID_CURSOR',
  wire: () => 'Invalid cursor.',
  fromText: (given) => (isCursor(given) ? given : undefined),
  fromCode: (value) => (typeof value === 'string' && isCursor(value) ? value : undefined),
}

/** The fault of asking for a page by its number and by a cursor, if that is so. */
export function pagedTwice({ page, after }: { readonly page?: unknown; readonly after?: unknown }): readonly Fault[] {
  if (page == null || after === undefined) return []
  const message =
    'page: there is a cursor too. Expected a page number or a cursor, for each says where the page begins.'
  return [{ parameter: 'page', value: page, code: 'INVALID_VALUE', message }]
}

/** The most rows a page, where a store is not told of another number. */
export const MAX_PAGE_SIZE = 100

/** Rows a page. Anything but a positive integer reads as `null` on the wire: the default. */
export const pageSize: ValueType<number | null> = {
  expected: 'a whole number from 1',
  fromText: (given) => positive(given) ?? null,
  fromCode: positiveWhole,
}

function isTerm(value: unknown): value is OrderTerm {
  return TERMS.some((term) => term === value)
}

function positive(digits: string): number | undefined {
  return /^\d+$/.test(digits) ? positiveWhole(Math.min(Number(digits), MAX)) : undefined
}

function positiveWhole(value: unknown): number | undefined {
  return Number.isInteger(value) && (value as number) > 0 ? Math.min(value as number, MAX) : undefined
}
