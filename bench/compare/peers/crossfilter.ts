/**
 * Crossfilter: a sorted dimension a field, filters that are set and taken back, a count that is kept in step with them.
 * It has no text index and joins dimensions by AND alone, so texts and ORs are functions over one dimension of rows.
 */
import { fold } from '../../../src/base/text/fold.ts'
import { type Answer, asksAgents, type Condition, type Row, type Value, valueAt } from '../ask.ts'
import { dayOf, type Entry, entryOf, foldedText, microseconds, NO_CUSTOMER, withMessage } from '../entry.ts'
import { load, type MakePeer, versionOf } from '../peer.ts'
import { CrossfilterAgents } from './crossfilter-agents.ts'

export interface Held extends Omit<Entry, 'row'> {
  readonly row: Row
  readonly slot: number
}

type FieldCondition = Extract<Condition, { readonly field: string }>

export type Key = string | number | boolean

export interface Dimension {
  filterExact(value: Key): Dimension
  filterRange(range: readonly [from: number, to: number]): Dimension
  filterFunction(test: (value: Key) => boolean): Dimension
  filterAll(): Dimension
  top(rows: number, offset: number): Held[]
  bottom(rows: number, offset: number): Held[]
  group(key?: (value: Key) => Key): Group & Reducible
}

export interface Group<T = number> {
  all(): readonly { readonly key: Key; readonly value: T }[]
}

/** A group whose values are made by functions, which hear of each row that comes in or goes out. */
interface Reducible {
  reduce<T>(add: (value: T, row: Held) => T, remove: (value: T, row: Held) => T, initial: () => T): Group<T>
}

export interface Crossfilter {
  add(rows: readonly Held[]): Crossfilter
  remove(test: (row: Held) => boolean): void
  dimension(of: (row: Held) => Key | readonly Key[], isArray?: boolean): Dimension
  groupAll(): { reduceCount(): { value(): number } }
}

export const make: MakePeer = async (plan) => {
  const { paths, hasTies } = plan
  const { default: crossfilter } = await load<{ default: (rows: readonly Held[]) => Crossfilter }>('crossfilter2')
  let held: Held[] = []
  let filter = crossfilter([])
  let total = { value: () => 0 }
  const dimensions = new Map<string, Dimension>()
  const orders = new Map<string, Dimension>()
  const texts: string[] = []
  const slots = new Map<number, number>()
  let counting: Counting | undefined
  let agents: CrossfilterAgents | undefined

  function replace(id: number, row: Row): void {
    const slot = slots.get(id)!
    const after: Held = { ...entryOf(row), slot }
    const before = held[slot]!
    held[slot] = after
    filter.remove((each) => each === before)
    filter.add([after])
  }

  /** Sets the filters of an ask and gives their dimensions. A dimension has one filter, so all functions are joined in one. */
  function apply(where: readonly Condition[]): Dimension[] {
    const tests: ((slot: number) => boolean)[] = []
    const used: Dimension[] = []
    for (const condition of where) {
      if ('not' in condition || 'or' in condition) {
        const test = testOf(condition)
        tests.push((slot) => test(held[slot]!))
      } else if (condition.field === 'message') {
        const wanted = fold(condition.contains)
        tests.push((slot) => texts[slot]!.includes(wanted))
      } else if (condition.field !== 'failed_run') {
        used.push(filterBy(condition))
      }
    }
    if (tests.length === 0) return used
    return [...used, dimensions.get('slot')!.filterFunction((slot) => tests.every((test) => test(slot as number)))]
  }

  function filterBy(condition: Exclude<FieldCondition, { readonly field: 'message' | 'failed_run' }>): Dimension {
    switch (condition.field) {
      case 'started_at':
        return dimensions
          .get('started')!
          .filterRange([
            condition.from === undefined ? 0 : microseconds(condition.from),
            condition.to === undefined ? Number.MAX_SAFE_INTEGER : microseconds(condition.to) + 1,
          ])
      case 'feedback':
        return dimensions.get('feedback')!.filterExact(`${condition.sentiment}/${condition.source}`)
      case 'metadata':
        return dimensions.get(JSON.stringify(condition.path))!.filterExact(keyOf(condition.is))
      default:
        return dimensions.get(condition.field)!.filterExact(condition.is)
    }
  }

  return {
    version: await versionOf('crossfilter2'),
    build(rows) {
      held = rows.map((row, slot) => ({ ...entryOf(row), slot }))
      for (const { id, slot } of held) slots.set(id, slot)
      filter = crossfilter(held)
      // Null has no place in a natural order.
      for (const field of ['customer_id', 'device', 'language', 'environment'] as const) {
        dimensions.set(
          field,
          filter.dimension((row) => row[field] ?? ''),
        )
      }
      for (const field of ['is_marked', 'has_feedback', 'slot', 'started'] as const) {
        dimensions.set(
          field,
          filter.dimension((row) => row[field]),
        )
      }
      // A dimension leaves rows of one value in any order: where there are such, the id is a part of the value.
      const by = (of: (row: Held) => string) => filter.dimension((row) => `${of(row)} ${digits(row.id)}`)
      orders.set('started_at', hasTies ? by(({ started }) => digits(started)) : dimensions.get('started')!)
      orders.set(
        'ended_at',
        by(({ ended }) => digits(ended)),
      )
      orders.set(
        'customer_id',
        by(({ customer_id }) => customer_id ?? NO_CUSTOMER),
      )
      dimensions.set(
        'action',
        filter.dimension((row) => row.actions, true),
      )
      dimensions.set(
        'feedback',
        filter.dimension((row) => row.feedback, true),
      )
      for (const path of paths) {
        dimensions.set(
          JSON.stringify(path),
          filter.dimension(({ row }) => keyOf(valueAt(row, path))),
        )
      }
      filter.dimension((row) => row.is_deleted).filterExact(false)
      total = filter.groupAll().reduceCount()
    },
    buildText() {
      for (const { row } of held) texts.push(foldedText(row))
    },
    buildAgents() {
      agents = new CrossfilterAgents(crossfilter, held, plan)
    },
    ask(ask): Answer {
      if (asksAgents(ask)) return agents!.ask(ask)
      const used = apply(ask.where)
      const count = total.value()
      const order = ask.order ?? '-started_at'
      const by = orders.get(order.replace('-', ''))!
      const found = by[order.startsWith('-') ? 'top' : 'bottom'](ask.pageSize, (ask.page - 1) * ask.pageSize)
      for (const dimension of used) dimension.filterAll()
      return { count, rows: found.map(({ row }) => row) }
    },
    countBy(where, fields) {
      counting ??= makeCounting(crossfilter(held), paths)
      const { filters, groups } = counting
      const used = where.map((condition) => {
        const { field, is } = condition as Extract<Condition, { readonly field: 'environment' | 'is_marked' }>
        return filters.get(field)!.filterExact(is)
      })
      const counts = fields.map((field) =>
        groups
          .get('path' in field ? JSON.stringify(field.path) : field.field)!
          .all()
          .flatMap(({ key, value }) => (key === '' || value === 0 ? [] : [[key, value] as const])),
      )
      for (const dimension of used) dimension.filterAll()
      return counts
    },
    sumBy: (where, sums) => agents!.sumBy(where, sums),
    writes: {
      mark: (id) => replace(id, { ...held[slots.get(id)!]!.row, is_marked: true }),
      delete: (id, at) => replace(id, { ...held[slots.get(id)!]!.row, is_deleted: true, deleted_at: at }),
      append(id, content) {
        const slot = slots.get(id)!
        replace(id, withMessage(held[slot]!.row, content))
        texts[slot] += `\n${fold(content)}`
      },
    },
  }
}

