/** What all processes found, put together: medians, the best peers, ratios and what became of the targets. */
import type { Variant } from './ask.ts'
import type { Building } from './building.ts'
import type { Built } from './child.ts'
import type { Cold } from './cold.ts'
import { type Outcome, round } from './measure.ts'
import { PEERS, type PeerEntry } from './peers/index.ts'
import type { Plan } from './plan.ts'
import { QUESTIONS, type Target } from './questions.ts'
import type { PeerRun } from './runner.ts'

/** One peer's times of one question, in milliseconds, or why there are none. */
export type Cell =
  | {
      readonly status: 'ok' | 'nearest'
      readonly median: number
      readonly p99: number
      /** The first call in a process; the median over the processes. */
      readonly first: number
      readonly runs: number
      /** How many variants were checked and timed. */
      readonly variants: number
      readonly note?: string
    }
  | { readonly status: 'cannot' | 'wrong' | 'failed'; readonly why: string }

/** A figure beside what was aimed at. */
export interface Aim {
  readonly id: string
  readonly what: string
  /** What was measured, for people. */
  readonly is: string
  readonly target: string
  /** `met`, `missed by 2.1x`, or why it cannot be said. */
  readonly verdict: string
}

/** One question over all peers. */
export interface QuestionResult {
  readonly id: string
  readonly title: string
  /** Rows that match, on average over the variants. */
  readonly matches: number
  readonly variants: number
  readonly cells: Readonly<Record<string, Cell>>
  /** The fastest that is no limit and not the library, of packages and of what is written by hand. */
  readonly bestPackage: Best | undefined
  readonly bestByHand: Best | undefined
  readonly limit: Best | undefined
}

/** A peer beside the library. */
export interface Best {
  readonly peer: string
  readonly median: number
  /** How many times the library's time that is; below 1 it is faster. */
  readonly times: number | undefined
}

/** A peer of the run. */
export interface PeerResult {
  readonly title: string
  readonly kind: PeerEntry['kind']
  readonly about: string
  readonly version?: string
  readonly processes: number
  readonly built?: Built
  /** Rows a second without and with what texts need. */
  readonly rowsPerSecond?: readonly [plain: number, text: number]
  /** Why it did not run, or not to the end. */
  readonly failure?: string
}

/** All of a run, as it is written for machines. */
export interface Results {
  readonly size: string
  readonly source: string
  readonly rows: number
  readonly visible: number
  readonly bytes: number
  readonly textBytes: number
  readonly commit: string
  readonly date: string
  readonly machine: Readonly<Record<string, string>>
  readonly command: string
  readonly seconds: number
  readonly peers: Readonly<Record<string, PeerResult>>
  readonly questions: readonly QuestionResult[]
  readonly writes: Readonly<Record<string, { readonly median: number; readonly p99: number }>>
  readonly building?: BuildingResult
  readonly cold?: Readonly<Record<string, Cold>>
  readonly aims: readonly Aim[]
}

/** W9 in rows a second. */
export interface BuildingResult {
  readonly rows: number
  readonly rowsPerSecond: Readonly<Record<keyof Omit<Building, 'rows'>, number>>
  /** In milliseconds, one a round. */
  readonly times: Building
}

/** The parts of W10. */
const WRITES = [
  { id: 'W10a', kind: 'mark', title: 'mark, then a question that sees it' },
  { id: 'W10b', kind: 'delete', title: 'soft delete, then a question that sees it' },
  { id: 'W10c', kind: 'append', title: 'append a message, then a text that finds it' },
]
const WRITE_TARGET: Target = { faster: 20 }
const MOST_WRITE_MS = 0.05

/** Puts the runs of all peers together. */
export function collect(
  runs: readonly PeerRun[],
  plan: Plan,
  only: readonly string[],
  extra: { readonly building?: Building | undefined; readonly cold?: Readonly<Record<string, Cold>> | undefined },
): Pick<Results, 'peers' | 'questions' | 'writes' | 'building' | 'cold' | 'aims'> {
  const names = [...new Set(runs.map(({ peer }) => peer))]
  const asked = plan.questions
    .filter(({ id, skipped }) => only.includes(id) && skipped === undefined)
    .map(({ id, title, variants }) => ({ id, title, ...sizesOf(variants) }))
  if (only.includes('W10')) {
    for (const { id, kind, title } of WRITES) {
      asked.push({ id, title, ...sizesOf(plan.writes.filter(({ write }) => write.kind === kind)) })
    }
  }
  const questions = asked.map((question): QuestionResult => {
    const cells: Record<string, Cell> = {}
    for (const peer of names) {
      const cell = cellOf(peer, question.id, runs)
      if (cell !== undefined) cells[peer] = cell
    }
    const ours = cells.ours?.status === 'ok' ? cells.ours.median : undefined
    const best = (kind: PeerEntry['kind']) => bestOf(cells, kind, ours)
    return {
      ...question,
      cells,
      bestPackage: best('package'),
      bestByHand: best('by hand'),
      limit: best('limit'),
    }
  })
  const writes = writesOf(runs)
  const building = extra.building && buildingOf(extra.building)
  const peers = Object.fromEntries(names.map((name) => [name, peerOf(name, runs)]))
  return {
    peers,
    questions,
    writes,
    ...(building !== undefined && { building }),
    ...(extra.cold !== undefined && { cold: extra.cold }),
    aims: [
      ...questions.flatMap(aimsOf),
      ...Object.entries(writes).map(([id, { median }]) =>
        aim(id, 'the write itself', showTime(median), `under ${showTime(MOST_WRITE_MS)}`, median / MOST_WRITE_MS),
      ),
      ...(building === undefined ? [] : buildingAims(building)),
      ...(only.includes('W9') ? memoryAims(peers.ours, plan) : []),
      ...coldAims(extra.cold),
    ],
  }
}

