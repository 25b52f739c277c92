/**
 * What a patient person would write by hand: a typed array a field with codes from a dictionary, rows presorted by time,
 * the rows of each customer listed, one pass over a column a condition, the most selective first.
 */
import { fold } from '../../../src/base/text/fold.ts'
import { type Answer, type Ask, type Condition, type CountedField, type Row, type Value, valueAt } from '../ask.ts'
import {
  actionsOf,
  durationOf,
  feedbackOf,
  foldedText,
  microseconds,
  NO_CUSTOMER,
  NO_END,
  runsOf,
  saidByUser,
  withMessage,
} from '../entry.ts'
import type { MakePeer } from '../peer.ts'
import { summed } from '../plan.ts'
import { ColumnSums } from './columns-sums.ts'

/** Codes of one field, by slot; 0 is for rows without a value. */
export interface Column {
  readonly codes: Uint16Array
  readonly dictionary: Map<Value, number>
  /** Rows by code. */
  readonly counts: number[]
}

/** Slots, ascending, at the beginning of a buffer. */
interface Selection {
  readonly slots: Uint32Array
  readonly size: number
}

/** The runs of one action that failed, by ascending slot. */
interface FailedRuns {
  readonly slots: number[]
  readonly inputs: string[]
}

/** Conditions that need no pass. One question has at most one of customers and runs. */
const LISTED: readonly string[] = ['customer_id', 'failed_run', 'started_at']

