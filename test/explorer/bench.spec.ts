/** The benchmark of the explorer, small: that every answer it waits for is shown, and is measured. */
import { expect, test } from 'vitest'
import { bench } from '../../bench/explorer/bench.ts'
import { report } from '../../bench/explorer/report.ts'

test('strokes and ticks are measured to the right answer, in the explorer and in a plain page', async () => {
  const extent = { rows: 2_000, loads: 1, words: 2, ticks: 2, peers: ['arrays'] }
  const results = await bench(extent, () => {})
  expect(results.failed).toEqual([])
  const pages = ['the explorer', 'Array.filter in a worker']
  // Each letter of "refund" and of "tracking number", and each deletion; the space asks nothing. Each value on and off.
  const used = results.painted.map(({ page, strokes, ticks }) => ({ page, strokes, ticks }))
  expect(used).toEqual(pages.map((page) => ({ page, strokes: 6 + 1 + 14 + 1, ticks: 4 })))
  const from = results.opened.map(({ page, from }) => `${page} from ${from}`)
  expect(from).toEqual([`${pages[0]} from NDJSON`, `${pages[0]} from a snapshot`, `${pages[1]} from NDJSON`])
  const words = report({ ...results, command: 'a test' })
  for (const page of pages) expect(words).toMatch(new RegExp(`\\| ${page} \\| 22 \\| [\\d.]+ ms \\|`))
})
