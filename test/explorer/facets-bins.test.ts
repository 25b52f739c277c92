/** Bins of numbers: their edges, and ticking them. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { edgesOf, overlap, type Range, ticked } from '../../src/explorer/facets/bins.ts'

const { POSITIVE_INFINITY: MOST, NEGATIVE_INFINITY: LEAST } = Number

describe('edges', () => {
  test('are round, and end at the 99th percentile', () => {
    expect(edgesOf({ min: 0, max: 900, p99: 78, distinct: 300 })).toEqual([LEAST, 10, 20, 30, 40, 50, 60, 70, MOST])
    expect(edgesOf({ min: 0, max: 1, p99: 0.99, distinct: 100 })).toEqual([LEAST, 0.2, 0.4, 0.6, 0.8, MOST])
    expect(edgesOf({ min: 270, max: 750, p99: 748, distinct: 500 }, 'seconds')).toEqual([
      ...[LEAST, 300, 360, 420, 480, 540, 600, 660, 720],
      MOST,
    ])
  })

  test('there are none for few numbers, for none, and for numbers that no edge is between', () => {
    expect(edgesOf({ min: 1, max: 12, p99: 12, distinct: 12 })).toBeUndefined()
    expect(edgesOf({ min: null, max: null, p99: null, distinct: 0 })).toBeUndefined()
    expect(edgesOf({ min: 1e308, max: -1e308, p99: 0, distinct: 20 })).toBeUndefined()
  })

  test('ascend, and are some ten, for any numbers', () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true })
    fc.assert(
      fc.property(fc.array(number, { minLength: 13, maxLength: 13 }), fc.boolean(), (numbers, isTime) => {
        const [min, ...rest] = numbers.toSorted((a, b) => a - b)
        const scale = { min: min!, max: rest.at(-1)!, p99: rest.at(-1)!, distinct: 13 }
        const edges = edgesOf(scale, isTime ? 'seconds' : undefined)
        if (edges === undefined) return
        expect(edges.every((edge, i) => i === 0 || edge > edges[i - 1]!)).toBe(true)
        expect(edges.length).toBeLessThanOrEqual(20)
      }),
    )
  })
})

describe('ticking', () => {
  const none: Range = { from: null, to: null }

  test('one bin, one beside, one beyond: they are always in a row', () => {
    expect(ticked({ from: 10, to: 20 }, none)).toEqual({ from: 10, to: 20 })
    expect(ticked({ from: 20, to: 30 }, { from: 10, to: 20 })).toEqual({ from: 10, to: 30 })
    expect(ticked({ from: 50, to: 60 }, { from: 10, to: 20 })).toEqual({ from: 10, to: 60 })
    expect(ticked({ from: LEAST, to: 10 }, { from: 10, to: 20 })).toEqual({ from: null, to: 20 })
  })

  test('again takes an end off, leaves one in the middle alone, and the last one clears', () => {
    expect(ticked({ from: 10, to: 20 }, { from: 10, to: 40 })).toEqual({ from: 20, to: 40 })
    expect(ticked({ from: 30, to: 40 }, { from: 10, to: 40 })).toEqual({ from: 10, to: 30 })
    expect(ticked({ from: 20, to: 30 }, { from: 10, to: 40 })).toEqual({ from: 20, to: 30 })
    expect(ticked({ from: 10, to: 20 }, { from: 10, to: 20 })).toEqual(none)
    expect(ticked({ from: 70, to: MOST }, { from: 70, to: null })).toEqual(none)
  })

  test('a range covers bins whole, in part or not', () => {
    const range = { from: 5, to: 30 }
    expect(overlap({ from: 0, to: 10 }, range)).toBe('part')
    expect(overlap({ from: 10, to: 20 }, range)).toBe('whole')
    expect(overlap({ from: 30, to: 40 }, range)).toBe('none')
    expect(overlap({ from: LEAST, to: 0 }, none)).toBe('whole')
  })
})
