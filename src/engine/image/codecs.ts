/** How the postings of each kind of index become arrays, and come back: one codec a kind. */
import { NumberPart, slotsOfAll } from '../columns/number-part.ts'
import { PathColumn } from '../columns/path-column.ts'
import { NO_NAME, PartIndex, RowParts } from '../columns/row-parts.ts'
import type { TermIndex } from '../terms/inverted.ts'
import { Postings } from '../terms/postings.ts'
import { below, type Codec, readPacked, writePacked } from './codec.ts'
import { check, isAscending, narrowed, widened } from './numbers.ts'

/** The codec of an index; one of texts brings its own. */
export function codecOf(index: TermIndex): Codec {
  if (index.codec !== undefined) return index.codec
  if (index instanceof PartIndex) return index.hasNames ? NAMED_PARTS : PARTS
  return index instanceof PathColumn ? PATH_NUMBERS : TERMS
}

const TERMS: Codec = {
  write: ({ packed }) => writePacked(packed),
  read: (taken, bounds) => new Postings(readPacked(taken, bounds)),
}

const PARTS: Codec<RowParts> = {
  write: ({ starts, kinds }) => [kinds, starts],
  read(taken, { rows }) {
    const kinds = taken.next('u8')
    return new RowParts(taken.starts(rows, kinds.length), kinds)
  },
}

const NAMED_PARTS: Codec<RowParts> = {
  write: ({ starts, kinds, names, durations }) => [kinds, starts, names!, durations!],
  read(taken, { rows, terms }) {
    const kinds = taken.next('u8')
    const starts = taken.starts(rows, kinds.length)
    const names = taken.next('u32', kinds.length)
    const durations = taken.next('f64', kinds.length)
    check(
      names.every((name) => name < terms || name === NO_NAME),
      'a name is no term',
    )
    return new RowParts(starts, kinds, names, durations)
  },
}

const NO_SLOTS = new Uint16Array(0)

/** Slots are left out where every row has one number. */
const PATH_NUMBERS: Codec<NumberPart> = {
  write: ({ slots, values, isWhole }) => [isWhole ? NO_SLOTS : slots, narrowed(values)],
  read(taken, { rows }) {
    const given = taken.next('u16')
    const values = widened(taken.numbers())
    const slots = given.length === 0 && values.length === rows ? slotsOfAll(rows) : given
    check(isAscending(slots, 0, slots.length, false) && below(slots, rows), 'numbers belong to no row')
    check(values.length === slots.length, 'there are other numbers than rows that have one')
    check(!taken.isFull || values.every(Number.isFinite), 'a number is none')
    return new NumberPart(slots, values, rows)
  },
}
