/**
 * Facets, histograms and highlights, naively: every row is looked at, value by value, quarter of an hour by quarter of an
 * hour, place by place. Nothing is shared with the library but its types; time zones are asked of `Intl` alone.
 */

import type { Facet, FacetRange, FacetRequest, FacetValue } from '../src/features/facets/request.ts'
import type { Highlight } from '../src/features/highlights/highlights.ts'
import type { HistogramBucket, HistogramField, HistogramUnit } from '../src/features/histogram/request.ts'
import type { Condition, FieldCondition, Group, QuerySpec, Scalar } from '../src/query/spec.ts'
import { open } from '../src/row/conversation.ts'
import {
  compareCodePoints,
  fold,
  instantOf,
  isMeant,
  isMeantRun,
  keysOf,
  NUMBERS,
  type ReferenceStore,
  type Row,
  runsOf,
  termsOf,
  textOf,
} from './reference.ts'

// Facets

export const MISSING: unique symbol = Symbol('missing')
export type Value = Scalar | typeof MISSING

const isScalar = (value: unknown): value is Scalar => value === null || typeof value !== 'object'

/** What is at a path of metadata: own keys of objects, and places of lists. */
function reach(row: Row, path: readonly string[]): unknown {
  let value: unknown = row.metadata
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return MISSING
    const name = Array.isArray(value) ? (/^[0-9]+$/.test(key) ? String(Number(key)) : 'no place') : key
    if (!Object.hasOwn(value, name)) return MISSING
    value = (value as Record<string, unknown>)[name]
  }
  return value
}

const pathOf = (key: string): string[] => keysOf(key.slice('metadata.'.length))!

/** The values that a row has, perhaps some of them twice. */
export function valuesOf(row: Row, key: string): Value[] {
  const orNull = (values: Scalar[]): Scalar[] => (values.length === 0 ? [null] : values)
  const messages = row.messages ?? []
  const feedbacks = row.feedbacks ?? []
  const actions = messages
    .map((message) => message.action_name)
    .filter((name) => typeof name === 'string' && name !== '')
  if (key.startsWith('metadata.')) {
    const value = reach(row, pathOf(key))
    if (value === MISSING) return [MISSING]
    if (Array.isArray(value)) return value.filter(isScalar)
    return isScalar(value) ? [value] : []
  }
  if (key === 'action_name') return orNull(actions as string[])
  if (key === 'message_sender') return orNull(messages.map(({ sender }) => sender))
  if (key === 'action_failed') {
    const errors = messages.flatMap(runsOf).map(({ log }) => log.error_message)
    return orNull(errors.map((error) => typeof error === 'string' && error.length > 0))
  }
  if (key === 'failed_action') {
    const failed = messages.filter((message) =>
      runsOf(message).some(({ log: { error_message } }) => typeof error_message === 'string' && error_message !== ''),
    )
    const names = failed.map(({ action_name }) => action_name)
    return names.length === 0 ? [null] : (names.filter((name) => typeof name === 'string' && name !== '') as string[])
  }
  if (key === 'has_messages') return [messages.length > 0]
  if (key === 'has_action') return [actions.length > 0]
  if (key === 'has_feedback') return [feedbacks.length > 0]
  if (key === 'feedback_sentiment') return orNull(feedbacks.map((feedback) => feedback.sentiment))
  if (key === 'feedback_source') {
    const sources = feedbacks.map((feedback) => (feedback.source === undefined ? 'customer' : feedback.source))
    return orNull(sources.filter((source) => source !== null))
  }
  if (key === 'env' || key === 'environment') {
    const { environment } = row
    return [environment === 'prod' ? 'production' : environment === 'dev' ? 'development' : environment]
  }
  if (Object.hasOwn(NUMBERS, key)) return [NUMBERS[key as keyof typeof NUMBERS](row)]
  return [open(row)[key] as Scalar]
}

/** Whether a condition is on the field of a facet. */
function isOn(condition: Condition, key: string): boolean {
  if (!('field' in condition)) return false
  if (condition.field === 'metadata') {
    return key.startsWith('metadata.') && JSON.stringify(condition.path) === JSON.stringify(pathOf(key))
  }
  return condition.field === (key === 'env' ? 'environment' : key)
}

/** The conditions without those on a facet's field. Of what one feedback must have, the other half stays. */
function groupWithout(group: Group, key: string): Group {
  return group.flatMap((condition): Condition[] => {
    if (isOn(condition, key)) return []
    if ('field' in condition && condition.field === 'feedback') {
      const { sentiment, source } = condition.value
      if (key === 'feedback_sentiment') return source === undefined ? [] : [{ ...condition, value: { source } }]
      if (key === 'feedback_source') return sentiment === undefined ? [] : [{ ...condition, value: { sentiment } }]
    }
    return [condition]
  })
}

