/**
 * Cursors: the place after a row in the order of a query, as a string for URLs.
 *
 *     base64url of ["check", "query", value of each field of the order..., id]
 *
 * The JSON is ASCII. `query` is the hash of filters and order, `check` that of all that
 * follows it, so that a cursor that was cut or changed on its way is told from one of another query. Made of nothing but
 * the language, so it is the same on every machine.
 */
import { InvalidQueryError, show } from '../base/errors.ts'
import { FIELDS, type Field } from '../row/fields.ts'
import {
  DEFAULT_ORDER,
  type OrderField,
  type OrderKey,
  type OrderTerm,
  type OrderValue,
  type QuerySpec,
} from './spec.ts'

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** The cursor that goes on after the row with this key. O(units of the filters). */
export function writeCursor(spec: QuerySpec, key: OrderKey): string {
  return encode([queryHash(spec), ...key])
}

/** Whether a string is a cursor of any query. O(units). */
export function isCursor(text: string): boolean {
  return decode(text) !== undefined
}

/** The key after which a query goes on. Throws `INVALID_CURSOR` where its cursor is of another query. O(units of the filters). */
export function readCursor(spec: QuerySpec): OrderKey {
  const terms = spec.orderBy ?? DEFAULT_ORDER
  const [hash, ...values] = decode(spec.after!) ?? []
  const id = values.pop()
  const key = terms.map((term, i) => readValue(term, values[i]))
  if (
    hash === queryHash(spec) &&
    values.length === terms.length &&
    Number.isSafeInteger(id) &&
    !key.includes(undefined)
  ) {
    return [...(key as OrderValue[]), id as number]
  }
  const message = `cursor: ${show(spec.after)} is of a query with other filters or another order. Expected the next_cursor of a page of this query.`
  throw new InvalidQueryError([
    { parameter: 'cursor', value: spec.after, code: 'INVALID_CURSOR', message, wire: 'Invalid cursor.' },
  ])
}

/** The value of a field as it is compared, `undefined` where the field cannot have it. */
function readValue(term: OrderTerm, value: unknown): OrderValue | undefined {
  const field = FIELDS[term.replace('-', '') as OrderField]
  const { asked, type }: Field & Pick<typeof field, 'asked'> = field
  if (value === null) return type?.isRequired || asked === 'id' || asked === 'count' ? undefined : value
  return KINDS[asked](value) ? (value as OrderValue) : undefined
}

/** Whether a value that is not null is one of a field, by how that is asked. */
const KINDS: Record<(typeof FIELDS)[OrderField]['asked'], (value: unknown) => boolean> = {
  id: Number.isSafeInteger,
  count: Number.isSafeInteger,
  duration: Number.isFinite,
  string: (value) => typeof value === 'string',
  flag: (value) => typeof value === 'boolean',
  instant: (value) => {
    const { ms, us } = Object(value)
    return Number.isSafeInteger(ms) && Number.isSafeInteger(us)
  },
}

/** What is hashed is all that decides which rows match and how they follow each other. */
function queryHash({ where, orderBy = DEFAULT_ORDER, includeDeleted }: QuerySpec): string {
  return hash(JSON.stringify([where, orderBy, includeDeleted === true]))
}

function encode(parts: readonly unknown[]): string {
  const json = JSON.stringify(parts)
  const ascii = `["${hash(json)}",${json.slice(1)}`.replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  let text = ''
  for (let i = 0; i < ascii.length; i += 3) {
    const bits = (ascii.charCodeAt(i) << 16) | ((ascii.charCodeAt(i + 1) || 0) << 8) | (ascii.charCodeAt(i + 2) || 0)
    for (let shift = 18; shift >= 0; shift -= 6) text += DIGITS[(bits >> shift) & 63]
  }
  return text.slice(0, Math.ceil((ascii.length * 4) / 3))
}

/** The parts of a cursor without the check, `undefined` for a string that `encode` does not give. */
function decode(text: string): readonly unknown[] | undefined {
  let ascii = ''
  for (let i = 0; i < text.length; i += 4) {
    let bits = 0
    for (let j = i; j < i + 4; j++) bits = (bits << 6) | Math.max(0, DIGITS.indexOf(text[j] ?? 'A'))
    for (let shift = 16; shift >= 0; shift -= 8) ascii += String.fromCharCode((bits >> shift) & 255)
  }
  try {
    const [, ...parts] = JSON.parse(ascii.slice(0, Math.floor((text.length * 3) / 4)))
    return encode(parts) === text ? parts : undefined
  } catch {
    return undefined
  }
}

/** 53 bits of a string (cyrb53 by bryc, public domain). O(units). */
function hash(text: string): string {
  let high = 0xdeadbeef
  let low = 0x41c6ce57
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    high = Math.imul(high ^ unit, 2654435761)
    low = Math.imul(low ^ unit, 1597334677)
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909)
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909)
  return (4294967296 * (2097151 & low) + (high >>> 0)).toString(36)
}
