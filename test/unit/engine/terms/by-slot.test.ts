import { describe, expect, test } from 'vitest'
import { type BySlot, bySlot } from '../../../../src/engine/terms/by-slot.ts'
import { PostingsBuilder } from '../../../../src/engine/terms/postings-builder.ts'

/** Postings of terms 0, 1, 2... by the terms of each slot. */
function postingsOf(rows: readonly (readonly number[])[]) {
  const builder = new PostingsBuilder()
  for (const [slot, terms] of rows.entries()) for (const term of terms) builder.add(term, slot)
  return builder.build(rows.length, 10)
}

function termsIn({ offsets, terms }: BySlot, rows: number): number[][] {
  return Array.from({ length: rows }, (_, slot) => [...terms.subarray(offsets[slot], offsets[slot + 1])])
}

describe('bySlot', () => {
  test.each([
    ['none', []],
    ['rows without terms', [[], []]],
    ['one term each', [[2], [0], [2]]],
    ['several, and none at either end', [[], [0, 3, 9], [9], [], [1, 2], []]],
    ['a term that most rows have', Array.from({ length: 40 }, (_, slot) => (slot % 3 === 0 ? [4, 5] : [4]))],
  ])('%s', (_, rows) => {
    expect(termsIn(bySlot(postingsOf(rows), rows.length), rows.length)).toEqual(rows)
  })

  test('is made once', () => {
    const postings = postingsOf([[1], [2]])
    expect(bySlot(postings, 2)).toBe(bySlot(postings, 2))
  })
})
