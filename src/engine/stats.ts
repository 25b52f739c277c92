/** How much a store holds. */
import { isNumberField } from '../row/numbers.ts'
import { PathColumn } from './columns/path-column.ts'
import { PartIndex } from './columns/row-parts.ts'
import type { Engine } from './engine.ts'
import type { Documents } from './segments/documents.ts'

/** Counts and estimated bytes. */
export interface StoreStats {
  /** Rows, soft-deleted ones too. */
  readonly rows: number
  /** Soft-deleted rows. */
  readonly deleted: number
  /** Immutable runs of rows. */
  readonly segments: number
  /** Distinct values by index: a field's name, `message` for the runs of messages, `metadata:["path"]`. Only of indexes that are built. */
  readonly terms: { readonly [index: string]: number }
  /**
   * Bytes by index, estimated, beyond the documents; `rows` is what every row costs without any, `numbers:duration` a column
   * of numbers, `buffers` what is kept between queries.
   */
  readonly bytes: IndexBytes & { readonly documents: DocumentBytes }
  /** The sum of `bytes`, without the documents. */
  readonly totalBytes: number
}

/** Bytes by index. */
export interface IndexBytes {
  readonly [index: string]: number | DocumentBytes
}

/** Bytes of the documents themselves. */
export interface DocumentBytes {
  /** Of rows that are objects: about as many as their JSON has, estimated from 64 of them. */
  readonly resident: number
  /** Of rows that lie packed, as those of a snapshot do. */
  readonly packed: number
  /** Of rows that lie packed and are changed or gone: `compact()` gives them back. */
  readonly dead: number
}

/** So many rows are measured. */
const SAMPLES = 64

function documentBytes(documents: Documents): DocumentBytes {
  const { resident, packed, dead } = documents.counts
  const each = Math.max(1, Math.floor(documents.size / SAMPLES))
  const sizes: number[] = []
  let at = 0
  for (const number of documents.numbers()) {
    if (at++ % each !== 0) continue
    const row = documents.resident(number)
    if (row !== undefined) sizes.push(JSON.stringify(row).length)
  }
  const mean = sizes.reduce((sum, size) => sum + size, 0) / Math.max(1, sizes.length)
  return { resident: Math.round(mean * resident), packed: packed - dead, dead }
}

/** Counts what an engine holds. O(indexes × segments). */
export function stats(engine: Engine): StoreStats {
  const { segments, documents } = engine
  const sum = (of: (segment: (typeof segments)[number]) => number) => segments.reduce((total, it) => total + of(it), 0)
  const terms: Record<string, number> = Object.create(null)
  const bytes: Record<string, number> = Object.create(null)
  bytes.rows = documents.bytes + sum((segment) => segment.bytes)
  for (const index of engine.indexes.all()) {
    if (!segments.some((segment) => index.isBuilt(segment))) continue
    if (!(index instanceof PathColumn || index instanceof PartIndex)) terms[index.key] = index.dictionary.size
    bytes[index.key] = index.bytes + sum((segment) => segment.postings.get(index)?.bytes ?? 0)
  }
  bytes.orders = sum(({ permutations, size }) => permutations.size * size * 2)
  for (const { columns, size } of segments) {
    for (const [field, { packed }] of columns) {
      const isNumber = isNumberField(field)
      const key = isNumber ? `numbers:${field}` : 'orders'
      bytes[key] = (bytes[key] ?? 0) + size * (isNumber ? 8 : 10) + (packed?.isWhole === false ? packed.bytes : 0)
    }
  }
  bytes.buffers = engine.scratch.bytes + engine.shared.scratch.bytes
  const totalBytes = Object.values(bytes).reduce((total, it) => total + it, 0)
  return {
    rows: documents.size,
    deleted: documents.size - sum((segment) => segment.visible.count),
    segments: segments.length,
    terms,
    bytes: Object.assign(bytes, { documents: documentBytes(documents) }),
    totalBytes,
  }
}
