/** All conversations of a query by their time, so that what is written meanwhile shifts no page. */
import type { AbortSignalLike } from '../base/host.ts'
import { compareInstants, formatInstant, type Instant, parseInstant } from '../base/text/instant.ts'
import { fieldCondition, specOf } from '../query/canonical.ts'
import type { Condition, QuerySpec } from '../query/spec.ts'
import type { HostedSettings } from './options.ts'
import { readPage, type ServedPage, type ServedRow } from './pages.ts'

/** How far a walk has come: the time of its last row, and the ids of the rows that it has of that time. */
export interface WalkPlace {
  readonly at: Instant
  readonly ids: ReadonlySet<number>
}

/** Rows that were not given before, and how many rows match in all. */
export interface WalkedPage {
  readonly rows: readonly ServedRow[]
  readonly count: number
}

/**
 * Gives the rows of a query by the time at which they started, then by id, page by page, each row once. Each page is asked for
 * by time: from the last row that is known. A row that is made meanwhile with an earlier time is not met. Throws as `readPage` does.
 */
export async function* walk(
  query: Pick<QuerySpec, 'where' | 'includeDeleted'>,
  settings: HostedSettings,
  from?: WalkPlace,
  signal?: AbortSignalLike,
): AsyncGenerator<WalkedPage, void, undefined> {
  let place = from
  let total: number | undefined
  /** More than a page of rows may have one and the same time: then their pages are numbered. */
  let page = 1
  /** How many rows the page before found, where it asked for the same. */
  let before = 0
  for (;;) {
    const answer = await readFrom(place, page, query, settings, signal)
    // Where rows went meanwhile, others have moved to pages that were read: these are read again.
    if (answer === undefined || (page > 1 && answer.count < before)) {
      page = 1
      continue
    }
    total ??= answer.count
    const known = place
    yield { rows: answer.results.filter((row) => known === undefined || !isKnown(row, known)), count: total }
    place = placeAfter(answer.results, place)
    if (answer.next === null || answer.results.length === 0) return
    const isSame = known !== undefined && compareInstants(place!.at, known.at) === 0
    page = isSame ? page + 1 : 1
    before = answer.count
  }
}

/** A page of the rows from a place on; undefined for a page past the end, where rows went meanwhile. */
async function readFrom(
  place: WalkPlace | undefined,
  page: number,
  { where, includeDeleted }: Pick<QuerySpec, 'where' | 'includeDeleted'>,
  settings: HostedSettings,
  signal: AbortSignalLike | undefined,
): Promise<ServedPage | undefined> {
  const spec = specOf({
    where: place === undefined ? where : startedFrom(place.at, where),
    orderBy: ['started_at', 'id'],
    pageSize: settings.pageSize,
    ...(includeDeleted && { includeDeleted }),
    ...(page > 1 && { page }),
  })
  try {
    return await readPage(spec, settings, signal)
  } catch (error) {
    if (page > 1 && (error as { code?: string }).code === 'INVALID_PAGE') return undefined
    throw error
  }
}

/** The time of a row. The API's is always a time. */
export function timeOf({ started_at }: ServedRow): Instant {
  return parseInstant(String(started_at))!
}

/** Where a walk stands after some rows, in their order. */
export function placeAfter(rows: readonly ServedRow[], before: WalkPlace | undefined): WalkPlace | undefined {
  const last = rows.at(-1)
  if (last === undefined) return before
  const at = timeOf(last)
  const ids = rows.filter((row) => compareInstants(timeOf(row), at) === 0).map(({ id }) => id)
  const isSame = before !== undefined && compareInstants(before.at, at) === 0
  return { at, ids: new Set(isSame ? [...before.ids, ...ids] : ids) }
}

function isKnown(row: ServedRow, { at, ids }: WalkPlace): boolean {
  return ids.has(row.id) && compareInstants(timeOf(row), at) === 0
}

/** The conditions with a later beginning. One parameter says it, so an earlier one is left out. */
function startedFrom(at: Instant, where: readonly Condition[]): readonly Condition[] {
  const others = where.filter((it) => !('field' in it && it.field === 'started_at' && it.lookup === 'gte'))
  return [...others, fieldCondition('started_at', 'gte', formatInstant(at))]
}
