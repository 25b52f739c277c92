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
  const census = new Census()
  for (const row of rows) census.count(row.metadata)
  return census.sorted()
}

/** The paths in the metadata of messages, the most used first, then by code point. O(values). */
export function messageMetadataKeys(rows: Iterable<Row>): MetadataKey[] {
  const census = new Census()
  for (const row of rows) for (const message of row.messages ?? []) census.count(message.metadata)
  return census.sorted()
}

/** What was counted at one path, and below it. */
interface Place {
  readonly types: Map<MetadataType, number>
  readonly inner: Map<string, Place>
}

const newPlace = (): Place => ({ types: new Map(), inner: new Map() })

/** Counts values by path and type: step by step along the keys, since making a key of each path takes six times as long. */
class Census {
  readonly #root = newPlace()

  count(document: unknown): void {
    walkValues(document, (path, value) => {
      let place = this.#root
      for (const key of path) {
        const next = place.inner.get(key) ?? newPlace()
        if (next.types.size + next.inner.size === 0) place.inner.set(key, next)
        place = next
      }
      const type = typeOf(value)
      place.types.set(type, (place.types.get(type) ?? 0) + 1)
    })
  }

  sorted(): MetadataKey[] {
    const keys: MetadataKey[] = []
    const visit = ({ types, inner }: Place, path: MetadataPath): void => {
      for (const [type, rows] of types) keys.push({ path: writePath(path) ?? path, type, rows })
      for (const [key, place] of inner) visit(place, [...path, key])
    }
    visit(this.#root, [])
    const name = ({ path }: MetadataKey) => (typeof path === 'string' ? path : path.join('.'))
    return keys.sort(
      (a, b) => b.rows - a.rows || compareCodePoints(name(a), name(b)) || compareCodePoints(a.type, b.type),
    )
  }
}

function typeOf(value: unknown): MetadataType {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'list'
  return typeof value as MetadataType
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
