/**
 * The one way in which a question is written down, so that two queries that ask the same are equal as data: conditions
 * in order and without repeats, defaults left out, keys in one order, all frozen. Every part of a spec is made here.
 */
import {
  type ActionMatch,
  type Condition,
  DEFAULT_ORDER,
  type Group,
  type MessageMatch,
  type OrderTerm,
  type QuerySpec,
  type Scalar,
} from './spec.ts'

/** What a query is made of, before it is canonical. `null` asks for the default. */
export interface SpecParts {
  readonly where: readonly Condition[]
  readonly orderBy?: readonly OrderTerm[] | null
  readonly page?: number | 'last' | null
  readonly after?: string
  readonly pageSize?: number | null
  readonly lean?: boolean
  readonly includeDeleted?: boolean
}

/** The order of scalars in a list: by type, then numbers by size and texts by UTF-16 unit. 0 means equal. */
export function compareScalars(a: Scalar, b: Scalar): number {
  return compareUnits(typeof a, typeof b) || compareUnits(a!, b!)
}

/**
 * One comparison of a field, frozen. The value is canonical already (`values.ts`); a list of one value is that value.
 * The caller vouches that field, lookup and value belong together.
 */
export function fieldCondition(field: string, lookup: string, value: unknown, path: readonly string[] = []): Condition {
  if (lookup === 'in' && Array.isArray(value) && value.length === 1) {
    return fieldCondition(field, 'exact', value[0], path)
  }
  const alone = lookup === 'matches' ? conditionOfOne(value as object) : undefined
  if (alone !== undefined) return alone
  // Spelt out, for spreading costs a microsecond.
  const condition = path.length === 0 ? { field, lookup, value } : { field, path: Object.freeze(path), lookup, value }
  return Object.freeze(condition) as Condition
}

/** The condition of a match that names a single part, where that part has a field of its own. */
function conditionOfOne(match: MessageMatch & ActionMatch): Condition | undefined {
  if (Object.keys(match).length > 1) return undefined
  const { sender, contains, name, failed } = match
  if (contains?.length === 1) return fieldCondition('message', 'icontains', contains[0])
  if (sender !== undefined) return fieldCondition('message_sender', 'exact', sender)
  if (failed !== undefined) return fieldCondition('action_failed', 'exact', failed)
  return name && fieldCondition('action_name', 'in', name)
}

/** Conditions that must all hold: sorted by field, `or` and `not` last, then by their JSON; without repeats, frozen. */
export function groupOf(conditions: readonly Condition[]): Group {
  return sortedSet(conditions, fieldOf)
}

/** What says that a group does not hold. */
export function notCondition(group: Group): Condition {
  return Object.freeze({ not: group })
}

/** What says that at least one of the groups holds. One group is kept within too: facets leave out what stands outside alone. */
export function orCondition(groups: readonly Group[]): Condition {
  return Object.freeze({ or: sortedSet(groups, () => '') })
}

/** The spec of these parts. O(conditions x log conditions). */
export function specOf({ where, orderBy, page, after, pageSize, lean, includeDeleted }: SpecParts): QuerySpec {
  const order = orderBy && canonicalOrder(orderBy)
  return Object.freeze({
    where: groupOf(where),
    ...(order && order.join() !== DEFAULT_ORDER.join() && { orderBy: order }),
    ...(page && page !== 1 && { page }),
    ...(after && { after }),
    ...(pageSize && { pageSize }),
    ...(lean && { lean }),
    ...(includeDeleted && { includeDeleted }),
  })
}

/** The terms that count: the first of each field, and the last of all where it alone says which way ties go. */
function canonicalOrder(terms: readonly OrderTerm[]): readonly OrderTerm[] {
  const seen = new Set<string>()
  const kept = terms.filter((term) => {
    const field = term.replace('-', '')
    return !seen.has(field) && seen.add(field)
  })
  const last = terms.at(-1)!
  if (isDescending(last) !== isDescending(kept.at(-1)!)) kept.push(last)
  return Object.freeze(kept)
}

const isDescending = (term: OrderTerm): boolean => term.startsWith('-')

function fieldOf(condition: Condition): string {
  return 'field' in condition ? condition.field : 'or' in condition ? '~or' : '~not'
}

interface Keyed<Item> {
  readonly item: Item
  readonly name: string
  json: string
}

/** Items by name, then by their JSON, which is made once each, and only where the names do not decide. */
function sortedSet<Item>(items: readonly Item[], nameOf: (item: Item) => string): readonly Item[] {
  if (items.length < 2) return Object.freeze(items.slice())
  const keyed = items.map((item): Keyed<Item> => ({ item, name: nameOf(item), json: '' }))
  const jsonOf = (it: Keyed<Item>) => {
    it.json ||= JSON.stringify(it.item)
    return it.json
  }
  const compare = (a: Keyed<Item>, b: Keyed<Item>) => compareUnits(a.name, b.name) || compareUnits(jsonOf(a), jsonOf(b))
  keyed.sort(compare)
  const kept = keyed.filter((it, i) => i === 0 || compare(keyed[i - 1]!, it) !== 0)
  return Object.freeze(kept.map(({ item }) => item))
}

function compareUnits<Value extends string | number | boolean>(a: Value, b: Value): number {
  return a < b ? -1 : a > b ? 1 : 0
}