/** A crossfilter of its own, so that other questions need not keep its groups in step; made at the first count. */
interface Counting {
  readonly filters: ReadonlyMap<string, Dimension>
  readonly groups: ReadonlyMap<string, Group>
}

function makeCounting(filter: Crossfilter, paths: readonly (readonly string[])[]): Counting {
  const filters = new Map<string, Dimension>()
  for (const field of ['environment', 'is_marked', 'has_feedback'] as const) {
    filters.set(
      field,
      filter.dimension((row) => row[field] ?? ''),
    )
  }
  filter.dimension((row) => row.is_deleted).filterExact(false)
  const groups = new Map<string, Group>()
  for (const field of ['device', 'language'] as const) {
    groups.set(field, filter.dimension((row) => row[field] ?? '').group())
  }
  groups.set('action', filter.dimension((row) => row.actions, true).group())
  const day = (started: Key) => dayOf(started as number)
  groups.set('day', filter.dimension((row) => row.started).group(day))
  for (const path of paths) {
    groups.set(JSON.stringify(path), filter.dimension(({ row }) => keyOf(valueAt(row, path))).group())
  }
  return { filters, groups }
}

/** A key that is ordered beside the others of its dimension: booleans and texts alike as texts. */
function keyOf(value: Value | undefined): Key {
  return value === undefined ? '' : String(value)
}

/** A whole number as a text that is ordered as numbers are. */
export function digits(value: number): string {
  return String(value).padStart(16, '0')
}

function testOf(condition: Condition): (held: Held) => boolean {
  if ('not' in condition) {
    const tests = condition.not.map(testOf)
    return (held) => !tests.every((test) => test(held))
  }
  if ('or' in condition) {
    const groups = condition.or.map((group) => group.map(testOf))
    return (held) => groups.some((tests) => tests.every((test) => test(held)))
  }
  switch (condition.field) {
    case 'metadata':
      return ({ row }) => valueAt(row, condition.path) === condition.is
    case 'device':
    case 'language':
    case 'environment':
    case 'customer_id':
    case 'is_marked':
    case 'has_feedback':
      return (held) => held[condition.field] === condition.is
    default:
      throw new Error(`No OR over ${condition.field} is asked.`)
  }
}
