import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Sequences } from '../../../../src/engine/text/sequence.ts'
import { renumberedSequences, SequencesBuilder } from '../../../../src/engine/text/sequences-builder.ts'

function sequencesOf(rows: readonly (readonly number[])[]): Sequences {
  const builder = new SequencesBuilder()
  rows.forEach((tokens, slot) => {
    if (tokens.length === 0) return
    builder.begin(slot)
    for (const token of tokens) builder.add(token)
  })
  return builder.build(rows.length)
}

function finder(sequences: Sequences, sets: readonly (readonly number[])[], sought: number) {
  const setOf = (tokens: readonly number[]) => ({
    has: (token: number) => tokens.includes(token),
    each: (visit: (token: number) => void) => {
      for (const token of tokens) visit(token)
    },
  })
  return sequences.finder([{ sets: sets.map(setOf), sought }])
}

/** The last of one unit, the first of two, and where the second unit of two begins anew. */
const EDGES = [0, 1, 2, 0xbfff, 0xc000, 0xc001, 0xdfff, 0xe000, 0xffff, 0x1_0000, 0x3ff_ffff]
const token = fc.constantFrom(...EDGES)
const rows = fc.array(fc.array(token, { maxLength: 12 }), { minLength: 1, maxLength: 5 })
/** Whether some tokens next to each other are in the sets. */
function holds(tokens: readonly number[], sets: readonly (readonly number[])[]): boolean {
  return tokens.some((_, at) => sets.every((set, i) => at + i < tokens.length && set.includes(tokens[at + i]!)))
}

describe('Sequences', () => {
  test('take a unit a token below 49,152, else two', () => {
    const sequences = sequencesOf([[0, 0xbfff], [], [0xc000], [0x3ff_ffff, 1]])
    expect([0, 1, 2, 3].map((slot) => sequences.row(slot).length)).toEqual([2, 0, 2, 3])
    expect(sequences.bytes).toBe(7 * 2 + 5 * 4)
  })

  test('find no half of a token, and nothing across rows', () => {
    const sequences = sequencesOf([[0xc000, 5], [5], [0xe000], [5, 0xc000]])
    const found = (...sets: number[][]) => {
      const isIn = finder(sequences, sets, 0)
      return [0, 1, 2, 3].map(isIn)
    }
    expect(found([0xe000])).toEqual([false, false, true, false])
    expect(found([0xc000], [5])).toEqual([true, false, false, false])
    expect(found([5], [5])).toEqual([false, false, false, false])
    expect(found([5], [0xc000, 0xe000])).toEqual([false, false, false, true])
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
        const sequences = sequencesOf(all)
        const expected = all.map((tokens) => holds(tokens, sets))
        for (const sought of sets.keys()) {
          const isIn = finder(sequences, sets, sought)
          expect(all.map((_, slot) => isIn(slot))).toEqual(expected)
        }
      }),
      { numRuns: 60 },
    )
  })

  test('are the same under other numbers, and copied row by row', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const other = renumberedSequences(sequencesOf(all), (it) => it ^ 1)
        const expected = sequencesOf(all.map((tokens) => tokens.map((it) => it ^ 1)))
        const copy = new SequencesBuilder()
        all.forEach((_, slot) => {
          copy.begin(slot)
          copy.addRow(other.row(slot))
        })
        const copied = copy.build(all.length)
        for (const [slot] of all.entries()) {
          expect([...other.row(slot)]).toEqual([...expected.row(slot)])
          expect([...copied.row(slot)]).toEqual([...expected.row(slot)])
        }
      }),
    )
  })
})

test('more tokens than one array takes, gone through in parts that are cut anywhere', () => {
  // Every third is a token of two units.
  const rows = Array.from({ length: 40 }, (_, slot) =>
    slot % 7 === 3 ? [] : Array.from({ length: 10_000 + slot }, (_, i) => (i % 3 === 0 ? 60_000 + i : i % 500)),
  )
  const sequences = sequencesOf(rows)
  expect(sequences.units).toBeGreaterThan(1 << 18)
  const whole: [number, number][] = []
  sequences.eachPair(0, sequences.units, (term, slot) => whole.push([term, slot]))
  expect(whole).toEqual(
    rows.flatMap((tokens, slot) => tokens.filter((token) => token >= 2).map((token) => [(token - 2) >> 1, slot])),
  )
  for (const size of [1, 2, 997, 65_536]) {
    const parts: [number, number][] = []
    for (let from = 0; from < sequences.units; from += size) {
      sequences.eachPair(from, Math.min(sequences.units, from + size), (term, slot) => parts.push([term, slot]))
    }
    expect(parts.length).toBe(whole.length)
    expect(parts.every(([term, slot], i) => term === whole[i]![0] && slot === whole[i]![1])).toBe(true)
  }
  const numbers = new Uint8Array(65_536)
  numbers[5] = 1
  numbers[7] = 2
  numbers[8] = 3
  const pairsBy = (size: number) => {
    const found: [number, number][] = []
    const go = sequences.eachTwo(numbers, numbers, 3, (pair, slot) => found.push([pair, slot]))
    for (let from = 0; from < sequences.units; from += size) go(from, Math.min(sequences.units, from + size))
    return found
  }
  expect(pairsBy(sequences.units).length).toBe(rows.filter((tokens) => tokens.length > 0).length)
  for (const size of [1, 3, 997]) expect(pairsBy(size)).toEqual(pairsBy(sequences.units))
})
