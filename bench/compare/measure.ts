/**
 * Times the questions of one peer: the first call of each apart, every answer checked before it is timed, then rounds
 * over all questions so that a slow minute of the machine falls on all alike.
 */
import type { Answer, Ask, Counts, Group, Variant } from './ask.ts'
import type { Peer } from './peer.ts'
import type { PlannedQuestion } from './plan.ts'

/** What became of a question. Times are milliseconds. */
export type Outcome =
  | {
      readonly status: 'ok' | 'nearest'
      /** The first call in the process. */
      readonly first: number
      /** Ascending; thinned evenly where there were more than `MOST_SAMPLES`. */
      readonly samples: readonly number[]
      readonly runs: number
      /** How many variants were checked and timed, of how many. */
      readonly variants: readonly [timed: number, all: number]
      /** What the nearest thing to the question is, and how much of the answer it gave. */
      readonly note?: string
    }
  | { readonly status: 'cannot' | 'wrong' | 'failed'; readonly why: string }

/** How long things may take, in milliseconds. */
export interface Budget {
  /** Timed calls of a question in one process. */
  readonly question: number
  /** Checking the variants of a question, once a few have been. */
  readonly checking: number
  /** All questions of one process, building apart. What is left then is not asked. */
  readonly process: number
  /** Only the first call of each question is wanted. */
  readonly isFirstOnly?: boolean
}

const ROUNDS = 5
const MOST_SAMPLES = 500
const FEWEST_VARIANTS = 4
/** Where one call takes longer than all timed calls may, the calls that checked it are its times. */
const FEWEST_SLOW_VARIANTS = 2

interface Measured {
  readonly id: string
  readonly call: (ask: Ask) => Answer | Promise<Answer>
  readonly variants: readonly Variant[]
  readonly all: number
  readonly first: number
  readonly samples: number[]
  readonly note: string | undefined
  readonly isSlow: boolean
  next: number
}

/** Checks and times all questions. `tell` hears of each outcome that is known before the end. */
export async function measureAll(
  peer: Peer,
  questions: readonly PlannedQuestion[],
  budget: Budget,
  tell: (id: string, outcome: Outcome) => void,
): Promise<Record<string, Outcome>> {
  const outcomes: Record<string, Outcome> = {}
  const measured: Measured[] = []
  const end = performance.now() + budget.process
  for (const question of questions) {
    const isLate = performance.now() > end
    const why = `not asked: ${Math.round(budget.process / 1_000)} s for the questions of one process were over`
    const checked: Measured | Outcome = isLate ? { status: 'failed', why } : await check(peer, question, budget)
    if ('status' in checked) {
      outcomes[question.id] = checked
      tell(question.id, checked)
    } else {
      measured.push(checked)
    }
  }
  if (budget.isFirstOnly !== true) {
    const quick = measured.filter(({ isSlow }) => !isSlow)
    for (const each of quick) await run(each, budget.question / 10, [])
    for (let round = 0; round < ROUNDS; round++) {
      for (const each of quick) await run(each, budget.question / ROUNDS, each.samples)
    }
  }
  for (const { id, first, samples, variants, all, note } of measured) {
    outcomes[id] = {
      status: note === undefined ? 'ok' : 'nearest',
      first,
      samples: thin(samples),
      runs: samples.length,
      variants: [variants.length, all],
      ...(note !== undefined && { note }),
    }
  }
  return outcomes
}

/** Asks every variant once, or as many as there is time for, and compares the answers. */
async function check(peer: Peer, { id, variants }: PlannedQuestion, budget: Budget): Promise<Measured | Outcome> {
  const reason = variants.map(({ ask }) => cannot(peer, ask)).find((why) => why !== undefined)
  const nearest = peer.nearest
  if (reason !== undefined && nearest === undefined) return { status: 'cannot', why: reason }
  const call = reason === undefined ? (ask: Ask) => answer(peer, ask) : (ask: Ask) => nearest!.call(peer, ask)
  const good: Variant[] = []
  const times: number[] = []
  const found = { rows: 0, of: 0 }
  const end = performance.now() + budget.checking
  const isSlow = () => times.at(-1)! > budget.question
  try {
    for (const variant of variants) {
      const start = performance.now()
      const pending = call(variant.ask)
      if (pending === undefined) return { status: 'cannot', why: reason! }
      const given = pending instanceof Promise ? await pending : pending
      times.push(given.milliseconds ?? performance.now() - start)
      const fault = reason === undefined ? faultOf(given, variant, peer.countsOnly) : undefined
      if (fault !== undefined) return { status: 'wrong', why: `${fault} for ${JSON.stringify(variant.ask)}` }
      found.rows += given.count
      found.of += variant.count
      good.push(variant)
      if (budget.isFirstOnly === true) break
      if (performance.now() > end && good.length >= (isSlow() ? FEWEST_SLOW_VARIANTS : FEWEST_VARIANTS)) break
    }
  } catch (error) {
    return { status: 'failed', why: (error as Error).message.slice(0, 300) }
  }
  const note = reason === undefined ? undefined : `${reason}: ${found.rows} of ${found.of} rows`
  return {
    id,
    call: call as Measured['call'],
    variants: good,
    all: variants.length,
    first: times[0]!,
    samples: isSlow() && budget.isFirstOnly !== true ? times.slice(Math.min(1, times.length - 1)) : [],
    note,
    isSlow: isSlow(),
    next: 0,
  }
}

