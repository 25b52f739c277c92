/**
 * The explorer in Chromium: how long a key stroke and a tick take until the answer is painted, and how long it takes to open.
 * Beside plain pages over `Array.filter` and over Crossfilter, with the same rows and the same things painted.
 *
 * `npm run bench:explorer`; `-- --short` for 10,000 rows and few strokes, which shows that it works and writes nothing.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { bench, type Extent } from './bench.ts'
import { type Results, report } from './report.ts'
import { PEERS, prepare, RESULTS } from './workshop.ts'

const ALL = Number.POSITIVE_INFINITY
const peers = Object.keys(PEERS)
const FULL: Extent = { rows: 100_000, loads: 3, words: ALL, ticks: ALL, peers }
const SHORT: Extent = { rows: 10_000, loads: 1, words: 2, ticks: 4, peers }

const { values } = parseArgs({ options: { short: { type: 'boolean', default: false } } })
const isShort = values.short

const say = (words: string) => console.error(words)
say('Building the pages...')
prepare()
const results: Results = {
  ...(await bench(isShort ? SHORT : FULL, say)),
  command: ['npm run bench:explorer', ...(isShort ? ['--', '--short'] : [])].join(' '),
}
console.log(report(results))
if (results.failed.length > 0) process.exitCode = 1
if (!isShort) {
  writeFileSync(join(RESULTS, 'explorer.json'), `${JSON.stringify(results, null, 1)}\n`)
  writeFileSync(join(RESULTS, 'explorer.md'), report(results))
  say('Written to bench/results/explorer.md and .json')
}
