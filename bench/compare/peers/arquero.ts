/**
 * Arquero: a table of columns, newest first, so that pages need no sort; filters, orders and groups are its verbs with
 * expressions that it compiles. Deleted rows are left out. It has neither an index nor a change of a row.
 */
import { fold } from '../../../src/base/text/fold.ts'
import { type Answer, type Ask, type Condition, type Row, type Value, valueAt } from '../ask.ts'
import {
  dayOf,
  durationOf,
  type Entry,
  entryOf,
  foldedText,
  microseconds,
  NO_CUSTOMER,
  newestFirst,
  numberAt,
  runsOf,
  saidByUser,
} from '../entry.ts'
import { load, type MakePeer, versionOf } from '../peer.ts'
import { summed } from '../plan.ts'

interface Table {
  params(values: object): Table
  filter(expression: string): Table
  semijoin(other: Table, on: readonly [string, string]): Table
  orderby(...keys: readonly unknown[]): Table
  groupby(...keys: readonly unknown[]): Table
  unroll(name: string): Table
  count(): Table
  rollup(values: object): Table
  slice(from: number, to: number): Table
  select(...names: readonly string[]): Table
  assign(other: Table): Table
  numRows(): number
  array(name: string): ArrayLike<unknown>
}

interface Arquero {
  table(columns: Readonly<Record<string, ArrayLike<unknown>>>): Table
  desc(name: string): unknown
}

const FIELDS = ['customer_id', 'device', 'language', 'environment', 'is_marked', 'has_feedback'] as const

