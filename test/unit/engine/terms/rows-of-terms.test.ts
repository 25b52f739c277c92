/** From terms to rows: few terms of many and many of few, lists and bitmaps. */
import { describe, expect, test } from 'vitest'
import { Engine } from '../../../../src/engine/engine.ts'
import { UNITS } from '../../../../src/engine/meter.ts'
import { slotsOf } from '../../../../src/engine/sets/rowset.ts'
import type { TermIndex } from '../../../../src/engine/terms/inverted.ts'
import { type Packed, Postings } from '../../../../src/engine/terms/postings.ts'
import { PostingsBuilder } from '../../../../src/engine/terms/postings-builder.ts'
import { placesOf, rowsOfTerms, sizeOfTerms } from '../../../../src/engine/terms/rows-of-terms.ts'
import { readConversation } from '../../../../src/row/read.ts'

const ROWS = 100

/** Every second row is a tv, the others are devices of their own. Rows come in the order of their ids. */
function given() {
  const engine = new Engine()
  for (let i = 0; i < ROWS; i++) {
    const raw = { id: i + 1, conversation_id: `c${i}`, started_at: '2026-01-05', device: i % 2 === 0 ? 'tv' : `d${i}` }
    engine.writes.insert(readConversation(raw, { own: false, greatest: { message: 0, feedback: 0 } }))
  }
  const index = engine.indexes.field('device')
  const [segment] = engine.segments
  engine.build(index)
  const termsOf = (...devices: string[]) => devices.map((device) => index.dictionary.term(device))
  const found = (...devices: string[]) => [...slotsOf(rowsOfTerms(index, termsOf(...devices), segment!, engine))]
  return { engine, index, segment: segment!, termsOf, found }
}

const even = Array.from({ length: ROWS / 2 }, (_, i) => 2 * i)

describe('rowsOfTerms', () => {
  test('no term, one, a few and many', () => {
    const { found } = given()
    expect(found()).toEqual([])
    expect(found('d3')).toEqual([3])
    expect(found('none')).toEqual([])
    expect(found('d3', 'none', 'd99')).toEqual([3, 99])
    expect(found('tv', 'd1')).toEqual([0, 1, ...even.slice(1)])
    const all = Array.from({ length: ROWS / 2 }, (_, i) => `d${2 * i + 1}`)
    expect(found(...all)).toEqual(even.map((slot) => slot + 1))
    expect(found('tv', ...all)).toEqual(Array.from({ length: ROWS }, (_, slot) => slot))
  })

  test('of one list of terms the rows are found once a query', () => {
    const { engine, index, segment, termsOf } = given()
    const wanted = termsOf('d1', 'd3')
    const rows = rowsOfTerms(index, wanted, segment, engine)
    const { spent } = engine.meter
    expect(rowsOfTerms(index, wanted, segment, engine)).toBe(rows)
    expect(engine.meter.spent).toBe(spent)
  })

  test('costs what is gone through: each term, each slot of a list, each word of a bitmap', () => {
    const { engine, index, segment, termsOf } = given()
    rowsOfTerms(index, termsOf('tv', 'd1', 'd3', 'none'), segment, engine)
    expect(engine.meter.spent).toBeCloseTo(3 * UNITS.term + (4 + 2) * UNITS.slot, 9)
  })
})

describe('sizeOfTerms', () => {
  test('the rows of all terms, and the work of uniting them', () => {
    const { engine, index, termsOf } = given()
    const sizeOf = (...devices: string[]) => sizeOfTerms(index, termsOf(...devices), engine.segments, engine)
    expect(sizeOf()).toEqual({ work: UNITS.ask, rows: 0 })
    expect(sizeOf('tv', 'd1', 'd3').rows).toBe(52)
    expect(sizeOf('tv', 'd1', 'd3').work).toBeCloseTo(UNITS.ask + 3 * UNITS.term + 6 * UNITS.slot, 9)
  })

  test('never more rows than there are', () => {
    const { engine, index, termsOf } = given()
    const [tv] = termsOf('tv')
    expect(sizeOfTerms(index, [tv!, tv!, tv!], engine.segments, engine).rows).toBe(ROWS)
  })
})

describe('placesOf', () => {
  test('of few terms by bisection, of many by one walk over those of the segment: the same places', () => {
    const { engine, index, segment, termsOf } = given()
    const postings = index.postings(segment, engine.documents, engine.work)
    const termAt = (place: number) => index.dictionary.value(postings.terms[place]!)
    const few = placesOf(index, termsOf('d7', 'none', 'tv'), postings)
    expect(few.map(termAt).sort()).toEqual(['d7', 'tv'])
    const many = Array.from({ length: 20 }, (_, i) => `d${2 * i + 1}`)
    expect(
      placesOf(index, termsOf(...many), postings)
        .map(termAt)
        .sort(),
    ).toEqual(many.sort())
  })
})

