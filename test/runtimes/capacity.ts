/**
 * How many conversations fit in the 128 MB that a Worker has, measured in workerd: `npm --prefix test/runtimes run capacity`, or
 * with the numbers of some kinds, `run capacity -- 1 5`.
 *
 * workerd itself sets no limit, so V8's is used: a Worker whose heap may not grow beyond 128 MB, less what it holds
 * outside of the heap (array buffers, which the limit of a Worker counts too), takes the rows in as one stream of NDJSON and
 * builds its indexes, or opens a snapshot that it is given as a binding, and answers questions. What fits are the most rows with which it does all of that without dying,
 * found by bisection; garbage not yet collected is in that. Beside it stand the bytes in use after a collection.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { generate } from '../../src/features/generate/index.ts'
import { ConversationStore } from '../../src/index.ts'
import { writeSnapshot } from '../../src/snapshot.ts'
import { installIn, ROOT, withInstalled } from '../package/packed.ts'
import { bundled, load } from './hosts.ts'

const MB = 2 ** 20
const LIMIT = 128 * MB
const SAMPLE_ROWS = 16_000
/** Between what is tried until one fits and the next does not. */
const STEP = 1.2
/** How long workerd may take to write down why it dies. */
const DEATH_MS = 60_000

/** What a row has, and which indexes are built. */
interface Kind {
  readonly name: string
  readonly text: boolean
  readonly messages: 'full' | 'short' | 'none'
  /** Whether the rows come as a snapshot, and stay packed. */
  readonly isSnapshot?: true
}

const KINDS: readonly Kind[] = [
  { name: '11 messages of 100 characters, searched through the text index', text: true, messages: 'full' },
  { name: '11 messages of 100 characters, no text index', text: false, messages: 'full' },
  { name: '2 messages of 30 characters, searched through the text index', text: true, messages: 'short' },
  { name: 'no messages', text: false, messages: 'none' },
  { name: 'a snapshot: 11 messages of 100 characters, text index', text: true, messages: 'full', isSnapshot: true },
  { name: 'a snapshot: 11 messages of 100 characters, no text index', text: false, messages: 'full', isSnapshot: true },
]

/** The Worker: takes rows in, builds the indexes, answers one question of each sort, and collects its garbage. */
const WORKER = `
import { ConversationStore } from 'conversation-store'
import { readSnapshotSync } from 'conversation-store/snapshot'
let store = new ConversationStore()
export default {
  async fetch(request, { SNAPSHOT }) {
    const text = new URL(request.url).searchParams.has('text')
    if (SNAPSHOT === undefined) {
      await store.load(request.body)
      store.warm({ text, metadata: ['analysis.topic', 'plan'] })
    } else store = readSnapshotSync(SNAPSHOT)
    const asked = [
      store.query().device('mobile').language('en'),
      store.query().metadata('analysis.topic', 'refund').marked(),
      store.query().startedAfter('2025-01-01T00:00:00Z').action('lookup_order').orderBy('customer_id'),
      store.query().customerId('customer_1').not((q) => q.feedbackSentiment('negative')),
      ...(text ? [store.query().messageContains('gut'), store.query().search('ord guten')] : []),
    ]
    const counts = asked.map((query) => query.fetch().count)
    gc()
    return Response.json({ added: store.size, counts })
  },
}`

/** What a run showed. `lived` is whether the Worker did everything. */
interface Run {
  readonly lived: boolean
  /** Bytes of the heap in use and of array buffers after collecting garbage, with the Worker's own code. */
  readonly heap: number
  readonly outside: number
}

/** One Worker, with a limit on its heap or none. */
async function run(script: string, rows: number, kind: Kind, limit: number | undefined): Promise<Run> {
  const snapshot = kind.isSnapshot === true ? await snapshotOf(rows, kind) : undefined
  const died = (why: string) => limit !== undefined && /out of memory|heap limit/i.test(why)
  const worker = await start(script, limit, snapshot).catch((error: Error) => {
    // So little was left that it did not even start.
    if (!died(error.message)) throw error
  })
  if (worker === undefined) return { lived: false, heap: 0, outside: 0 }
  try {
    const { heap, outside } = await work(worker, rows, kind)
    // A binding is outside of the heap, whether the inspector counts it or not.
    return { lived: true, heap, outside: Math.max(outside, snapshot?.length ?? 0) }
  } catch (error) {
    // It dies of its limit; whatever else it may die of is a fault of the measurement.
    const death = await worker.death()
    if (died(death)) return { lived: false, heap: 0, outside: 0 }
    console.error(death)
    throw error
  } finally {
    worker.process.kill('SIGKILL')
  }
}

