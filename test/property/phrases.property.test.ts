/** Strings with white space of all kinds, one in a query or many: the text index answers as the reference does, and reads no document. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CUTS_A_PAIR } from '../../src/base/text/contains.ts'
import { ConversationStore } from '../../src/index.ts'
import type { FieldCondition, Group } from '../../src/query/spec.ts'
import type { ConversationInput } from '../../src/row/conversation.ts'
import { built } from '../arbitraries/asking.ts'
import { patternsOf, spacedRows } from '../arbitraries/spaces.ts'
import { inSegments } from '../in-segments.ts'
import { ReferenceStore } from '../reference.ts'

const says = (value: string): FieldCondition => ({ field: 'message', lookup: 'icontains', value })
const seeks = (value: string): FieldCondition => ({ field: 'search', lookup: 'icontains', value })

/** Ways in which a query asks for many strings. */
const shapes: readonly ((patterns: readonly string[]) => Group)[] = [
  (patterns) => [{ or: patterns.map((it) => [says(it)]) }],
  (patterns) => patterns.map((it) => ({ not: [says(it)] })),
  (patterns) => patterns.map((it) => says(it)),
  // Each with its neighbour, and what equals it but for case.
  (patterns) => patterns.map((it, i) => ({ or: [[says(it)], [says(patterns.at(i - 1)!.toUpperCase())]] })),
  (patterns) => [{ or: patterns.map((it, i) => [says(it), { not: [says(patterns.at(i - 1)!)] }]) }],
  (patterns) => [
    { or: patterns.map((it) => [seeks(`"${it.replaceAll('"', '')}a"`), { not: [seeks(it.trim() || 'a')] }]) },
  ],
]

const ALL_SHAPES = fc.constantFrom(...shapes)
const FORMS = fc.constantFrom(inSegments(4, 2), inSegments(70, 3), {})

function expectSame(given: readonly ConversationInput[], store: ConversationStore, where: Group): void {
  const reference = new ReferenceStore()
  for (const row of given) reference.add(row)
  const expected = reference.ids({ where, orderBy: ['id'] })
  const query = () => built(store, { where, orderBy: ['id'] })
  expect(query().ids()).toEqual(expected)
  // Again, in buffers that were used before.
  expect(query().ids()).toEqual(expected)
}

describe('white space', () => {
  test('one string', () => {
    const asked = spacedRows.chain((given) => fc.tuple(fc.constant(given), patternsOf(given, 1, 1), FORMS))
    fc.assert(
      fc.property(asked, ([given, [pattern], options]) => {
        const store = ConversationStore.from(given, options)
        store.warm()
        expectSame(given, store, [says(pattern!)])
        const { documentsRead } = built(store, { where: [says(pattern!)] }).explain()
        if (!CUTS_A_PAIR.test(pattern!)) expect(documentsRead).toBe(0)
      }),
    )
  })

  test('many strings in one query', () => {
    const asked = spacedRows.chain((given) => fc.tuple(fc.constant(given), patternsOf(given, 2, 24), ALL_SHAPES, FORMS))
    fc.assert(
      fc.property(asked, ([given, patterns, shape, options]) => {
        const store = ConversationStore.from(given, options)
        store.warm()
        expectSame(given, store, shape(patterns))
        const { documentsRead } = built(store, { where: shape(patterns) }).explain()
        // The last shape looks for parts of them.
        const parts = patterns.flatMap((it) => [it, it.trim(), it.replaceAll('"', '')])
        if (!parts.some((it) => CUTS_A_PAIR.test(it))) expect(documentsRead).toBe(0)
      }),
    )
  })

  test('through writes, merges and renumbered terms', () => {
    const asked = spacedRows.chain((given) => fc.tuple(fc.constant(given), patternsOf(given, 8, 16), ALL_SHAPES))
    fc.assert(
      fc.property(asked, ([given, patterns, shape]) => {
        const store = new ConversationStore(inSegments(8, 2))
        store.warm()
        for (const row of given) {
          store.add(row)
          built(store, { where: shape(patterns) }).count()
        }
        const kept = given.filter((_, i) => i % 3 !== 1)
        for (const { id } of given) if (id! % 3 === 2) store.purge(id!)
        expectSame(kept, store, shape(patterns))
      }),
    )
  })
})
