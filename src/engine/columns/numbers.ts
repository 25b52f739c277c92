/** Columns of numbers: those of the row, and those at a metadata path. Built when first asked for, and kept in step. */
import type { MetadataPath } from '../../query/spec.ts'
import type { NumberField } from '../../row/numbers.ts'
import { column } from '../pages/ordered.ts'
import type { Documents } from '../segments/documents.ts'
import type { Segment } from '../segments/segment.ts'
import type { Indexes } from '../terms/indexes.ts'
import type { Work } from '../terms/inverted.ts'
import { NumberPart } from './number-part.ts'
import { PathColumn } from './path-column.ts'

/** The numbers of one source, segment by segment. */
export interface NumberColumn {
  /** The numbers of a segment, built if need be: O(live rows), each document read once. */
  part(segment: Segment, documents: Documents, work: Work): NumberPart
}

/** The column of a number of the row, or of the numbers at a metadata path. Of the paths the last 256 indexes are kept. O(1). */
export function numbersOf(
  { indexes }: { readonly indexes: Indexes },
  source: NumberField | MetadataPath,
): NumberColumn {
  return typeof source === 'string' ? { part: (...of) => fieldPart(source, ...of) } : pathColumn({ indexes }, source)
}

/** The column of the numbers at a metadata path. */
export function pathColumn({ indexes }: { readonly indexes: Indexes }, path: MetadataPath): PathColumn {
  return indexes.kept(`numbers:${JSON.stringify(path)}`, (key) => new PathColumn(key, path))
}

/** What orders a segment by a number, packed. Where every row has that number, the array is the same. */
function fieldPart(field: NumberField, segment: Segment, documents: Documents, work: Work): NumberPart {
  const known = column(segment, field, { documents, work })
  if (known.packed !== undefined) return known.packed
  const [numbers] = known.numbers
  const slots = Array.from(numbers.keys()).filter((slot) => !Number.isNaN(numbers[slot]))
  const isWhole = slots.length === segment.size
  known.packed = new NumberPart(slots, isWhole ? numbers : numbers.filter((each) => !Number.isNaN(each)), segment.size)
  return known.packed
}
