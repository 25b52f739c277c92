/** A list that a route serves: what it can be asked, read from the parameters, and its pages in the envelope. */
import { type Fault, InvalidPageError } from '../base/errors.ts'
import { compareCodePoints } from '../base/text/compare.ts'
import { fold } from '../base/text/fold.ts'
import { compareInstants, type Instant, parseInstant } from '../base/text/instant.ts'
import { invalidValue, raise, unknownName } from '../query/faults.ts'
import { MAX_PAGE_SIZE, page, pageSize } from '../query/paging.ts'
import { environment, fullEnvironment, itemsOf, type ValueType } from '../query/values.ts'
import { links } from '../wire/links.ts'
import { nullFaults } from '../wire/nulls.ts'
import { type Call, type Outcome, ok } from './call.ts'

const DEFAULT_PAGE_SIZE = 10

/** Whether an item is selected. */
export type Test<Item> = (item: Item) => boolean

/** One parameter that narrows a list: the type of its value, and which items a value selects. */
export interface Filter<Item, Value = never> {
  readonly value: ValueType
  readonly test: (value: Value, call: Call) => Test<Item>
  /** Whether it may be given several times, and then selects what any of its values selects. */
  readonly isRepeated?: true
}

/** A filter, whose value has a type. */
export function filter<Item, Value>(
  value: ValueType<Value, unknown>,
  test: Filter<Item, Value>['test'],
  more: Pick<Filter<Item>, 'isRepeated'> = {},
): Filter<Item> {
  return { value, test, ...more }
}

/** The filters of one list, by their parameters. */
export type Filters<Item> = ReadonlyMap<string, Filter<Item>>

/** Compares two items in one order. */
export type Compare<Item> = (a: Item, b: Item) => number

/** The fields that a list can be ordered by. */
export type Orders<Item> = ReadonlyMap<string, Compare<Item>>

/** The parameters that say which items of an answer come. */
export const PAGING: readonly string[] = ['ordering', 'page', 'page_size']

/** What the parameters of a list ask for. */
export interface ListAsked<Item> {
  /** The conditions, by their parameters. All must hold. */
  readonly tests: ReadonlyMap<string, Test<Item>>
  readonly page: number | 'last'
  readonly pageSize: number
  /** The terms of `ordering`, as they came. */
  readonly terms: readonly string[]
  /** The value of each parameter, trimmed; of a repeated one the last. */
  readonly given: ReadonlyMap<string, string>
}

/**
 * Reads the parameters of a list: an empty one is not applied, of a repeated one the last counts. Throws `InvalidQueryError`
 * with all faults, with `strict` for unknown names too.
 */
export function readAsked<Item>(call: Call, filters: Filters<Item>, more: readonly string[] = PAGING): ListAsked<Item> {
  const { settings, query } = call
  const known = [...filters.keys(), ...more]
  const given = new Map(Array.from(query, ([name, value]) => [name, value.trim()]))
  const faults: Fault[] = [...nullFaults(query)]
  for (const { parameter } of faults) given.delete(parameter)
  if (settings.isStrict) {
    for (const name of given.keys()) if (!known.includes(name)) faults.push(unknownName('parameter', name, known))
  }
  const slugs = settings.environments.map(({ slug }) => slug)
  const readText = <Value>(name: string, type: ValueType<Value>, text: string | undefined): Value | undefined => {
    if (!text) return undefined
    const value = type.fromText(text, 'exact', slugs)
    if (value === undefined) faults.push(invalidValue(name, text, type))
    return value ?? undefined
  }
  const tests = new Map<string, Test<Item>>()
  for (const [name, { value: type, test, isRepeated }] of filters) {
    const texts = isRepeated && given.has(name) ? query.getAll(name).map((text) => text.trim()) : [given.get(name)]
    const values = texts.map((text) => readText(name, type, text)).filter((value) => value !== undefined)
    const anyOf = values.map((value) => test(value as never, call))
    if (anyOf.length > 0) tests.set(name, anyOf.length === 1 ? anyOf[0]! : (item) => anyOf.some((holds) => holds(item)))
  }
  const asked = readText('page', page, given.get('page')) ?? 1
  const size = readText('page_size', pageSize, given.get('page_size')) ?? settings.pageSize ?? DEFAULT_PAGE_SIZE
  raise(faults)
  const terms = itemsOf(given.get('ordering') ?? '')
  return { tests, page: asked, pageSize: Math.min(size, MAX_PAGE_SIZE), terms, given }
}

