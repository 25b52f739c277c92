/** The process of one peer: builds it, asks it, and tells its parent. Every peer has one to itself. */
import { asksAgents, type WriteStep } from './ask.ts'
import { type Budget, faultOf, keep, measureAll, type Outcome, round, thin } from './measure.ts'
import { job, tell as tellParent } from './parent.ts'
import type { Peer } from './peer.ts'
import { PEERS } from './peers/index.ts'
import { type Plan, readPlan } from './plan.ts'
import { readRows } from './rows-file.ts'

/** What the process is to do. */
export interface Job {
  readonly peer: string
  readonly rowsPath: string
  readonly planPath: string
  /** Ids of questions; `W10` for the writes. */
  readonly only: readonly string[]
  readonly budget: Budget
  /** Milliseconds for the writes. */
  readonly writing: number
}

/** What building took. */
export interface Built {
  readonly rows: number
  /** Milliseconds, without and with what texts need. */
  readonly plain: number
  readonly text: number
  /** Bytes a row beyond the documents, likewise. */
  readonly plainBytes: number
  readonly textBytes: number
  readonly notes?: Readonly<Record<string, string>>
}

/** One kind of writes, in milliseconds. */
export interface Written {
  readonly write: readonly number[]
  /** The write and the question that sees it. */
  readonly both: readonly number[]
}

/** What the process tells its parent. */
export type Told =
  | { readonly type: 'built'; readonly version: string | undefined; readonly built: Built }
  | { readonly type: 'outcome'; readonly id: string; readonly outcome: Outcome }
  | {
      readonly type: 'done'
      readonly outcomes: Readonly<Record<string, Outcome>>
      readonly writes: Readonly<Record<string, Written>>
    }
  | { readonly type: 'failed'; readonly why: string }

const gc = (globalThis as { gc?: () => void }).gc

async function work(job: Job): Promise<void> {
  const plan = readPlan(job.planPath)
  const rows = readRows(job.rowsPath)
  const peer = await (await PEERS[job.peer]!.load())(plan)
  const asksText = job.only.some((id) => /^W(6.|9|10|14)$/.test(id))
  const built = await build(peer, rows, asksText)
  await tell({ type: 'built', version: peer.version, built })
  const questions = plan.questions.filter(({ id, skipped }) => job.only.includes(id) && skipped === undefined)
  if (questions.some(({ variants }) => asksAgents(variants[0]!.ask))) await peer.buildAgents?.()
  const outcomes = await measureAll(
    peer,
    questions,
    job.budget,
    (id, outcome) => void tell({ type: 'outcome', id, outcome }),
  )
  const writes = job.only.includes('W10') ? await write(peer, plan, job.writing, outcomes) : {}
  await peer.close?.()
  await tell({ type: 'done', outcomes, writes })
}

async function build(peer: Peer, rows: readonly { id: number }[], asksText: boolean): Promise<Built> {
  const before = await heldBytes(peer)
  const start = performance.now()
  await peer.build(rows as Parameters<Peer['build']>[0])
  const plain = performance.now() - start
  const plainBytes = (await heldBytes(peer)) - before
  let [text, textBytes] = [0, 0]
  if (asksText && peer.buildText !== undefined) {
    const textStart = performance.now()
    await peer.buildText()
    text = performance.now() - textStart
    textBytes = (await heldBytes(peer)) - before - plainBytes
  }
  return {
    rows: rows.length,
    plain: round(plain),
    text: round(text),
    plainBytes: Math.round(plainBytes / rows.length),
    textBytes: Math.round(textBytes / rows.length),
    ...(peer.notes !== undefined && { notes: peer.notes() }),
  }
}

/** Bytes that are held: the heap and its buffers after collecting what is garbage, and what the peer holds elsewhere. */
async function heldBytes(peer: Peer): Promise<number> {
  for (let i = 0; i < 3; i++) {
    gc?.()
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers + ((await peer.bytesOutside?.()) ?? 0)
}

/** Writes in turn, each followed by the question that must see it, which is checked. */
async function write(
  peer: Peer,
  { writes: steps }: Plan,
  milliseconds: number,
  outcomes: Record<string, Outcome>,
): Promise<Record<string, Written>> {
  const { writes } = peer
  const timed: Record<string, { write: number[]; both: number[]; first: number }> = {}
  if (writes === undefined) {
    for (const { write, ask } of steps.slice(0, 3)) {
      const why = peer.cannot?.(ask) ?? 'no change of a row but by building all anew'
      outcomes[WRITE_IDS[write.kind]] = { status: 'cannot', why }
    }
    return {}
  }
  const end = performance.now() + milliseconds
  for (const step of steps) {
    const id = WRITE_IDS[step.write.kind]
    const why = peer.cannot?.(step.ask)
    if (why !== undefined) outcomes[id] = { status: 'cannot', why }
    if (outcomes[id] !== undefined && outcomes[id].status !== 'ok') continue
    try {
      const start = performance.now()
      await doWrite(writes, step)
      const written = performance.now()
      const pending = peer.ask(step.ask)
      const answer = pending instanceof Promise ? await pending : pending
      const now = performance.now()
      keep(answer)
      const fault = faultOf(answer, step)
      if (fault !== undefined) {
        outcomes[id] = { status: 'wrong', why: `${fault} after ${JSON.stringify(step.write)}` }
        break
      }
      timed[id] ??= { write: [], both: [], first: now - start }
      timed[id].write.push(written - start)
      timed[id].both.push(now - start)
      if (now > end) break
    } catch (error) {
      outcomes[id] = { status: 'failed', why: (error as Error).message.slice(0, 300) }
    }
  }
  for (const [id, { both, first }] of Object.entries(timed)) {
    if (outcomes[id] !== undefined) continue
    outcomes[id] = { status: 'ok', first, samples: thin(both), runs: both.length, variants: [both.length, both.length] }
  }
  return Object.fromEntries(
    Object.entries(timed).map(([id, { write, both }]) => [id, { write: thin(write), both: thin(both) }]),
  )
}

const WRITE_IDS = { mark: 'W10a', delete: 'W10b', append: 'W10c' } as const

/** Waits only for what is not done yet: a turn of the event loop would be counted as writing. */
function doWrite(writes: NonNullable<Peer['writes']>, { write }: WriteStep): unknown {
  if (write.kind === 'mark') return writes.mark(write.id)
  if (write.kind === 'delete') return writes.delete(write.id, write.at)
  return writes.append(write.id, write.content)
}

function tell(told: Told): Promise<void> {
  return tellParent(told)
}

try {
  await work(job<Job>())
} catch (error) {
  await tell({ type: 'failed', why: String((error as Error).message ?? error).slice(0, 500) })
}
process.disconnect()
