/**
 * `npm run test:abuse`: what should not take a server down, tried on the built `serve` (run `npm run build` first) in a
 * process with a heap of 512 MiB, on the loopback address only.
 *
 * Meanwhile a bystander in a process of its own asks for one page every 20 ms. After each attack the server must be
 * alive, answer a page rightly and hold no more memory than bounds below say. The long form, over 100,000 rows, also
 * wants 99 of 100 of the bystander's answers within 250 ms.
 *
 * `--short` is for CI: 20,000 rows, under a minute. There the bound on time follows the machine: 250 ms, and beside them
 * five times the p99 that the bystander had in the same run while nothing else went on. `--only TEXT` runs the attacks
 * whose names contain a text.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { generate } from '../../src/features/generate/index.ts'
import type { Attack, Found } from './attack.ts'
import type { Seen } from './bystander.ts'
import { CLIENTS } from './clients.ts'
import { EDGES } from './edges.ts'
import { REQUESTS } from './requests.ts'
import { killAll, MIB, Server, wait, within } from './server.ts'
import { send } from './wire.ts'

const { values: options } = parseArgs({ options: { short: { type: 'boolean' }, only: { type: 'string' } } })
const isShort = options.short === true
const ROWS = isShort ? 20_000 : 100_000
/** An attack is given up after this time, and its server with it. */
const LIMIT_MS = isShort ? 15_000 : 120_000
/** All of it is given up after this time. */
const MOST_MS = isShort ? 300_000 : 3_600_000
const P99_MS = 250
/** A bystander is watched for so long after an attack, at least. */
const WATCHED_MS = 400
/** Resident bytes that a server may reach: its heap, and as much again for what is read and sent. */
const MOST_RESIDENT = 1_024 * MIB
/** Bytes that may stay in use beyond those before an attack, once garbage is collected. */
const MOST_KEPT = 128 * MIB
/** The page that a bystander asks for. */
const PAGE = '/api/conversations/?page_size=10&full=false&device=desktop&ordering=-started_at'

/** A line of the table. */
interface Line extends Found {
  readonly name: string
  readonly seen?: Seen | undefined
  readonly peak: number
  readonly kept: number | undefined
}

const folder = mkdtempSync(join(tmpdir(), 'abuse-'))
const rowsFile = join(folder, 'rows.ndjson')
let watcher: ChildProcess | undefined

process.once('exit', () => {
  killAll()
  watcher?.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})
setTimeout(() => {
  console.error('The abuse has taken too long, and is given up.')
  process.exit(1)
}, MOST_MS).unref()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

/** Generated rows, one conversation of 8 MB, and one of 10,000 messages. */
async function writeRows(): Promise<void> {
  const file = createWriteStream(rowsFile)
  const conversation = (conversation_id: string, messages: number, content: (i: number) => string) => ({
    conversation_id,
    started_at: '2020-01-05T00:00:00Z',
    messages: Array.from({ length: messages }, (_, i) => ({ sender: 'agent', content: content(i) })),
  })
  for (const row of generate({ count: ROWS, messages: 'short' })) {
    if (!file.write(`${JSON.stringify(row)}\n`)) await once(file, 'drain')
  }
  file.write(`${JSON.stringify(conversation('big', 80, (i) => `${i} `.repeat(100_000).slice(0, 100_000)))}\n`)
  file.end(JSON.stringify(conversation('long', 10_000, (i) => `answer ${i}`)))
  await finished(file)
}

/** A server with the rows, and a bystander of it. */
async function begin(): Promise<Server> {
  const server = await Server.start([rowsFile])
  if (server.ended || server.url === '') throw new Error(`serve has not started: ${server.stderr.slice(0, 500)}`)
  watcher?.kill('SIGKILL')
  const script = fileURLToPath(new URL('bystander.ts', import.meta.url))
  watcher = fork(script, [server.url + PAGE], { execArgv: ['--import', 'tsx'] })
  watcher.on('error', () => {})
  return server
}

/** The page as a server gives it, whatever its address. */
async function pageOf(server: Server): Promise<string> {
  const { status, text } = await send(server.url, 'GET', PAGE)
  return `${status} ${text.replaceAll(server.url, '')}`
}

