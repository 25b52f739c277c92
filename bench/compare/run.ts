/**
 * The benchmark: the library beside what a user would use instead, and beside what the machine can do.
 *
 * `npm run bench`, `npm run bench -- --help`. README.md in this folder's parent says what is measured and how.
 */
import { execFileSync, fork } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import type { Building, BuildingJob } from './building.ts'
import type { Job } from './child.ts'
import type { Cold, ColdJob } from './cold.ts'
import { growth } from './growth.ts'
import { HELP, type Options, QUESTION_IDS, readOptions, SIZES } from './options.ts'
import { PEERS } from './peers/index.ts'
import { picture } from './picture.ts'
import { readPlan } from './plan.ts'
import { report } from './report.ts'
import { collect, type Results } from './results.ts'
import { type PeerRun, runPeer } from './runner.ts'
import { bundle, HEAP, install, notInstalled, type PreparedFiles, prepared, RESULTS, ROOT, script } from './workshop.ts'

/** The questions of one process may take so many times the budget of one of them. */
const PROCESS_BUDGETS = 180
/** A peer that took longer than this is not run a second time. */
const LONG_RUN_SECONDS = 120

async function run(options: Options): Promise<void> {
  install()
  await bundle()
  if (options.isGrowth) return growth(options, RESULTS, about())
  const start = performance.now()
  const name = options.data === undefined ? options.size : 'data'
  const files = prepareFiles(name, options)
  const plan = readPlan(files.planPath)
  for (const { id, skipped } of plan.questions)
    if (skipped !== undefined) console.error(`${id} is not asked: ${skipped}`)
  const runs = await runAll(options, files)
  const building =
    options.only.includes('W9') && options.peers.includes('ours') ? await measureBuilding(files, plan.rows) : undefined
  const cold = options.only.includes('W11') ? await startCold(options, files) : undefined
  const results: Results = {
    size: name,
    source: plan.source,
    rows: plan.rows,
    visible: plan.visible,
    bytes: plan.bytes,
    textBytes: plan.textBytes,
    ...about(),
    seconds: Math.round((performance.now() - start) / 1_000),
    ...collect(runs, plan, options.only, { building, cold }),
  }
  console.log(report(results, 'terminal'))
  await writeResults(results, options)
}

function prepareFiles(name: string, { size, seed, data }: Options): PreparedFiles {
  if (data === undefined) return prepared(name, { ...SIZES[size]!, seed })
  const folder = resolve(ROOT, data)
  const files = existsSync(folder) ? readdirSync(folder) : []
  if (!files.some((file) => file.endsWith('.ndjson.gz'))) throw new Error(`There are no *.ndjson.gz in ${folder}.`)
  return prepared(name, { rows: 20_000, messages: 'full', seed, data: folder })
}

/** Every peer in turn, as often as there are rounds, each time in a process that is alone. */
async function runAll(options: Options, files: PreparedFiles): Promise<PeerRun[]> {
  const runs: PeerRun[] = []
  const end = performance.now() + options.minutes * 60_000
  const asked = options.only.filter((id) => id !== 'W11')
  if (asked.length === 0) return runs
  for (let round = 0; round < options.rounds; round++) {
    for (const peer of options.peers) {
      const before = runs.filter((each) => each.peer === peer)
      if (round > 0 && PEERS[peer]!.isFirstOnly) continue
      if (before.some((each) => each.failure !== undefined || each.seconds > LONG_RUN_SECONDS)) continue
      const left = end - performance.now()
      if (left < 0) {
        console.error(`${peer}, round ${round + 1}: not run, the ${options.minutes} minutes are over`)
        if (before.length === 0) runs.push(notRun(peer, `the ${options.minutes} minutes were over`))
        continue
      }
      const job: Job = {
        peer,
        ...files,
        only: PEERS[peer]!.isFirstOnly ? asked.filter((id) => id !== 'W10') : asked,
        budget: {
          question: options.budget,
          checking: 3 * options.budget,
          process: PROCESS_BUDGETS * options.budget,
          ...(PEERS[peer]!.isFirstOnly && { isFirstOnly: true }),
        },
        writing: 5 * options.budget,
      }
      const ran = await runPeer(job, Math.max(60_000, left), options)
      const failure = ran.failure && told(ran.failure)
      console.error(`${peer}, round ${round + 1}: ${ran.seconds.toFixed(0)} s${failure ? `, ${failure}` : ''}`)
      runs.push({ ...ran, failure })
    }
  }
  return runs
}

/** A failure for people: a package that is not there is told with the reason why it could not be installed. */
function told(failure: string): string {
  const [, name] = /Cannot find (?:package|module) '((?:@[^/']+\/)?[^/']+)'/.exec(failure) ?? []
  if (name === undefined) return failure
  return notInstalled()[name] ?? `${name} is not installed`
}