function sizesOf(variants: readonly Variant[]): { variants: number; matches: number } {
  const matches = variants.reduce((sum, { count }) => sum + count, 0) / Math.max(1, variants.length)
  return { variants: variants.length, matches: Math.round(matches) }
}

/** One peer's times of one question over all its processes; nothing when it was not asked. */
export function cellOf(peer: string, id: string, runs: readonly PeerRun[]): Cell | undefined {
  const found = runs.filter((run) => run.peer === peer)
  const outcomes = found.flatMap(({ outcomes }) => (outcomes[id] === undefined ? [] : [outcomes[id]]))
  const bad = outcomes.find(isBad)
  if (bad !== undefined) return bad
  if (outcomes.length === 0) {
    const failure = found.find((run) => run.failure !== undefined)?.failure
    return failure === undefined ? undefined : { status: 'failed', why: failure }
  }
  const good = outcomes.filter((outcome) => !isBad(outcome))
  const isFirstOnly = good.every(({ samples }) => samples.length === 0)
  const samples = good.flatMap(({ samples, first }) => (isFirstOnly ? [first] : samples)).sort((a, b) => a - b)
  const { status, note } = good[0]!
  const firsts = good.map(({ first }) => first).sort((a, b) => a - b)
  return {
    status,
    median: round(quantile(samples, 0.5)),
    p99: round(quantile(samples, 0.99)),
    first: round(quantile(firsts, 0.5)),
    runs: good.reduce((sum, { runs }) => sum + runs, 0),
    variants: good[0]!.variants[0],
    ...(note !== undefined && { note }),
  }
}

function isBad(outcome: Outcome): outcome is Extract<Outcome, { readonly why: string }> {
  return 'why' in outcome
}

function bestOf(cells: Readonly<Record<string, Cell>>, kind: PeerEntry['kind'], ours: number | undefined) {
  let best: Best | undefined
  for (const [peer, cell] of Object.entries(cells)) {
    if (cell.status !== 'ok' || PEERS[peer]!.kind !== kind) continue
    if (best !== undefined && best.median <= cell.median) continue
    best = { peer, median: cell.median, times: ours === undefined ? undefined : round(cell.median / ours) }
  }
  return best
}

function writesOf(runs: readonly PeerRun[]): Results['writes'] {
  const all = runs.filter(({ peer }) => peer === 'ours').flatMap(({ writes }) => Object.entries(writes))
  return Object.fromEntries(
    [...new Set(all.map(([id]) => id))].sort().map((id) => {
      const samples = all.filter(([each]) => each === id).flatMap(([, { write }]) => write)
      samples.sort((a, b) => a - b)
      return [id, { median: round(quantile(samples, 0.5)), p99: round(quantile(samples, 0.99)) }]
    }),
  )
}

function peerOf(name: string, runs: readonly PeerRun[]): PeerResult {
  const { title, kind, about } = PEERS[name]!
  const found = runs.filter(({ peer }) => peer === name)
  const builts = found.flatMap(({ built }) => (built === undefined ? [] : [built]))
  const built = builts.toSorted((a, b) => a.plain + a.text - b.plain - b.text)[0]
  const failure = found.find((run) => run.failure !== undefined)?.failure
  const version = found.find((run) => run.version !== undefined)?.version
  return {
    title,
    kind,
    about,
    processes: found.length,
    ...(version !== undefined && { version }),
    ...(built !== undefined && {
      built,
      rowsPerSecond: [perSecond(built.rows, built.plain), perSecond(built.rows, built.plain + built.text)] as const,
    }),
    ...(failure !== undefined && { failure }),
  }
}

