/** Measures the explorer and the plain pages, one after the other, with the same rows. */
import { execFileSync } from 'node:child_process'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { launch } from '../../test/explorer/chromium.ts'
import { serveFolder } from '../../test/explorer/server.ts'
import { type Loaded, type Measurable, measure } from './drive.ts'
import { knownAnswers } from './known.ts'
import { EXPLORER, PLAIN } from './pages.ts'
import { type Failed, type Opened, type Painted, quantile, type Results } from './report.ts'
import { buildPeers, linesOf, makeFolder, makeRows, PEERS, probeScript, snapshotOf } from './workshop.ts'

/** What is measured. */
export interface Extent {
  readonly rows: number
  /** How often each page is opened. */
  readonly loads: number
  /** How many words are typed, and how many values ticked and ticked off again; all there are at most. */
  readonly words: number
  readonly ticks: number
  /** Which of `PEERS`. */
  readonly peers: readonly string[]
}

/** Half a minute for 10,000 rows; five for 100,000. `say` hears how far it is. */
export async function bench(extent: Extent, say: (words: string) => void): Promise<Omit<Results, 'command'>> {
  const begun = Date.now()
  const tell = (words: string) => say(`${Math.round((Date.now() - begun) / 1_000)} s: ${words}`)
  const folder = makeFolder()
  await buildPeers(folder, extent.peers)
  const probe = await probeScript(folder)

  tell(`making ${extent.rows.toLocaleString('en')} conversations`)
  const rows = makeRows(extent.rows)
  tell('finding the right answers')
  const known = knownAnswers(rows, extent.words, extent.ticks)
  const lines = linesOf(rows)
  tell('making the snapshot')
  const snapshot = await snapshotOf(rows)
  const turns = rows.reduce((sum, { messages }) => sum + messages.length, 0) / rows.length
  rows.length = 0

  const painted: Painted[] = []
  const opened: Opened[] = []
  const failed: Failed[] = []
  const browser = await launch()
  try {
    const ours = await serveFolder()
    ours.files.set('rows.ndjson', lines).set('rows.snap', snapshot)
    const sources = {
      // This one knows how many it makes.
      ...(extent.rows === GENERATED && { 'nothing: it generates them': '' }),
      NDJSON: '?src=rows.ndjson',
      'a snapshot': '?src=rows.snap',
    }
    for (const [from, query] of Object.entries(sources))
      await open('the explorer', from, { ...EXPLORER, url: ours.url + query })
    await use('the explorer', { ...EXPLORER, url: `${ours.url}?src=rows.snap` })
    await ours.close()
    for (const peer of extent.peers) {
      const theirs = await serveFolder(join(folder, peer))
      theirs.files.set('rows.ndjson', lines)
      await use(PEERS[peer]!, { ...PLAIN, url: theirs.url }, 'NDJSON')
      await theirs.close()
    }
  } finally {
    await browser.close()
  }
  const [first] = cpus()
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
    machine: `${cpus().length} cores, ${first?.model.trim()}, ${process.platform} ${process.arch}, Chromium ${browser.version()}`,
    rows: extent.rows,
    turns,
    painted,
    opened,
    failed,
  }

  /** Opens a page some times, and keeps the medians and the longest task of all. */
  async function open(page: string, from: string, measurable: Measurable): Promise<void> {
    await orFail(`${page}, opened from ${from}`, async () => {
      const loads: Loaded[] = []
      for (let i = 0; i < extent.loads; i++) loads.push((await measure(browser, probe, measurable, known.total)).loaded)
      opened.push({
        page,
        from,
        firstRows: median(loads.map(({ firstRows }) => firstRows)),
        ready: median(loads.map(({ ready }) => ready)),
        longestTask: Math.max(...loads.map(({ longestTask }) => longestTask)),
      })
      tell(`opened ${page} from ${from}`)
    })
  }

  /** Types and ticks in a page. With `from` its opening counts too. */
  async function use(page: string, measurable: Measurable, from?: string): Promise<void> {
    await orFail(page, async () => {
      const { loaded, used } = await measure(browser, probe, measurable, known.total, known)
      if (from !== undefined) opened.push({ page, from, ...loaded })
      const { strokes, ticks, longestTask } = used!
      const times = (measured: typeof strokes) => measured.map(({ painted }) => painted)
      painted.push({
        page,
        strokes: strokes.length,
        stroke: spread(times(strokes)),
        shown: median(strokes.map(({ shown }) => shown)),
        ticks: ticks.length,
        tick: spread(times(ticks)),
        longestTask,
        slowest: strokes.toSorted((a, b) => b.painted - a.painted).slice(0, 5),
      })
      tell(`used ${page}: ${strokes.length} strokes, ${ticks.length} ticks`)
    })
  }

  /** One page that fails does not take the figures of the others away. */
  async function orFail(page: string, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      const [reason = ''] = (error as Error).message.split('\n')
      failed.push({ page, reason })
      tell(`${page} failed: ${reason}`)
    }
  }
}

/** What the explorer makes where it is given nothing. */
const GENERATED = 100_000

const median = (times: readonly number[]) => quantile(times, 0.5)

function spread(times: readonly number[]) {
  return { median: median(times), p95: quantile(times, 0.95), longest: Math.max(...times) }
}
