/** The fields and the metadata of a conversation as lines, each value with the filter that asks for it. */
import type { Conversation, Scalar } from 'conversation-store'
import { pathText } from '../asking/changes/index.ts'
import { millisOf, spanOf } from '../ui/time.ts'

/** One line: a name, a value as it is read, and what asks for it; null where nothing does. */
export interface ValueLine {
  readonly label: string
  readonly text: string
  readonly filter: { readonly field: string; readonly value: Scalar } | null
  readonly isTime?: boolean
}

const FIELDS = [
  { field: 'customer_id', label: 'Customer' },
  { field: 'device', label: 'Device' },
  { field: 'language', label: 'Language' },
  { field: 'environment', label: 'Environment' },
  { field: 'customer_ip_address', label: 'IP address' },
] as const

/** The facts of a conversation. Fields that it lacks are left out. */
export function fieldLines(row: Conversation): readonly ValueLine[] {
  const [from, to] = [millisOf(row.started_at), millisOf(row.ended_at)]
  return [
    ...FIELDS.flatMap(({ field, label }): ValueLine[] => {
      const value = row[field]
      return value === null ? [] : [{ label, text: value, filter: { field, value } }]
    }),
    { label: 'Started', text: row.started_at, filter: null, isTime: true },
    ...(row.ended_at === null ? [] : [{ label: 'Ended', text: row.ended_at, filter: null, isTime: true }]),
    ...(from === null || to === null || to < from
      ? []
      : [{ label: 'Duration', text: spanOf(to - from), filter: null }]),
    {
      label: 'Conversation',
      text: row.conversation_id,
      filter: { field: 'conversation_id', value: row.conversation_id },
    },
    ...(row.is_used ? [] : [{ label: 'Used', text: 'no', filter: { field: 'is_used', value: false } }]),
    ...(row.deleted_at === null ? [] : [{ label: 'Deleted', text: row.deleted_at, filter: null, isTime: true }]),
  ]
}

/** A value of metadata, or a list or object that has something inside. */
export interface MetadataLine extends ValueLine {
  readonly depth: number
  /** A list, which is shown as a tree. */
  readonly list: readonly unknown[] | null
}

/** The metadata in the order of its keys: at most `most` lines, and whether there are more. O(most). */
export function metadataLines(
  metadata: unknown,
  most: number,
): { readonly lines: readonly MetadataLine[]; readonly isMore: boolean } {
  const lines: MetadataLine[] = []
  const isMore = !walk(metadata, [], lines, most)
  return { lines, isMore }
}

/** Whether all of it fitted. */
function walk(object: unknown, path: readonly string[], lines: MetadataLine[], most: number): boolean {
  for (const [key, value] of Object.entries(Object(object) as object)) {
    if (lines.length >= most) return false
    const line = { label: key, depth: path.length, list: null, filter: null }
    const own = [...path, key]
    if (Array.isArray(value)) lines.push({ ...line, text: '', list: value })
    else if (typeof value === 'object' && value !== null) {
      lines.push({ ...line, text: Object.keys(value).length === 0 ? '{ }' : '' })
      if (!walk(value, own, lines, most)) return false
    } else lines.push({ ...line, text: String(value), filter: { field: `metadata.${pathText(own)}`, value } })
  }
  return true
}
