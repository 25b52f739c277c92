/** Which metadata paths of a snapshot have an index. */
import { pathColumn } from '../../engine/columns/numbers.ts'
import type { Engine } from '../../engine/engine.ts'
import type { Documents } from '../../engine/segments/documents.ts'
import { pathOf } from '../../query/metadata-path.ts'
import type { MetadataPath } from '../../query/spec.ts'
import { walkValues } from '../metadata/paths.ts'

/** A path is indexed that one of so many rows has, */
const LEAST_PART = 100
/** with at most so many distinct scalars, */
const MOST_VALUES = 10_000
/** the most used ones, so many. */
const MOST_PATHS = 64

/** What stands at one path. */
interface Found {
  readonly path: MetadataPath
  rows: number
  readonly values: Set<unknown>
}

const newFound = (path: MetadataPath): Found => ({ path, rows: 0, values: new Set() })

/**
 * Makes an engine know the indexes of some paths, or with `auto` of those that are used most: of scalars, of items of lists
 * and of numbers, where there are none too, since a facet asks for all of them. They are built later. O(values), with pauses.
 */
export async function indexPaths(
  engine: Engine,
  asked: 'auto' | readonly (string | MetadataPath)[],
  pause: () => Promise<void>,
): Promise<void> {
  const { documents, indexes } = engine
  const chosen = asked === 'auto' ? await mostUsed(documents, pause) : asked.map((path) => pathOf('metadata', path))
  for (const path of chosen) {
    indexes.items(path)
    pathColumn(engine, path)
  }
  // The last: where there are too many, these are kept.
  for (const path of chosen) indexes.scalars(path)
}

async function mostUsed(documents: Documents, pause: () => Promise<void>): Promise<readonly MetadataPath[]> {
  const found = new Map<string, Found>()
  let read = 0
  for (const number of documents.numbers()) {
    walkValues(documents.read(number).metadata, (path, value) => note(foundAt(found, path), value))
    if (++read % 16 === 0) await pause()
  }
  return [...found.values()]
    .filter(({ rows, values }) => rows * LEAST_PART >= documents.size && values.size <= MOST_VALUES)
    .sort((a, b) => b.rows - a.rows)
    .slice(0, MOST_PATHS)
    .map(({ path }) => path)
}

function foundAt(found: Map<string, Found>, path: readonly string[]): Found {
  const key = JSON.stringify(path)
  const known = found.get(key) ?? newFound(path.slice())
  found.set(key, known)
  return known
}

function note(found: Found, value: unknown): void {
  found.rows++
  for (const item of [value].flat())
    if (found.values.size <= MOST_VALUES && (typeof item !== 'object' || item === null)) found.values.add(item)
}
