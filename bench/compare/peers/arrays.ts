/**
 * What most people would write by hand: documents in an array, newest first, a Map from customer to documents, binary
 * search for times, and a closure a condition for all else.
 */
import { fold } from '../../../src/base/text/fold.ts'
import { type Answer, type Ask, type Condition, type CountedField, type Row, type Value, valueAt } from '../ask.ts'
import {
  actionsOf,
  dayOf,
  durationOf,
  foldedText,
  microseconds,
  NO_CUSTOMER,
  NO_END,
  newestFirst,
  numberAt,
  type Run,
  runsOf,
  saidByUser,
  withMessage,
} from '../entry.ts'
import type { MakePeer } from '../peer.ts'

interface Held {
  readonly id: number
  row: Row
  readonly started: number
  readonly ended: number
  text: string
  said: string
  failedRuns: readonly Run[]
}

type Test = (held: Held) => boolean

export const make: MakePeer = () => {
  let newest: Held[] = []
  let byId = new Map<number, Held>()
  const byCustomer = new Map<string, Held[]>()
  const orders = new Map<string, Held[]>()

  /** The first place whose document started at this time or before; with `isAfter`, before it. */
  function placeOf(time: number, isAfter: boolean): number {
    let [low, high] = [0, newest.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      const { started } = newest[middle]!
      if (started > time || (isAfter && started === time)) low = middle + 1
      else high = middle
    }
    return low
  }

  function candidates(ask: Ask): readonly Held[] {
    if (ask.order !== undefined && ask.order !== '-started_at') {
      const isDescending = ask.order.startsWith('-')
      return orders.get(isDescending ? ask.order : `+${ask.order}`)!
    }
    for (const condition of ask.where) {
      if (!('field' in condition)) continue
      if (condition.field === 'customer_id') return byCustomer.get(condition.is) ?? []
      if (condition.field === 'started_at') {
        const from = condition.to === undefined ? 0 : placeOf(microseconds(condition.to), false)
        const to = condition.from === undefined ? newest.length : placeOf(microseconds(condition.from), true)
        return newest.slice(from, to)
      }
    }
    return newest
  }

  function testOf(condition: Condition): Test {
    if ('not' in condition) {
      const tests = condition.not.map(testOf)
      return (held) => !tests.every((test) => test(held))
    }
    if ('or' in condition) {
      const groups = condition.or.map((group) => group.map(testOf))
      return (held) => groups.some((tests) => tests.every((test) => test(held)))
    }
    switch (condition.field) {
      case 'is_marked':
        return ({ row }) => row.is_marked === condition.is
      case 'has_feedback':
        return ({ row }) => row.feedbacks.length > 0 === condition.is
      case 'action':
        return ({ row }) => row.messages.some(({ action_name }) => action_name === condition.is)
      case 'feedback':
        return ({ row }) =>
          row.feedbacks.some(
            ({ sentiment, source }) => sentiment === condition.sentiment && (source ?? 'customer') === condition.source,
          )
      case 'metadata':
        return ({ row }) => valueAt(row, condition.path) === condition.is
      case 'started_at': {
        const from = condition.from === undefined ? Number.NEGATIVE_INFINITY : microseconds(condition.from)
        const to = condition.to === undefined ? Number.POSITIVE_INFINITY : microseconds(condition.to)
        return ({ started }) => started >= from && started <= to
      }
      case 'message': {
        const wanted = fold(condition.contains)
        return condition.sender === undefined
          ? ({ text }) => text.includes(wanted)
          : ({ said }) => said.includes(wanted)
      }
      case 'failed_run': {
        const wanted = fold(condition.input)
        return ({ failedRuns }) =>
          failedRuns.some(({ name, input }) => name === condition.name && input.includes(wanted))
      }
      default:
        return ({ row }) => row[condition.field] === condition.is
    }
  }

  return {
    build(rows) {
      newest = rows.map((row) => ({
        id: row.id,
        row,
        started: microseconds(row.started_at),
        ended: row.ended_at === null ? NO_END : microseconds(row.ended_at),
        text: '',
        said: '',
        failedRuns: [],
      }))
      newest.sort(newestFirst)
      byId = new Map(newest.map((held) => [held.id, held]))
      for (const held of newest) {
        const customer = held.row.customer_id
        if (customer === null) continue
        const list = byCustomer.get(customer)
        if (list === undefined) byCustomer.set(customer, [held])
        else list.push(held)
      }
      const ended = newest.toSorted((a, b) => a.ended - b.ended || a.id - b.id)
      const customer = newest.toSorted((a, b) => {
        const [left, right] = [a.row.customer_id ?? NO_CUSTOMER, b.row.customer_id ?? NO_CUSTOMER]
        return left < right ? -1 : left > right ? 1 : a.id - b.id
      })
      orders.set('+ended_at', ended).set('-ended_at', ended.toReversed())
      orders.set('+customer_id', customer).set('-customer_id', customer.toReversed())
    },
    buildText() {
      for (const held of newest) {
        held.text = foldedText(held.row)
        held.text.includes('\0')
      }
    },
    buildAgents() {
      for (const held of newest) {
        held.said = saidByUser(held.row)
        held.said.includes('\0')
        held.failedRuns = runsOf(held.row).filter(({ hasFailed }) => hasFailed)
      }
      const durations = new Map(newest.map((held) => [held, durationOf(held.row)]))
      const duration = newest.toSorted((a, b) => durations.get(a)! - durations.get(b)! || a.id - b.id)
      orders.set('+duration', duration).set('-duration', duration.toReversed())
    },
    ask(ask): Answer {
      const tests: Test[] = [({ row }) => !row.is_deleted, ...ask.where.map(testOf)]
      const kept = candidates(ask).filter((held) => tests.every((test) => test(held)))
      const from = (ask.page - 1) * ask.pageSize
      return { count: kept.length, rows: kept.slice(from, from + ask.pageSize).map(({ row }) => row) }
    },
    countBy(where, fields) {
      const tests: Test[] = [({ row }) => !row.is_deleted, ...where.map(testOf)]
      const counts = fields.map(() => new Map<Value, number>())
      for (const held of newest) {
        if (!tests.every((test) => test(held))) continue
        fields.forEach((field, i) => {
          for (const value of valuesOf(held, field)) counts[i]!.set(value, (counts[i]!.get(value) ?? 0) + 1)
        })
      }
      return counts.map((map) => [...map])
    },
    sumBy(where, { number, by }) {
      const tests: Test[] = [({ row }) => !row.is_deleted, ...where.map(testOf)]
      const groups = new Map<string, { value: Value; day: number; numbers: number[] }>()
      for (const held of newest.filter((each) => tests.every((test) => test(each)))) {
        const [value, found] = [valueAt(held.row, by), numberAt(held.row, number)]
        if (value === undefined || found === null) continue
        const day = dayOf(held.started)
        const key = `${value} ${day}`
        const group = groups.get(key)
        if (group === undefined) groups.set(key, { value, day, numbers: [found] })
        else group.numbers.push(found)
      }
      return Array.from(groups.values(), ({ value, day, numbers }) => {
        numbers.sort((a, b) => a - b)
        const sum = numbers.reduce((all, each) => all + each, 0)
        return [value, day, numbers.length, sum, numbers[Math.ceil(0.95 * numbers.length) - 1]!] as const
      })
    },
    writes: {
      mark(id) {
        const held = byId.get(id)!
        held.row = { ...held.row, is_marked: true }
      },
      delete(id, at) {
        const held = byId.get(id)!
        held.row = { ...held.row, is_deleted: true, deleted_at: at }
      },
      append(id, content) {
        const held = byId.get(id)!
        held.row = withMessage(held.row, content)
        held.text = `${held.text}\n${fold(content)}`
      },
    },
  }
}

function valuesOf({ row, started }: Held, field: CountedField): readonly Value[] {
  if (field.field === 'action') return actionsOf(row)
  if (field.field === 'day') return [dayOf(started)]
  const value = field.field === 'metadata' ? valueAt(row, field.path) : row[field.field]
  return value === null || value === undefined ? [] : [value]
}
