/**
 * The explorer in Chromium: how long a key stroke and a tick take until the answer is painted, and how long it takes to open.
 * Beside plain pages over `Array.filter` and over Crossfilter, with the same rows and the same things painted.
 *
 * `npm run bench:explorer`; `-- --short` for 10,000 rows and few strokes, which shows that it works and writes nothing.
 */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { launch } from '../../test/explorer/chromium.ts'
import { serveFolder } from '../../test/explorer/server.ts'
import { type Measurable, measure } from './drive.ts'
import { knownAnswers } from './known.ts'
import { EXPLORER, PLAIN } from './pages.ts'
import { type Opened, type Painted, quantile, type Results, report } from './report.ts'
import { buildPages, linesOf, makeFolder, makeRows, PEERS, probeScript, RESULTS, snapshotOf } from './workshop.ts'

const { values } = parseArgs({ options: { short: { type: 'boolean', default: false } } })
const isShort = values.short
/** What the page generates where it is given nothing. */
const ROWS = isShort ? 10_000 : 100_000
const LOADS = isShort ? 1 : 3

const folder = makeFolder()
await buildPages(folder)
const probe = await probeScript(folder)
const say = (words: string) => console.error(words)

say(`Making ${ROWS.toLocaleString('en')} conversations and the right answers...`)
const rows = makeRows(ROWS)
const known = isShort
  ? knownAnswers(rows, 3, 4)
  : knownAnswers(rows, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)
const lines = linesOf(rows)
const snapshot = await snapshotOf(rows)
const turns = rows.reduce((sum, { messages }) => sum + messages.length, 0) / rows.length
rows.length = 0

const painted: Painted[] = []
const opened: Opened[] = []
const browser = await launch()
try {
  const ours = await serveFolder()
  ours.files.set('rows.ndjson', lines).set('rows.snap', snapshot)
  const sources = {
    ...(!isShort && { 'nothing: it generates them': '' }),
    NDJSON: '?src=rows.ndjson',
    'a snapshot': '?src=rows.snap',
  }
  for (const [from, query] of Object.entries(sources))
    await open('the explorer', from, { ...EXPLORER, url: ours.url + query })
  await use('the explorer', { ...EXPLORER, url: `${ours.url}?src=rows.snap` })
  await ours.close()
  for (const [peer, name] of Object.entries(PEERS)) {
    const theirs = await serveFolder(join(folder, peer))
    theirs.files.set('rows.ndjson', lines)
    await use(name, { ...PLAIN, url: theirs.url }, 'NDJSON')
    await theirs.close()
  }
} finally {
  await browser.close()
}

const [first] = cpus()
const results: Results = {
  date: new Date().toISOString().slice(0, 10),
  commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
  machine: `${cpus().length} cores, ${first?.model.trim()}, ${process.platform} ${process.arch}, Chromium ${browser.version()}`,
  command: ['npm run bench:explorer', ...(isShort ? ['--', '--short'] : [])].join(' '),
  rows: ROWS,
  turns,
  painted,
  opened,
}
console.log(report(results))
if (!isShort) {
  writeFileSync(join(RESULTS, 'explorer.json'), `${JSON.stringify(results, null, 1)}\n`)
  writeFileSync(join(RESULTS, 'explorer.md'), report(results))
  say('Written to bench/results/explorer.md and .json')
}

/** Opens a page some times, and keeps the medians and the longest task of all. */
async function open(page: string, from: string, measurable: Measurable): Promise<void> {
  const loads = []
  for (let i = 0; i < LOADS; i++) loads.push((await measure(browser, probe, measurable, known.total)).loaded)
  opened.push({
    page,
    from,
    firstRows: quantile(
      loads.map(({ firstRows }) => firstRows),
      0.5,
    ),
    ready: quantile(
      loads.map(({ ready }) => ready),
      0.5,
    ),
    longestTask: Math.max(...loads.map(({ longestTask }) => longestTask)),
  })
  say(`Opened ${page} from ${from}: ${JSON.stringify(opened.at(-1))}`)
}

/** Types and ticks in a page. With `from` its opening counts too. */
async function use(page: string, measurable: Measurable, from?: string): Promise<void> {
  const { loaded, used } = await measure(browser, probe, measurable, known.total, known)
  if (from !== undefined) opened.push({ page, from, ...loaded })
  const { strokes, ticks, longestTask } = used!
  const times = (measured: typeof strokes) => measured.map(({ painted }) => painted)
  painted.push({
    page,
    strokes: strokes.length,
    stroke: spread(times(strokes)),
    shown: quantile(
      strokes.map(({ shown }) => shown),
      0.5,
    ),
    ticks: ticks.length,
    tick: spread(times(ticks)),
    longestTask,
    slowest: strokes.toSorted((a, b) => b.painted - a.painted).slice(0, 5),
  })
  say(`Used ${page}: ${JSON.stringify(painted.at(-1))}`)
}

function spread(times: readonly number[]) {
  return { median: quantile(times, 0.5), p95: quantile(times, 0.95), longest: Math.max(...times) }
}
