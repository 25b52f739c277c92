/**
 * The plain evaluation that every answer of every peer is compared with: each row is looked at, one after the other.
 * Written to be trusted by reading; `prepare.ts` also compares it with the reference of the library's own tests.
 */
import { fold, instantOf } from '../../test/reference.ts'
import {
  type Ask,
  type Condition,
  type CountedField,
  type Counts,
  type Group,
  type OrderTerm,
  type Row,
  type Value,
  valueAt,
} from './ask.ts'

/** A row with what the evaluation needs of it. */
export interface Seen {
  readonly row: Row
  /** Microseconds since 1970. */
  readonly started: number
  readonly ended: number | null
  /** The messages, folded. */
  readonly texts: readonly string[]
  /** What failed, and what it was given, folded. */
  readonly failedRuns: readonly { readonly name: string; readonly input: string }[]
}

/** Makes a row ready to be looked at. */
export function seen(row: Row): Seen {
  return {
    row,
    started: microseconds(row.started_at),
    ended: row.ended_at === null ? null : microseconds(row.ended_at),
    texts: row.messages.map(({ content }) => foldAll(content)),
    failedRuns: row.messages.flatMap(({ action_name, action_logs }) =>
      (action_logs ?? []).flatMap(({ tools_used, error_message }) => {
        const hasFailed = typeof error_message === 'string' && error_message !== ''
        if (!hasFailed || !action_name) return []
        if (typeof tools_used === 'string') return [{ name: action_name, input: foldAll(tools_used) }]
        return [{ name: action_name, input: tools_used == null ? '' : foldAll(JSON.stringify(tools_used)) }]
      }),
    ),
  }
}

/** Microseconds since 1970; exact, since the years of all data are near ours. */
export function microseconds(instant: string): number {
  return Number(instantOf(instant)!)
}

/** ASCII needs no table; the reference folds code point by code point, which takes a while. */
function foldAll(text: string): string {
  return /[\u0080-\uffff]/.test(text) ? fold(text) : text.toLowerCase()
}

/** Whether a row passes: it is not deleted and meets all conditions. */
export function passes(ask: Ask): (seen: Seen) => boolean {
  const tests = ask.where.map(testOf)
  return (seen) => seen.row.is_deleted !== true && tests.every((test) => test(seen))
}

function testOf(condition: Condition): (seen: Seen) => boolean {
  if ('not' in condition) {
    const tests = condition.not.map(testOf)
    return (seen) => !tests.every((test) => test(seen))
  }
  if ('or' in condition) {
    const groups = condition.or.map((group) => group.map(testOf))
    return (seen) => groups.some((tests) => tests.every((test) => test(seen)))
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
      const { sender } = condition
      const wanted = foldAll(condition.contains)
      return ({ row, texts }) =>
        texts.some((text, i) => text.includes(wanted) && (sender === undefined || row.messages[i]!.sender === sender))
    }
    case 'failed_run': {
      const wanted = foldAll(condition.input)
      return ({ failedRuns }) => failedRuns.some(({ name, input }) => name === condition.name && input.includes(wanted))
    }
    default:
      return ({ row }) => row[condition.field] === condition.is
  }
}

/** The values that a row has in a field, each once. */
function valuesOf({ row, started }: Seen, field: CountedField): readonly Value[] {
  switch (field.field) {
    case 'day':
      return [Math.floor(started / 86_400_000_000) * 86_400_000]
    case 'action':
      return [...new Set(row.messages.flatMap(({ action_name }) => action_name || []))]
    case 'metadata': {
      const value = valueAt(row, field.path)
      return value === undefined ? [] : [value]
    }
    default: {
      const value = row[field.field]
      return value === null ? [] : [value]
    }
  }
}

/** What a row is ordered by. */
export type Key = number | string | null

/** The key of a row in an order. */
export function keyOf(seen: Seen, order: OrderTerm = '-started_at'): Key {
  if (order.endsWith('customer_id')) return seen.row.customer_id
  if (order.endsWith('duration')) return seen.ended === null ? null : seen.ended - seen.started
  return order.endsWith('ended_at') ? seen.ended : seen.started
}

/** Below zero when the row with key `a` comes first. Texts are ordered by code point; those of the data are ASCII. */
export function compareKeys(order: OrderTerm = '-started_at'): (a: Key, aId: number, b: Key, bId: number) => number {
  const sign = order.startsWith('-') ? -1 : 1
  return (a, aId, b, bId) => {
    if (a === b) return sign * (aId - bId)
    if (a === null) return sign
    if (b === null) return -sign
    return a < b ? -sign : sign
  }
}

/** Counts the rows that pass and keeps those of the page, whatever order they come in. */
export class Tally {
  readonly ask: Ask
  count = 0
  readonly #passes: (seen: Seen) => boolean
  readonly #compare: (a: Key, aId: number, b: Key, bId: number) => number
  readonly #reach: number
  #kept: { readonly key: Key; readonly id: number }[] = []
  readonly #counts: readonly Map<Value, number>[] | undefined
  readonly #numbers = new Map<string, { value: Value; day: number; numbers: number[] }>()

  constructor(ask: Ask) {
    this.ask = ask
    this.#passes = passes(ask)
    this.#compare = compareKeys(ask.order)
    this.#reach = ask.page * ask.pageSize
    this.#counts = ask.fields?.map(() => new Map())
  }

  look(seen: Seen): void {
    if (!this.#passes(seen)) return
    this.count++
    this.#counts?.forEach((counts, i) => {
      for (const value of valuesOf(seen, this.ask.fields![i]!)) counts.set(value, (counts.get(value) ?? 0) + 1)
    })
    if (this.ask.sums !== undefined) this.#sum(seen)
    this.#kept.push({ key: keyOf(seen, this.ask.order), id: seen.row.id })
    if (this.#kept.length > 4 * this.#reach + 1_000) this.#prune()
  }

  /** Rows by value, of the fields that are asked for. */
  get counts(): Counts | undefined {
    return this.#counts?.map((counts) => [...counts])
  }

  /** What the number comes to in each group. */
  get groups(): readonly Group[] | undefined {
    if (this.ask.sums === undefined) return undefined
    return [...this.#numbers.values()].map(({ value, day, numbers }) => {
      const sum = numbers.reduce((all, number) => all + number, 0)
      // The nearest rank: the least number that 95 of a hundred do not exceed.
      const p95 = numbers.toSorted((a, b) => a - b)[Math.ceil((95 * numbers.length) / 100) - 1]!
      return [value, day, numbers.length, sum, p95] as const
    })
  }

  #sum({ row, started }: Seen): void {
    const [value, number] = [valueAt(row, this.ask.sums!.by), valueAt(row, this.ask.sums!.number)]
    if (value === undefined || typeof number !== 'number') return
    const day = Math.floor(started / 86_400_000_000) * 86_400_000
    const key = JSON.stringify([value, day])
    const group = this.#numbers.get(key)
    if (group === undefined) this.#numbers.set(key, { value, day, numbers: [number] })
    else group.numbers.push(number)
  }

  /** The ids of a page, in order; the ask's own when none is named, which must be no further than that. */
  ids(page = this.ask.page): number[] {
    this.#prune()
    const { pageSize } = this.ask
    return this.#kept.slice((page - 1) * pageSize, page * pageSize).map(({ id }) => id)
  }

  #prune(): void {
    this.#kept.sort((a, b) => this.#compare(a.key, a.id, b.key, b.id))
    this.#kept.length = Math.min(this.#kept.length, this.#reach)
  }
}
