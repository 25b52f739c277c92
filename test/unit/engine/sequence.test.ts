import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Sequences, SequencesBuilder, tokenSet } from '../../../src/engine/sequence.ts'

function sequencesOf(rows: readonly (readonly number[])[]): Sequences {
  const builder = new SequencesBuilder()
  rows.forEach((tokens, slot) => {
    if (tokens.length === 0) return
    builder.begin(slot)
    for (const token of tokens) builder.add(token)
  })
  return builder.build(rows.length)
}

/** Where a token's digits end, one, two, three and four of them. */
const EDGES = [0, 1, 2, 127, 128, 129, 255, 256, 16_383, 16_384, 16_385, 2_097_151, 2_097_152]
const token = fc.constantFrom(...EDGES)
const rows = fc.array(fc.array(token, { maxLength: 12 }), { minLength: 1, maxLength: 5 })
const COUNT = 2_097_153

/** Whether some tokens next to each other are in the sets. */
function holds(tokens: readonly number[], sets: readonly (readonly number[])[]): boolean {
  return tokens.some((_, at) => sets.every((set, i) => at + i < tokens.length && set.includes(tokens[at + i]!)))
}

describe('Sequences', () => {
  test('take a byte a token below 128, two below 16,384', () => {
    const sequences = sequencesOf([[0, 127], [], [128, 16_383], [16_384]])
    expect([0, 1, 2, 3].map((slot) => sequences.row(slot).length)).toEqual([2, 0, 4, 3])
    expect(sequences.bytes).toBe(9 + 5 * 4)
  })

  test('find tokens by their bytes, only where one ends before them', () => {
    // 129 is written 1 1, 1 is written 1: the last digit of 129 is no token.
    const sequences = sequencesOf([[129], [0, 1], [1], [128, 129]])
    const isIn = sequences.finder([tokenSet([1], 200)])
    expect([0, 1, 2, 3].map(isIn)).toEqual([false, true, true, false])
  })

  test('find what stands next to each other in one row, single tokens and sets of them', () => {
    const set = fc.uniqueArray(token, { minLength: 1, maxLength: 3 })
    // Half of what is looked for is cut from a row.
    const cut = fc.tuple(fc.nat(), fc.nat(11), fc.integer({ min: 1, max: 4 }), fc.boolean())
    fc.assert(
      fc.property(rows, fc.oneof(fc.array(set, { minLength: 1, maxLength: 4 }), cut), (all, wanted) => {
        const isCut = typeof wanted[0] === 'number'
        const [r, from, length, isWide] = wanted as [number, number, number, boolean]
        const row = all[(isCut ? r : 0) % all.length]!
        const sets = isCut
          ? row.slice(from, from + length).map((it) => (isWide ? [it, 5] : [it]))
          : (wanted as number[][])
        fc.pre(sets.length > 0)
        const isIn = sequencesOf(all).finder(sets.map((it) => tokenSet(it, COUNT)))
        expect(all.map((_, slot) => isIn(slot))).toEqual(all.map((tokens) => holds(tokens, sets)))
      }),
      { numRuns: 60 },
    )
  })

  test('are the same under other numbers, and copied row by row', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const double = sequencesOf(all).renumbered((it) => it * 2 + 1)
        const expected = sequencesOf(all.map((tokens) => tokens.map((it) => it * 2 + 1)))
        const copy = new SequencesBuilder()
        all.forEach((_, slot) => {
          copy.begin(slot)
          copy.addRow(double.row(slot))
        })
        const copied = copy.build(all.length)
        for (const [slot] of all.entries()) {
          expect([...double.row(slot)]).toEqual([...expected.row(slot)])
          expect([...copied.row(slot)]).toEqual([...expected.row(slot)])
        }
      }),
    )
  })
})
