/** Stores and pages on the two sides of a channel: what crosses is cloned, as between threads. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MessageChannel, Worker } from 'node:worker_threads'
import { build } from 'esbuild'
import { afterEach } from 'vitest'
import { type ConversationInput, ConversationStore } from '../../src/index.ts'
import { type ConnectedStore, type ConnectOptions, connectStore, exposeStore } from '../../src/worker/index.ts'

export const ROWS: readonly ConversationInput[] = [
  { conversation_id: 'a', started_at: '2026-01-05T10:00:00Z', device: 'mobile', name: 'Refund' },
  { conversation_id: 'b', started_at: '2026-01-06T10:00:00Z', device: 'mobile', metadata: { plan: 'pro' } },
  { conversation_id: 'c', started_at: '2026-01-07T10:00:00Z', device: 'desktop' },
]

const ends: (() => void)[] = []

/** Does something when the test is over. */
export function atEnd(end: () => void): void {
  ends.push(end)
}

/** Ends everything now, as after each test. */
export function endAll(): void {
  for (const end of ends.splice(0)) end()
}

afterEach(endAll)

/** A page of a store. */
export function pageOf(store: ConversationStore): ConnectedStore {
  const { remote, expose } = waitingPage()
  expose(store)
  return remote
}

/** A page whose store comes when `expose` is called. */
export function waitingPage(options?: ConnectOptions): {
  remote: ConnectedStore
  expose: (store: ConversationStore) => void
} {
  const { port1, port2 } = new MessageChannel()
  const remote = connectStore(port1, options)
  atEnd(() => {
    remote.close()
    port1.close()
  })
  return { remote, expose: (store) => exposeStore(store, port2) }
}

/** A store and a page of it. */
export function connected(store: ConversationStore = ConversationStore.from(ROWS)): {
  store: ConversationStore
  remote: ConnectedStore
} {
  return { store, remote: pageOf(store) }
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const HEAD = `import { parentPort } from 'node:worker_threads'
import { ConversationStore } from './src/index.ts'
import { exposeStore } from './src/worker/index.ts'
`

/** A real thread that runs this code. */
export async function thread(code: string): Promise<{ worker: Worker; remote: ConnectedStore }> {
  const { outputFiles } = await build({
    stdin: { contents: HEAD + code, resolveDir: ROOT, loader: 'ts' },
    tsconfig: join(ROOT, 'tsconfig.json'),
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
  })
  const worker = new Worker(outputFiles[0]!.text, { eval: true })
  const remote = connectStore(worker)
  atEnd(() => {
    remote.close()
    void worker.terminate()
  })
  return { worker, remote }
}
