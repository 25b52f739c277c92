/**
 * Long lists that the versions of a row share, so that a message costs no copy of the thousands before it:
 *
 *     items     a b c d e     one array, which only grows
 *     before    ^^^^^^^       a version of the row has the items that there were
 *     after     ^^^^^^^^^
 *
 * A row shows such a list as a frozen array like any other, which is made when it is first read. Short lists are copied.
 */
import { inspected } from '../base/inspect.ts'
import type { Conversation, Feedback, Message } from './conversation.ts'
import { freezeDeeply, freezeRow } from './freeze.ts'
import { type Bag, isContainer } from './json.ts'

/** What the lists of a row have. */
export interface Items {
  readonly messages: Message
  readonly feedbacks: Feedback
}

/** The key of a list of a row. */
export type ListKey = keyof Items

type Row = Conversation<unknown>

/** From so many items on, or UTF-16 units of messages, a list is long. */
const LONG_ITEMS = 256
const LONG_UNITS = 16_384

/** The first `length` items of a list that grows. */
export interface Grown<Item> {
  readonly list: { items: readonly Item[]; readonly states: WeakMap<object, State> }
  readonly length: number
  /** The array that rows show, once it is made. */
  view: readonly Item[] | undefined
}

/** What was worked out of the first items of a list. */
interface State {
  readonly value: unknown
  read: number
}

type GrownLists = { readonly [Key in ListKey]?: Grown<Items[Key]> }

/** The property of a row that has its long lists. */
const LISTS: unique symbol = Symbol('long lists')

const LIST_KEYS = ['messages', 'feedbacks'] as const

function listsOf(row: object): GrownLists | undefined {
  return (row as { readonly [LISTS]?: GrownLists })[LISTS]
}

/** A long list of a row that has been written to; `undefined` for others. O(1). */
export function grownOf<Key extends ListKey>(row: object, key: Key): Grown<Items[Key]> | undefined {
  return listsOf(row)?.[key]
}

/** How many items a list of a row has. O(1). */
export function countOf(row: Row, key: ListKey): number {
  return grownOf(row, key)?.length ?? row[key]?.length ?? 0
}

/** Whether the lists of two rows have as many items: else the rows are not equal. O(1). */
export function haveSameCounts(a: Row, b: Row): boolean {
  return LIST_KEYS.every((key) => countOf(a, key) === countOf(b, key))
}

/** An item of a list, at a place that it has. O(1). */
export function itemOf<Key extends ListKey>(row: Row, key: Key, at: number): Items[Key] {
  const items = grownOf(row, key)?.list.items ?? row[key]
  return items![at] as Items[Key]
}

function shown<Item>(grown: Grown<Item>): readonly Item[] {
  grown.view ??= Object.freeze(grown.list.items.slice(0, grown.length))
  return grown.view
}

/**
 * What `owner` works out of the items of a list one after the other, in `value`: each item is read once, whatever rows
 * the list has. It may have read more items than this row has. O(items that are new).
 */
export function workedOut<Item, Value>(
  { list, length }: Grown<Item>,
  owner: object,
  make: () => Value,
  read: (value: Value, item: Item, at: number) => void,
): Value {
  let state = list.states.get(owner) as (State & { readonly value: Value }) | undefined
  if (state === undefined) {
    state = { value: make(), read: 0 }
    list.states.set(owner, state)
  }
  for (; state.read < length; state.read++) read(state.value, list.items[state.read]!, state.read)
  return state.value
}

/**
 * Calls `emit` with the values that some item of a list has, for `read` of each item. Of a long list that grew only new items
 * are read, and equal values are told once. O(items), or O(new items + values).
 */
export function eachValue<Key extends ListKey, Value>(
  row: Row,
  key: Key,
  read: (item: Items[Key], emit: (value: Value) => void) => void,
  emit: (value: Value) => void,
): void {
  const grown = grownOf(row, key)
  if (grown === undefined) {
    for (const item of (row[key] ?? []) as readonly Items[Key][]) read(item, emit)
    return
  }
  const firsts = workedOut<Items[Key], Map<Value, number>>(grown, read, newMap, (seen, item, at) =>
    read(item, (value) => {
      if (!seen.has(value)) seen.set(value, at)
    }),
  )
  for (const [value, at] of firsts) {
    if (at >= grown.length) break
    emit(value)
  }
}

/** Whether some item of a list passes. Of a long list that grew only new items are tested. O(items), or O(new items). */
export function hasItem<Key extends ListKey>(row: Row, key: Key, test: (item: Items[Key]) => boolean): boolean {
  const grown = grownOf(row, key)
  if (grown === undefined) return ((row[key] ?? []) as readonly Items[Key][]).some(test)
  const found = workedOut<Items[Key], { at: number }>(grown, test, nowhere, (first, item, at) => {
    if (first.at === Number.POSITIVE_INFINITY && test(item)) first.at = at
  })
  return found.at < grown.length
}

const nowhere = () => ({ at: Number.POSITIVE_INFINITY })

const newMap = <Value>() => new Map<Value, number>()

/** A row without its lists, as a copy. O(keys). */
export function withoutLists(row: Row): Omit<Row, ListKey> {
  if (listsOf(row) === undefined) {
    const { messages, feedbacks, ...rest } = row
    return rest
  }
  const keys = Object.keys(row).filter((key) => !(LIST_KEYS as readonly string[]).includes(key))
  // Of keys from outside one may be `__proto__`.
  const entries = keys.map((key) => [key, (row as unknown as Bag)[key]])
  return Object.fromEntries(entries)
}

