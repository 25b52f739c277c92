/** From terms to rows: few terms of many and many of few, lists and bitmaps. */
import { describe, expect, test } from 'vitest'
import { Engine } from '../../../../src/engine/engine.ts'
import { UNITS } from '../../../../src/engine/meter.ts'
import { slotsOf } from '../../../../src/engine/sets/rowset.ts'
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
    expect(engine.meter.spent).toBeCloseTo(3 * UNITS.term + (4 + 2) * UNITS.slot)
  })
})

describe('sizeOfTerms', () => {
  test('the rows of all terms, and the work of uniting them', () => {
    const { engine, index, termsOf } = given()
    const sizeOf = (...devices: string[]) => sizeOfTerms(index, termsOf(...devices), engine.segments, engine)
    expect(sizeOf()).toEqual({ work: UNITS.ask, rows: 0 })
    expect(sizeOf('tv', 'd1', 'd3').rows).toBe(52)
    expect(sizeOf('tv', 'd1', 'd3').work).toBeCloseTo(UNITS.ask + 3 * UNITS.term + 6 * UNITS.slot)
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