export const make: MakePeer = (plan) => {
  const { paths } = plan
  let docs: Row[] = []
  let size = 0
  let started = new Float64Array(0)
  let slotOf = new Map<number, number>()
  let visible = new Uint8Array(0)
  let marked = new Uint8Array(0)
  const columns = new Map<string, Column>()
  /** A bit a value for fields that have several. */
  const masks = new Map<string, { readonly words: Uint32Array; readonly mask: number; readonly rows: number }>()
  let customers = new Map<string, Uint32Array>()
  const permutations = new Map<string, Uint32Array>()
  let texts: string[] = []
  let said: string[] = []
  const failedRuns = new Map<string, FailedRuns>()
  const sums = new ColumnSums()
  let buffers: Uint32Array[] = []
  let isIn = new Uint8Array(0)

  function column(name: string, pick: (row: Row) => Value | null | undefined): void {
    const codes = new Uint16Array(size)
    const dictionary = new Map<Value, number>()
    const counts = [0]
    for (let slot = 0; slot < size; slot++) {
      const value = pick(docs[slot]!)
      if (value === null || value === undefined) continue
      let code = dictionary.get(value)
      if (code === undefined) {
        code = dictionary.size + 1
        dictionary.set(value, code)
        counts.push(0)
      }
      codes[slot] = code
      counts[code]!++
    }
    columns.set(name, { codes, dictionary, counts })
  }

  function bits(name: string, valuesOf: (row: Row) => readonly string[]): void {
    const places = new Map<string, { words: Uint32Array; mask: number; rows: number }>()
    let words = new Uint32Array(0)
    for (let slot = 0; slot < size; slot++) {
      for (const value of valuesOf(docs[slot]!)) {
        let place = places.get(value)
        if (place === undefined) {
          if (places.size % 32 === 0) words = new Uint32Array(size)
          place = { words, mask: (1 << (places.size % 32)) >>> 0, rows: 0 }
          places.set(value, place)
        }
        place.words[slot] = (place.words[slot]! | place.mask) >>> 0
        place.rows++
      }
    }
    for (const [value, place] of places) masks.set(`${name}:${value}`, place)
  }

  /** About how many rows of `size` a condition leaves. */
  function estimate(condition: Condition): number {
    if ('not' in condition || 'or' in condition) return size
    switch (condition.field) {
      case 'customer_id':
      case 'failed_run':
        return 0
      case 'started_at':
        return 1
      case 'message':
        return Number.POSITIVE_INFINITY
      case 'is_marked':
        return condition.is ? size / 20 : size
      case 'action':
      case 'feedback':
        return masks.get(maskName(condition))?.rows ?? 0
      default: {
        const { dictionary, counts } = columns.get(columnName(condition))!
        return counts[dictionary.get(condition.is) ?? 0]!
      }
    }
  }

  /** The slots for which all conditions hold, in a buffer of this depth. */
  function select(where: readonly Condition[], depth: number): Selection {
    buffers[depth] ??= new Uint32Array(size)
    const out = buffers[depth]!
    const sorted = [...where].sort((a, b) => estimate(a) - estimate(b))
    let [from, to] = [0, size]
    for (const condition of sorted) {
      if (!('field' in condition) || condition.field !== 'started_at') continue
      if (condition.from !== undefined) from = Math.max(from, firstAt(microseconds(condition.from)))
      if (condition.to !== undefined) to = Math.min(to, firstAt(microseconds(condition.to) + 1))
    }
    let left = -1
    const [first] = sorted
    const list = first && listOf(first)
    if (list !== undefined) {
      left = 0
      for (const slot of list) {
        out[left] = slot
        left += visible[slot]! & Number(slot >= from && slot < to)
      }
    }
    for (const condition of sorted) {
      if ('field' in condition && LISTED.includes(condition.field)) continue
      if (left === -1) {
        left = 0
        for (let slot = from; slot < to; slot++) {
          out[left] = slot
          left += visible[slot]!
        }
      }
      left = keep(condition, out, left, depth)
    }
    if (left === -1) {
      left = 0
      for (let slot = from; slot < to; slot++) {
        out[left] = slot
        left += visible[slot]!
      }
    }
    return { slots: out, size: left }
  }

  function keep(condition: Condition, slots: Uint32Array, count: number, depth: number): number {
    if ('not' in condition || 'or' in condition) {
      const groups = 'not' in condition ? [condition.not] : condition.or
      const found = new Uint8Array(size)
      for (const group of groups) {
        const inner = select(group, depth + 1)
        for (let i = 0; i < inner.size; i++) found[inner.slots[i]!] = 1
      }
      return keepFlag(slots, count, found, 'not' in condition ? 0 : 1)
    }
    switch (condition.field) {
      case 'is_marked':
        return keepFlag(slots, count, marked, Number(condition.is))
      case 'action':
      case 'feedback': {
        const place = masks.get(maskName(condition))
        return place === undefined ? 0 : keepMask(slots, count, place.words, place.mask)
      }
      case 'message':
        return keepText(slots, count, condition.sender === undefined ? texts : said, fold(condition.contains))
      case 'started_at':
      case 'customer_id':
      case 'failed_run':
        return count
      default: {
        const { codes, dictionary } = columns.get(columnName(condition))!
        const code = dictionary.get(condition.is)
        return code === undefined ? 0 : keepCode(slots, count, codes, code)
      }
    }
  }

  /** The slots of a customer, or those with a run that failed, where that is asked. */
  function listOf(condition: Condition): Iterable<number> | undefined {
    if (!('field' in condition)) return undefined
    if (condition.field === 'customer_id') return customers.get(condition.is) ?? []
    return condition.field === 'failed_run' ? failed(condition) : undefined
  }

  /** The slots with such a run, each once. */
  function failed({ name, input }: Extract<Condition, { readonly field: 'failed_run' }>): number[] {
    const wanted = fold(input)
    const { slots, inputs } = failedRuns.get(name) ?? { slots: [], inputs: [] }
    const found: number[] = []
    for (let i = 0; i < slots.length; i++) {
      if (inputs[i]!.includes(wanted) && found.at(-1) !== slots[i]) found.push(slots[i]!)
    }
    return found
  }

  /** The first slot that starts at this time or later. */
  function firstAt(time: number): number {
    let [low, high] = [0, size]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (started[middle]! < time) low = middle + 1
      else high = middle
    }
    return low
  }

  function pageOf(ask: Ask, { slots, size: count }: Selection): Row[] {
    const from = (ask.page - 1) * ask.pageSize
    const to = Math.min(count, from + ask.pageSize)
    const rows: Row[] = []
    if (ask.order === undefined || ask.order === '-started_at') {
      for (let i = from; i < to; i++) rows.push(docs[slots[count - 1 - i]!]!)
      return rows
    }
    // The order's own permutation is walked until the page is full.
    for (let i = 0; i < count; i++) isIn[slots[i]!] = 1
    const isDescending = ask.order.startsWith('-')
    const permutation = permutations.get(isDescending ? ask.order.slice(1) : ask.order)!
    for (let i = 0, passed = 0; passed < to; i++) {
      const slot = permutation[isDescending ? size - 1 - i : i]!
      if (isIn[slot] === 1 && passed++ >= from) rows.push(docs[slot]!)
    }
    for (let i = 0; i < count; i++) isIn[slots[i]!] = 0
    return rows
  }

  /** The slots in an order, ties by id. */
  function permutation(compare: (a: number, b: number) => number): Uint32Array {
    const all = Uint32Array.from({ length: size }, (_, i) => i)
    return all.sort((a, b) => compare(a, b) || docs[a]!.id - docs[b]!.id)
  }

  function slot(id: number): number {
    return slotOf.get(id)!
  }

  return {
    build(rows) {
      const timed = rows.map((row) => ({ row, id: row.id, started: microseconds(row.started_at) }))
      timed.sort((a, b) => a.started - b.started || a.id - b.id)
      docs = timed.map(({ row }) => row)
      size = docs.length
      started = Float64Array.from(timed, (each) => each.started)
      slotOf = new Map(docs.map(({ id }, i) => [id, i]))
      visible = Uint8Array.from(docs, (row) => Number(!row.is_deleted))
      marked = Uint8Array.from(docs, (row) => Number(row.is_marked))
      isIn = new Uint8Array(size)
      buffers = []
      for (const name of ['device', 'language', 'environment'] as const) column(name, (row) => row[name])
      column('has_feedback', (row) => row.feedbacks.length > 0)
      for (const path of paths) column(JSON.stringify(path), (row) => valueAt(row, path))
      bits('action', actionsOf)
      bits('feedback', feedbackOf)
      const lists = new Map<string, number[]>()
      docs.forEach(({ customer_id }, i) => {
        if (customer_id === null) return
        const list = lists.get(customer_id)
        if (list === undefined) lists.set(customer_id, [i])
        else list.push(i)
      })
      customers = new Map(Array.from(lists, ([customer, list]) => [customer, Uint32Array.from(list)]))
      const customerKeys = docs.map(({ customer_id }) => customer_id ?? NO_CUSTOMER)
      permutations.set(
        'customer_id',
        permutation((a, b) => compare(customerKeys[a]!, customerKeys[b]!)),
      )
      const ends = Float64Array.from(docs, ({ ended_at }) => (ended_at === null ? NO_END : microseconds(ended_at)))
      permutations.set(
        'ended_at',
        permutation((a, b) => ends[a]! - ends[b]!),
      )
    },
    buildText() {
      texts = docs.map(foldedText)
      // A text that was joined is a tree of its pieces until it is first looked at.
      for (const text of texts) text.includes('\0')
    },
    buildAgents() {
      said = docs.map(saidByUser)
      for (const text of said) text.includes('\0')
      docs.forEach((row, i) => {
        for (const { name, hasFailed, input } of runsOf(row)) {
          if (!hasFailed) continue
          if (!failedRuns.has(name)) failedRuns.set(name, { slots: [], inputs: [] })
          failedRuns.get(name)!.slots.push(i)
          failedRuns.get(name)!.inputs.push(input)
        }
      })
      const durations = Float64Array.from(docs, durationOf)
      permutations.set(
        'duration',
        permutation((a, b) => durations[a]! - durations[b]!),
      )
      const { numbers, groupings } = summed(plan)
      for (const path of groupings) column(JSON.stringify(path), (row) => valueAt(row, path))
      sums.build(docs, started, numbers)
    },
    ask(ask): Answer {
      const selection = select(ask.where, 0)
      return { count: selection.size, rows: pageOf(ask, selection) }
    },
    countBy(where, fields) {
      const { slots, size: count } = select(where, 0)
      return fields
        .map((field): [Value, number][] => {
          if (field.field === 'day') {
            // The slots are in the order of time.
            const days: [Value, number][] = []
            for (let i = 0, end = 0; i < count; i++) {
              const at = started[slots[i]!]!
              if (at >= end) {
                const day = Math.floor(at / 86_400_000_000)
                end = (day + 1) * 86_400_000_000
                days.push([day * 86_400_000, 0])
              }
              days.at(-1)![1]++
            }
            return days
          }
          if (field.field === 'action') {
            const actions = [...masks].filter(([name]) => name.startsWith('action:'))
            return actions.map(([name, { words, mask }]) => [name.slice(7), countMask(slots, count, words, mask)])
          }
          const { codes, dictionary } = columns.get(columnName(field))!
          const counts = new Uint32Array(dictionary.size + 1)
          for (let i = 0; i < count; i++) counts[codes[slots[i]!]!]!++
          return [...dictionary].map(([value, code]) => [value, counts[code]!])
        })
        .map((pairs) => pairs.filter(([, rows]) => rows > 0))
    },
    sumBy(where, { number, by }) {
      const { slots, size: count } = select(where, 0)
      return sums.of(slots, count, number, columns.get(JSON.stringify(by))!)
    },
    writes: {
      mark(id) {
        marked[slot(id)] = 1
        docs[slot(id)] = { ...docs[slot(id)]!, is_marked: true }
      },
      delete(id, at) {
        visible[slot(id)] = 0
        docs[slot(id)] = { ...docs[slot(id)]!, is_deleted: true, deleted_at: at }
      },
      append(id, content) {
        docs[slot(id)] = withMessage(docs[slot(id)]!, content)
        texts[slot(id)] = `${texts[slot(id)]}\n${fold(content)}`
      },
    },
  }
}

