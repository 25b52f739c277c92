/**
 * W14 to W17 in crossfilters of their own, so that other questions need not keep them in step: one for rows, one whose records
 * are runs, and one a sum, whose groups keep their numbers sorted. What was filtered last stays until it is filtered anew:
 * Crossfilter then goes through the difference alone.
 */
import { fold } from '../../../src/base/text/fold.ts'
import { type Answer, type Ask, type Condition, type Group as Sum, type Sums, type Value, valueAt } from '../ask.ts'
import { dayOf, durationOf, newestFirst, numberAt, runsOf, saidByUser } from '../entry.ts'
import { type Plan, summed } from '../plan.ts'
import { type Crossfilter, type Dimension, digits, type Group, type Held } from './crossfilter.ts'

type Make = (rows: readonly Held[]) => Crossfilter
type Field = 'device' | 'language' | 'environment' | 'is_marked' | 'has_feedback'

/** A run as a record of its own. */
interface RunRecord extends Held {
  readonly run: string
  readonly input: string
}

/** The numbers of a group, ascending. */
interface Numbers {
  readonly value: Value
  readonly day: number
  readonly sorted: number[]
}

/** The crossfilters. */
export class CrossfilterAgents {
  readonly #rows: Filters
  readonly #total: { value(): number }
  readonly #said: readonly string[]
  readonly #slot: Dimension
  readonly #duration: Dimension
  readonly #started: Dimension
  readonly #runs: Dimension
  readonly #sums: ReadonlyMap<string, { readonly filters: Filters; readonly group: Group<Numbers> }>

  constructor(make: Make, held: readonly Held[], plan: Plan) {
    const visible = held.filter(({ is_deleted }) => !is_deleted)
    this.#said = held.map(({ row }) => saidByUser(row))
    const rows = make(visible)
    this.#rows = new Filters(rows, ['device', 'language', 'is_marked'])
    this.#total = rows.groupAll().reduceCount()
    this.#slot = rows.dimension(({ slot }) => slot)
    this.#duration = rows.dimension(({ row }) => `${digits(durationOf(row))} ${digits(row.id)}`)
    this.#started = rows.dimension(({ started, id }) => `${digits(started)} ${digits(id)}`)
    const runs = visible.flatMap((each): RunRecord[] =>
      runsOf(each.row).map(({ name, hasFailed, input }) => ({ ...each, run: `${name} ${hasFailed}`, input })),
    )
    this.#runs = make(runs).dimension((each) => (each as RunRecord).run)
    this.#sums = new Map(
      summed(plan).all.map((sums) => {
        const numbered = visible.filter(
          ({ row }) => valueAt(row, sums.by) !== undefined && numberAt(row, sums.number) !== null,
        )
        const filter = make(numbered)
        const filters = new Filters(filter, ['environment', 'is_marked', 'has_feedback'])
        return [JSON.stringify(sums), { filters, group: groupOf(filter, sums) }]
      }),
    )
  }

  ask(ask: Ask): Answer {
    const run = ask.where.find((each) => 'field' in each && each.field === 'failed_run')
    if (run !== undefined) return this.#withRun(ask, run as Extract<Condition, { readonly field: 'failed_run' }>)
    this.#rows.set(ask.where)
    for (const condition of ask.where) {
      if (!('field' in condition) || condition.field !== 'message') continue
      const wanted = fold(condition.contains)
      this.#slot.filterFunction((slot) => this.#said[slot as number]!.includes(wanted))
    }
    const count = this.#total.value()
    const by = ask.order === undefined ? this.#started : this.#duration
    const side = ask.order === 'duration' ? 'bottom' : 'top'
    const found = by[side](ask.pageSize, (ask.page - 1) * ask.pageSize)
    this.#slot.filterAll()
    return { count, rows: found.map(({ row }) => row) }
  }

  sumBy(where: Ask['where'], sums: Sums): Sum[] {
    const { filters, group } = this.#sums.get(JSON.stringify(sums))!
    filters.set(where)
    const found: Sum[] = []
    for (const { value: each } of group.all()) {
      const { value, day, sorted } = each
      if (sorted.length === 0) continue
      let sum = 0
      for (const number of sorted) sum += number
      found.push([value, day, sorted.length, sum, sorted[Math.ceil(0.95 * sorted.length) - 1]!])
    }
    return found
  }

  #withRun(ask: Ask, { name, input }: Extract<Condition, { readonly field: 'failed_run' }>): Answer {
    const wanted = fold(input)
    this.#runs.filterExact(`${name} true`)
    const found = new Map<number, Held>()
    for (const run of this.#runs.top(Number.POSITIVE_INFINITY, 0) as RunRecord[]) {
      if (run.input.includes(wanted)) found.set(run.id, run)
    }
    const from = (ask.page - 1) * ask.pageSize
    const page = [...found.values()].sort(newestFirst).slice(from, from + ask.pageSize)
    return { count: found.size, rows: page.map(({ row }) => row) }
  }
}

/** Dimensions that are filtered by a value. */
class Filters {
  readonly #dimensions: ReadonlyMap<string, Dimension>

  constructor(filter: Crossfilter, fields: readonly Field[]) {
    this.#dimensions = new Map(fields.map((field) => [field, filter.dimension((row) => row[field] ?? '')]))
  }

  /** Filters by these conditions, and by no others. */
  set(where: Ask['where']): void {
    for (const [field, dimension] of this.#dimensions) {
      const condition = where.find((each) => 'field' in each && each.field === field)
      if (condition === undefined) dimension.filterAll()
      else dimension.filterExact((condition as { readonly is: string | boolean }).is)
    }
  }
}

function groupOf(filter: Crossfilter, { by, number }: Sums): Group<Numbers> {
  return filter
    .dimension(({ row, started }) => `${valueAt(row, by)} ${dayOf(started)}`)
    .group()
    .reduce<Numbers>(
      (group, { row, started }) => {
        const [value, added] = [valueAt(row, by)!, numberAt(row, number)!]
        const sorted = group.sorted
        sorted.splice(placeOf(sorted, added), 0, added)
        return sorted.length === 1 ? { value, day: dayOf(started), sorted } : group
      },
      (group, { row }) => {
        group.sorted.splice(placeOf(group.sorted, numberAt(row, number)!), 1)
        return group
      },
      () => ({ value: '', day: 0, sorted: [] }),
    )
}

/** The place of the first number that is not smaller. */
function placeOf(sorted: readonly number[], number: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! < number) low = middle + 1
    else high = middle
  }
  return low
}
