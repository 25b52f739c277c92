/** Histories of every write, and a store and the reference side by side that are taken through them. */
import fc from 'fast-check'
import { expect } from 'vitest'
import { ConversationStoreError, type ErrorCode } from '../../src/base/errors.ts'
import type { WarmOptions } from '../../src/engine/warm.ts'
import { ConversationStore, type ConversationStoreOptions, type Ref } from '../../src/index.ts'
import type { QuerySpec } from '../../src/query/spec.ts'
import {
  type Conversation,
  type ConversationInput,
  type Feedback,
  type JsonObject,
  type Message,
  open,
} from '../../src/row/conversation.ts'
import type { Change, ChangeType } from '../../src/store/changes.ts'
import { ReferenceStore } from '../reference.ts'
import { type AnyQuery, built } from './asking.ts'
import { expectEqual, plain } from './plain.ts'
import { conditionsMetBy } from './questions.ts'
import {
  CONVERSATION_IDS,
  content,
  DEVICES,
  feedback,
  INSTANTS,
  KEYS,
  LABELS,
  LANGUAGES,
  message,
  metadata,
  objectOf,
  rowOf,
} from './rows.ts'

/** A row that is there, the so-manieth, or one that is not. */
interface Pick {
  readonly place: number
  readonly by: 'id' | 'conversation_id'
  readonly isThere: boolean
}

export type Step =
  | { readonly op: 'add'; readonly row: ConversationInput }
  | { readonly op: 'upsert'; readonly row: ConversationInput }
  | {
      readonly op: 'addMany'
      readonly rows: readonly ConversationInput[]
      readonly onInvalid: 'throw' | 'skip'
      readonly own: boolean
    }
  | { readonly op: 'update'; readonly pick: Pick; readonly patch: Record<string, unknown> }
  | {
      readonly op: 'updateMetadata'
      readonly pick: Pick
      readonly changes: Record<string, unknown>
      readonly remove: readonly string[] | undefined
    }
  | { readonly op: 'rename'; readonly pick: Pick; readonly name: string | null }
  | { readonly op: 'mark'; readonly pick: Pick; readonly yes: boolean | undefined }
  | { readonly op: 'delete'; readonly pick: Pick; readonly at: string | undefined }
  | { readonly op: 'restore'; readonly pick: Pick }
  | { readonly op: 'purge'; readonly pick: Pick }
  | { readonly op: 'addMessage'; readonly pick: Pick; readonly message: Message }
  | { readonly op: 'addFeedback'; readonly pick: Pick; readonly feedback: Feedback }
  | { readonly op: 'warm'; readonly options: WarmOptions | undefined }
  | { readonly op: 'flood'; readonly rows: number; readonly isWarm: boolean; readonly stays: number }
  | { readonly op: 'clear' }
  | { readonly op: 'nothing' }

type StepOf<Op extends Step['op']> = Extract<Step, { readonly op: Op }>
export type ChangeStep = Extract<Step, { readonly pick: Pick }>

const pick: fc.Arbitrary<Pick> = fc.record({
  place: fc.nat(40),
  by: fc.constantFrom('id', 'conversation_id'),
  isThere: fc.constantFrom(true, true, true, true, true, true, false),
})

/** Rows of few conversation ids, some with ids of their own: they get in each other's way. */
export const validRow = fc
  .tuple(
    rowOf(fc.constantFrom(...CONVERSATION_IDS.flatMap((id) => [id, `${id}-2`]))),
    fc.oneof({ arbitrary: fc.constant(undefined), weight: 4 }, fc.integer({ min: 1, max: 40 })),
  )
  .map(([row, id]): ConversationInput => (id === undefined ? row : { ...row, id }))

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

const anyRow = fc.oneof({ arbitrary: validRow, weight: 12 }, faultyRow)

const nullable = <Value>(...values: readonly Value[]) => fc.constantFrom<Value | null>(null, ...values)

/** What the hosted API cannot change, or not so. */
const REFUSED_PATCHES: readonly Record<string, unknown>[] = [
  { name: 7 },
  { started_at: '2024-01-01' },
  { id: 3, device: 'x' },
  { nam: 'x' },
]

const patch = fc.oneof(
  {
    arbitrary: fc.record(
      {
        name: fc.oneof(content, fc.constant(null)),
        is_marked: fc.boolean(),
        customer_id: nullable(...LABELS),
        device: nullable(...DEVICES),
        language: nullable(...LANGUAGES),
        metadata: fc.oneof(metadata, fc.constant(null)),
      },
      { requiredKeys: [] },
    ),
    weight: 6,
  },
  fc.constantFrom(...REFUSED_PATCHES),
)

/** What is both removed and set is left to no rule of the contract: keys are one or the other. */
const metadataChanges = fc
  .tuple(metadata, fc.option(fc.subarray([...KEYS]), { nil: undefined }))
  .map(([changes, remove]) => ({ changes, remove: remove?.filter((key) => !Object.hasOwn(changes, key)) }))

const mark = fc.record({ op: fc.constant('mark' as const), pick, yes: fc.constantFrom(true, false, undefined) })
const softDelete = fc.record({
  op: fc.constant('delete' as const),
  pick,
  at: fc.constantFrom(undefined, undefined, ...INSTANTS, 'soon'),
})
const restoreOrPurge = fc.record({ op: fc.constantFrom('restore', 'purge', 'purge'), pick })

/** A change that flips bits of a row where it stands. */
export const flip = fc.oneof({ weight: 3, arbitrary: mark }, softDelete, restoreOrPurge) as fc.Arbitrary<Step>

export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ op: fc.constantFrom('add', 'add', 'upsert'), row: anyRow }) },
  {
    weight: 6,
    arbitrary: fc.record({
      op: fc.constant('addMany' as const),
      rows: fc.array(anyRow, { maxLength: 9, size: 'max' }),
      onInvalid: fc.constantFrom('throw', 'skip', 'skip'),
      own: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('update' as const), pick, patch }) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(pick, metadataChanges)
      .map(([it, changes]) => ({ op: 'updateMetadata' as const, pick: it, ...changes })),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('rename' as const), pick, name: nullable(...LABELS) }) },
  { weight: 3, arbitrary: mark },
  { weight: 3, arbitrary: softDelete },
  { weight: 4, arbitrary: restoreOrPurge },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('addMessage' as const), pick, message }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('addFeedback' as const), pick, feedback }) },
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

/** Changes a row of either side. */
export function changed<Side extends ConversationStore | ReferenceStore>(
  side: Side,
  ref: Ref,
  step: ChangeStep,
): Conversation | undefined {
  if (step.op === 'update') return side.update(ref, copyOf(step.patch) as Partial<Conversation>)
  if (step.op === 'updateMetadata') {
    return side.updateMetadata(ref, copyOf(step.changes) as JsonObject, step.remove && { remove: step.remove })
  }
  if (step.op === 'rename') return side.rename(ref, step.name)
  if (step.op === 'mark') return side.mark(ref, step.yes)
  if (step.op === 'delete') return side.delete(ref, step.at)
  if (step.op === 'restore') return side.restore(ref)
  if (step.op === 'purge') return side.purge(ref)
  if (step.op === 'addMessage') return side.addMessage(ref, copyOf(step.message))
  return side.addFeedback(ref, copyOf(step.feedback))
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
