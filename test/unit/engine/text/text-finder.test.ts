import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Sequences } from '../../../../src/engine/text/sequence.ts'
import { SequencesBuilder } from '../../../../src/engine/text/sequences-builder.ts'
import { nextText, textFinder } from '../../../../src/engine/text/text-finder.ts'

type Text = readonly number[]

/** Around the last token of one unit and the ends of the units of two. Odd ones begin a text, except 1. */
const firsts = fc.constantFrom(3, 5, 0xbfff, 0xc001, 0xdfff, 0xe001, 0x1_0001, 0x3ff_ffff)
const others = fc.constantFrom(0, 1, 2, 4, 0xbffe, 0xc000, 0xdffe, 0xe000, 0x1_0000, 0x3ff_fffe)
const text = fc.tuple(firsts, fc.array(others, { maxLength: 9 })).map(([first, rest]): Text => [first, ...rest])
const rows = fc.array(fc.array(text, { maxLength: 5 }), { minLength: 1, maxLength: 4 })

function sequencesOf(all: readonly (readonly Text[])[]): Sequences {
  const builder = new SequencesBuilder()
  all.forEach((texts, slot) => {
    builder.begin(slot)
    for (const token of texts.flat()) builder.add(token)
  })
  return builder.build(all.length)
}

const setOf = (tokens: readonly number[]) => ({
  has: (token: number) => tokens.includes(token),
  each: (visit: (token: number) => void) => {
    for (const token of tokens) visit(token)
  },
})

const has = (tokens: Text, sets: readonly (readonly number[])[]) =>
  tokens.some((_, at) => sets.every((set, i) => at + i < tokens.length && set.includes(tokens[at + i]!)))

test('finds a string in the texts that are accepted, whatever is sought first', () => {
  // Half of what is looked for is cut from a text.
  const cut = fc.tuple(fc.nat(), fc.nat(), fc.nat(9), fc.integer({ min: 1, max: 4 }), fc.boolean())
  const set = fc.uniqueArray(others, { minLength: 1, maxLength: 3 })
  const made = fc.tuple(
    fc.uniqueArray(fc.oneof(firsts, others), { minLength: 1, maxLength: 4 }),
    fc.array(set, { maxLength: 2 }),
  )
  fc.assert(
    fc.property(rows, fc.oneof(cut, made), fc.nat(31), (all, wanted, accepted) => {
      const isMade = Array.isArray(wanted[0])
      const [row, at, from, length, isWide] = wanted as [number, number, number, number, boolean]
      const texts = isMade ? [] : all[row % all.length]!
      const source = texts[at % Math.max(1, texts.length)] ?? []
      const pieces = source.slice(from, from + length).map((it) => (isWide ? [it, 4] : [it]))
      const sets = isMade ? [wanted[0] as number[], ...(wanted[1] as unknown as number[][])] : pieces
      fc.pre(sets.length > 0)
      const accepts = (slot: number, it: number) => {
        expect(it).toBeLessThan(all[slot]!.length)
        return ((accepted >>> it) & 1) === 1
      }
      const expected = all.map((them, slot) => them.some((tokens, it) => accepts(slot, it) && has(tokens, sets)))
      for (const sought of sets.keys()) {
        const isIn = textFinder(sequencesOf(all), { sets: sets.map(setOf), sought }, accepts)
        expect(all.map((_, slot) => isIn(slot))).toEqual(expected)
      }
    }),
  )
})

test('texts follow each other', () => {
  fc.assert(
    fc.property(rows, (all) => {
      const { all: units, starts } = sequencesOf(all)
      all.forEach((texts, slot) => {
        const end = starts[slot + 1]!
        let count = 0
        for (let at = starts[slot]!; at < end; at = nextText(units, at, end)) count++
        expect(count).toBe(texts.length)
      })
    }),
  )
})
