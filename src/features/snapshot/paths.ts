/** Which metadata paths of a snapshot have an index. */
import { pathColumn } from '../../engine/columns/numbers.ts'
import type { Engine } from '../../engine/engine.ts'
import { valueAt } from '../../engine/terms/fields.ts'
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
  hasNumber: boolean
  hasList: boolean
}

const newFound = (path: MetadataPath): Found => ({ path, rows: 0, values: new Set(), hasNumber: false, hasList: false })

/**
 * Makes an engine know the indexes of some paths, or with `auto` of those that are used most: of scalars, and where there are
 * such, of items of lists and of numbers. They are built later. O(values), with pauses.
 */
export async function indexPaths(
  engine: Engine,
  asked: 'auto' | readonly (string | MetadataPath)[],
  pause: () => Promise<void>,
): Promise<void> {
  const { documents, indexes } = engine
  const given = asked === 'auto' ? undefined : asked.map((path) => pathOf('metadata', path))
  const found = new Map<string, Found>()
  for (const path of given ?? []) found.set(JSON.stringify(path), newFound(path))
  if (given?.length !== 0) {
    let read = 0
    for (const number of documents.numbers()) {
      const row = documents.read(number)
      if (given === undefined) walkValues(row.metadata, (path, value) => note(foundAt(found, path), value))
      else for (const each of found.values()) note(each, valueAt(row, each.path))
      if (++read % 16 === 0) await pause()
    }
  }
  const isChosen = ({ rows, values }: Found) => rows * LEAST_PART >= documents.size && values.size <= MOST_VALUES
  const chosen = given === undefined ? mostUsed([...found.values()].filter(isChosen)) : [...found.values()]
  for (const { path, hasNumber, hasList } of chosen) {
    indexes.scalars(path)
    if (hasList) indexes.items(path)
    if (hasNumber) pathColumn(engine, path)
  }
}

function mostUsed(found: Found[]): readonly Found[] {
  return found.sort((a, b) => b.rows - a.rows).slice(0, MOST_PATHS)
}

function foundAt(found: Map<string, Found>, path: readonly string[]): Found {
  const key = JSON.stringify(path)
  const known = found.get(key) ?? newFound(path.slice())
  found.set(key, known)
  return known
}

function note(found: Found, value: unknown): void {
  if (value === undefined) return
  found.rows++
  found.hasList ||= Array.isArray(value)
  for (const item of [value].flat()) {
    found.hasNumber ||= typeof item === 'number'
    if (found.values.size <= MOST_VALUES && (typeof item !== 'object' || item === null)) found.values.add(item)
  }
}
