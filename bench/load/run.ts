/**
 * The load test: the server beside json-server over the same rows, and beside the bare disk, in one run.
 *
 * `npm run bench:load`, some four minutes; `-- --seconds 2` for a shorter look. Client and server share the cores of the machine.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Asked, drive, type LoadOptions, type Measured } from './client.ts'
import { type Fsync, measureFsync } from './fsync.ts'
import { ROWS_OF_LOOP, watchLoop } from './loop.ts'
import { creating, details, LISTS, type Listed, texts, tracking } from './questions.ts'
import { type Load, report } from './report.ts'
import { type Running, rival, serve } from './servers.ts'
import { bundle, install, makeFolder, makeRows, RESULTS, writeDatabase, writeLines } from './workshop.ts'

const ROWS = 10_000
const CONNECTIONS = 32
const OURS = 'conversation-store'
const SAVING = 'conversation-store --save'
const RIVAL = 'json-server, in memory'
const RIVAL_FILE = 'json-server, in a file'

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '5' } } })
const seconds = Number(values.seconds)
if (!(seconds > 0)) throw new Error(`--seconds is ${values.seconds}. Expected a number above 0.`)

install()
const folder = makeFolder()
await bundle(folder)

const rows = makeRows(ROWS)
const lines = writeLines(join(folder, 'rows.ndjson'), rows)
const database = writeDatabase(join(folder, 'rows.json'), rows)
const loads: Load[] = []
const fsyncs: Fsync[] = []

syncDisk()
const [ours, theirs] = [await serve(folder, [lines]), await rival(folder, database, 'memory')]
await compareAnswers(ours, theirs, [...LISTS, ...details(rows)])
await measure(OURS, ours, 'list, filtered, 10 rows', asked(LISTS, 'ours'))
await measure(RIVAL, theirs, 'list, filtered, 10 rows', asked(LISTS, 'rival'))
await measure(OURS, ours, 'list, a text in messages, 10 rows', texts(rows))
await measure(OURS, ours, 'detail', asked(details(rows), 'ours'))
await measure(RIVAL, theirs, 'detail', asked(details(rows), 'rival'))
await measure(OURS, ours, 'write: a message', [tracking(rows)])
await measure(OURS, ours, 'write: a conversation', [creating().ours])
await measure(RIVAL, theirs, 'write: a conversation', [creating().rival])
await Promise.all([ours.stop(), theirs.stop()])

const saving = await serve(folder, [lines, '--save', join(folder, 'saved.journal')])
await measure(SAVING, saving, 'write: a message', [tracking(rows)])
await measure(SAVING, saving, 'write: a conversation', [creating().ours])
await measure(SAVING, saving, 'write: a conversation, 1 connection', [creating().ours], 1)
await saving.stop()
syncDisk()

const inFile = await rival(folder, database, 'file')
// It writes the whole file at each: of 32 connections none would be answered in this time.
await measure(RIVAL_FILE, inFile, 'write: a conversation, 1 connection', [creating().rival], 1)
await inFile.stop()
syncDisk()

const loop = await watchLoop(folder, seconds / 2)

const [first] = cpus()
const results = {
  date: new Date().toISOString().slice(0, 10),
  machine: `${cpus().length} cores, ${first?.model.trim()}, ${process.platform} ${process.arch}, Node ${process.version}`,
  command: ['npm run bench:load', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(' '),
  rows: ROWS,
  connections: CONNECTIONS,
  seconds,
  loads,
  fsyncs,
  rowsOfLoop: ROWS_OF_LOOP,
  loop,
}
const text = report(results)
console.log(text)
mkdirSync(RESULTS, { recursive: true })
writeFileSync(join(RESULTS, 'load.json'), `${JSON.stringify(results, null, 1)}\n`)
writeFileSync(join(RESULTS, 'load.md'), text)
console.error('Written to bench/results/load.md and .json')

/** The requests of one side. */
function asked(listed: readonly Listed[], side: keyof Listed): Asked[] {
  return listed.map((each) => each[side])
}

/** Once to warm up, once for the record. */
async function measure(
  server: string,
  { url }: Running,
  question: string,
  requests: readonly Asked[],
  connections = CONNECTIONS,
): Promise<Measured> {
  const options: LoadOptions = { connections, seconds }
  await drive(url, requests, { ...options, seconds: Math.min(2, seconds) })
  const measured = await drive(url, requests, options)
  loads.push({ server, question, connections, ...measured })
  console.error(`${question}, ${server}: ${Math.round(measured.perSecond)} a second, p99 ${measured.p99.toFixed(2)} ms`)
  return measured
}

/** Both must say the same before either is timed: as many matches, and the same rows in the same order. */
async function compareAnswers(ours: Running, theirs: Running, listed: readonly Listed[]): Promise<void> {
  for (const each of listed) {
    const [a, b] = await Promise.all([
      fetch(`${ours.url}${each.ours.path}`, { headers: { ...each.ours.headers } }),
      fetch(`${theirs.url}${each.rival.path}`),
    ])
    const [page, list] = [(await a.json()) as Answer, (await b.json()) as Row[] | Row]
    const mine = JSON.stringify(page.results ? [page.count, page.results.map(({ id }) => id)] : page.id)
    const other = JSON.stringify(
      Array.isArray(list) ? [Number(b.headers.get('x-total-count')), list.map(({ id }) => id)] : list.id,
    )
    if (mine !== other || mine === undefined) throw new Error(`${each.ours.path}: ${mine}, json-server says ${other}.`)
  }
}

interface Row {
  readonly id: number
}

interface Answer extends Row {
  readonly count: number
  readonly results?: readonly Row[]
}

function syncDisk(): void {
  fsyncs.push(measureFsync(join(folder, 'fsync'), 512, 1_000 * Math.min(2, seconds)))
}