/** The values that the conditions of a group ask for. */
function selectedOf(group: Group, key: string): Value[] {
  return group.flatMap((condition): Value[] => {
    if (!('field' in condition)) return []
    if (condition.field === 'feedback') {
      const value = { feedback_sentiment: condition.value.sentiment, feedback_source: condition.value.source }[key]
      return value === undefined ? [] : [value]
    }
    if (!isOn(condition, key)) return []
    const { lookup, value } = condition
    if (lookup === 'exact') return [value as Scalar]
    if (lookup === 'in') return [...(value as Scalar[])]
    if (lookup === 'contains' && condition.field === 'metadata') return [value as Scalar]
    if (lookup === 'isnull' && value === true) return [null]
    return lookup === 'exists' && value === false ? [MISSING] : []
  })
}

/** false, true, numbers by size, texts by code point, null, missing. */
export function compareValues(a: Value, b: Value): number {
  const rank = (value: Value) => (value === null ? 'object' : typeof value)
  const ranks = ['boolean', 'number', 'string', 'object', 'symbol']
  if (typeof a === 'string' && typeof b === 'string') return compareCodePoints(a, b)
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b)
  return ranks.indexOf(rank(a)) - ranks.indexOf(rank(b))
}

export function rowsOf(reference: ReferenceStore, spec: QuerySpec, where: Group): Row[] {
  const { page: _page, pageSize: _pageSize, orderBy: _orderBy, ...rest } = spec
  return reference.ids({ ...rest, where }).map((id) => reference.get(id)!)
}

/** One field of a request. */
function facetOf(reference: ReferenceStore, spec: QuerySpec, key: string, listing: unknown, disjunctive: boolean) {
  const rows = rowsOf(reference, spec, disjunctive ? groupWithout(spec.where, key) : spec.where)
  const { limit, match, ranges } = (listing === true ? {} : listing) as Partial<Facet>
  if (ranges !== undefined) return rangesOf(rows, key, ranges)
  const selected = selectedOf(spec.where, key)
  const having = rows.map((row) => valuesOf(row, key))
  const all = [...new Set([...having.flat(), ...selected])]
  const counted = all.map((value): { value: Value; count: number; isSelected: boolean } => ({
    value,
    count: having.filter((values) => values.includes(value)).length,
    isSelected: selected.includes(value),
  }))
  counted.sort((a, b) => b.count - a.count || compareValues(a.value, b.value))
  const isMatch = (value: Value) => isScalar(value) && value !== null && fold(String(value)).includes(fold(match!))
  const listed = counted.filter(({ value, count }) => count > 0 && (!match || (value !== MISSING && isMatch(value))))
  const first = listed.slice(0, limit)
  return counted
    .filter((one) => first.includes(one) || one.isSelected)
    .map(({ value, count, isSelected }): FacetValue => {
      if (value === MISSING) return { value: null, count, selected: isSelected, missing: true }
      return { value: value === 0 ? 0 : value, count, selected: isSelected }
    })
}

/** Rows that have a number in each range. */
export function rangesOf(rows: readonly Row[], key: string, ranges: readonly number[]): FacetRange[] {
  return ranges.slice(1).map((to, i) => {
    const from = ranges[i]!
    const isIn = (value: Value) => typeof value === 'number' && value >= from && value < to
    return { from, to, count: rows.filter((row) => valuesOf(row, key).some(isIn)).length }
  })
}

/** The facets of a request, bins apart. */
export function facetsOf(reference: ReferenceStore, spec: QuerySpec, request: FacetRequest, disjunctive = true) {
  return Object.entries(request).map(([key, listing]) => [
    key,
    facetOf(reference, spec, key, listing, disjunctive),
  ]) as [string, FacetValue[] | FacetRange[]][]
}

/** The numbers that the rows counted for a facet have at a path, ascending. */
export function numbersOf(reference: ReferenceStore, spec: QuerySpec, key: string): number[] {
  const values = rowsOf(reference, spec, groupWithout(spec.where, key)).flatMap((row) => valuesOf(row, key))
  return values.filter((value) => typeof value === 'number').sort((a, b) => a - b)
}

// Histograms

const QUARTER = 900_000
/** What clocks show, by zone, then by milliseconds: `Intl` is slow. */
const shown = new Map<string, Map<number, string>>()
const formats = new Map<string, Intl.DateTimeFormat>()

/** What the clocks of a zone show: `3/31/2024, 03 GMT+02:00`. */
function clockOf(timeZone: string, ms: number): string {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en-US', {
      // Not every runtime knows an offset as a zone.
      timeZone: timeZone === '+05:30' ? 'Asia/Kolkata' : timeZone,
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      hourCycle: 'h23',
      timeZoneName: 'longOffset',
    })
  formats.set(timeZone, format)
  const known = shown.get(timeZone) ?? new Map<number, string>()
  shown.set(timeZone, known)
  const clock = known.get(ms) ?? format.format(ms)
  known.set(ms, clock)
  return clock
}

/** What the clocks of a zone show of an instant, as far as a unit goes. */
function labelOf(every: HistogramUnit, timeZone: string, ms: number): string {
  const clock = clockOf(timeZone, ms)
  if (every === 'hour') return clock
  const date = clock.slice(0, clock.indexOf(','))
  if (every === 'day') return date
  const [month, day, year] = date.split('/').map(Number) as [number, number, number]
  if (every === 'month') return `${year}-${month}`
  const monday = new Date(Date.UTC(year, month - 1, day))
  monday.setUTCDate(day - ((monday.getUTCDay() + 6) % 7))
  return monday.toISOString()
}

