/** Building the indexes before a query needs them: at once, or in slices that leave the thread free. */
import { throwIfAborted } from '../base/abort.ts'
import { type AbortSignalLike, host } from '../base/host.ts'
import { pathOf } from '../query/metadata-path.ts'
import type { MetadataPath } from '../query/spec.ts'
import type { Engine } from './engine.ts'
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
  const { signal, onProgress, sliceMs = 8 } = options
  let sliceEnd = Date.now() + sliceMs
  const pause = async () => {
    throwIfAborted(signal, 'building of indexes')
    if (Date.now() < sliceEnd) return
    onProgress?.(progress(current(), options))
    await new Promise<void>((resume) => host.setTimeout(resume, 0))
    throwIfAborted(signal, 'building of indexes')
    sliceEnd = Date.now() + sliceMs
  }
  await pause()
  // Rows may be written in any pause, so all is looked at again after one.
  for (let isDone = false; !isDone; ) {
    isDone = true
    for (let build = nextBuild(current(), options); build !== undefined; build = nextBuild(current(), options)) {
      while (!build.step(STEP_ROWS, STEP_UNITS)) await pause()
      await pause()
    }
    for (const index of options.text === false ? [] : chosen(current(), options)) {
      while (index.search?.prepare(STEP_UNITS) === false) {
        isDone = false
        await pause()
      }
    }
  }
  warm(current(), options)
  onProgress?.(progress(current(), options))
}

/** The first segment that lacks one of the indexes. */
function nextBuild(engine: Engine, options: WarmOptions): PostingsBuild | undefined {
  const { segments } = engine
  for (const index of chosen(engine, options)) {
    const segment = segments.find((it) => !index.isBuilt(it))
    if (segment !== undefined) return new PostingsBuild(index, segment, engine.documents, engine.work)
  }
  return undefined
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