function buildingOf(times: Building): BuildingResult {
  const { rows, ...ways } = times
  const rates = Object.fromEntries(Object.entries(ways).map(([way, each]) => [way, perSecond(rows, Math.min(...each))]))
  return { rows, rowsPerSecond: rates as BuildingResult['rowsPerSecond'], times }
}

function aimsOf({ id, cells, bestPackage, bestByHand, limit }: QuestionResult): Aim[] {
  const target = QUESTIONS.find((question) => question.id === id)?.target ?? WRITE_TARGET
  if (cells.ours === undefined) return []
  if (cells.ours.status !== 'ok') {
    return [
      {
        id,
        what: 'an answer',
        is: cells.ours.status,
        target: 'right',
        verdict: `missed: ${'why' in cells.ours ? cells.ours.why : cells.ours.note}`,
      },
    ]
  }
  const { median } = cells.ours
  const aims: Aim[] = []
  for (const [best, what] of [
    [bestPackage, 'than the best package'],
    [bestByHand, 'than the best by hand'],
  ] as const) {
    if (target.faster === undefined || best === undefined) continue
    const is = `${showTimes(best.median / median)} (${best.peer}, ${showTime(best.median)})`
    aims.push(aim(id, `faster ${what}`, is, `${target.faster}x`, target.faster / (best.median / median)))
  }
  for (const [peer, least] of Object.entries(target.beside ?? {})) {
    const cell = cells[peer]
    if (cell?.status !== 'ok') continue
    const is = `${showTimes(cell.median / median)} (${showTime(cell.median)})`
    aims.push(aim(id, `times as fast as ${peer}`, is, showTimes(least), least / (cell.median / median)))
  }
  if (target.timesLimit !== undefined && limit !== undefined) {
    const is = `${showTimes(median / limit.median)} (${showTime(limit.median)})`
    aims.push(aim(id, 'within native sets', is, `${target.timesLimit}x`, median / limit.median / target.timesLimit))
  }
  return aims
}

function buildingAims({ rowsPerSecond: { parse, plain, own, text } }: BuildingResult): Aim[] {
  const rate = (name: string, is: number, target: number, times: string) =>
    aim('W9', name, `${showTimes(is / parse)} (${showRate(is)})`, `${times} (${showRate(target)})`, target / is)
  return [
    rate('plain objects against JSON.parse', plain, parse, '1x'),
    rate('rows given away against JSON.parse', own, 1.5 * parse, '1.5x'),
    rate('text index against JSON.parse', text, parse / 2, '0.5x'),
  ]
}

const MOST_BYTES_A_ROW = 250

function memoryAims(ours: PeerResult | undefined, plan: Plan): Aim[] {
  if (ours?.built === undefined) return []
  const { plainBytes, textBytes } = ours.built
  const aims = [
    aim(
      'W9',
      'bytes a row without texts',
      String(plainBytes),
      `under ${MOST_BYTES_A_ROW}`,
      plainBytes / MOST_BYTES_A_ROW,
    ),
  ]
  if (ours.built.text === 0) return aims
  const most = Math.round(plan.textBytes / plan.rows / 2)
  return [
    ...aims,
    aim('W9', 'bytes a row of the text index', String(textBytes), `under ${most}, half the text`, textBytes / most),
  ]
}

function coldAims(cold: Readonly<Record<string, Cold>> | undefined): Aim[] {
  const [ours, parse] = [cold?.ours, cold?.['JSON.parse']]
  if (ours === undefined || parse === undefined) return []
  const times = ours.total / parse.total
  const is = `${showTimes(times)} (${showTime(ours.total)} against ${showTime(parse.total)})`
  return [aim('W11', 'cold start against JSON.parse', is, 'within 2x', times / 2)]
}

/** `missing`: how many times short of the target; at most 1 when it is met. */
export function aim(id: string, what: string, is: string, target: string, missing: number): Aim {
  return { id, what, is, target, verdict: missing <= 1 ? 'met' : `missed by ${showTimes(missing)}` }
}

function perSecond(rows: number, milliseconds: number): number {
  return Math.round((rows / milliseconds) * 1_000)
}

/** The value below which a share of the samples lies; they are ascending. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!
}

/** A time for people: `12 µs`, `3.4 ms`, `2.1 s`. */
export function showTime(milliseconds: number): string {
  if (milliseconds < 1) return `${digits(milliseconds * 1_000)} µs`
  return milliseconds < 1_000 ? `${digits(milliseconds)} ms` : `${digits(milliseconds / 1_000)} s`
}

/** `12x`, `0.4x`. */
export function showTimes(times: number): string {
  return `${digits(times)}x`
}

/** `24,000 rows/s`. */
export function showRate(rowsPerSecond: number): string {
  return `${Number(rowsPerSecond.toPrecision(3)).toLocaleString('en')} rows/s`
}

function digits(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(2)))
}
