/** Terms of a search, over stores in which each way to their rows is the cheapest: indexes, sequences, reading. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ConversationStore } from '../../../src/index.ts'
import { fold } from '../../reference.ts'

/** Numbers that look random and are always the same. */
const mixed = (i: number) => Math.imul(i + 1, 0x9e3779b1) >>> 0

const RARE = Array.from({ length: 3_000 }, (_, i) => `w${(mixed(i) % 46_656).toString(36)}e${i % 10}`)

/** Rows with long ids, whose messages have common words and twenty rare ones, all with an e. */
function rowOf(i: number) {
  const words = Array.from({ length: 20 }, (_, at) => RARE[mixed(i * 20 + at) % RARE.length]!)
  const common = i % 50 === 0 ? [] : ['these', i % 3 === 0 ? 'refund' : 'order', '你好', 'Straße']
  return {
    conversation_id: `${'customer-'.repeat(20)}${i}`,
    started_at: new Date(Date.UTC(2026, 0, 1) + i * 60_000).toISOString(),
    customer_id: `${'x'.repeat(100)}${i % 40}`,
    name: i % 400 === 1 ? 'A quiet zebra' : 'none',
    messages:
      i % 200 === 0
        ? []
        : [{ sender: 'agent' as const, content: [...common, ...words].join(i % 2 === 0 ? ' ' : '  ') }],
  }
}

const rows = Array.from({ length: 1_500 }, (_, i) => rowOf(i))
const store = ConversationStore.from(rows)
store.warm()
for (let id = 7; id < 1_500; id += 100) store.delete(id)
for (let id = 11; id < 1_500; id += 100) store.mark(id)

const texts = rows.map(({ conversation_id, customer_id, name, messages }) =>
  [conversation_id, customer_id, name, ...messages.map(({ content }) => content)].map(fold),
)
const has = (i: number, term: string) => texts[i]!.some((text) => text.includes(fold(term)))
const isThere = (i: number) => (i + 1) % 100 !== 7
const idsOf = (test: (i: number) => boolean) =>
  rows.flatMap((_, i) => (isThere(i) && test(i) ? [i + 1] : [])).sort((a, b) => a - b)

const term = fc.oneof(
  fc.constantFrom(...'abcdefghiknorstuwxyz0123456789-', 'ß', '你', '你好', 'SS', 'the', 'THESE', 'quiet', 'zebra'),
  fc.constantFrom(...RARE),
  fc.tuple(fc.nat(1_499), fc.nat(5), fc.nat(60), fc.integer({ min: 1, max: 5 })).map(([i, at, from, length]) => {
    const text = texts[i]![at % texts[i]!.length]!
    return text.slice(from % text.length, (from % text.length) + length).replaceAll(/[\s,"]+/g, '') || 'e'
  }),
)

describe('rows', () => {
  test('are those that have each term', () => {
    fc.assert(
      fc.property(fc.array(term, { minLength: 1, maxLength: 14 }), (terms) => {
        const ids = store.query().search(terms.join(' ')).ids()
        expect(ids.sort((a, b) => a - b)).toEqual(idsOf((i) => terms.every((it) => has(i, it))))
      }),
    )
  })

  test('are right within or, within not, and beside a condition that leaves few', () => {
    fc.assert(
      fc.property(term, term, fc.nat(1_499), (one, other, id) => {
        const either = store
          .query()
          .or(
            (q) => q.search(one).where('id', 'lt', id),
            (q) => q.search(other),
          )
          .ids()
        expect(either.sort((a, b) => a - b)).toEqual(idsOf((i) => (i + 1 < id && has(i, one)) || has(i, other)))
        const neither = store
          .query()
          .not((q) => q.search(`${one} ${other}`))
          .where('id', 'gte', id - 30)
          .where('id', 'lt', id)
        expect(neither.ids().sort((a, b) => a - b)).toEqual(
          idsOf((i) => i + 1 >= id - 30 && i + 1 < id && !(has(i, one) && has(i, other))),
        )
      }),
    )
  })

  test('are right for each word of one row, for all letters, and for thousands of terms', () => {
    const words = rows[777]!.messages[0]!.content.split(/ +/)
    expect(store.query().search(words.join(' ')).ids()).toEqual(idsOf((i) => words.every((it) => has(i, it))))
    const letters = [...'abcdefghijklmnopqrstuvwxyz0123456789']
    expect(store.query().search(letters.join(' ')).count()).toBe(idsOf((i) => letters.every((it) => has(i, it))).length)
    expect(store.query().search(RARE.join(' ')).count()).toBe(0)
    expect(store.query().search('e '.repeat(10_000)).count()).toBe(idsOf((i) => has(i, 'e')).length)
  })

  test('a letter that nearly all rows have is found by few of the words that have it', () => {
    expect(store.query().messageContains('e').count()).toBe(
      idsOf((i) => rows[i]!.messages.some(({ content }) => fold(content).includes('e'))).length,
    )
  })
})
