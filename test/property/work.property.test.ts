/** What questions cost: indexes answer, documents are read only where a string leaves no other way, and nothing is indexed twice. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CUTS_A_PAIR } from '../../src/base/text/contains.ts'
import { ConversationStore } from '../../src/index.ts'
import type { FieldCondition, Group } from '../../src/query/spec.ts'
import type { ConversationInput } from '../../src/row/conversation.ts'
import { built } from '../arbitraries/asking.ts'
import {
  action,
  anyField,
  conditionSpec,
  groupsOf,
  messageMatch,
  NUMBER_FIELDS,
  pattern,
  specsOf,
  textlessField,
} from '../arbitraries/questions.ts'
import { rows } from '../arbitraries/rows.ts'
import { inSegments } from '../in-segments.ts'
import { ReferenceStore } from '../reference.ts'

const storeOf = (given: readonly ConversationInput[]): ConversationStore =>
  ConversationStore.from(given, inSegments(4, 2))

const says = (value: string): FieldCondition => ({ field: 'message', lookup: 'icontains', value })

/** Pieces of one word, and single signs: what stands inside one run of the text index. */
const insideOneRun = fc.constantFrom(
  ...[
    'refund',
    'REF',
    'und',
    'order_17',
    '_',
    '1',
    'straße',
    'ẞ',
    'İ',
    'ı',
    'οδος',
    'ς',
    '\u00c5',
    '\u212a',
    'ſ',
    '\u0301',
  ],
  ...['?', '…', '—', '"', '%', '😀', '🏽', '送', 'ส', '\u{10400}', '\u200b'],
)

/** What `warm()` has an index for. */
const warmedField = anyField.filter(({ field }) => field !== 'metadata')

/** How many rows, deleted ones too, meet these conditions. */
function countOf(given: readonly ConversationInput[], where: Group): number {
  const reference = new ReferenceStore()
  for (const row of given) reference.add(row)
  return reference.ids({ where, includeDeleted: true }).length
}

describe('documents read', () => {
  test('none without a condition on texts, cold or warm', () => {
    fc.assert(
      fc.property(rows, specsOf(textlessField), (given, spec) => {
        const store = storeOf(given)
        expect(built(store, spec).explain().documentsRead).toBe(0)
        store.warm()
        expect(built(store, spec).explain().documentsRead).toBe(0)
      }),
    )
  })

  test('none for a pattern of any kind, once the text index is warm, unless it is cut within a character', () => {
    fc.assert(
      fc.property(rows, pattern, fc.boolean(), (given, text, isNot) => {
        fc.pre(!CUTS_A_PAIR.test(text))
        const store = storeOf(given)
        store.warm()
        const where: Group = [isNot ? { not: [says(text)] } : says(text)]
        expect(built(store, { where }).explain().documentsRead).toBe(0)
      }),
    )
  })

  test('none for a pattern inside one run, once the text index is warm', () => {
    fc.assert(
      fc.property(
        rows,
        insideOneRun,
        fc.array(textlessField, { maxLength: 2 }),
        fc.boolean(),
        (given, text, others, isNot) => {
          const store = storeOf(given)
          store.warm()
          const where: Group = [isNot ? { not: [says(text)] } : says(text), ...others]
          expect(built(store, { where }).explain().documentsRead).toBe(0)
        },
      ),
    )
  })

  test('none for what one message or one run must have, once it is warm', () => {
    const isIndexed = ({ value }: FieldCondition) =>
      Object.values(value as object)
        .flat()
        .every((text) => typeof text !== 'string' || (text !== ' ' && !CUTS_A_PAIR.test(text)))
    const onOne = fc.oneof(messageMatch, action).filter(isIndexed)
    fc.assert(
      fc.property(rows, groupsOf(onOne), (given, where) => {
        const store = storeOf(given)
        store.warm({ actions: true })
        const { documentsRead, indexed } = built(store, { where }).explain()
        expect({ documentsRead, indexed }).toEqual({ documentsRead: 0, indexed: 0 })
      }),
    )
  })

  test('no more than the other conditions of the group leave, cold or warm', () => {
    fc.assert(
      fc.property(rows, pattern, fc.array(textlessField, { minLength: 1, maxLength: 2 }), (given, text, others) => {
        const left = countOf(given, others)
        const store = storeOf(given)
        const query = built(store, { where: [says(text), ...others] })
        expect(query.explain().documentsRead).toBeLessThanOrEqual(left)
        store.warm()
        expect(query.explain().documentsRead).toBeLessThanOrEqual(left)
      }),
    )
  })

  test('steps say what they leave: the last one what matches', () => {
    fc.assert(
      fc.property(rows, conditionSpec, fc.boolean(), (given, spec, isWarm) => {
        const store = storeOf(given)
        if (isWarm) store.warm()
        const { steps, count, text } = built(store, spec).explain()
        const left = steps.map((step) => step.rows)
        expect(left).toEqual(left.slice().sort((a, b) => b - a))
        expect(steps.length === 0 ? count : left.at(-1)).toBe(count)
        expect(text.split('\n').length).toBe(steps.length + 2)
      }),
    )
  })
})

describe('rows indexed', () => {
  test('none when a query is repeated', () => {
    fc.assert(
      fc.property(rows, specsOf(textlessField), conditionSpec, (given, textless, spec) => {
        const store = storeOf(given)
        built(store, textless).explain()
        expect(built(store, textless).explain().indexed).toBe(0)
        // Texts that are scanned until that has cost what an index costs are indexed then: not so where they are already.
        store.warm()
        built(store, spec).explain()
        expect(built(store, spec).explain().indexed).toBe(0)
      }),
    )
  })

  test('after a write only what was written, once an index', () => {
    fc.assert(
      fc.property(rows, rows, groupsOf(warmedField), (given, more, where) => {
        const store = storeOf(given.map(({ id: _id, ...row }) => row))
        store.warm({ actions: true })
        const query = built(store, { where, orderBy: ['customer_id', 'ended_at'] })
        query.explain()
        // An empty set before a column saves it, until a write.
        store
          .query()
          .orderBy('ended_at', ...NUMBER_FIELDS)
          .ids()
        const added = more.map(({ id: _id, ...row }, i) => ({ ...row, conversation_id: `${row.conversation_id}+${i}` }))
        for (const row of added) store.add(row)
        for (const { id } of store) if (id % 3 === 0) store.mark(id)
        const { indexed } = query.explain()
        const indexes = Object.keys(store.stats().bytes).length
        const columns = NUMBER_FIELDS.length + 2
        expect(indexed).toBeLessThanOrEqual(added.length * (indexes + columns))
      }),
    )
  })
})
