/**
 * Makes the rows and the plan of a run, in a process of its own: generates or reads the rows, draws the variants of each
 * question from them and evaluates every one plainly. Both are kept for the next run with the same sources and options.
 */
import { createReadStream, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import { type GeneratedConversation, generate, Random } from '../../src/features/generate/index.ts'
import { query } from '../../src/index.ts'
import { ReferenceStore } from '../../test/reference.ts'
import { type Ask, type Row, type Variant, WRITE_KINDS, type WriteStep } from './ask.ts'
import { passes, type Seen, seen, Tally } from './naive.ts'
import { job } from './parent.ts'
import { toQuery } from './peers/ours.ts'
import type { Plan, PlannedQuestion } from './plan.ts'
import { type Profile, Profiler } from './profile.ts'
import { GROWTH_QUESTIONS, nestedPaths, pageWithin, QUESTIONS } from './questions.ts'
import { lines, RowsWriter } from './rows-file.ts'

/** What is to be made. */
export interface PrepareOptions {
  readonly rows: number
  readonly seed: number
  readonly messages: 'full' | 'short'
  /** The questions of the growth mode, no others and no writes. */
  readonly isGrowth?: boolean
  /** A folder of `*.ndjson.gz` to read instead of generating. */
  readonly data?: string
  readonly rowsPath: string
  readonly planPath: string
}

const COMPARED_ROWS = 100
const WRITE_STEPS = 900
const WRITTEN_CUSTOMERS = 200

/** A comparison that is made once a row, for all asks. */
interface Candidate {
  readonly id: string
  readonly tally: Tally
}

async function prepare(options: PrepareOptions): Promise<void> {
  const first = await writeRows(options)
  const all = options.isGrowth ? GROWTH_QUESTIONS : QUESTIONS
  const random = new Random(options.seed)
  const drawn = all.map(({ id, draw }) => {
    try {
      return { id, asks: unique(draw(first.profile, random)) }
    } catch (error) {
      return { id, asks: [], skipped: (error as Error).message }
    }
  })
  const candidates = drawn.flatMap(({ id, asks }) => asks.map((ask): Candidate => ({ id, tally: new Tally(ask) })))
  const chosenCustomers = new Set(customersToWrite(first.profile, random))
  const toWrite: Seen[] = []
  const sample: Seen[] = []
  for (const line of lines(options.rowsPath)) {
    const one = seen(JSON.parse(line) as Row)
    for (const { tally } of candidates) tally.look(one)
    if (chosenCustomers.has(one.row.customer_id ?? '')) toWrite.push(one)
    if (sample.length < COMPARED_ROWS) sample.push(one)
  }

  const questions = all.map((question): PlannedQuestion => {
    const { id, title, accepts = (count) => count > 0, variants, prefers } = question
    const tallies = candidates.filter((candidate) => candidate.id === id).map(({ tally }) => tally)
    const accepted = tallies.filter(({ count }) => accepts(count, first.profile.rows))
    if (prefers !== undefined) accepted.sort((a, b) => Math.abs(a.count - prefers) - Math.abs(b.count - prefers))
    const skipped =
      drawn.find((each) => each.id === id)!.skipped ??
      (accepted.length === 0 ? 'The data has nothing that this asks for.' : undefined)
    return {
      id,
      title,
      variants: accepted.slice(0, variants).map(variantOf),
      ...(skipped !== undefined && { skipped }),
    }
  })
  const plan: Plan = {
    rows: first.rows,
    visible: first.profile.rows,
    source: options.data === undefined ? `generated, seed ${options.seed}` : 'the corpora of real conversations',
    bytes: statSync(options.rowsPath).size,
    textBytes: first.textBytes,
    hasTies: first.hasTies,
    paths: nestedPaths(first.profile).map(({ path }) => path),
    questions,
    writes: options.isGrowth ? [] : writeSteps(toWrite, random),
  }
  compareWithReference(plan, sample)
  writeFileSync(options.planPath, JSON.stringify(plan))
}

/** Writes the rows to their file and looks at each. */
async function writeRows(options: PrepareOptions) {
  const writer = new RowsWriter(options.rowsPath)
  const profiler = new Profiler(options.rows)
  const starts: number[] = []
  let textBytes = 0
  for await (const row of options.data === undefined ? generatedRows(options) : corpusRows(options.data)) {
    writer.write(row)
    const one = seen(row as Row)
    profiler.look(one)
    starts.push(one.started)
    for (const text of one.texts) textBytes += Buffer.byteLength(text)
  }
  writer.close()
  const sorted = Float64Array.from(starts).sort()
  const hasTies = sorted.some((started, i) => i > 0 && started === sorted[i - 1])
  return { rows: starts.length, profile: profiler.get(), textBytes, hasTies }
}

function generatedRows({ rows, seed, messages }: PrepareOptions): Iterable<GeneratedConversation> {
  return generate({ count: rows, seed, messages, order: 'shuffled' })
}

async function* corpusRows(folder: string): AsyncGenerator<object> {
  const files = readdirSync(folder).filter((name) => name.endsWith('.ndjson.gz'))
  if (files.length === 0) throw new Error(`There is no *.ndjson.gz in ${folder}.`)
  for (const name of files.sort()) {
    const input = createReadStream(join(folder, name)).pipe(createGunzip())
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) yield JSON.parse(line)
  }
}