/** For offsets of whole quarters of an hour, and clocks that never show a day again that they have left. */
export function histogramOf(
  reference: ReferenceStore,
  spec: QuerySpec,
  field: HistogramField,
  every: HistogramUnit,
  timeZone: string,
): HistogramBucket[] {
  const texts = rowsOf(reference, spec, spec.where).map((row) => row[field])
  const times = texts.filter((text) => text !== null).map((text) => instantOf(text)!)
  if (times.length === 0) return []
  const begins = (ms: number) => labelOf(every, timeZone, ms) !== labelOf(every, timeZone, ms - QUARTER)
  const [first, last] = [times.reduce((a, b) => (a < b ? a : b)), times.reduce((a, b) => (a > b ? a : b))]
  let at = Math.floor(Number(first / 1000n) / QUARTER) * QUARTER
  while (!begins(at)) at -= QUARTER
  const edges = [at]
  while (BigInt(edges.at(-1)!) * 1000n <= last) {
    do at += QUARTER
    while (!begins(at))
    edges.push(at)
  }
  return edges.slice(1).map((to, i) => {
    const from = edges[i]!
    const isIn = (time: bigint) => time >= BigInt(from) * 1000n && time < BigInt(to) * 1000n
    const iso = (ms: number) => new Date(ms).toISOString().replace('.000Z', 'Z')
    return { from: iso(from), to: iso(to), count: times.filter(isIn).length }
  })
}

// Highlights

/** The conditions on fields; those that a `not` turns round are not. */
function askedOf(group: Group, isAsked = true): FieldCondition[] {
  return group.flatMap((condition) => {
    if ('or' in condition) return condition.or.flatMap((branch) => askedOf(branch, isAsked))
    if ('not' in condition) return askedOf(condition.not, !isAsked)
    return isAsked ? [condition] : []
  })
}

/** The texts that are looked for wherever they stand, by field. */
function wantedOf(conditions: readonly FieldCondition[]): { field: string; text: string }[] {
  return conditions.flatMap((condition) => {
    if (condition.field === 'search') {
      const fields = ['message', 'name', 'conversation_id', 'customer_id']
      return termsOf(condition.value).flatMap((text) => fields.map((field) => ({ field, text })))
    }
    const isTyped = condition.lookup === 'icontains' && (condition.field === 'message' || condition.field === 'name')
    return isTyped ? [{ field: condition.field, text: condition.value }] : []
  })
}

const isLow = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff
const isHigh = (unit: number) => unit >= 0xd800 && unit <= 0xdbff
const isCut = (text: string, at: number) => isHigh(text.charCodeAt(at - 1)) && isLow(text.charCodeAt(at))

/** Place by place: the longest text that begins there, taken out to whole characters. */
function matchesIn(text: string, wanted: readonly string[]): [number, number][] {
  const matches: [number, number][] = []
  for (let at = 0; at < text.length; at++) {
    const here = wanted.filter((piece) => fold(text).startsWith(fold(piece), at))
    if (here.length === 0) continue
    const end = at + Math.max(...here.map((piece) => piece.length))
    matches.push([isCut(text, at) ? at - 1 : at, isCut(text, end) ? end + 1 : end])
    at = matches.at(-1)![1] - 1
  }
  return matches
}

/** Snippets apart. */
export function highlightsOf(spec: QuerySpec, row: Row): Omit<Highlight, 'snippet'>[] {
  const asked = askedOf(spec.where)
  const wanted = wantedOf(asked)
  const look = (field: Highlight['field'], text: string | null) =>
    matchesIn(
      text ?? '',
      wanted.filter((one) => one.field === field).map((one) => one.text),
    )
  const messages = (row.messages ?? []).flatMap((message, index) => {
    const { id = null, sender } = message
    const place = { message_id: id, index, sender }
    const pieces = wanted.filter((one) => one.field === 'message').map((one) => one.text)
    for (const { field, lookup, value } of asked) {
      if (field === 'message' && lookup === 'matches' && isMeant(message, value)) pieces.push(...(value.contains ?? []))
    }
    const runs = runsOf(message).flatMap((one, run) =>
      (['input', 'output', 'error'] as const).map((part) => {
        const meant = asked.flatMap((it) =>
          it.field === 'action' && isMeantRun(one, it.value) ? [it.value[part]] : [],
        )
        const texts = meant.filter((text) => text !== undefined)
        return { field: 'action' as const, ...place, run, part, ranges: matchesIn(textOf(one, part) ?? '', texts) }
      }),
    )
    return [{ field: 'message' as const, ...place, ranges: matchesIn(message.content, pieces) }, ...runs]
  })
  const others = (['name', 'conversation_id', 'customer_id'] as const).map((field) => {
    return { field, message_id: null, index: null, sender: null, ranges: look(field, row[field]) }
  })
  return [...messages, ...others].filter(({ ranges }) => ranges.length > 0)
}
