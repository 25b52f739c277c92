/** Histories of every write, and a store and the reference side by side that are taken through them. */
import fc from 'fast-check'
import { expect } from 'vitest'
import { ConversationStoreError, type ErrorCode } from '../../src/base/errors.ts'
import type { WarmOptions } from '../../src/engine/warm.ts'
import { ConversationStore, type ConversationStoreOptions, type Ref } from '../../src/index.ts'
import type { QuerySpec } from '../../src/query/spec.ts'
import { type Conversation, type ConversationInput, open } from '../../src/row/conversation.ts'
import type { Change, ChangeType } from '../../src/store/changes.ts'
import {
  type ChangeWrite,
  change,
  flipsOf,
  validPatch,
  validRow,
  type Write,
  writesOf,
} from '../../src/testing/arbitraries/writes.ts'
import { ReferenceStore } from '../reference.ts'
import { type AnyQuery, built } from './asking.ts'
import { expectEqual, plain } from './plain.ts'
import { conditionsMetBy } from './questions.ts'
import { INSTANTS, objectOf } from './rows.ts'

export { validRow } from '../../src/testing/arbitraries/writes.ts'

export type Step =
  | Write
  | { readonly op: 'warm'; readonly options: WarmOptions | undefined }
  | { readonly op: 'flood'; readonly rows: number; readonly isWarm: boolean; readonly stays: number }
  | { readonly op: 'nothing' }

type StepOf<Op extends Step['op']> = Extract<Step, { readonly op: Op }>
export type ChangeStep = ChangeWrite

/** What no store takes. */
const FAULTS: readonly Record<string, unknown>[] = [
  { started_at: undefined },
  { started_at: '2024-02-30' },
  { conversation_id: '' },
  { id: 0 },
  { device: 7 },
  { is_marked: 'yes' },
  {
    messages: [
      { sender: 'agent', content: 'x' },
      { sender: 'nobody', content: 'x' },
    ],
  },
  { feedbacks: [{ sentiment: 'meh' }] },
  { metadata: '[1' },
  { metadata: { a: Number.NaN } },
]

const faultyRow = fc
  .tuple(validRow, fc.constantFrom(...FAULTS))
  .map(([row, fault]) => ({ ...row, ...fault }) as ConversationInput)

/** What the hosted API cannot change, or not so. */
const REFUSED_PATCHES: readonly Record<string, unknown>[] = [
  { name: 7 },
  { started_at: '2024-01-01' },
  { id: 3, device: 'x' },
  { nam: 'x' },
]

const at = fc.constantFrom(undefined, undefined, ...INSTANTS, 'soon')

/** A change that flips bits of a row where it stands. */
export const flip: fc.Arbitrary<Step> = flipsOf(at)

const write = writesOf({
  row: fc.oneof({ arbitrary: validRow, weight: 12 }, faultyRow),
  patch: fc.oneof({ arbitrary: validPatch, weight: 6 }, fc.constantFrom(...REFUSED_PATCHES)),
  at,
})

export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 34, arbitrary: write },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constant('warm' as const),
      options: fc.constantFrom<WarmOptions | undefined>(undefined, { text: false }, { metadata: ['a', ['a.b']] }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constant('flood' as const),
      rows: fc.integer({ min: 90, max: 150 }),
      isWarm: fc.boolean(),
      stays: fc.oneof(fc.nat(3), fc.integer({ min: 40, max: 66 })),
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constantFrom('clear', 'nothing', 'nothing') }) },
) as fc.Arbitrary<Step>

/** A copy that nothing else holds, `__proto__` and all. */
function copyOf<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(copyOf) as Value
  if (typeof value !== 'object' || value === null) return value
  return objectOf(Object.entries(value).map(([key, inner]) => [key, copyOf(inner)])) as Value
}

