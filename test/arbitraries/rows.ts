/** The rows of the package's own arbitraries, and more of them than those give. */
import fc from 'fast-check'
import type { ConversationInput } from '../../src/row/conversation.ts'
import { rowsOf } from '../../src/testing/arbitraries/rows.ts'

export * from '../../src/testing/arbitraries/domains.ts'
export * from '../../src/testing/arbitraries/rows.ts'
export * from '../../src/testing/arbitraries/strings.ts'

/** Few rows, so that counterexamples are small; the small thresholds of tests are crossed by five. */
export const rows: fc.Arbitrary<ConversationInput[]> = rowsOf({ maxLength: 14 })

/**
 * More rows than the words of a bitmap have bits: a few rows again and again, each copy with a place in time of its own,
 * or in the hand of the others.
 */
export const manyRows: fc.Arbitrary<ConversationInput[]> = fc
  .record({
    base: fc.oneof(rowsOf({ maxLength: 5 }), rowsOf({ maxLength: 25 })),
    copies: fc.integer({ min: 1, max: 30 }),
    seed: fc.nat(0xffff),
  })
  .map(({ base, copies, seed }) => {
    const start = Date.parse('2024-01-15T12:00:00Z')
    const next = numbers(seed)
    return Array.from({ length: copies }, (_, copy) =>
      base.map(({ id: _id, ...row }): ConversationInput => {
        const minutes = next() % 400
        const started_at = minutes < 40 ? row.started_at : new Date(start + minutes * 60_000).toISOString()
        return { ...row, conversation_id: `${row.conversation_id}#${copy}`, started_at }
      }),
    ).flat()
  })

/** Whole numbers that look random: the high bits of a linear congruential generator. */
export function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state >>> 8
  }
}