/** What one write changed of a list: from a place on, some items went and others came. */
interface Difference<Item> {
  readonly from: number
  readonly gone: readonly Item[]
  readonly come: readonly Item[]
}

/** What is different between two versions of a list. O(new items) where they were added to a long one, else O(items). */
export function differing<Key extends ListKey>(
  before: { readonly [_ in Key]: readonly Items[Key][] | null } | null,
  after: { readonly [_ in Key]: readonly Items[Key][] | null } | null,
  key: Key,
): Difference<Items[Key]> {
  const [was, is] = [before && grownOf(before, key), after && grownOf(after, key)]
  if (was && is && was.list === is.list) {
    const from = Math.min(was.length, is.length)
    return { from, gone: was.list.items.slice(from, was.length), come: is.list.items.slice(from, is.length) }
  }
  const [a, b] = [before?.[key] ?? [], after?.[key] ?? []]
  if (a === b) return { from: a.length, gone: [], come: [] }
  let from = 0
  while (from < a.length && from < b.length && a[from] === b[from]) from++
  let tail = 0
  const most = Math.min(a.length, b.length) - from
  while (tail < most && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++
  return { from, gone: a.slice(from, a.length - tail), come: b.slice(from, b.length - tail) }
}

/**
 * The row that a write makes of another: some values are replaced, the rest is shared. Both are frozen to the bottom.
 * O(keys + what is new), and the first time O(size of the row).
 */
export function changedRow<Given extends Row>(before: Given, changes: Partial<Given>): Given {
  return rowOf(before, changes as Bag, listsOf(before) ?? longLists(before))
}

/**
 * The same where items are put into a list, at a place from 0, in place of so many others. They are the caller's to give away.
 * O(keys + items) at the end of a list, else O(items of the list).
 */
export function splicedRow<Given extends Row, Key extends ListKey>(
  before: Given,
  key: Key,
  at: number,
  removed: number,
  items: readonly Items[Key][],
  changes: Partial<Given> = {},
): Given {
  for (const item of items) freezeDeeply(item)
  const all: Bag = { ...changes }
  const counted = COUNTS[key]
  if (typeof (before as Bag)[counted] === 'number') all[counted] = countOf(before, key) + items.length - removed
  const lists = listsOf(before) ?? longLists(before)
  const grown = lists?.[key] as Grown<Items[Key]> | undefined
  if (grown !== undefined && removed === 0 && at === grown.length)
    return rowOf(before, all, { ...lists, [key]: appended(grown, items) })
  const spliced = Object.freeze(((before[key] ?? []) as readonly Items[Key][]).toSpliced(at, removed, ...items))
  all[key] = spliced
  return rowOf(before, all, lists === undefined ? longLists(all) : { ...lists, [key]: longList(spliced) })
}

const COUNTS = { messages: 'message_count', feedbacks: 'feedback_count' } as const

/** The list with more items. Where another version of the row has added others already, it is another list. */
function appended<Item>({ list, length }: Grown<Item>, items: readonly Item[]): Grown<Item> {
  const isLast = list.items.length === length
  const own = isLast ? list : { items: list.items.slice(0, length), states: new WeakMap() }
  // The array of a row that was given out stays as it is.
  if (Object.isFrozen(own.items)) own.items = own.items.slice()
  for (const item of items) (own.items as Item[]).push(item)
  return { list: own, length: length + items.length, view: undefined }
}

/** The lists of a row that are long, to be shared by the rows that are made of it; `undefined` for none. */
function longLists(row: { readonly [Key in ListKey]?: unknown }): GrownLists | undefined {
  const [messages, feedbacks] = [
    longList(row.messages as Items['messages'][]),
    longList(row.feedbacks as Items['feedbacks'][]),
  ]
  return messages || feedbacks ? { ...(messages && { messages }), ...(feedbacks && { feedbacks }) } : undefined
}

function longList<Item>(items: readonly Item[] | null | undefined): Grown<Item> | undefined {
  if (!items || (items.length < LONG_ITEMS && unitsOf(items) < LONG_UNITS)) return undefined
  return { list: { items, states: new WeakMap() }, length: items.length, view: items }
}

/** UTF-16 units of the contents of messages; feedbacks have none. */
function unitsOf(items: readonly unknown[]): number {
  let units = 0
  for (const item of items) units += (item as Partial<Message>).content?.length ?? 0
  return units
}

const GETTERS = {
  messages(this: object) {
    return shown(grownOf(this, 'messages')!)
  },
  feedbacks(this: object) {
    return shown(grownOf(this, 'feedbacks')!)
  },
}

/** On a console such a row is like any other. */
function plainly(this: object): object {
  return { ...this }
}

/** A frozen row with the values of another, changes and long lists. */
function rowOf<Given extends Row>(before: Given, changes: Bag, lists: GrownLists | undefined): Given {
  freezeRow(before)
  for (const [key, value] of Object.entries(changes)) if (isContainer(value) && !(key in COUNTS)) freezeDeeply(value)
  if (lists === undefined) return Object.freeze({ ...before, ...changes })
  const descriptors: PropertyDescriptorMap = {
    ...Object.getOwnPropertyDescriptors(before),
    ...Object.getOwnPropertyDescriptors(changes),
    [LISTS]: { value: lists },
    [inspected]: { value: plainly },
  }
  for (const key of LIST_KEYS) {
    const grown = lists[key]
    if (grown === undefined) continue
    descriptors[key] = { enumerable: true, ...(grown.view ? { value: grown.view } : { get: GETTERS[key] }) }
  }
  return Object.freeze(Object.defineProperties({}, descriptors)) as Given
}