// One small loop a kind of condition, without a branch that could be guessed wrong.

function keepCode(slots: Uint32Array, count: number, codes: Uint16Array, code: number): number {
  let left = 0
  for (let i = 0; i < count; i++) {
    const slot = slots[i]!
    slots[left] = slot
    left += Number(codes[slot] === code)
  }
  return left
}

function keepFlag(slots: Uint32Array, count: number, flags: Uint8Array, flag: number): number {
  let left = 0
  for (let i = 0; i < count; i++) {
    const slot = slots[i]!
    slots[left] = slot
    left += Number(flags[slot] === flag)
  }
  return left
}

function keepMask(slots: Uint32Array, count: number, words: Uint32Array, mask: number): number {
  let left = 0
  for (let i = 0; i < count; i++) {
    const slot = slots[i]!
    slots[left] = slot
    left += Number((words[slot]! & mask) !== 0)
  }
  return left
}

function countMask(slots: Uint32Array, count: number, words: Uint32Array, mask: number): number {
  let having = 0
  for (let i = 0; i < count; i++) having += Number((words[slots[i]!]! & mask) !== 0)
  return having
}

function keepText(slots: Uint32Array, count: number, texts: readonly string[], wanted: string): number {
  let left = 0
  for (let i = 0; i < count; i++) {
    const slot = slots[i]!
    if (texts[slot]!.includes(wanted)) slots[left++] = slot
  }
  return left
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function columnName(condition: Extract<Condition, { readonly is: Value }> | CountedField): string {
  return condition.field === 'metadata' ? JSON.stringify(condition.path) : condition.field
}

function maskName(condition: Extract<Condition, { readonly field: 'action' | 'feedback' }>): string {
  return condition.field === 'action' ? `action:${condition.is}` : `feedback:${condition.sentiment}/${condition.source}`
}
