/** Conditions on what messages say and what runs of actions did. */
import fc, { type Arbitrary } from 'fast-check'
import type { FieldCondition } from '../../query/spec.ts'
import { ACTIONS, CONVERSATION_IDS, LABELS } from './domains.ts'
import { content, isNotEmpty, wanted, word } from './strings.ts'

/** A name of an action, or a part of one. */
export const actionName = wanted(...ACTIONS, 'look', '_o')

/** A text that messages are searched for: a word, a piece of one, pieces across runs, blanks alone. */
export const pattern: Arbitrary<string> = fc
  .oneof(
    { arbitrary: word, weight: 3 },
    { arbitrary: content, weight: 4 },
    fc.tuple(content, fc.nat(6), fc.nat(6)).map(([of, from, length]) => of.slice(from, from + length + 1)),
    fc.constantFrom<string>(' ', '\n', '. ', 'und', 'd, r', 'flood', 'refund, f'),
  )
  .filter(isNotEmpty)

/** One string that some message has. */
export const message = pattern.map((value): FieldCondition => ({ field: 'message', lookup: 'icontains', value }))

/** Terms, phrases, and quotes that are open or inside. */
export const search = fc
  .array(
    fc.oneof(
      pattern,
      pattern.map((of) => `"${of}"`),
      fc.constantFrom(...CONVERSATION_IDS, ...LABELS.filter(isNotEmpty)),
    ),
    { minLength: 1, maxLength: 3 },
  )
  .chain((terms) => fc.constantFrom(' ', ',', ' , ', '\n', '').map((gap) => terms.join(gap)))
  .map((value): FieldCondition => ({ field: 'search', lookup: 'icontains', value }))

/** Some of these parts, one at least. */
function partsOf(parts: Readonly<Record<string, Arbitrary<unknown>>>): Arbitrary<Record<string, unknown>> {
  return fc.record(parts, { requiredKeys: [] }).filter((some) => Object.keys(some).length > 0)
}

const sender = fc.constantFrom('end_user', 'agent')
const contains = fc.array(pattern, { maxLength: 2 })

/** One message that has several things. */
export const messageMatch = fc.oneof(
  partsOf({ sender, contains, hasAttachments: fc.boolean() }).map((value) => ({
    ...{ field: 'message', lookup: 'matches' },
    value,
  })),
  fc.record({ sender, contains: fc.tuple(pattern) }).map((value) => ({ field: 'message', lookup: 'matches', value })),
) as Arbitrary<FieldCondition>

/** What terms tell of messages and runs. */
export const told = fc.oneof(
  sender.map((value) => ({ field: 'message_sender', lookup: 'exact', value })),
  fc.boolean().map((value) => ({ field: 'action_failed', lookup: 'exact', value })),
) as Arbitrary<FieldCondition>

/** A string that tools are asked or answer: as in messages, and pieces of JSON. */
const searchedPart = fc.oneof(
  { arbitrary: pattern, weight: 3 },
  fc.constantFrom<string>('"', ':', '":', '{', '[]', '\\', '\\u', '\\n', ',', 'null', 'true', '1', '17'),
)
const milliseconds = fc.constantFrom(0, 1, 1.005, 4.35, 500, 500.001, 60_000)

/** One run of an action that has several things. */
export const action = fc
  .oneof(
    partsOf({
      name: fc.oneof({ arbitrary: fc.array(actionName, { minLength: 1, maxLength: 3 }), weight: 5 }, fc.constant([])),
      input: searchedPart,
      output: searchedPart,
      error: searchedPart,
      failed: fc.boolean(),
      longerThan: milliseconds,
      shorterThan: milliseconds,
    }),
    partsOf({ name: fc.tuple(actionName), failed: fc.boolean() }),
    partsOf({ input: searchedPart, longerThan: milliseconds }),
    partsOf({ failed: fc.boolean(), error: searchedPart, shorterThan: milliseconds }),
    fc.record({ output: searchedPart }),
  )
  .map((value) => ({ field: 'action', lookup: 'matches', value })) as Arbitrary<FieldCondition>