/** What the bystander saw since the last `reset`. */
async function seenBy(bystander: ChildProcess): Promise<Seen | undefined> {
  const answered = once(bystander, 'message').then(([seen]) => seen as Seen)
  bystander.send('report')
  return within(5_000, answered, undefined)
}

async function held(server: Server): Promise<number | undefined> {
  const now = await server.held()
  return now === undefined ? undefined : now.heapUsed + now.arrayBuffers
}

/** Makes an attack and judges what came of it. */
async function attempt(attack: Attack, server: Server, page: string, boundMs: number): Promise<Line> {
  const before = await held(server)
  watcher!.send('reset')
  server.resetPeak()
  const late = { answered: 'nothing in time', wrong: `no end within ${LIMIT_MS / 1_000} s` }
  const found = await within(LIMIT_MS, attack.run({ server, folder, isShort }).catch(failed), late)
  // What is still under way shows itself now.
  await wait(WATCHED_MS)
  const answer = await within(5_000, pageOf(server), undefined)
  const seen = await seenBy(watcher!)
  const { peak } = server
  killAll(server)
  const after = await held(server)
  const kept = before === undefined || after === undefined ? undefined : after - before
  const faults = [
    found.wrong,
    server.ended ? `the server ended with ${server.exit}` : undefined,
    !server.ended && answer !== page ? 'the page is not answered rightly' : undefined,
    peak > MOST_RESIDENT ? `${megabytes(peak)} MB resident` : undefined,
    kept !== undefined && kept > MOST_KEPT ? `keeps ${megabytes(kept)} MB` : undefined,
    attack.isApart !== true && seen !== undefined && seen.p99 > boundMs
      ? `p99 over ${Math.round(boundMs)} ms`
      : undefined,
  ].filter((fault) => fault !== undefined)
  return { name: attack.name, answered: found.answered, wrong: faults.join('; ') || undefined, seen, peak, kept }
}

function failed(error: unknown): Found {
  return { answered: 'the attack failed', wrong: String(error) }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0)
}

function printed({ name, answered, wrong, seen, peak, kept }: Line): string {
  const cells = [
    name.slice(0, 50).padEnd(50),
    (seen === undefined ? '?' : seen.p99.toFixed(0)).padStart(7),
    (seen === undefined ? '?' : seen.longest.toFixed(0)).padStart(8),
    megabytes(peak).padStart(8),
    (kept === undefined ? '?' : megabytes(kept)).padStart(6),
    wrong === undefined ? 'right' : 'WRONG',
  ]
  const said = answered.replace(/\s+/g, ' ').slice(0, 110)
  return `${cells.join('  ')}  ${said}${wrong === undefined ? '' : ` (${wrong})`}`
}

async function main(): Promise<number> {
  const started = performance.now()
  await writeRows()
  let server = await begin()
  const page = await pageOf(server)
  // The first requests start a process and open connections.
  await wait(1_500)
  watcher!.send('reset')
  await wait(isShort ? 1_500 : 5_000)
  const idle = await seenBy(watcher!)
  const boundMs = P99_MS + (isShort ? 5 * (idle?.p99 ?? 0) : 0)
  console.log(
    `${ROWS} rows; a bystander's p99 while nothing goes on: ${idle?.p99.toFixed(1)} ms; its bound: ${boundMs.toFixed(0)} ms`,
  )
  console.log(`${'attack'.padEnd(50)}  p99, ms   longest  peak, MB  kept, MB`)
  let wrong = 0
  for (const attack of [...REQUESTS, ...CLIENTS, ...EDGES].filter(({ name }) => name.includes(options.only ?? ''))) {
    const line = await attempt(attack, server, page, boundMs)
    console.log(printed(line))
    if (line.wrong !== undefined) wrong++
    // The next attack finds a server that is well.
    if (line.wrong === undefined || (attack.isApart === true && !server.ended)) continue
    await server.kill()
    server = await begin()
    await wait(500)
  }
  await server.stop()
  console.log(`${wrong} wrong, in ${((performance.now() - started) / 1_000).toFixed(0)} s`)
  return wrong === 0 ? 0 : 1
}

process.exit(await main())