/** The items that all conditions select, or all but some of them. O(items). */
export function selected<Item>(
  items: readonly Item[],
  { tests }: Pick<ListAsked<Item>, 'tests'>,
  but: readonly string[] = [],
): readonly Item[] {
  const holds = [...tests].filter(([name]) => !but.includes(name)).map(([, test]) => test)
  return holds.length === 0 ? items : items.filter((item) => holds.every((test) => test(item)))
}

/**
 * Items in the order of these terms, of which unknown ones are dropped; as they are without any. Ties stay in the order in
 * which they are. O(items x log items).
 */
export function ordered<Item>(items: readonly Item[], terms: readonly string[], orders: Orders<Item>): readonly Item[] {
  const known = terms.filter((term) => orders.has(term.replace(/^-/, '')))
  const compares = known.map((term) => {
    const compare = orders.get(term.replace(/^-/, ''))!
    return term.startsWith('-') ? (a: Item, b: Item) => compare(b, a) : compare
  })
  if (compares.length === 0) return items
  return items.toSorted((a, b) => {
    for (const compare of compares) {
      const difference = compare(a, b)
      if (difference !== 0) return difference
    }
    return 0
  })
}

/** One page of items in the envelope. `path` is the list's under `/api/`. Throws the 404 of a page past the end. */
export function pageOf<Item>(
  call: Call,
  path: string,
  items: readonly Item[],
  { page: asked, pageSize }: Pick<ListAsked<Item>, 'page' | 'pageSize'>,
  shape: (item: Item) => object,
  more: object = {},
): Outcome {
  const count = items.length
  const totalPages = Math.max(1, Math.ceil(count / pageSize))
  const at = asked === 'last' ? totalPages : asked
  if (at > totalPages) throw new InvalidPageError(at, `Page ${at} is past the end.`)
  const urls = links(`${call.api}${path}`, () => [...call.query])
  const place = { page: at, totalPages }
  return ok(() => ({
    count,
    page_size: pageSize,
    total_pages: totalPages,
    current_page: at,
    next: urls.next(place),
    previous: urls.previous(place),
    ...more,
    results: items.slice((at - 1) * pageSize, at * pageSize).map(shape),
  }))
}

/** Selects the items that have just the value. */
export function equal<Item>(
  value: ValueType,
  read: (item: Item, call: Call) => unknown,
  more: Pick<Filter<Item>, 'isRepeated'> = {},
): Filter<Item> {
  return filter(value, (wanted: unknown, call) => (item: Item) => read(item, call) === wanted, more)
}

/** Selects the items that have the environment, by whatever name. */
export function inEnvironment<Item>(read: (item: Item, call: Call) => unknown): Filter<Item> {
  return equal<Item>(environment, (item, call) => fullEnvironment(read(item, call)))
}

/** Whether each folded term is contained in one of an item's strings, ignoring case. */
export function contains<Item>(terms: readonly string[], textsOf: (item: Item) => readonly string[]): Test<Item> {
  return (item) => {
    const texts = textsOf(item).map(fold)
    return terms.every((term) => texts.some((each) => each.includes(term)))
  }
}

/** Whether an item's time is this one or later. */
export function since<Item>(read: (item: Item) => Instant) {
  return (time: string): Test<Item> => {
    const at = parseInstant(time)!
    return (item) => compareInstants(read(item), at) >= 0
  }
}

/** Whether an item's time is this one or earlier. An item without a time has none. */
export function until<Item>(read: (item: Item) => Instant) {
  return (time: string): Test<Item> => {
    const at = parseInstant(time)!
    return (item) => {
      const own = read(item)
      return Number.isFinite(own.ms) && compareInstants(own, at) <= 0
    }
  }
}

/** Compares strings by code points. */
export function byText<Item>(read: (item: Item) => string): Compare<Item> {
  return (a, b) => compareCodePoints(read(a), read(b))
}

/** Compares numbers. */
export function byNumber<Item>(read: (item: Item) => number): Compare<Item> {
  return (a, b) => read(a) - read(b)
}

/** Compares times. */
export function byTime<Item>(read: (item: Item) => Instant): Compare<Item> {
  return (a, b) => compareInstants(read(a), read(b))
}
