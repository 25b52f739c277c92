/** Metadata paths as facets name them: `metadata.` and keys joined by dots, one that holds a dot in double quotes. */
import type { FieldCondition, MetadataPath } from 'conversation-store/core'
import { query } from 'conversation-store/core'

const METADATA = 'metadata.'

/** The keys of `metadata.order.id`; undefined for a field that is not a path. Throws `InvalidQueryError` for a malformed path. */
export function keysOf(field: string): MetadataPath | undefined {
  if (!field.startsWith(METADATA)) return undefined
  const known = read.get(field)
  if (known !== undefined) return known
  const { where } = query().where(field as 'metadata.x', 'exists', true).spec
  const { path } = where[0] as { readonly path: MetadataPath }
  if (read.size > MOST_READ) read.clear()
  read.set(field, path)
  return path
}

/** The same paths come at each rendering. */
const MOST_READ = 1000
const read = new Map<string, MetadataPath>()

/** The field of a condition as facets name it. Undefined for a path that no name reaches: a key that begins with a quote. */
export function fieldNameOf(condition: FieldCondition): string | undefined {
  if (condition.field !== 'metadata') return condition.field
  const text = pathText(condition.path)
  return isRead(text, condition.path) ? `${METADATA}${text}` : undefined
}

/** A path as text: as the library reads it where it can, else the keys as JSON. */
export function pathText(path: MetadataPath): string {
  const text = path.map((key) => (/\.|^["\s]|\s$/.test(key) ? `"${key}"` : key)).join('.') || '""'
  return isRead(text, path) ? text : JSON.stringify(path)
}

function isRead(text: string, path: MetadataPath): boolean {
  try {
    return JSON.stringify(keysOf(`${METADATA}${text}`)) === JSON.stringify(path)
  } catch {
    return false
  }
}
