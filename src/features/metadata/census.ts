/** What metadata there is: the paths in use, and the values at one of them. */

import { compareStringsFirst } from '../../base/scalars.ts'
import { compareCodePoints } from '../../base/text/compare.ts'
import type { Engine } from '../../engine/engine.ts'
import { run } from '../../engine/run.ts'
import type { Row } from '../../engine/segments/documents.ts'
import { countCommon } from '../../engine/sets/rowset.ts'
import { pathOf, writePath } from '../../query/metadata-path.ts'
import type { MetadataPath, Scalar } from '../../query/spec.ts'
import { walkValues } from './paths.ts'

/** What stands at a path. An object is listed by what is in it, and only an empty one as itself. */
export type MetadataType = 'string' | 'number' | 'boolean' | 'null' | 'list' | 'object'

/** One path to values of one type. */
export interface MetadataKey {
  /** The path in text, or a list of keys where text cannot say it (see `writePath`). `.metadata()` takes either. */
  readonly path: string | MetadataPath
  readonly type: MetadataType
  /** Rows (for message keys: messages) that have such a value there. */
  readonly rows: number
}

/** The paths in the metadata of rows, the most used first, then by code point. O(values). */
export function metadataKeys(rows: Iterable<Row>): MetadataKey[] {
  const census = new Map<string, Counted>()
  for (const row of rows) count(row.metadata, census)
  return sorted(census)
}

/** The paths in the metadata of messages, the most used first, then by code point. O(values). */
export function messageMetadataKeys(rows: Iterable<Row>): MetadataKey[] {
  const census = new Map<string, Counted>()
  for (const row of rows) for (const message of row.messages ?? []) count(message.metadata, census)
  return sorted(census)
}

interface Counted {
  readonly path: MetadataPath
  readonly type: MetadataType
  rows: number
}

function count(document: unknown, census: Map<string, Counted>): void {
  walkValues(document, (path, value) => {
    const type = typeOf(value)
    const key = JSON.stringify([path, type])
    const counted = census.get(key)
    if (counted === undefined) census.set(key, { path: path.slice(), type, rows: 1 })
    else counted.rows++
  })
}

function typeOf(value: unknown): MetadataType {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'list'
  return typeof value as MetadataType
}

function sorted(census: Map<string, Counted>): MetadataKey[] {
  const keys = Array.from(census.values(), ({ path, type, rows }) => {
    return { path: writePath(path) ?? path, type, rows }
  })
  const name = ({ path }: MetadataKey) => (typeof path === 'string' ? path : path.join('.'))
  return keys.sort(
    (a, b) => b.rows - a.rows || compareCodePoints(name(a), name(b)) || compareCodePoints(a.type, b.type),
  )
}

/** The distinct scalars at a path, the most used first, then strings by code point, numbers by size, booleans, null. O(distinct values). */
export function metadataValues(path: string | MetadataPath, engine: Engine): Scalar[] {
  const index = engine.indexes.scalars(pathOf('path', path))
  const counts = run({ where: [] }, engine, ({ parts }) => {
    engine.build(index)
    const rows = new Map<Scalar, number>()
    for (const { segment, rows: visible } of parts) {
      const postings = index.postings(segment, engine.documents, engine.work)
      postings.terms.forEach((term, place) => {
        const value = index.dictionary.value(term)
        if (typeof value === 'symbol') return
        const count = countCommon(visible, postings.at(place))
        if (count > 0) rows.set(value, (rows.get(value) ?? 0) + count)
      })
    }
    return rows
  })
  return Array.from(counts)
    .sort(([a, n], [b, m]) => m - n || compareStringsFirst(a, b))
    .map(([value]) => value)
}
