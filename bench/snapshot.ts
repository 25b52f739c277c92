/**
 * What a snapshot saves: `npm run bench:snapshot`, or `npm run bench:snapshot -- ROWS PARTS`: 100,000 rows, and all of the parts
 * `open`, `files`, `pages` and `index`.
 *
 * From bytes in memory to the first answer that needs a string, beside loading the same rows, parsing them, and what other
 * packages restore; sizes of files; pages of packed rows; and what building the message index from packed rows takes. Each
 * opening has a process to itself and a word of its own, and its answer is compared with a plain loop over the rows. Files are
 * kept between runs. Times are of the processor, all threads, which other work on the machine changes little; beside them the
 * median by the clock.
 */
import { fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { constants, createGzip } from 'node:zlib'
import { build } from 'esbuild'
import { ACTIONS, generate, vocabulary } from '../src/features/generate/index.ts'
import type { Row } from './compare/ask.ts'
import { foldedText, microseconds } from './compare/entry.ts'
import { lines, RowsWriter } from './compare/rows-file.ts'
import { BENCH, cached, HEAP, install, ROOT } from './compare/workshop.ts'
import type { Cost, Job, Told } from './snapshot/child.ts'
import { type Answer, CONTENDERS } from './snapshot/contenders.ts'

const ROWS = Number(process.argv[2] ?? 100_000)
const ROUNDS = 5
/** One that takes longer is opened in fewer rounds. */
const LONG_MS = 3_000
const LONG_ROUNDS = 3
const SCRIPT = cached(`snapshot-${process.pid}.mjs`)
process.once('exit', () => rmSync(SCRIPT, { force: true }))

/** Words that no other word has in it, so that finding words and finding strings is the same; each in some hundred rows. */
const WORDS = vocabulary()
  .slice(2_000, 12_000)
  .filter(
    (word) => word.length > 5 && ![...vocabulary(), ...ACTIONS].some((other) => other !== word && other.includes(word)),
  )
  .slice(0, ROUNDS)

async function main(): Promise<void> {
  install()
  await build({
    entryPoints: [join(BENCH, 'snapshot/child.ts')],
    outfile: SCRIPT,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    tsconfig: join(ROOT, 'tsconfig.node.json'),
    packages: 'bundle',
    external: ['minisearch', '@orama/orama', 'itemsjs', 'better-sqlite3'],
    banner: {
      js: `import { createRequire as createRequire_ } from 'node:module'; const require = createRequire_(import.meta.url);`,
    },
    logLevel: 'warning',
  })
  const rows = writeRows()
  const files = await makeFiles(rows)
  console.log(`\n${ROWS.toLocaleString('en')} conversations\n`)
  for (const part of CHOSEN) await PARTS[part]!(rows, files)
}

function hashOf(folders: readonly string[]): string {
  const hash = createHash('sha256')
  for (const folder of folders) {
    const all = folder.endsWith('.ts') ? [''] : (readdirSync(join(ROOT, folder), { recursive: true }) as string[])
    for (const name of all.sort())
      if (`${folder}${name}`.endsWith('.ts')) hash.update(readFileSync(join(ROOT, folder, name)))
  }
  return hash.digest('hex').slice(0, 10)
}

const DATA = ['src/features/generate/']

/** Where a file is kept; what was made of other sources is removed. */
function kept(name: string, sources: readonly string[]): string {
  const stem = `snapshot-${ROWS}-${name.replaceAll(' ', '-')}-`
  const path = cached(`${stem}${hashOf(sources)}`)
  for (const other of readdirSync(join(path, '..')))
    if (other.startsWith(stem) && !path.endsWith(other)) rmSync(join(path, '..', other))
  return path
}

function writeRows(): string {
  const path = kept('rows', DATA)
  if (existsSync(path)) return path
  console.error('Making the rows...')
  const writer = new RowsWriter(path)
  for (const row of generate({ count: ROWS, order: 'shuffled' })) writer.write(row)
  writer.close()
  return path
}

/** What each word's answer is, by looking at each row. */
function answersOf(path: string): Answer[] {
  const found = WORDS.map((): { id: number; started: number }[] => [])
  for (const line of lines(path)) {
    const row = JSON.parse(line) as Row
    if (row.is_deleted) continue
    const text = foldedText(row)
    WORDS.forEach((word, i) => {
      if (text.includes(word)) found[i]!.push({ id: row.id, started: microseconds(row.started_at) })
    })
  }
  return found.map((all) => ({
    count: all.length,
    ids: all
      .sort((a, b) => b.started - a.started || b.id - a.id)
      .slice(0, 10)
      .map(({ id }) => id),
  }))
}

/** The files by contender; those that could not be made are told. */
async function makeFiles(rows: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {}
  for (const [name, { make }] of Object.entries(CONTENDERS)) {
    if (make === undefined) continue
    const isOurs = name.startsWith('snapshot')
    const file = kept(name, [...DATA, 'bench/snapshot/contenders.ts', ...(isOurs ? ['src'] : [])])
    const why = kept(`why-not-${name}`, [...DATA, 'bench/snapshot/contenders.ts'])
    files[name] = file
    if (existsSync(why)) console.error(`${name}: left out, ${readFileSync(why, 'utf8')}`)
    if (existsSync(why) || existsSync(file)) continue
    const told = await run({ task: 'make', name, rows, file, word: '' })
    if (told.failure === undefined && 'cost' in told) console.error(`${name}: made in ${seconds(told.cost.cpu)}`)
    else {
      console.error(`${name}: not made, ${told.failure}`)
      rmSync(file, { force: true })
      if (!isOurs) writeFileSync(why, String(told.failure))
    }
  }
  return files
}

/** The costs of opening, round by round: all in turn. */
async function openAll(rows: string, files: Record<string, string>, expected: readonly Answer[]) {
  const costs = new Map<string, Cost[]>()
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, { make, isLimit }] of Object.entries(CONTENDERS)) {
      const before = costs.get(name) ?? []
      if ((make !== undefined && !existsSync(files[name]!)) || isDone(before)) continue
      const word = WORDS[round % WORDS.length]!
      const told = await run({ task: 'open', name, rows, file: files[name] ?? '', word })
      if (told.failure !== undefined || !('cost' in told)) throw new Error(`${name}: ${told.failure}`)
      const right = expected[round % WORDS.length]!
      const isRight = isLimit || name === WITHOUT || JSON.stringify(told.answer) === JSON.stringify(right)
      if (!isRight)
        throw new Error(`${name} says of ${word} ${JSON.stringify(told.answer)}, not ${JSON.stringify(right)}.`)
      costs.set(name, [...before, told.cost])
    }
  }
  return costs
}