describe('very many slots', () => {
  const SIZE = 2_000
  const MOST = SIZE - 100
  /** Nine terms that most rows have, each more than the one before, and 200 that the same 95 of the other rows have. */
  const DENSE = Array.from({ length: 9 }, (_, term) => MOST - 80 + 10 * term)
  const FEW = Array.from({ length: 95 }, (_, i) => 9 + 10 * i)
  const WANTED = Array.from({ length: 209 }, (_, term) => term)
  const inDense = (slot: number, end: number) => slot < end && slot % 10 !== 9
  const EXPECTED = Array.from({ length: SIZE }, (_, slot) => slot).filter(
    (slot) => inDense(slot, MOST) || FEW.includes(slot),
  )
  const WORDS = Math.ceil(SIZE / 32)
  const WALKED = 9 * WORDS + 200 * FEW.length

  /** An index of these terms; `rowUnits`: what testing a row takes, if rows can be tested. */
  function givenMany(rowUnits?: number) {
    const engine = new Engine()
    for (let id = 1; id <= SIZE; id++) {
      const raw = { id, conversation_id: `c${id}`, started_at: '2026-01-05' }
      engine.writes.insert(readConversation(raw, { own: false, greatest: { message: 0, feedback: 0 } }))
    }
    const builder = new PostingsBuilder()
    for (const [term, end] of DENSE.entries())
      for (let slot = 0; slot < end; slot++) if (inDense(slot, end)) builder.add(term, slot)
    for (const term of WANTED.slice(DENSE.length)) for (const slot of FEW) builder.add(term, slot)
    const tested: number[] = []
    class Tested extends Postings {
      override get rowUnits() {
        return rowUnits ?? super.rowUnits
      }

      override tester() {
        if (rowUnits === undefined) return undefined
        return (slot: number) => {
          tested.push(slot)
          return FEW.includes(slot)
        }
      }
    }
    const [segment] = engine.segments
    const packed = (builder.build(SIZE, WANTED.length) as unknown as { packed: Packed }).packed
    const postings = new Tested(packed)
    const index = { postings: () => postings, dictionary: { size: WANTED.length } } as unknown as TermIndex
    return { engine, index, segment: segment!, tested }
  }

  test('the rows that have none of the eight most common terms are tested', () => {
    const { engine, index, segment, tested } = givenMany(2)
    expect([...slotsOf(rowsOfTerms(index, WANTED, segment, engine))]).toEqual(EXPECTED)
    const rest = Array.from({ length: SIZE }, (_, slot) => slot).filter((slot) => !inDense(slot, MOST))
    expect(tested).toEqual(rest)
    expect(engine.meter.spent).toBeCloseTo(209 * UNITS.term + 2 * rest.length * UNITS.slot, 9)
  })

  test('dead ones are not', () => {
    const { engine, index, segment, tested } = givenMany(2)
    segment.kill(1_999)
    rowsOfTerms(index, WANTED, segment, engine)
    expect([tested.includes(1_998), tested.includes(1_999)]).toEqual([true, false])
  })

  test.each([undefined, 1_000])('where that takes longer, or cannot be done, all sets are united: %s', (rowUnits) => {
    const { engine, index, segment, tested } = givenMany(rowUnits)
    expect([...slotsOf(rowsOfTerms(index, WANTED, segment, engine))]).toEqual(EXPECTED)
    expect(tested).toEqual([])
    expect(engine.meter.spent).toBeCloseTo(209 * UNITS.term + WALKED * UNITS.slot, 9)
  })

  test('are estimated as what takes less', () => {
    const workOf = (rowUnits?: number) => {
      const { engine, index } = givenMany(rowUnits)
      return sizeOfTerms(index, WANTED, engine.segments, engine).work - UNITS.ask - 209 * UNITS.term
    }
    const counts = DENSE.slice(1).map(
      (end) => Array.from({ length: end }, (_, s) => s).filter((s) => s % 10 !== 9).length,
    )
    const rest = counts.reduce((rows, count) => rows * (1 - count / SIZE), SIZE)
    expect(workOf(2)).toBeCloseTo((rest + 64) * 2 * UNITS.slot, 9)
    expect(workOf(1_000)).toBeCloseTo(WALKED * UNITS.slot, 9)
    expect(workOf()).toBeCloseTo(WALKED * UNITS.slot, 9)
  })
})
