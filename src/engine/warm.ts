/** Building the indexes before a query needs them: at once, or in slices that leave the thread free. */
import { throwIfAborted } from '../base/abort.ts'
import type { AbortSignalLike } from '../base/host.ts'
import { nextTurn } from '../base/turn.ts'
import { pathOf } from '../query/metadata-path.ts'
import type { Condition, Group, MetadataPath, QuerySpec } from '../query/spec.ts'
import type { Engine } from './engine.ts'
import type { GroupPlan } from './group.ts'
import { Order } from './pages/ordered.ts'
import { plan } from './plan.ts'
import { TERM_FIELDS } from './terms/fields.ts'
import { KEPT_PATHS, type TermFieldName } from './terms/indexes.ts'
import { PostingsBuild, type TermIndex } from './terms/inverted.ts'
import { STEP_UNITS } from './terms/steps.ts'

/** Which indexes are built. */
export interface WarmOptions {
  /** What looks for parts of strings too, in messages, names and ids: most of the time and the bytes. True. */
  readonly text?: boolean
  /** What the runs of actions were asked and answered, run by run: what `action({ input, output, error })` needs. False. */
  readonly actions?: boolean
  /** Metadata paths to index besides those that were asked for already: `'a.b'`, `'"gen_ai.model"'`, or a list of keys. The last 256 are kept. */
  readonly metadata?: readonly (string | MetadataPath)[]
}

/** How building is spread. */
export interface WarmAsyncOptions extends WarmOptions {
  /** Stops the building; what is built stays. */
  readonly signal?: AbortSignalLike
  /** Hears after each slice how many rows of how many are indexed, summed over the indexes. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void
  /** Milliseconds of work between two pauses. 8. */
  readonly sliceMs?: number
}

/** Builds what is asked for. O(rows × indexes), and for strings O(units). */
export function warm(engine: Engine, options: WarmOptions): void {
  const indexes = chosen(engine, options)
  for (const segment of engine.segments) {
    const lacking = indexes.filter((index) => !index.isBuilt(segment))
    let builds = lacking.map((index) => new PostingsBuild(index, segment, engine.documents, engine.work))
    // Some rows for all indexes, then the next rows: while their documents are near.
    while (builds.length > 0) builds = builds.filter((build) => !build.step(STEP_ROWS))
  }
  if (options.text === false) return
  for (const index of indexes) index.search?.prepare()
  engine.isTextIndexed = true
}

/** So many rows are indexed before the clock is looked at, fewer where they are long. */
const STEP_ROWS = 16

/** Builds the same in slices. Rows that are written meanwhile are indexed too. */
export async function warmAsync(current: () => Engine, options: WarmAsyncOptions): Promise<void> {
  const { signal, onProgress, sliceMs } = options
  const atWait = () => onProgress?.(progress(current(), options))
  const pause = pausing({ sliceMs, signal, what: 'building of indexes', atWait })
  await pause()
  await buildInSlices(current, (engine) => chosen(engine, options), options.text !== false, pause)
  warm(current(), options)
  onProgress?.(progress(current(), options))
}

/** Rows that a query puts into indexes at once: some milliseconds of work. */
const FEW_ROWS = 2_000

/** By engine: ends when no query waits for indexes any more. */
const waiting = new WeakMap<Engine, Promise<void>>()

/**
 * Builds what a query needs and many rows lack, in slices, so that its run is short. One query after the other: what two
 * of them need is built once.
 */
export async function prepare(current: () => Engine, spec: QuerySpec): Promise<void> {
  const engine = current()
  const isLacking = (needs: readonly TermIndex[]) =>
    needs.reduce((rows, it) => rows + it.lacking(engine.segments), 0) > FEW_ROWS
  if (!isLacking(needsOf(spec.where, engine)) && !lacksOrder(spec, engine)) return
  const turn = (waiting.get(engine) ?? Promise.resolve()).then(async () => {
    const pause = pausing()
    // What was evicted while it was built is not built again here, so this ends.
    const needs = needsOf(spec.where, engine)
    const indexes = isLacking(needs) ? needs : []
    await buildInSlices(current, () => (current() === engine ? indexes : []), true, pause)
    if (indexes.some((index) => index === engine.indexes.messages())) engine.isTextIndexed = true
    for (const segment of engine.segments) {
      for (const order of ordersOf(spec)) for (const _ of order.inSteps(segment, engine)) await pause()
    }
  })
  waiting.set(
    engine,
    turn.catch(() => {}),
  )
  await turn
}

/** The orders that a query walks: its own, and that of ends where conditions ask for them. */
function ordersOf({ where, orderBy }: QuerySpec): Order[] {
  const terms = [
    ...(orderBy === undefined ? [] : [orderBy]),
    ...(asks('ended_at', where) ? [['ended_at'] as const] : []),
  ]
  return terms.map((it) => new Order(it))
}