const isDone = (costs: readonly Cost[]) => costs.length >= LONG_ROUNDS && costs[0]!.cpu > LONG_MS

const WITHOUT = 'snapshot without strings'
const RESTORED = ['minisearch', 'orama', 'itemsjs']

type Files = Readonly<Record<string, string>>

/** From bytes in memory to the first answer. */
async function open(rows: string, files: Files): Promise<void> {
  const costs = await openAll(rows, files, answersOf(rows))
  const median = (name: string, of: keyof Cost = 'cpu') => medianOf((costs.get(name) ?? []).map((cost) => cost[of]))
  for (const name of costs.keys()) tell(name, `${seconds(median(name))}, ${seconds(median(name, 'wall'))} by the clock`)
  const own = median('snapshot')
  const best = RESTORED.filter((name) => costs.has(name)).sort((a, b) => median(a) - median(b))[0]
  atLeast('load + warm / snapshot', median('load + warm') / own, 100)
  atLeast('JSON.parse / snapshot', median('JSON.parse') / own, 30)
  if (best !== undefined) atLeast(`${best}, the best that is restored / snapshot`, median(best) / own, 10)
  if (costs.has('better-sqlite3')) atMost('snapshot / better-sqlite3', own / median('better-sqlite3'), 3)
}

async function sizes(rows: string, files: Files): Promise<void> {
  const size = (path: string) => statSync(path).size
  const [all, gzip] = [size(rows), await gzipped(rows)]
  atMost(`file / NDJSON of ${megabytes(all)}`, size(files.snapshot!) / all, 0.5)
  atMost(`file without strings / gzip -9 of ${megabytes(gzip)}`, size(files[WITHOUT]!) / gzip, 1.2)
}