function unique(asks: readonly Ask[]): Ask[] {
  return [...new Map(asks.map((ask) => [JSON.stringify(ask), ask])).values()]
}

function variantOf(tally: Tally): Variant {
  const page = pageWithin(tally.ask, tally.count)
  const { counts, groups } = tally
  return {
    ask: { ...tally.ask, page },
    count: tally.count,
    ids: tally.ids(page),
    ...(counts && { counts }),
    ...(groups && { groups }),
  }
}

/** Customers with some rows, but not a tenth of all. */
function customersToWrite({ customers, rows }: Profile, random: Random): string[] {
  const fit = customers.filter(([, having]) => having >= 5 && having <= rows / 20)
  return fit.length === 0 ? [] : Array.from({ length: WRITTEN_CUSTOMERS }, () => fit[random.below(fit.length)]![0])
}

/** Writes in turn, each with a question that must see it, answered by looking at all rows of the customer. */
function writeSteps(rows: readonly Seen[], random: Random): WriteStep[] {
  const now = [...rows]
  const steps: WriteStep[] = []
  for (let i = 0; i < WRITE_STEPS; i++) {
    const kind = WRITE_KINDS[i % WRITE_KINDS.length]!
    const fit = now.filter(({ row }) => !row.is_deleted && (kind !== 'mark' || !row.is_marked))
    if (fit.length === 0) break
    const before = fit[random.below(fit.length)]!
    const { id, customer_id, device, messages } = before.row
    const customer = { field: 'customer_id', is: customer_id! } as const
    const page = { page: 1, pageSize: 20 }
    if (kind === 'mark') {
      replace(now, before, { ...before.row, is_marked: true })
      steps.push(answered({ where: [customer, { field: 'is_marked', is: true }], ...page }, { kind, id }, now))
    } else if (kind === 'delete') {
      const at = '2026-01-01T00:00:00Z'
      replace(now, before, { ...before.row, is_deleted: true, deleted_at: at })
      const where = device === null ? [customer] : [customer, { field: 'device', is: device } as const]
      steps.push(answered({ where, ...page }, { kind, id, at }, now))
    } else {
      const word = `${'bcdfghjk'[random.below(8)]}${'aeiou'[random.below(5)]}zq${i}v`
      const content = `One more thing: please look at ${word} as well.`
      replace(now, before, { ...before.row, messages: [...messages, { sender: 'end_user', content }] })
      steps.push(
        answered({ where: [customer, { field: 'message', contains: word }], ...page }, { kind, id, content }, now),
      )
    }
  }
  return steps
}

function replace(rows: Seen[], before: Seen, row: Row): void {
  rows[rows.indexOf(before)] = seen(row)
}

function answered(ask: Ask, write: WriteStep['write'], rows: readonly Seen[]): WriteStep {
  const tally = new Tally(ask)
  for (const row of rows) tally.look(row)
  return { write, ask, count: tally.count, ids: tally.ids() }
}

/** The plain evaluation must say of some rows what the reference of the library's tests says. */
function compareWithReference({ questions }: Plan, rows: readonly Seen[]): void {
  const reference = new ReferenceStore()
  for (const { id, variants } of questions) {
    for (const { ask } of variants) {
      const { spec } = toQuery(query(), ask)
      const test = passes(ask)
      for (const one of rows) {
        if (reference.holds(spec, one.row) === test(one)) continue
        throw new Error(
          `${id}: the reference and the plain evaluation differ on row ${one.row.id}: ${JSON.stringify(ask)}`,
        )
      }
    }
  }
}

await prepare(job<PrepareOptions>())
