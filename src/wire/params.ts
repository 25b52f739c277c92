/**
 * URL parameters to specs and back, without loss: what is written reads back as the same spec.
 *
 * A condition goes into a parameter only if reading that parameter gives the very condition again. That one check
 * covers white space at the ends, commas in lists, strings that look like numbers and all else that a URL cannot say.
 * The rest travels in `where`, as JSON.
 */
import { type Fault, show } from '../base/errors.ts'
import { host } from '../base/host.ts'
import { checkOptions } from '../base/options.ts'
import { compareScalars } from '../query/canonical.ts'
import { invalidValue, raise } from '../query/faults.ts'
import { CONDITIONS, pairOf, SETTINGS } from '../query/filters.ts'
import type { Condition, MessageMatchCondition, MetadataCondition, QuerySpec } from '../query/spec.ts'
import { fieldsWith } from '../row/fields.ts'
import { pathText, readPair, readPairs, valueTexts } from './metadata-text.ts'
import { oneMessage, type ReadOptions, type Refuse, readTexts, turned } from './read-parameters.ts'

export type { ReadOptions } from './read-parameters.ts'

/** A name and a value of a URL's query. */
export type Param = readonly [name: string, value: string]

/** How a spec is written to URL parameters. */
export interface WriteOptions {
  /** Whether the parameters of the hosted API alone may be used. */
  readonly hosted?: boolean
}

/** What URL parameters ask, and the parameters as they were given, for the links of the answer. */
export interface ReadParams {
  readonly spec: QuerySpec
  readonly given: readonly Param[]
}

const READ_OPTIONS = ['strict', 'environments', 'bigNumbers']
const PARAMS = { expected: 'a query string, a URL, or names and values such as URLSearchParams' }

/** A string with a scheme or a path before its `?`, or with anything there that is not a parameter. */
const ADDRESS = /^(?:[a-z][a-z\d+.-]*:\/\/|\/|[^?=&#]+\?)/i

/** The fields that the hosted API does not know. */
const OWN: readonly string[] = fieldsWith({ isOwn: true })

/** No URL can carry half of a surrogate pair: percent-encoding is of UTF-8. */
const LONE_SURROGATE = /\p{Surrogate}/u

/**
 * The spec that URL parameters ask for, by the rules of the wire: values are trimmed, an empty one is not applied, the
 * last of a repeated parameter counts.
 *
 * A string is a query string with or without `?`, or a URL or a path, of which the part after `?` counts. Throws
 * `InvalidQueryError` with every fault of every parameter, else `InvalidPageError`. O(units).
 */
export function readParams(params: string | Iterable<Param>, options: ReadOptions = {}, refuse?: Refuse): ReadParams {
  checkOptions('fromSearchParams', options, READ_OPTIONS)
  const given = paramsOf(params)
  return { spec: readTexts(given, options, refuse), given }
}

/**
 * The parameters that say a spec, sorted by name. Throws `InvalidQueryError` with a fault (`NOT_ON_THE_WIRE`) for every
 * condition that the hosted API's parameters cannot say, where they alone may be used. O(units).
 */
export function writeParams(spec: QuerySpec, options: WriteOptions = {}): readonly Param[] {
  checkOptions('toSearchParams', options, ['hosted'])
  const { hosted = false } = options
  const said = new Map<string, string>()
  const left = spec.where.filter((condition) => !say(condition, said, hosted))
  if (hosted) raise(notOnTheWire(left, spec))
  else if (left.length > 0) said.set('where', JSON.stringify(left))
  for (const [name, setting] of Object.entries(SETTINGS)) {
    const value = spec[setting.key]
    if (value !== undefined) said.set(name, String(turned(setting, value)))
  }
  return [...said].sort(([a], [b]) => compareScalars(a, b))
}

/** Whether the hosted API does not know a field. */
function isOwn(field: string): boolean {
  return OWN.includes(field)
}

/** Says a condition by the first of its parameters that is free and reads back as it. */
function say(condition: Condition, said: Map<string, string>, hosted: boolean): boolean {
  if (!('field' in condition)) return false
  if (condition.field === 'metadata') return condition.lookup === 'exact' && sayPair(condition, said, hosted)
  const { field, lookup, value } = condition
  if (hosted && isOwn(field)) return false
  if (field === 'message' && lookup === 'matches') return !hosted && sayMessage(condition, said)
  // Beside `message_contains` it would restrict that one.
  if (field === 'message_sender' && said.has('message_contains')) return false
  for (const { parameter, value: type } of CONDITIONS.get(pairOf(field, lookup))!) {
    const text = String(value)
    if (parameter === undefined || said.has(parameter) || !isCarried(text)) continue
    if (!isSame(type.fromText(text, lookup, []), value)) continue
    said.set(parameter, text)
    return true
  }
  return false
}

/** Says the message of a sender that contains one string, if no other condition is said by those parameters. */
function sayMessage(condition: MessageMatchCondition, said: Map<string, string>): boolean {
  const { sender, contains: [text = ''] = [] } = condition.value
  if (sender === undefined || said.has('message_contains') || !isCarried(text)) return false
  if (!isSame(oneMessage(text, sender), condition)) return false
  said.set('message_contains', text).set('message_sender', sender)
  return true
}

/** Says a metadata condition as one more pair of `metadata`, else by `metadata_key` and `metadata_value`. */
function sayPair(condition: MetadataCondition, said: Map<string, string>, hosted: boolean): boolean {
  const key = pathText(condition, hosted)
  if (key === undefined) return false
  const texts = valueTexts(condition, hosted)
  for (const text of texts) {
    const pair = `${key}:${text}`
    const [read, ...others] = isCarried(pair) ? readPairs(pair, []) : []
    if (others.length > 0 || !isSame(read, condition)) continue
    const before = said.get('metadata')
    said.set('metadata', before === undefined ? pair : `${before},${pair}`)
    return true
  }
  for (const text of said.has('metadata_key') ? [] : texts) {
    if (!isCarried(key) || !isCarried(text) || !isSame(readPair(key, text, []), condition)) continue
    said.set('metadata_key', key).set('metadata_value', text)
    return true
  }
  return false
}

/** Whether a parameter's value comes through a URL and its reading as it is. */
function isCarried(text: string): boolean {
  return text !== '' && text.trim() === text && !LONE_SURROGATE.test(text)
}

/** Whether two canonical values or conditions are equal. */
function isSame(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b))
}

