/** How answers grow with the rows: W1 and W4 at equal numbers of results, W2 beside the bitmaps of native set algebra. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Job } from './child.ts'
import { type Options, SIZES } from './options.ts'
import { readPlan } from './plan.ts'
import { draw, type Table } from './report.ts'
import { type Aim, aim, cellOf, type Results, showTime, showTimes } from './results.ts'
import { type PeerRun, runPeer } from './runner.ts'
import { prepared } from './workshop.ts'

/** The median of one question at one size, in milliseconds. */
interface Point {
  readonly size: string
  readonly rows: number
  readonly question: string
  readonly title: string
  readonly peer: string
  readonly matches: number
  readonly median: number | undefined
}

/** W1 and W4 may take so many times as long in a hundred times the rows. */
const FLAT = 2
const IDS = ['W1', 'W4', 'W2']

/** Runs all sizes up to the one that is asked for, writes and prints what came of it. */
export async function growth(options: Options, folder: string, about: About): Promise<void> {
  const names = Object.keys(SIZES)
  const sizes = names.slice(0, names.indexOf(options.size) + 1)
  const points: Point[] = []
  for (const size of sizes) points.push(...(await pointsOf(size, options)))
  const aims = aimsOf(points, sizes)
  const tables = [table(points, sizes, options.peers), aimTable(aims)]
  const head = [
    `Growth from ${sizes[0]} to ${sizes.at(-1)} rows, two short messages each`,
    ...Object.values(about.machine),
  ]
  const notes = `${head.join(', ')}. Commit ${about.commit}, ${about.date}: ${about.command}`
  console.log(`\n${notes}\n\n${tables.map((each) => draw(each, 'terminal')).join('\n\n')}\n`)
  mkdirSync(folder, { recursive: true })
  const stem = join(folder, sizes.length === names.length ? 'growth' : 'growth-part')
  writeFileSync(`${stem}.json`, `${JSON.stringify({ ...about, sizes, points, aims }, null, 1)}\n`)
  writeFileSync(`${stem}.md`, `# Growth\n\n${notes}\n\n${tables.map((each) => draw(each, 'markdown')).join('\n\n')}\n`)
  console.error(`Written to ${stem}.md and .json`)
}

type About = Pick<Results, 'commit' | 'date' | 'machine' | 'command'>

async function pointsOf(size: string, options: Options): Promise<Point[]> {
  const { rows } = SIZES[size]!
  const files = prepared(`growth-${size}`, { rows, messages: 'short', seed: options.seed, isGrowth: true })
  const { questions } = readPlan(files.planPath)
  const runs: PeerRun[] = []
  for (let round = 0; round < options.rounds; round++) {
    for (const peer of options.peers) {
      const budget = { question: options.budget, checking: 3 * options.budget, process: 180 * options.budget }
      const job: Job = { peer, ...files, only: IDS, budget, writing: 0 }
      const run = await runPeer(job, options.minutes * 60_000, options)
      console.error(
        `${size}, ${peer}, round ${round + 1}: ${run.seconds.toFixed(0)} s${run.failure ? `, ${run.failure}` : ''}`,
      )
      runs.push(run)
    }
  }
  return options.peers.flatMap((peer) =>
    questions.map(({ id, title, variants }): Point => {
      const cell = cellOf(peer, id, runs)
      const matches = variants.reduce((sum, { count }) => sum + count, 0) / variants.length
      const median = cell?.status === 'ok' ? cell.median : undefined
      return { size, rows, question: id, title, peer, matches: Math.round(matches), median }
    }),
  )
}

function table(points: readonly Point[], sizes: readonly string[], peers: readonly string[]): Table {
  return {
    head: [
      '',
      'question',
      'peer',
      ...sizes,
      ...sizes.map((size) => `matches at ${size}`),
      `${sizes.at(-1)} to ${sizes[0]}`,
    ],
    rows: IDS.flatMap((id) =>
      peers.map((peer) => {
        const found = sizes.map((size) => points.find((p) => p.question === id && p.peer === peer && p.size === size)!)
        const [first, last] = [found[0]!.median, found.at(-1)!.median]
        return [
          id,
          found[0]!.title,
          peer,
          ...found.map(({ median }) => (median === undefined ? '–' : showTime(median))),
          ...found.map(({ matches }) => matches.toLocaleString('en')),
          first === undefined || last === undefined ? '' : showTimes(last / first),
        ]
      }),
    ),
  }
}

function aimsOf(points: readonly Point[], sizes: readonly string[]): Aim[] {
  const times = (id: string, peer: string) => {
    const of = (size: string | undefined) =>
      points.find((point) => point.question === id && point.peer === peer && point.size === size)?.median
    const [first, last] = [of(sizes[0]), of(sizes.at(-1))]
    return first === undefined || last === undefined ? undefined : last / first
  }
  const flat = ['W1', 'W4'].flatMap((id) => {
    const grown = times(id, 'ours')
    return grown === undefined ? [] : [aim(id, 'stays flat', showTimes(grown), `under ${FLAT}x`, grown / FLAT)]
  })
  const [ours, bitmaps] = [times('W2', 'ours'), times('W2', 'roaring')]
  if (ours === undefined || bitmaps === undefined) return flat
  return [...flat, aim('W2', 'grows no faster than its bitmaps', showTimes(ours), showTimes(bitmaps), ours / bitmaps)]
}

function aimTable(aims: readonly Aim[]): Table {
  return {
    head: ['', 'what', 'is', 'target', ''],
    rows: aims.map(({ id, what, is, target, verdict }) => [id, what, is, target, verdict]),
  }
}
