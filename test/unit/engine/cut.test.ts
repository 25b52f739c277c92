/** How rows are cut into segments. */
import { describe, expect, test } from 'vitest'
import { cutByPowers, cutEvenly } from '../../../src/engine/segments/cut.ts'

describe('evenly', () => {
  test.each([
    [0, 10, []],
    [10, 10, [10]],
    [11, 10, [5, 6]],
    [70_000, 65_536, [35_000, 35_000]],
  ])('%d rows of at most %d', (rows, most, sizes) => {
    expect(cutEvenly(rows, most)).toEqual(sizes)
  })
})

describe('by powers of two', () => {
  test.each([
    [0, 65_536, []],
    [255, 65_536, [255]],
    [1_500, 65_536, [1_024, 256, 220]],
    [26_620, 65_536, [16_384, 8_192, 1_024, 512, 508]],
    [100_000, 65_536, [65_536, 32_768, 1_696]],
    [200_000, 65_536, [65_536, 65_536, 65_536, 3_392]],
    [10, 4, [4, 4, 2]],
  ])('%d rows of at most %d', (rows, most, sizes) => {
    expect(cutByPowers(rows, most)).toEqual(sizes)
  })

  test('of a hundredth more rows, mostly less than a tenth is in segments that changed', () => {
    let [changed, count] = [0, 0]
    for (let rows = 8_000; rows < 1_000_000; rows = Math.ceil(rows * 1.0037)) {
      const [before, after] = [cutByPowers(rows, 65_536), cutByPowers(Math.floor(rows * 1.01), 65_536)]
      const same = after.findIndex((size, i) => size !== before[i])
      const anew = after.slice(same === -1 ? after.length : same).reduce((sum, size) => sum + size, 0)
      count++
      if (anew > 0.1 * rows) changed++
    }
    expect(changed / count).toBeLessThan(0.08)
  })
})