/** Spoils what was given to the store, to the bottom: it must have kept nothing of it. */
function spoil(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  for (const inner of Object.values(value)) spoil(inner)
  for (const key of Object.keys(value)) Object.defineProperty(value, key, { value: 'spoilt' })
}

/** A store and the reference side by side, taken through a history. */
export class History {
  store: ConversationStore
  readonly reference = new ReferenceStore()
  /** The rows as a listener knows them, by id. */
  readonly #mirror = new Map<number, string>()
  readonly #queries = new Map<QuerySpec, AnyQuery>()
  #heard: Change[] = []
  #listenerErrors = 0
  /** The greatest id that any row ever had. */
  #greatestId = 0
  #floods = 0

  constructor(options: ConversationStoreOptions) {
    this.store = this.made(options)
    this.goOnWith(this.store)
  }

  /** A store without rows whose listeners' errors are counted here. */
  made(options: ConversationStoreOptions): ConversationStore {
    return new ConversationStore({ ...options, onListenerError: () => this.#listenerErrors++ })
  }

  /** Goes on with another store, which has the same rows. */
  goOnWith(store: ConversationStore): void {
    this.store = store
    this.#queries.clear()
    store.onChange(() => {
      throw new Error('A listener that fails silences no other.')
    })
    store.onChange((change) => this.#heard.push(change))
  }

  /** Takes one step on both sides and compares what it did: what came back, what was thrown, what was told. */
  take(step: Step): void {
    if (step.op === 'warm') this.store.warm(step.options)
    else if (step.op === 'flood') this.#flood(step)
    else if (step.op === 'clear') this.#clear()
    else if (step.op === 'add' || step.op === 'upsert') this.#put(step)
    else if (step.op === 'addMany') this.#addMany(step)
    else if (step.op !== 'nothing') this.#change(step)
  }

  /** All rows are what they are in the reference, and as the listener knows them. */
  compare(): void {
    const rows = [...this.store]
    expectEqual(rows, this.reference.rows)
    expect(this.store.size).toBe(rows.length)
    expect(new Map(rows.map((row) => [row.id, plain(row)]))).toEqual(this.#mirror)
    for (const row of rows) {
      expect(this.store.get(row.id)).toBe(row)
      expect(this.store.get(row.conversation_id)).toBe(row)
      expect(this.store.has(row.id)).toBe(true)
    }
    const { rows: size, deleted } = this.store.stats()
    expect([size, deleted]).toEqual([rows.length, rows.filter((row) => row.is_deleted === true).length])
  }

  /** A question has the answer of the reference. Its query is kept and asked again, as it was made the first time. */
  ask(spec: QuerySpec): void {
    const query = this.#queries.get(spec) ?? built(this.store, spec)
    this.#queries.set(spec, query)
    expect(query.ids()).toEqual(this.reference.ids(spec))
  }

  #put({ op, row }: StepOf<'add' | 'upsert'>): void {
    const old = this.reference.get(row.conversation_id)
    const isUpdate = op === 'upsert' && old !== undefined
    const greatestId = this.#greatestId
    const given = copyOf(row)
    const done = this.#write(() => this.store[op](given))
    spoil(given)
    this.#expect(done, () => {
      if (isFaulty(row)) return 'INVALID_ROW'
      const result = orRepeated(() => this.reference[op](row))
      if (result === 'DUPLICATE_ID') return result
      if (row.id === undefined && !isUpdate) expect(result.id).toBe(greatestId + 1)
      return { result, told: [isUpdate ? ['update', old, result] : ['add', null, result]] }
    })
  }

  #addMany({ rows, onInvalid, own }: Omit<StepOf<'addMany'>, 'op'>): void {
    const given = copyOf(rows)
    const done = this.#write(() => {
      const { added, rejected } = this.store.addMany(given, { onInvalid, own })
      return { added, rejected: rejected.map(({ error, ...row }) => ({ ...row, code: error.code })) }
    })
    if (!own) spoil(given)
    this.#expect(done, () => {
      if (onInvalid === 'throw' && rows.some(isFaulty)) return 'INVALID_ROW'
      if (onInvalid === 'throw' && this.#hasRepeated(rows)) return 'DUPLICATE_ID'
      const added: Conversation[] = []
      const rejected: object[] = []
      for (const [index, row] of rows.entries()) {
        const one = isFaulty(row) ? 'INVALID_ROW' : orRepeated(() => this.reference.add(row))
        if (typeof one === 'string') rejected.push({ index, conversationId: row.conversation_id, code: one })
        else added.push(one)
      }
      return { result: { added: added.length, rejected }, told: added.map((row) => ['add', null, row]) }
    })
  }

  /** Whether a row cannot be added after those before it. */
  #hasRepeated(rows: readonly ConversationInput[]): boolean {
    const taken = new Set<unknown>(this.reference.rows.flatMap((row) => [row.id, row.conversation_id]))
    let greatest = this.#greatestId
    return rows.some((row) => {
      const id = row.id ?? greatest + 1
      const isRepeated = taken.has(id) || taken.has(row.conversation_id)
      taken.add(id).add(row.conversation_id)
      greatest = Math.max(greatest, id)
      return isRepeated
    })
  }

  #change(step: ChangeStep): void {
    const { rows } = this.reference
    const { place, by, isThere } = step.pick
    const before = isThere && rows.length > 0 ? rows[place % rows.length]! : undefined
    const ref: Ref = before?.[by] ?? (by === 'id' ? 999_999 : 'nobody')
    // Which of two errors comes first no rule says.
    if (before === undefined && isRefused(step)) return
    const done = this.#write(() => changed(this.store, ref, step))
    this.#expect(done, () => {
      if (before === undefined) return 'NOT_FOUND'
      if (isRefused(step)) return 'INVALID_ROW'
      if (leavesAsItIs(step, before)) return { result: before, told: [] }
      if (step.op === 'delete' && step.at === undefined) {
        // What time it is now is the store's to say.
        const at = done.result?.deleted_at ?? ''
        expect(Math.abs(Date.parse(at) - Date.now())).toBeLessThan(60_000)
        return updated('delete', before, this.reference.delete(ref, at))
      }
      const after = changed(this.reference, ref, step)
      if (step.op === 'purge') return { result: before, told: [['purge', before, null]] }
      return updated(step.op === 'delete' || step.op === 'restore' ? step.op : 'update', before, after)
    })
  }

  #clear(): void {
    const { rows } = this.reference
    const done = this.#write(() => this.store.clear())
    this.reference.clear()
    this.#expect(done, () => ({ result: undefined, told: rows.map((row) => ['purge', row, null]) }))
  }

  /** Many rows with values of their own, of which few stay: dictionaries give up what no row has. */
  #flood({ rows, isWarm, stays }: StepOf<'flood'>): void {
    const flood = ++this.#floods
    const flooding = Array.from({ length: rows }, (_, i): ConversationInput => {
      const own = `flood${flood}x${i}`
      const messages = [{ id: null, sender: 'agent' as const, content: `${own} refund, ${own}b`, action_name: own }]
      const started_at = INSTANTS[i % INSTANTS.length]!
      const row = { conversation_id: own, started_at, name: own, device: own, metadata: { a: own }, messages }
      // Values of their own, and a few that nearly all have.
      return { ...row, language: i % 3 === 0 ? 'de' : 'en', is_marked: i % 4 === 0 }
    })
    this.#addMany({ rows: flooding, onInvalid: 'throw', own: false })
    if (isWarm) this.store.warm({ metadata: ['a'] })
    else this.ask({ where: [{ field: 'name', lookup: 'icontains', value: 'flood' }] })
    // The last ones stay: their terms move into the room of those that go.
    for (const { conversation_id } of flooding.slice(0, flooding.length - stays)) {
      const done = this.#write(() => this.store.purge(conversation_id))
      const before = this.reference.purge(conversation_id)!
      this.#expect(done, () => ({ result: before, told: [['purge', before, null]] }))
    }
    const { rows: left } = this.reference
    for (const row of [...left.slice(0, 2), ...left.slice(-2)]) {
      for (const condition of conditionsMetBy(row)) this.ask({ where: [condition] })
    }
  }

  /** Writes, and notes what came of it and what was told. */
  #write<Result>(write: () => Result): Done<Result> {
    this.#heard = []
    this.#listenerErrors = 0
    try {
      return { result: write(), changes: this.#heard }
    } catch (error) {
      return { error, changes: this.#heard }
    }
  }

  /** What came of a write is what was to come, done or refused. */
  #expect<Result>({ result, error, changes }: Done<Result>, outcome: () => Outcome): void {
    if (error !== undefined && !(error instanceof ConversationStoreError)) throw error
    const expected = outcome()
    if (typeof expected === 'string') {
      expect(error?.code).toBe(expected)
      expect(changes).toEqual([])
      return
    }
    if (error !== undefined) throw error
    expectEqual(result, expected.result)
    const told = expected.told.map(([type, before, after]) => ({ type, before, after }))
    expectEqual(changes, told)
    expect(this.#listenerErrors).toBe(told.length)
    const given = changes.flatMap(({ before, after }) => [before, after])
    expect(given.every(isFrozenDeeply)).toBe(true)
    for (const { before, after } of changes) this.#reflect(before, after)
  }

  /** Follows a change as a listener that knows nothing else. */
  #reflect(before: Conversation | null, after: Conversation | null): void {
    if (before !== null) {
      expect(this.#mirror.get(before.id)).toBe(plain(before))
      this.#mirror.delete(before.id)
    }
    if (after === null) return
    expect(this.#mirror.has(after.id)).toBe(false)
    this.#mirror.set(after.id, plain(after))
    this.#greatestId = Math.max(this.#greatestId, after.id)
  }
}

/** What a write gave or threw, and what was told of it. */
interface Done<Result> {
  readonly result?: Result
  readonly error?: unknown
  readonly changes: readonly Change[]
}

type Told = readonly [type: ChangeType, before: Conversation | null, after: Conversation | null]

/** What is to come of a write: an error, or a result and what is told. */
type Outcome = ErrorCode | { readonly result: unknown; readonly told: readonly Told[] }

/** Changes a row of either side, which is given copies. */
export function changed<Side extends ConversationStore | ReferenceStore>(
  side: Side,
  ref: Ref,
  step: ChangeStep,
): Conversation | undefined {
  return change(side, ref, copyOf(step)) as Conversation | undefined
}

function updated(type: ChangeType, before: Conversation, after: Conversation | undefined): Outcome {
  return { result: after, told: [[type, before, after!]] }
}

/** Whether a change says what no row can be told. */
function isRefused(step: ChangeStep): boolean {
  return step.op === 'update' ? REFUSED_PATCHES.includes(step.patch) : step.op === 'delete' && step.at === 'soon'
}

/** Deleting what is deleted and restoring what is not does nothing. */
function leavesAsItIs(step: ChangeStep, { is_deleted }: Conversation): boolean {
  if (step.op === 'delete') return is_deleted === true && step.at === undefined
  return step.op === 'restore' && is_deleted !== true
}

/** What the reference gives, or that an id is there already. */
function orRepeated(add: () => Conversation): Conversation | 'DUPLICATE_ID' {
  try {
    return add()
  } catch {
    return 'DUPLICATE_ID'
  }
}

function isFaulty(row: ConversationInput): boolean {
  return FAULTS.some((fault) =>
    Object.entries(fault).every(([key, value]) => Object.hasOwn(row, key) && open(row)[key] === value),
  )
}

function isFrozenDeeply(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  return Object.isFrozen(value) && Object.values(value).every(isFrozenDeeply)
}
