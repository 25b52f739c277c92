/**
 * Which live queries a changed row can concern. A query that asks for equality in some field is found by that value: one
 * that no changed row has costs nothing. All others are asked each time.
 */
import type { Row } from '../../engine/segments/documents.ts'
import { scalarsAt, TERM_FIELDS } from '../../engine/terms/fields.ts'
import type { Extract } from '../../engine/terms/inverted.ts'
import type { Condition, FieldCondition, Group } from '../../query/spec.ts'
import { fieldsBy } from '../../row/fields.ts'

/** A value that every match of a query has in one field. */
interface Required {
  readonly key: string
  readonly extract: Extract
  readonly value: unknown
}

const byId: Extract = (row, emit) => emit(row.id)

/** Fields by how few rows share a value in them, as a rule. */
const SELECTIVE: readonly string[] = fieldsBy('selectivity')

/** The values of which every match of a group has one; `undefined` where the conditions ask for none. */
function required(group: Group): readonly Required[] | undefined {
  let best: readonly Required[] | undefined
  let bestRank = SELECTIVE.length
  for (const condition of group) {
    const rank = 'field' in condition ? SELECTIVE.indexOf(condition.field) : -1
    const found = rank === -1 || rank >= bestRank ? undefined : equalities(condition as FieldCondition)
    if (found === undefined) continue
    best = found
    bestRank = rank
  }
  return best ?? group.map(alternatives).find((found) => found !== undefined)
}

function equalities(condition: FieldCondition): readonly Required[] | undefined {
  const { field, lookup, value } = condition
  if (lookup !== 'exact' && lookup !== 'in') return undefined
  const path = field === 'metadata' ? condition.path : []
  const extract =
    field === 'id' ? byId : field === 'metadata' ? scalarsAt(path) : TERM_FIELDS[field as keyof typeof TERM_FIELDS]
  const key = JSON.stringify([field, ...path])
  return [value].flat().map((one) => ({ key, extract, value: one }))
}

/** What each branch of an `or` asks for, if all ask for something. */
function alternatives(condition: Condition): readonly Required[] | undefined {
  if (!('or' in condition)) return undefined
  const branches = condition.or.map(required)
  return branches.every((branch) => branch !== undefined) ? branches.flat() : undefined
}

/** Subscriptions, to be found by the rows that they concern. */
export class Registry<Item> {
  readonly #fields = new Map<string, { readonly extract: Extract; readonly byValue: Map<unknown, Set<Item>> }>()
  /** Items that any row may concern. */
  readonly others = new Set<Item>()

  /** Takes an item in whose matches meet the conditions; what comes back takes it out again. */
  add(item: Item, where: Group): () => void {
    const values = required(where)
    if (values === undefined) {
      this.others.add(item)
      return () => void this.others.delete(item)
    }
    for (const { key, extract, value } of values) {
      const field = this.#fields.get(key) ?? { extract, byValue: new Map<unknown, Set<Item>>() }
      this.#fields.set(key, field)
      field.byValue.set(value, (field.byValue.get(value) ?? new Set()).add(item))
    }
    return () => {
      for (const { key, value } of values) {
        const byValue = this.#fields.get(key)?.byValue
        byValue?.get(value)?.delete(item)
        if (byValue?.get(value)?.size === 0) byValue.delete(value)
        if (byValue?.size === 0) this.#fields.delete(key)
      }
    }
  }

  /** Calls `see` with the items, `others` apart, that a row may concern, some more than once. O(fields × values of the rows). */
  eachConcerned(rows: readonly (Row | null)[], see: (item: Item) => void): void {
    for (const { extract, byValue } of this.#fields.values()) {
      for (const row of rows) if (row !== null) extract(row, (value) => byValue.get(value)?.forEach(see))
    }
  }
}