/** Whether many rows would have to be sorted. */
function lacksOrder(spec: QuerySpec, { segments }: Engine): boolean {
  return ordersOf(spec).some(
    (order) =>
      !order.isTime &&
      segments.reduce((rows, segment) => rows + (order.isSorted(segment) ? 0 : segment.size), 0) > FEW_ROWS,
  )
}

/** Whether a condition on a field stands anywhere in a group. */
function asks(field: string, group: Group): boolean {
  return group.some((it) => {
    if ('field' in it) return it.field === field
    return 'or' in it ? it.or.some((inner) => asks(field, inner)) : asks(field, it.not)
  })
}

/** The indexes that a query asks. */
function needsOf(where: Group, engine: Engine): TermIndex[] {
  engine.indexes.begin()
  const needs = new Set<TermIndex>()
  const add = ({ sets, branches }: GroupPlan) => {
    let isSearched = false
    for (const { needs: index } of sets) if (index !== undefined) needs.add(index)
    for (const branch of branches) {
      if ('check' in branch) {
        if (branch.check.needs !== undefined) needs.add(branch.check.needs)
        continue
      }
      // All terms of a search ask the same.
      if ('leaf' in branch && isSearched) continue
      isSearched ||= 'leaf' in branch
      for (const inner of 'or' in branch ? branch.or : [branch.not]) add(inner)
    }
  }
  add(plan(where.filter(isFirstOfPath()), engine))
  return [...needs]
}

/** Leaves out conditions on a metadata path that another one has stood on: there may be thousands. */
function isFirstOfPath(): (condition: Condition) => boolean {
  const paths = new Set<string>()
  return (condition) => {
    if (!('path' in condition)) return true
    const { size } = paths
    return (
      size < KEPT_PATHS && paths.add(`${condition.lookup === 'contains'} ${JSON.stringify(condition.path)}`).size > size
    )
  }
}

/** How long work goes on until it pauses, what ends it, and what is called at each pause. */
interface Pausing {
  readonly sliceMs?: number | undefined
  readonly signal?: AbortSignalLike | undefined
  /** What the signal ends, as its error says. */
  readonly what?: string
  readonly atWait?: () => void
}

/** A function that waits, once a slice of work is over, until others had their turn. It rejects with the signal's reason. */
export function pausing({ sliceMs = 8, signal, what, atWait }: Pausing = {}): () => Promise<void> {
  let sliceEnd = Date.now() + sliceMs
  return async () => {
    throwIfAborted(signal, what)
    if (Date.now() < sliceEnd) return
    atWait?.()
    await nextTurn()
    throwIfAborted(signal, what)
    sliceEnd = Date.now() + sliceMs
  }
}

/**
 * Builds what segments lack of some indexes: one pass over the rows of each segment, with a pause after each step. With
 * `isSearched` their strings can be searched at once too.
 */
async function buildInSlices(
  current: () => Engine,
  indexesOf: (engine: Engine) => readonly TermIndex[],
  isSearched: boolean,
  pause: () => Promise<void>,
): Promise<void> {
  // Rows may be written in any pause, so all is looked at again after one.
  for (let isDone = false; !isDone; ) {
    isDone = true
    for (let builds = nextBuilds(current(), indexesOf); builds.length > 0; ) {
      const left: PostingsBuild[] = []
      for (const build of builds) {
        if (!build.step(STEP_ROWS, STEP_UNITS)) left.push(build)
        await pause()
      }
      builds = left.length > 0 ? left : nextBuilds(current(), indexesOf)
    }
    for (const index of isSearched ? indexesOf(current()) : []) {
      while (index.search?.prepare(STEP_UNITS) === false) {
        isDone = false
        await pause()
      }
    }
  }
}

/** Those of the first segment that lacks one of the indexes. */
function nextBuilds(engine: Engine, indexesOf: (engine: Engine) => readonly TermIndex[]): PostingsBuild[] {
  const indexes = indexesOf(engine)
  for (const segment of engine.segments) {
    const lacking = indexes.filter((index) => !index.isBuilt(segment))
    if (lacking.length > 0)
      return lacking.map((index) => new PostingsBuild(index, segment, engine.documents, engine.work))
  }
  return []
}

function chosen(engine: Engine, { text = true, actions = false, metadata = [] }: WarmOptions): TermIndex[] {
  const { indexes } = engine
  const names = Object.keys(TERM_FIELDS) as TermFieldName[]
  // A whole conversation id is looked up among the documents; its index is for parts of it.
  const fields = names.filter((name) => text || name !== 'conversation_id').map((name) => indexes.field(name))
  const paths = metadata.map((path) => pathOf('metadata', path))
  for (const path of paths.slice(-KEPT_PATHS)) indexes.scalars(path)
  if (text) indexes.messages()
  if (actions) indexes.actions()
  return [...new Set([...fields, ...indexes.all()])]
}

function progress(engine: Engine, options: WarmOptions): { done: number; total: number } {
  let [done, total] = [0, 0]
  for (const index of chosen(engine, options)) {
    for (const segment of engine.segments) {
      total += segment.live.count
      if (index.isBuilt(segment)) done += segment.live.count
    }
  }
  return { done, total }
}