async function paging(_: string, files: Files): Promise<void> {
  const told = await run({ task: 'pages', file: files.snapshot! })
  if (!('pages' in told)) throw new Error(String(told.failure))
  const { resident, cold, cached } = told.pages
  tell('page of ten: resident, cold, cached', [resident, cold, cached].map(seconds).join(', '))
  atMost('page of ten, cold / resident', cold / resident, 40)
  atMost('page of ten, cached / resident', cached / resident, 1.2)
  atMost('page of ten, cold, in milliseconds', cold, 0.5)
}

async function indexing(_: string, files: Files): Promise<void> {
  const { packed, resident } = await indexed(files[WITHOUT]!)
  tell('message index: from packed, from resident rows', `${seconds(packed)}, ${seconds(resident)}`)
  atMost('message index from packed / from resident rows', packed / resident, 1.5)
}

const PARTS: Readonly<Record<string, (rows: string, files: Files) => Promise<void>>> = {
  open,
  files: sizes,
  pages: paging,
  index: indexing,
}
const asked = process.argv.slice(3)
const CHOSEN = asked.length > 0 ? asked : Object.keys(PARTS)

function tell(what: string, found: string): void {
  console.log(`${what.padEnd(58)} ${found}`)
}

function atLeast(what: string, ratio: number, aim: number): void {
  line(what, ratio, aim, ratio >= aim)
}

function atMost(what: string, ratio: number, aim: number): void {
  line(what, ratio, aim, ratio <= aim)
}

function line(what: string, ratio: number, aim: number, isMet: boolean): void {
  tell(what, `${ratio.toPrecision(3).padStart(8)} of ${String(aim).padEnd(4)} ${isMet ? 'met' : 'missed'}`)
}

async function indexed(file: string): Promise<Record<'packed' | 'resident', number>> {
  const found = { packed: [] as number[], resident: [] as number[] }
  for (let round = 0; round < 3; round++) {
    for (const task of ['packed', 'resident'] as const) {
      const told = (await run({ task, file })) as { readonly cost: Cost }
      found[task].push(told.cost.cpu)
    }
  }
  return { packed: medianOf(found.packed), resident: medianOf(found.resident) }
}

/** Bytes of the rows as `gzip -9` has them; known for rows that are kept. */
async function gzipped(path: string): Promise<number> {
  const known = kept('gzip', DATA)
  if (!existsSync(known)) {
    let bytes = 0
    await pipeline(createReadStream(path), createGzip({ level: constants.Z_BEST_COMPRESSION }), async (chunks) => {
      for await (const chunk of chunks) bytes += (chunk as Uint8Array).length
    })
    writeFileSync(known, String(bytes))
  }
  return Number(readFileSync(known, 'utf8'))
}

const ENDED = 'the process ended'

function run(job: Job): Promise<Told> {
  const child = fork(SCRIPT, [JSON.stringify(job)], {
    execArgv: [HEAP],
    env: { ...process.env, NODE_ENV: 'production' },
    serialization: 'advanced',
  })
  let told: Told = { failure: ENDED }
  child.on('message', (message) => {
    told = message as Told
  })
  return new Promise((resolve) =>
    child.on('close', (code, signal) => {
      resolve(told.failure === ENDED ? { failure: `${ENDED} with ${signal ?? code}` } : told)
    }),
  )
}

function medianOf(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[times.length >> 1]!
}

function seconds(milliseconds: number): string {
  return milliseconds < 1_000 ? `${milliseconds.toPrecision(3)} ms` : `${(milliseconds / 1_000).toPrecision(3)} s`
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`
}

await main()