async function work(worker: Workerd, rows: number, kind: Kind): Promise<{ heap: number; outside: number }> {
  // One request, since workerd closes a connection that was idle while it worked.
  const body = kind.isSnapshot === true ? '' : ndjson(rows, kind)
  const init: RequestInit = { method: 'POST', body, duplex: 'half' }
  const response = await fetch(`${worker.url}/${kind.text ? '?text' : ''}`, init)
  const told = await response.text()
  if (!response.ok) throw new Error(`The Worker answered ${response.status}: ${told}`)
  const { added } = JSON.parse(told) as { added: number }
  if (added !== rows) throw new Error(`The Worker took in ${added} rows of ${rows}.`)
  return memoryOf(worker.inspector)
}

const generated = (rows: number, { messages }: Kind) =>
  generate({ count: rows, seed: 11, messages: messages === 'full' ? 'full' : 'short', order: 'shuffled' })

/** The rows as a file that Node makes. */
async function snapshotOf(rows: number, kind: Kind): Promise<Uint8Array> {
  const store = ConversationStore.from(generated(rows, kind), { own: true, onInvalid: 'throw' })
  return writeSnapshot(store, { text: kind.text, metadata: ['analysis.topic', 'plan'] })
}

/** The rows as the lines of a file, made while they are sent. */
function ndjson(rows: number, kind: Kind): ReadableStream<Uint8Array> {
  const { messages } = kind
  const source = generated(rows, kind)
  const encoder = new TextEncoder()
  return new ReadableStream({
    pull(controller) {
      let lines = ''
      while (lines.length < 65_536) {
        const { value, done } = source.next()
        if (done) break
        lines += `${JSON.stringify(messages === 'none' ? { ...value, messages: [] } : value)}\n`
      }
      if (lines === '') controller.close()
      else controller.enqueue(encoder.encode(lines))
    },
  })
}

/** A running workerd. */
interface Workerd {
  readonly process: ChildProcess
  readonly url: string
  readonly inspector: string
  /** What it printed to standard error until it ended. */
  death(): Promise<string>
}

async function start(script: string, limit: number | undefined, snapshot: Uint8Array | undefined): Promise<Workerd> {
  const flags = [
    '--expose-gc',
    ...(limit === undefined ? [] : [`--max-heap-size=${Math.max(4, Math.floor(limit / MB))}`]),
  ]
  const config = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (
    modules = [(name = "worker.js", esModule = embed "worker.js")],
    ${snapshot === undefined ? '' : 'bindings = [(name = "SNAPSHOT", data = embed "data.snap")],'}
    compatibilityDate = "2025-01-01"))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
  v8Flags = [${flags.map((flag) => JSON.stringify(flag)).join(', ')}]);`
  const folder = dirname(script)
  writeFileSync(join(folder, 'config.capnp'), config)
  if (snapshot !== undefined) writeFileSync(join(folder, 'data.snap'), snapshot)
  const binary = join(ROOT, 'test/runtimes/node_modules/workerd/bin/workerd')
  const args = ['serve', 'config.capnp', '--control-fd=3', '--inspector-addr=127.0.0.1:0']
  const child = spawn(binary, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe', 'pipe'] })
  let errors = ''
  child.stderr!.on('data', (chunk) => {
    errors += chunk
  })
  const ended = new Promise<void>((resolve) =>
    child.on('close', (code, signal) => {
      errors += `workerd ended with ${signal ?? code}.`
      resolve()
    }),
  )
  const ports = new Map<string, number>()
  await new Promise<void>((resolve, reject) => {
    let told = ''
    child.stdio[3]!.on('data', (chunk) => {
      told += chunk
      for (const line of told.split('\n').slice(0, -1)) {
        const { event, socket, port } = JSON.parse(line) as { event: string; socket?: string; port: number }
        ports.set(socket ?? event, port)
      }
      if (ports.size === 2) resolve()
    })
    void ended.then(() => reject(new Error(`workerd did not start: ${errors}`)))
  })
  return {
    process: child,
    url: `http://127.0.0.1:${ports.get('http')}`,
    inspector: `http://127.0.0.1:${ports.get('listen-inspector')}`,
    async death() {
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, DEATH_MS))])
      return errors
    },
  }
}