function notRun(peer: string, failure: string): PeerRun {
  return { peer, version: undefined, built: undefined, outcomes: {}, writes: {}, failure, seconds: 0 }
}

const BUILDING_ROUNDS = 3
/** From so many rows on once is enough. */
const MANY_ROWS = 300_000

function measureBuilding({ rowsPath }: PreparedFiles, rows: number): Promise<Building | undefined> {
  const rounds = rows > MANY_ROWS ? 1 : BUILDING_ROUNDS
  return inChild<BuildingJob, Building>('building', { rowsPath, rounds }, ['--expose-gc', HEAP])
}

const COLD_ROUNDS = 3

/** Cold starts, interleaved; of each peer the one in the middle counts. */
async function startCold({ peers }: Options, files: PreparedFiles): Promise<Record<string, Cold>> {
  const whole = readPlan(files.planPath)
  const w2 = whole.questions.find(({ id }) => id === 'W2')!
  const plan = { ...whole, questions: [{ ...w2, variants: w2.variants.slice(0, 1) }], writes: [] }
  const names = ['JSON.parse', ...peers.filter((peer) => PEERS[peer]!.isStartedCold)]
  const found = new Map<string, Cold[]>(names.map((name) => [name, []]))
  for (let round = 0; round < COLD_ROUNDS; round++) {
    for (const peer of names) {
      const cold = await inChild<ColdJob, Cold>('cold', { peer, rowsPath: files.rowsPath, plan }, [HEAP])
      if (cold !== undefined) found.get(peer)!.push(cold)
    }
  }
  const middle = (all: readonly Cold[]) => all.toSorted((a, b) => a.total - b.total)[all.length >> 1]
  return Object.fromEntries(
    [...found].map(([name, all]) => [name, middle(all) ?? { total: 0, parts: {}, failure: 'failed' }]),
  )
}

/** What a script of the bundle tells, or nothing when it fails; then it says why on standard error. */
function inChild<Job, Told>(name: string, job: Job, execArgv: readonly string[]): Promise<Told | undefined> {
  const child = fork(script(name), [JSON.stringify(job)], {
    execArgv: [...execArgv],
    env: { ...process.env, NODE_ENV: 'production' },
  })
  let told: Told | undefined
  child.on('message', (message) => {
    told = message as Told
  })
  return new Promise((resolve) => child.on('close', () => resolve(told)))
}

/** What a run must say of itself. */
function about(): Pick<Results, 'commit' | 'date' | 'machine' | 'command'> {
  const git = (...args: string[]) =>
    execFileSync('git', ['--no-optional-locks', ...args], { cwd: ROOT, encoding: 'utf8' })
  let commit = 'unknown'
  try {
    const isChanged = git('status', '--porcelain', '--', 'src').trim() !== ''
    commit = `${git('rev-parse', '--short', 'HEAD').trim()}${isChanged ? ' with changes in src' : ''}`
  } catch {
    // Not a checkout.
  }
  const [first] = cpus()
  return {
    commit,
    date: new Date().toISOString().slice(0, 10),
    machine: {
      processor: first?.model.trim() ?? 'unknown',
      cores: `${cpus().length} cores`,
      memory: `${Math.round(totalmem() / 2 ** 30)} GB`,
      system: `${process.platform} ${process.arch}`,
      node: `Node ${process.version}`,
    },
    command: commandOf(process.argv.slice(2)),
  }
}

/** The command of the run; where the data lies is nobody's business. */
function commandOf(args: readonly string[]): string {
  const shown = args.filter((arg, i) => args[i - 1] !== '--data' || arg.startsWith('--'))
  return ['npm run bench', ...(shown.length > 0 ? ['--', ...shown] : [])].join(' ')
}

async function writeResults(results: Results, options: Options): Promise<void> {
  // A run of a part must not stand in the place of a whole one.
  const isWhole = options.peers.length === Object.keys(PEERS).length && options.only.length >= QUESTION_IDS.length - 2
  const stem = join(RESULTS, isWhole ? results.size : `${results.size}-part`)
  mkdirSync(RESULTS, { recursive: true })
  writeFileSync(`${stem}.json`, `${JSON.stringify(results, null, 1)}\n`)
  writeFileSync(`${stem}.md`, report(results, 'markdown'))
  writeFileSync(`${stem}.svg`, await picture(results))
  console.error(`Written to ${stem}.md, .json and .svg`)
}

try {
  const options = readOptions(process.argv.slice(2))
  if (options === 'help') console.log(HELP)
  else await run(options)
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}