/** The faults of all that the hosted API knows no parameter for: conditions, fields to order by, a cursor. */
function notOnTheWire(conditions: readonly Condition[], { orderBy = [], after }: QuerySpec): readonly Fault[] {
  const faults: Fault[] = []
  const refuse = (parameter: string, value: unknown, why: string) => {
    const message = `${parameter}: the hosted API ${why}.`
    faults.push({ parameter, value, code: 'NOT_ON_THE_WIRE', message })
  }
  for (const condition of conditions) {
    const parameter = 'field' in condition ? condition.field : Object.keys(condition).join()
    refuse(parameter, condition, `has no parameter for ${show(condition)}`)
  }
  for (const term of orderBy)
    if (isOwn(term.replace('-', ''))) refuse('ordering', term, `cannot order by ${show(term)}`)
  if (after !== undefined) refuse('cursor', after, 'has no cursors. Ask for a page by its number')
  return faults
}

function paramsOf(params: unknown): readonly Param[] {
  if (typeof params === 'string') {
    const [address = ''] = params.split('#')
    const query = ADDRESS.test(params) ? address.slice(address.indexOf('?') + 1 || address.length) : params
    return [...new host.URLSearchParams(query)]
  }
  const isIterable = typeof params === 'object' && params !== null && Symbol.iterator in params
  const pairs: unknown[] = isIterable ? [...(params as Iterable<unknown>)] : [params]
  const given = pairs.filter(isParam)
  if (given.length < pairs.length) raise([invalidValue('params', params, PARAMS)])
  return given.map(([name, value]) => [name, value])
}

function isParam(pair: unknown): pair is Param {
  return Array.isArray(pair) && pair.length === 2 && pair.every((text) => typeof text === 'string')
}