export const make: MakePeer = async (plan) => {
  const { table, desc } = await load<Arquero>('arquero')
  const { numbers, groupings } = summed(plan)
  const names = new Map([...plan.paths, ...groupings, ...numbers].map((path, i) => [JSON.stringify(path), `m${i}`]))
  const nameOf = (path: readonly string[]) => names.get(JSON.stringify(path))!
  const documents = new Map<number, Row>()
  let entries: Entry[] = []
  let rows = table({})
  let runs = table({})

  /** A condition as an expression over a row `d` and values `$`, which are gathered. */
  function expression(condition: Condition, values: Record<string, unknown>): string {
    const all = (parts: readonly Condition[]) => `(${parts.map((part) => expression(part, values)).join(' && ')})`
    const value = (given: unknown) => {
      const name = `v${Object.keys(values).length}`
      values[name] = given
      return `$.${name}`
    }
    if ('not' in condition) return `!${all(condition.not)}`
    if ('or' in condition) return `(${condition.or.map(all).join(' || ')})`
    switch (condition.field) {
      case 'action':
        return `op.includes(d.actions, ${value(condition.is)})`
      case 'feedback':
        return `op.includes(d.feedback, ${value(`${condition.sentiment}/${condition.source}`)})`
      case 'metadata':
        return `d.${nameOf(condition.path)} === ${value(condition.is)}`
      case 'started_at': {
        const { from, to } = condition
        const parts = [
          ...(from === undefined ? [] : [`d.started >= ${value(microseconds(from))}`]),
          ...(to === undefined ? [] : [`d.started <= ${value(microseconds(to))}`]),
        ]
        return parts.join(' && ')
      }
      case 'message': {
        const column = condition.sender === undefined ? 'text' : 'said'
        return `op.includes(d.${column}, ${value(fold(condition.contains))})`
      }
      case 'failed_run':
        return 'true'
      default:
        return `d.${condition.field} === ${value(condition.is)}`
    }
  }

  function narrowed(where: Ask['where'], from = rows): Table {
    let left = from
    for (const condition of where) {
      if (!('field' in condition) || condition.field !== 'failed_run') continue
      const { name, input } = condition
      const found = runs
        .params({ name, input: fold(input) })
        .filter('(d, $) => d.name === $.name && d.has_failed && op.includes(d.input, $.input)')
      left = left.semijoin(found, ['id', 'conversation_id'])
    }
    const rest = where.filter((each) => !('field' in each) || each.field !== 'failed_run')
    if (rest.length === 0) return left
    const values: Record<string, unknown> = {}
    const test = rest.map((each) => expression(each, values)).join(' && ')
    return left.params(values).filter(`(d, $) => ${test}`)
  }

  return {
    version: await versionOf('arquero'),
    build(all) {
      for (const row of all) documents.set(row.id, row)
      entries = all.filter((row) => !row.is_deleted).map(entryOf)
      entries.sort(newestFirst)
      const column = (of: (entry: Entry) => unknown) => entries.map(of)
      rows = table({
        id: Int32Array.from(entries, ({ id }) => id),
        started: Float64Array.from(entries, ({ started }) => started),
        ended: Float64Array.from(entries, ({ ended }) => ended),
        day: Float64Array.from(entries, ({ started }) => dayOf(started)),
        ...Object.fromEntries(FIELDS.map((name) => [name, column((entry) => entry[name])])),
        customer_order: column(({ customer_id }) => customer_id ?? NO_CUSTOMER),
        actions: column(({ actions }) => actions),
        feedback: column(({ feedback }) => feedback),
        ...Object.fromEntries(plan.paths.map((path) => [nameOf(path), column(({ row }) => valueAt(row, path))])),
      })
    },
    buildText() {
      rows = rows.assign(table({ text: entries.map(({ row }) => foldedText(row)) }))
    },
    buildAgents() {
      rows = rows.assign(
        table({
          said: entries.map(({ row }) => saidByUser(row)),
          duration: Float64Array.from(entries, ({ row }) => durationOf(row)),
          ...Object.fromEntries(groupings.map((path) => [nameOf(path), entries.map(({ row }) => valueAt(row, path))])),
          ...Object.fromEntries(
            numbers.map((path) => [
              nameOf(path),
              Float64Array.from(entries, ({ row }) => numberAt(row, path) ?? Number.NaN),
            ]),
          ),
        }),
      )
      const all = entries.flatMap(({ id, row }) => runsOf(row).map((run) => ({ id, ...run })))
      runs = table({
        conversation_id: Int32Array.from(all, ({ id }) => id),
        name: all.map(({ name }) => name),
        has_failed: all.map(({ hasFailed }) => hasFailed),
        input: all.map(({ input }) => input),
      })
    },
    ask(ask): Answer {
      const found = narrowed(ask.where)
      const order = ask.order ?? '-started_at'
      const isDescending = order.startsWith('-')
      const fields = { ended_at: 'ended', customer_id: 'customer_order', duration: 'duration' }
      const keys = [fields[order.replace('-', '') as keyof typeof fields], 'id']
      const ordered = ask.order === undefined ? found : found.orderby(...(isDescending ? keys.map(desc) : keys))
      const from = (ask.page - 1) * ask.pageSize
      const ids = ordered
        .select('id')
        .slice(from, from + ask.pageSize)
        .array('id') as Int32Array
      return { count: found.numRows(), rows: Array.from(ids, (id) => documents.get(id)!) }
    },
    countBy(where, fields) {
      const found = narrowed(where)
      return fields.map((field) => {
        const name =
          field.field === 'metadata' ? nameOf(field.path) : field.field === 'action' ? 'actions' : field.field
        const counted = (name === 'actions' ? found.select(name).unroll(name) : found).groupby(name).count()
        const [values, counts] = [counted.array(name), counted.array('count')]
        return Array.from(values, (value, i) => [value as Value, counts[i] as number] as const).filter(
          ([value]) => value !== null && value !== undefined,
        )
      })
    },
    sumBy(where, { number, by }) {
      const [value, group] = [nameOf(number), nameOf(by)]
      const found = narrowed(where)
        .filter(`d => d.${group} != null && !op.is_nan(d.${value})`)
        .groupby(group, 'day')
        .rollup({ all: `d => op.array_agg(d.${value})`, sum: `d => op.sum(d.${value})` })
      const [values, days, sums] = [found.array(group), found.array('day'), found.array('sum')] as [
        Value[],
        number[],
        number[],
      ]
      return Array.from(found.array('all') as ArrayLike<number[]>, (numbers, i) => {
        const sorted = Float64Array.from(numbers).sort()
        return [values[i]!, days[i]!, sorted.length, sums[i]!, sorted[Math.ceil(0.95 * sorted.length) - 1]!] as const
      })
    },
  }
}
