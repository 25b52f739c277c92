/**
 * The order of pills in a URL. A query is a set of conditions, and the library writes it in one order; the parameters, the
 * pairs of `metadata` and the conditions of `where` may stand in any, so they stand as the pills do.
 */
import type { Condition } from 'conversation-store/core'
import { Query } from 'conversation-store/core'

type Param = [name: string, value: string]

/** Parameters of a whole query, in the order of these conditions; what says none of them comes after. O(conditions x parameters). */
export function inOrderOf(params: readonly Param[], conditions: readonly Condition[]): Param[] {
  const wanted = conditions.map(paramsOf)
  const placeOf = (name: string, says: (value: string, condition: Condition) => boolean) => {
    const at = wanted.findIndex((own, i) => says(own.get(name) ?? '', conditions[i]!))
    return at === -1 ? wanted.length : at
  }
  const sortedBy = <Item>(items: readonly Item[], place: (item: Item) => number) =>
    items
      .map((item) => ({ item, place: place(item) }))
      .sort((a, b) => a.place - b.place)
      .map(({ item }) => item)

  const ordered = params.map(([name, value]): { readonly param: Param; readonly place: number } => {
    if (name === 'metadata') {
      const pairs = sortedBy(value.split(','), (pair) => placeOf(name, (own) => own === pair))
      return { param: [name, pairs.join()], place: placeOf(name, (own) => own === pairs[0]) }
    }
    if (name === 'where') {
      const keyed = (JSON.parse(value) as Condition[]).map((condition) => ({
        condition,
        place: placeOf(name, (_, other) => isSame(condition, other)),
      }))
      keyed.sort((a, b) => a.place - b.place)
      const text = JSON.stringify(keyed.map(({ condition }) => condition))
      return { param: [name, text], place: keyed[0]?.place ?? wanted.length }
    }
    return { param: [name, value], place: placeOf(name, (own) => own === value) }
  })
  return sortedBy(ordered, ({ place }) => place).map(({ param }) => param)
}

/** Conditions in the order in which parameters say them. O(conditions x parameters). */
export function inOrderOfParams(conditions: readonly Condition[], params: readonly Param[]): Condition[] {
  const keyed = conditions.map((condition) => ({ condition, place: placeIn(params, condition) }))
  return keyed.sort((a, b) => a.place - b.place).map(({ condition }) => condition)
}

/** Where a condition stands: the number of its parameter, and a fraction for its place within it. */
function placeIn(params: readonly Param[], condition: Condition): number {
  const own = paramsOf(condition)
  const json = JSON.stringify(condition)
  for (const [at, [name, value]] of params.entries()) {
    const within =
      name === 'where'
        ? value.indexOf(json) / (value.length + 1)
        : name === 'metadata'
          ? value.split(',').indexOf(own.get(name) ?? '') / (value.length + 1)
          : own.get(name) === value
            ? 0
            : -1
    if (within >= 0) return at + within
  }
  return params.length
}

/** The parameters that say a condition alone. */
function paramsOf(condition: Condition): ReadonlyMap<string, string> {
  return new Map(Query.fromSpec({ where: [condition] }).toSearchParams())
}

/** Equal as the library writes them. */
function isSame(a: Condition, b: Condition): boolean {
  return JSON.stringify(a) === JSON.stringify(Query.fromSpec({ where: [b] }).spec.where[0])
}
