/** One measurement of snapshots, in a process to itself. */
import { readFileSync, writeFileSync } from 'node:fs'
import type { ConversationStore } from '../../src/index.ts'
import { readSnapshotSync } from '../../src/snapshot.ts'
import { keep } from '../compare/measure.ts'
import { job, tell } from '../compare/parent.ts'
import { readRows } from '../compare/rows-file.ts'
import { type Answer, CONTENDERS } from './contenders.ts'

/** What is to be measured. */
export type Job =
  | {
      readonly task: 'make' | 'open'
      readonly name: string
      readonly rows: string
      readonly file: string
      readonly word: string
    }
  | { readonly task: 'pages' | 'packed' | 'resident'; readonly file: string }

/** Milliseconds by the clock, and of the processor in all threads. */
export interface Cost {
  readonly wall: number
  readonly cpu: number
}

/** What a measurement tells. */
export type Told =
  | { readonly cost: Cost; readonly answer?: Answer; readonly failure?: undefined }
  | { readonly pages: Pages; readonly failure?: undefined }
  | { readonly failure: string }

/** Medians of a page of ten, in milliseconds. */
export interface Pages {
  readonly resident: number
  readonly cold: number
  readonly cached: number
}

function started(): () => Cost {
  const [before, start] = [process.cpuUsage(), performance.now()]
  return () => {
    const wall = performance.now() - start
    const { user, system } = process.cpuUsage(before)
    return { wall, cpu: (user + system) / 1_000 }
  }
}

async function work(asked: Job): Promise<Told> {
  if ('name' in asked) return contend(asked)
  const { task, file } = asked
  return task === 'pages' ? { pages: pages(file) } : { cost: index(file, task) }
}

async function contend(asked: Extract<Job, { readonly name: string }>): Promise<Told> {
  const { name, file, word } = asked
  const contender = CONTENDERS[name]!
  if (asked.task === 'make') {
    const rows = readRows(asked.rows)
    const cost = started()
    const made = await contender.make!(rows, file)
    const took = cost()
    if (made !== undefined) writeFileSync(file, made)
    return { cost: took }
  }
  const path = contender.make === undefined ? asked.rows : file
  const bytes = contender.isFile ? Buffer.alloc(0) : readFileSync(path)
  const cost = started()
  const ask = await contender.open(bytes, path)
  const answer = await ask(word)
  const took = cost()
  keep(ask)
  return { cost: took, ...(contender.isLimit ? {} : { answer }) }
}

/** The message index, from rows that lie packed or are objects. */
function index(file: string, documents: 'packed' | 'resident'): Cost {
  const store = readSnapshotSync(readFileSync(file), { documents })
  const cost = started()
  store.warm({ text: true })
  return cost()
}

/** Pages of rows that lie far from each other, each asked for cold, and twice more right after: the second of these counts. */
function pages(file: string): Pages {
  const bytes = readFileSync(file)
  const [packed, resident] = (['packed', 'resident'] as const).map((documents) =>
    readSnapshotSync(bytes, { documents }),
  )
  const times: Record<keyof Pages, number[]> = { resident: [], cold: [], cached: [] }
  for (const { store, page } of pagesOf(packed!, resident!)) {
    const name = store === resident ? 'resident' : 'cold'
    const [first, took] = timeOf(() => page())
    page()
    const [second, again] = timeOf(() => page())
    // Rows in memory are frozen when they are first given out: that counts for neither.
    times[name].push(store === resident ? again : took)
    if (store === resident) continue
    times.cached.push(again)
    if (first.some((row, i) => row !== second[i])) throw new Error('A row that is kept was made twice.')
  }
  const [a, b] = [resident!, packed!].map((store) => JSON.stringify(pageOf(store, TOPICS[0]!, 'pro', 2)))
  if (a !== b) throw new Error('Packed rows are others than those in memory.')
  const median = (all: number[]) => all.sort((x, y) => x - y)[all.length >> 1]!
  return { resident: median(times.resident), cold: median(times.cold), cached: median(times.cached) }
}

const TOPICS = ['order', 'refund', 'shipping', 'billing', 'account', 'returns', 'product', 'subscription']
const PLANS = ['free', 'basic', 'pro', 'enterprise']
/** Each topic and plan has some three times as many among 100,000 rows. */
const PAGES = 30

function* pagesOf(...stores: readonly ConversationStore[]) {
  const pages = Math.min(PAGES, Math.ceil(stores[0]!.size / 1_000))
  for (let page = 1; page <= pages; page++)
    for (const topic of TOPICS)
      for (const plan of PLANS)
        for (const store of stores) yield { store, page: () => pageOf(store, topic, plan, page) }
}

function pageOf(store: ConversationStore, topic: string, plan: string, page: number) {
  return store.query().metadata('analysis.topic', topic).metadata('plan', plan).page(page).fetch().results
}

function timeOf<Result>(run: () => Result): [Result, number] {
  const start = performance.now()
  const result = run()
  return [result, performance.now() - start]
}

try {
  await tell(await work(job<Job>()))
} catch (error) {
  await tell({ failure: String((error as Error).message ?? error).slice(0, 300) } satisfies Told)
}
process.disconnect()