/** The bytes that are in use. The Worker has just collected its garbage: the inspector's own call for that is not answered. */
async function memoryOf(inspector: string): Promise<{ heap: number; outside: number }> {
  const [target] = (await (await fetch(`${inspector}/json`)).json()) as { webSocketDebuggerUrl: string }[]
  const { WebSocket } = await load<typeof WsModule>('ws')
  const socket = new WebSocket(target!.webSocketDebuggerUrl, { perMessageDeflate: false })
  const answer = await new Promise<string>((resolve, reject) => {
    socket.on('open', () => socket.send(JSON.stringify({ id: 1, method: 'Runtime.getHeapUsage' })))
    socket.on('message', (data) => resolve(String(data)))
    socket.on('error', reject)
  })
  socket.close()
  const { result } = JSON.parse(answer) as { result: Record<string, number> }
  const { usedSize, embedderHeapUsedSize = 0, backingStorageSize } = result
  if (usedSize === undefined || backingStorageSize === undefined) throw new Error(`The inspector answered ${answer}.`)
  return { heap: usedSize + embedderHeapUsedSize, outside: backingStorageSize }
}

/** The most rows that fit, to three percent, and what they take. */
async function capacity(script: string, kind: Kind): Promise<Capacity> {
  const sample = await run(script, SAMPLE_ROWS, kind, undefined)
  const outsidePerRow = sample.outside / SAMPLE_ROWS
  let best: Run | undefined
  const fit = async (rows: number) => {
    const tried = await run(script, rows, kind, LIMIT - rows * outsidePerRow)
    const fits = tried.lived && tried.heap + tried.outside <= LIMIT
    console.error(`${kind.name}: ${rows} rows ${fits ? 'fit' : 'do not fit'}`)
    if (fits) best = tried
    return fits
  }
  // What is in use after a collection says about how many there can be; garbage takes some of that.
  let [rows, fits, tooMany] = [Math.floor((LIMIT * SAMPLE_ROWS) / (sample.heap + sample.outside)), 0, 0]
  for (; fits === 0 || tooMany === 0; rows = Math.floor(tooMany === 0 ? rows * STEP : rows / STEP)) {
    if (await fit(rows)) fits = rows
    else tooMany = rows
  }
  while (tooMany - fits > tooMany / 32) {
    rows = Math.floor((fits + tooMany) / 2)
    if (await fit(rows)) fits = rows
    else tooMany = rows
  }
  if (best === undefined) throw new Error(`Not even ${tooMany} rows fit.`)
  return { rows: fits, inUse: best.heap + best.outside }
}

interface Capacity {
  readonly rows: number
  /** Bytes in use after a collection, with the Worker's own code. */
  readonly inUse: number
}

/** The kinds that are named by their numbers, from 1, or all. */
function chosen(): readonly Kind[] {
  const numbers = process.argv.slice(2).map(Number)
  return numbers.length === 0 ? KINDS : numbers.map((number) => KINDS[number - 1]!)
}

async function main(): Promise<void> {
  installIn(join(ROOT, 'test/runtimes'))
  execFileSync('npm', ['run', 'build'], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] })
  await withInstalled(async ({ project }) => {
    const script = join(project, 'worker.js')
    writeFileSync(script, await bundled(project, WORKER, ['workerd', 'worker']))
    const table: object[] = []
    for (const kind of chosen()) {
      const { rows, inUse } = await capacity(script, kind)
      table.push({
        conversations: kind.name,
        'fit in 128 MB': Math.floor(rows / 100) * 100,
        'MB in use': Math.round(inUse / MB),
        'bytes a conversation': Math.round(inUse / rows),
      })
    }
    console.table(table)
  })
}

await main()

declare namespace WsModule {
  class WebSocket {
    constructor(url: string, options: { perMessageDeflate: boolean })
    on(event: string, listener: (data: unknown) => void): void
    send(text: string): void
    close(): void
  }
}