function cannot(peer: Peer, ask: Ask): string | undefined {
  const why = peer.cannot?.(ask)
  if (why !== undefined) return why
  if (ask.fields !== undefined && peer.countBy === undefined) return 'it counts by no value'
  return ask.sums !== undefined && peer.sumBy === undefined ? 'it sums by no value' : undefined
}

/** What a peer answers. Counts and sums by value have neither a count of all rows nor a page beside them. */
function answer(peer: Peer, ask: Ask): Answer | Promise<Answer> {
  if (ask.sums !== undefined) {
    const groups = peer.sumBy!(ask.where, ask.sums)
    const whole = (given: readonly Group[]) => ({ count: 0, rows: [], groups: given })
    return groups instanceof Promise ? groups.then(whole) : whole(groups)
  }
  // As it is: some peers know an ask again by its identity, and a copy would cost time.
  if (ask.fields === undefined) return peer.ask(ask)
  const counts = peer.countBy!(ask.where, ask.fields)
  const whole = (given: Counts) => ({ count: 0, rows: [], counts: given })
  return counts instanceof Promise ? counts.then(whole) : whole(counts)
}

/** Counts of each field by value, for comparing. */
function byValue(counts: Counts): string {
  const texts = counts.map((pairs) => pairs.map(([value, rows]) => `${value}: ${rows}`).sort())
  return JSON.stringify(texts)
}

/** Sums are of doubles in any order: those of two peers may differ in their last digits. */
const SAME_SUM = 1e-11

/** The first group that is not as it should be. */
function faultyGroup(found: readonly Group[], wanted: readonly Group[]): string | undefined {
  if (found.length !== wanted.length) return `gave ${found.length} groups where ${wanted.length} are`
  const right = new Map(wanted.map((group) => [`${group[0]} ${group[1]}`, group]))
  const wrong = found.find(([value, day, rows, sum, p95]) => {
    const [, , rightRows, rightSum, rightP95] = right.get(`${value} ${day}`) ?? []
    return rows !== rightRows || p95 !== rightP95 || !(Math.abs(sum - rightSum!) <= SAME_SUM * Math.abs(rightSum!))
  })
  return wrong && `gave the group ${wrong} where ${right.get(`${wrong[0]} ${wrong[1]}`)} is`
}

/** What is wrong with an answer, if anything is. */
export function faultOf(
  { count, rows, counts, groups }: Answer,
  right: Variant,
  countsOnly = false,
): string | undefined {
  if (right.groups !== undefined) return faultyGroup(groups ?? [], right.groups)
  if (right.counts !== undefined) {
    const [found, wanted] = [byValue(counts ?? []), byValue(right.counts)]
    return found === wanted ? undefined : `counted ${found.slice(0, 200)}... where ${wanted.slice(0, 200)}... are`
  }
  if (count !== right.count) return `counted ${count} where ${right.count} are`
  if (countsOnly) return undefined
  const ids = rows.map(({ id }) => id)
  if (ids.length !== right.ids.length || ids.some((id, i) => id !== right.ids[i])) {
    return `gave the rows ${ids.slice(0, 5)}... where ${right.ids.slice(0, 5)}... are`
  }
  const bare = rows.find((row) => !Array.isArray((row as { messages?: unknown }).messages))
  return bare === undefined ? undefined : `gave no document for row ${bare.id}`
}

/** Calls a question in turn over its variants, at least once and until the time is up. */
async function run(measured: Measured, milliseconds: number, samples: number[]): Promise<void> {
  const { call, variants } = measured
  const end = performance.now() + milliseconds
  let now: number
  do {
    const { ask } = variants[measured.next++ % variants.length]!
    const start = performance.now()
    const answer = call(ask)
    // A peer that answers at once must not pay for a turn of the event loop.
    const given = answer instanceof Promise ? await answer : answer
    now = performance.now()
    keep(given)
    samples.push(given.milliseconds ?? now - start)
  } while (now < end)
}

/** Keeps a result where the optimizer cannot know it unused. */
export function keep(result: unknown): void {
  ;(globalThis as { kept?: unknown }).kept = result
}

/** Ascending, and evenly thinned where there are many. */
export function thin(samples: readonly number[]): number[] {
  const sorted = Float64Array.from(samples).sort()
  const size = Math.min(sorted.length, MOST_SAMPLES)
  const step = (sorted.length - 1) / Math.max(1, size - 1)
  return Array.from({ length: size }, (_, i) => round(sorted[Math.round(i * step)]!))
}

/** Six digits are enough for a file. */
export function round(milliseconds: number): number {
  return Number(milliseconds.toPrecision(6))
}
