/** Writes to a store: each names its row by a place among those that are there. */
import fc, { type Arbitrary } from 'fast-check'
import type { ConversationInput, Feedback, Message } from '../../row/conversation.ts'
import type { Ref } from '../../store/index.ts'
import { CONVERSATION_IDS, DEVICES, INSTANTS, KEYS, LABELS, LANGUAGES } from './domains.ts'
import { feedback, message, metadata, rowOf } from './rows.ts'
import { content } from './strings.ts'

/** Which row a write changes: the one at `place` among those of the store, counted round and round, or one that is not there. */
export interface RowPick {
  readonly place: number
  readonly by: 'id' | 'conversation_id'
  readonly isThere: boolean
}

/** One write, as plain data. */
export type Write =
  | { readonly op: 'add'; readonly row: ConversationInput }
  | { readonly op: 'upsert'; readonly row: ConversationInput }
  | {
      readonly op: 'addMany'
      readonly rows: readonly ConversationInput[]
      readonly onInvalid: 'throw' | 'skip'
      readonly own: boolean
    }
  | ChangeWrite
  | { readonly op: 'clear' }

/** One write that changes a row. */
export type ChangeWrite =
  | { readonly op: 'update'; readonly pick: RowPick; readonly patch: Record<string, unknown> }
  | {
      readonly op: 'updateMetadata'
      readonly pick: RowPick
      readonly changes: Record<string, unknown>
      readonly remove: readonly string[] | undefined
    }
  | { readonly op: 'rename'; readonly pick: RowPick; readonly name: string | null }
  | { readonly op: 'mark'; readonly pick: RowPick; readonly yes: boolean | undefined }
  | { readonly op: 'delete'; readonly pick: RowPick; readonly at: string | undefined }
  | { readonly op: 'restore'; readonly pick: RowPick }
  | { readonly op: 'purge'; readonly pick: RowPick }
  | { readonly op: 'addMessage'; readonly pick: RowPick; readonly message: Message }
  | { readonly op: 'addFeedback'; readonly pick: RowPick; readonly feedback: Feedback }

/** The methods that change a row, of a store or of what stands for one. */
export interface Changeable {
  update(ref: Ref, patch: object): unknown
  updateMetadata(ref: Ref, changes: object, options?: { readonly remove: readonly string[] }): unknown
  rename(ref: Ref, name: string | null): unknown
  mark(ref: Ref, yes?: boolean): unknown
  delete(ref: Ref, at?: string): unknown
  restore(ref: Ref): unknown
  purge(ref: Ref): unknown
  addMessage(ref: Ref, message: Message): unknown
  addFeedback(ref: Ref, feedback: Feedback): unknown
}

const pick: Arbitrary<RowPick> = fc.record({
  place: fc.nat(40),
  by: fc.constantFrom('id', 'conversation_id'),
  isThere: fc.constantFrom(true, true, true, true, true, true, false),
})

/** Rows of few conversation ids, some with ids of their own: they get in each other's way. */
export const validRow: Arbitrary<ConversationInput> = fc
  .tuple(
    rowOf(fc.constantFrom(...CONVERSATION_IDS.flatMap((id) => [id, `${id}-2`]))),
    fc.oneof({ arbitrary: fc.constant(undefined), weight: 4 }, fc.integer({ min: 1, max: 40 })),
  )
  .map(([row, id]): ConversationInput => (id === undefined ? row : { ...row, id }))

const nullable = <Value>(...values: readonly Value[]) => fc.constantFrom<Value | null>(null, ...values)

/** A patch that every row takes. */
export const validPatch: Arbitrary<Record<string, unknown>> = fc.record(
  {
    name: fc.oneof(content, fc.constant(null)),
    is_marked: fc.boolean(),
    customer_id: nullable(...LABELS),
    device: nullable(...DEVICES),
    language: nullable(...LANGUAGES),
    metadata: fc.oneof(metadata, fc.constant(null)),
  },
  { requiredKeys: [] },
)

/** What is both removed and set is left to no rule of the contract: keys are one or the other. */
const metadataChanges = fc
  .tuple(metadata, fc.option(fc.subarray([...KEYS]), { nil: undefined }))
  .map(([changes, remove]) => ({ changes, remove: remove?.filter((key) => !Object.hasOwn(changes, key)) }))

const mark = fc.record({ op: fc.constant('mark' as const), pick, yes: fc.constantFrom(true, false, undefined) })
const deletion = (at: Arbitrary<string | undefined>) => fc.record({ op: fc.constant('delete' as const), pick, at })
const restoreOrPurge = fc.record({ op: fc.constantFrom('restore', 'purge', 'purge'), pick })

/** Changes that flip bits of a row where it stands; `at` is when a row is deleted. */
export function flipsOf(at: Arbitrary<string | undefined>): Arbitrary<ChangeWrite> {
  return fc.oneof({ weight: 3, arbitrary: mark }, deletion(at), restoreOrPurge) as Arbitrary<ChangeWrite>
}

/** Every write except `clear`, of these rows, patches and times of deletion. */
export function writesOf({
  row,
  patch,
  at,
}: {
  readonly row: Arbitrary<ConversationInput>
  readonly patch: Arbitrary<Record<string, unknown>>
  readonly at: Arbitrary<string | undefined>
}): Arbitrary<Write> {
  return fc.oneof(
    { weight: 8, arbitrary: fc.record({ op: fc.constantFrom('add', 'add', 'upsert'), row }) },
    {
      weight: 6,
      arbitrary: fc.record({
        op: fc.constant('addMany' as const),
        rows: fc.array(row, { maxLength: 9, size: 'max' }),
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
    { weight: 3, arbitrary: deletion(at) },
    { weight: 4, arbitrary: restoreOrPurge },
    { weight: 2, arbitrary: fc.record({ op: fc.constant('addMessage' as const), pick, message }) },
    { weight: 2, arbitrary: fc.record({ op: fc.constant('addFeedback' as const), pick, feedback }) },
  ) as Arbitrary<Write>
}

/** Every write that a store can take. None looks at the clock. */
export const validWrite: Arbitrary<Write> = fc.oneof(
  { weight: 34, arbitrary: writesOf({ row: validRow, patch: validPatch, at: fc.constantFrom(...INSTANTS) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('clear' as const) }) },
)

/** How each write changes a row. */
const CHANGES: { readonly [Op in ChangeWrite['op']]: (side: Changeable, ref: Ref, write: ChangeOf<Op>) => unknown } = {
  update: (side, ref, { patch }) => side.update(ref, patch),
  updateMetadata: (side, ref, { changes, remove }) => side.updateMetadata(ref, changes, remove && { remove }),
  rename: (side, ref, { name }) => side.rename(ref, name),
  mark: (side, ref, { yes }) => side.mark(ref, yes),
  delete: (side, ref, { at }) => side.delete(ref, at),
  restore: (side, ref) => side.restore(ref),
  purge: (side, ref) => side.purge(ref),
  addMessage: (side, ref, write) => side.addMessage(ref, write.message),
  addFeedback: (side, ref, write) => side.addFeedback(ref, write.feedback),
}

type ChangeOf<Op> = Extract<ChangeWrite, { readonly op: Op }>

/** Changes a row, and gives what its method gives. */
export function change(side: Changeable, ref: Ref, write: ChangeWrite): unknown {
  return CHANGES[write.op](side, ref, write as never)
}
