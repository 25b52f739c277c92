/**
 * The second table: for each field, how an index answers a condition on it, and what the condition means for one row.
 *
 * `rows` is only a faster road to `holds`. A leaf that is not exact gives a superset, and whoever runs it asks `holds`
 * of each row in it. This is the one place that knows kinds of fields; planning and execution treat all leaves alike.
 */

import { compareCodePoints } from '../base/text/compare.ts'
import { CUTS_A_PAIR, containment } from '../base/text/contains.ts'
import { fold } from '../base/text/fold.ts'
import { compareInstants, type Instant, parseInstant } from '../base/text/instant.ts'
import type { FieldCondition, RangeLookup, Scalar } from '../query/spec.ts'
import type { Engine } from './engine.ts'
import { column } from './pages/ordered.ts'
import type { Row } from './segments/documents.ts'
import type { Segment } from './segments/segment.ts'
import { listSet, NO_ROWS, type RowSet } from './sets/rowset.ts'
import { type Place, PRESENT, type TermValue } from './terms/dictionary.ts'
import { feedbackTerm, TOLD, type Told } from './terms/fields.ts'
import type { TermFieldName } from './terms/indexes.ts'
import type { TermIndex } from './terms/inverted.ts'
import { rowsOfTerms } from './terms/rows-of-terms.ts'
import type { Sieve } from './terms/text-index.ts'

/** One condition, made ready to be run on every segment. Lives for one query. */
export interface Leaf {
  readonly condition: FieldCondition
  /** What answers it, for `explain`. */
  readonly index: string
  /** Whether `rows` are just those for which it holds, or more. */
  readonly isExact: boolean
  /** Whether it holds for the rows that are *not* in `rows`. Only where exact. */
  readonly isNegated: boolean
  /** Whether `rows` is a look-up, or has something to compute that another condition may save. */
  readonly isReady: boolean
  /** The rows of a segment, dead ones too. `undefined`: all of them. */
  rows(segment: Segment): RowSet | undefined
  /** For conditions on the time order: the slots between which it holds, instead of `rows`. */
  readonly range: ((segment: Segment) => readonly [from: number, to: number]) | undefined
  /** Tells more of a row in `rows` without its document: whether it may match, or (exact) does. */
  readonly sift: ((segment: Segment) => Sieve) | undefined
  /** The meaning, for one row. Reads the document. */
  holds(row: Row): boolean
}

/** The conditions that a field can stand in. */
type ConditionOn<F, C = FieldCondition> = C extends { readonly field: infer G } ? (F extends G ? C : never) : never

/** The kind of each field that is not plainly the terms of its index. `search` is expanded before. */
const kinds: {
  readonly [F in Exclude<FieldCondition['field'], 'search'>]?: (condition: ConditionOn<F>, engine: Engine) => Leaf
} = {
  conversation_id: (condition, engine) => keys(condition, (row) => row.conversation_id, engine),
  metadata: (condition, engine) => {
    const { indexes } = engine
    const index = condition.lookup === 'contains' ? indexes.items(condition.path) : indexes.scalars(condition.path)
    return terms(condition, index, engine)
  },
  feedback: (condition, engine) => {
    const { sentiment, source } = condition.value
    return flag(condition, 'feedback', feedbackTerm(sentiment, source), engine)
  },
  is_marked: (condition) =>
    leafOf(condition, 'bits', {
      isReady: true,
      rows: (segment) => (condition.value ? segment.marked : segment.unmarked).set,
      holds: (row) => row.is_marked === condition.value,
    }),
  id: (condition, engine) => {
    if (condition.lookup === 'exact' || condition.lookup === 'in') return keys(condition, (row) => row.id, engine)
    const { lookup, value } = condition
    const passes = (id: number) => rangeTests[lookup](id - value)
    return leafOf(condition, 'ids', {
      rows: (segment) => filterSlots(segment, (slot) => passes(segment.ids[slot]!)),
      holds: (row) => passes(row.id),
    })
  },
  started_at: (condition) => {
    if (condition.lookup === 'isnull') {
      const isNever = condition.value
      return leafOf(condition, 'instants', { rows: () => (isNever ? NO_ROWS : undefined), holds: () => !isNever })
    }
    const { lookup } = condition
    const at = parseInstant(condition.value)!
    return leafOf(condition, 'instants', {
      isReady: true,
      rows: () => undefined,
      range: (segment) => {
        const slot = segment.slotFrom(at, lookup === 'gt' || lookup === 'lte')
        return lookup === 'lt' || lookup === 'lte' ? [0, slot] : [slot, segment.size]
      },
      holds: (row) => rangeTests[lookup](compareInstants(parseInstant(row.started_at)!, at)),
    })
  },
  ended_at: (condition, engine) => {
    const { lookup, value } = condition
    const bound = lookup === 'isnull' ? undefined : parseInstant(value)!
    const passes = (at: Instant | undefined) =>
      lookup === 'isnull'
        ? (at === undefined) === value
        : at !== undefined && rangeTests[lookup](compareInstants(at, bound!))
    return leafOf(condition, 'instants', {
      rows: (segment) => {
        const [ms, us] = column(segment, 'ended_at', engine).numbers
        const at = (slot: number) => (Number.isNaN(ms[slot]) ? undefined : { ms: ms[slot]!, us: us![slot]! })
        return filterSlots(segment, (slot) => passes(at(slot)))
      },
      holds: (row) => passes(row.ended_at == null ? undefined : parseInstant(row.ended_at)),
    })
  },
  message: (condition, engine) => {
    const contains = containment(fold(condition.value))
    const holds = (row: Row) => (row.messages ?? []).some(({ content }) => contains(content))
    const found = engine.isTextIndexed ? engine.indexes.messages()?.find(condition.value, engine) : undefined
    if (found === undefined) return leafOf(condition, 'text scan', { isExact: false, rows: () => undefined, holds })
    return leafOf(condition, 'text index', {
      isExact: found.isExact,
      rows: (segment) => found.rows(segment),
      ...(!found.isExact && { sift: (segment: Segment) => found.sift(segment) }),
      holds,
    })
  },
}

/** Makes a condition ready to be run. What it needs of an index is looked up when the first segment is asked. */
export function leaf(condition: FieldCondition, engine: Engine): Leaf {
  const field = condition.field as Exclude<FieldCondition['field'], 'search'>
  const kind = kinds[field] as ((condition: FieldCondition, engine: Engine) => Leaf) | undefined
  if (kind !== undefined) return kind(condition, engine)
  const told = TOLD[field]
  if (told !== undefined) return tellTale(condition, told, engine)
  return terms(condition, engine.indexes.field(field as TermFieldName), engine)
}

/** A condition on a field of few values: rows with the term that tells its value, or without the one of the other. */
function tellTale(condition: FieldCondition, [rest, ...values]: readonly [Scalar, ...Told[]], engine: Engine): Leaf {
  const [, field, term] = values.find(([value]) => value === condition.value) ?? values[0]!
  return flag(condition, field as TermFieldName, term!, engine, condition.value === rest)
}

/** What makes a leaf; what is left out is `false` or not there, but for `isExact`, which is true. */
type LeafParts = Pick<Leaf, 'rows' | 'holds'> & {
  readonly [Key in 'isExact' | 'isNegated' | 'isReady' | 'range' | 'sift']?: Leaf[Key]
}

/** One literal, so that all leaves have one hidden class: a third of a short query was spent on spreading them. */
function leafOf(condition: FieldCondition, index: string, parts: LeafParts): Leaf {
  const { isExact = true, isNegated = false, isReady = false, rows, range, sift, holds } = parts
  return { condition, index, isExact, isNegated, isReady, rows, range, sift, holds }
}

/** A condition that holds for rows with (negated: without) one known term of a field. */
function flag(
  condition: FieldCondition,
  field: TermFieldName,
  term: TermValue,
  engine: Engine,
  isNegated = false,
): Leaf {
  return termLeaf(condition, engine.indexes.field(field), { ...lookups.exact!(term as never), isNegated }, engine)
}

/** A condition on unique keys: each row is looked up. Other lookups than equality go over the terms of the field. */
function keys(condition: FieldCondition, keyOf: (row: Row) => number | string, engine: Engine): Leaf {
  const { lookup } = condition
  if (lookup !== 'exact' && lookup !== 'in') {
    return terms(condition, engine.indexes.field(condition.field as TermFieldName), engine)
  }
  const refs = [condition.value].flat() as (number | string)[]
  let slots: Map<Segment, number[]> | undefined
  return leafOf(condition, 'ids', {
    isReady: true,
    rows: (segment) => {
      slots ??= engine.slotsOf(refs)
      return listSet(Uint16Array.from(slots.get(segment) ?? []).sort())
    },
    holds: (row) => refs.includes(keyOf(row)),
  })
}

/** What a lookup asks of a field's terms. */
interface TermQuery {
  /** The only values that can pass, where they are known. */
  readonly values?: readonly TermValue[]
  /** A folded piece that every text that passes has when folded. */
  readonly piece?: string
  readonly place?: Place
  readonly test: (value: TermValue) => boolean
  /** Rows with no such term are asked for. */
  readonly isNegated?: boolean
}

/** A lookup on texts that is decided by the text of a term, perhaps folded. */
function onText(
  value: string,
  isFolded: boolean,
  place: Place,
  test: (text: string, wanted: string) => boolean,
): TermQuery {
  const wanted = isFolded ? fold(value) : value
  return {
    // Half of a surrogate pair is a part of a text whose fold may have another half in its place.
    ...(CUTS_A_PAIR.test(value) ? {} : { piece: fold(value), place }),
    test: (term) => typeof term === 'string' && test(isFolded ? fold(term) : term, wanted),
  }
}

/** What an order of a value and the wanted one must be. */
const rangeTests: Record<RangeLookup, (order: number) => boolean> = {
  gt: (order) => order > 0,
  gte: (order) => order >= 0,
  lt: (order) => order < 0,
  lte: (order) => order <= 0,
}

const includes = (text: string, wanted: string) => text.includes(wanted)
const startsWith = (text: string, wanted: string) => text.startsWith(wanted)

/** What each lookup asks of terms. The values were checked at the door of the spec. */
const lookups: Record<string, (value: never) => TermQuery> = {
  exact: (value: Scalar) => ({ values: [value], test: (term) => term === value }),
  in: (values: readonly Scalar[]) => ({ values, test: (term) => values.includes(term as Scalar) }),
  contains: (value: string) => onText(value, false, 'anywhere', includes),
  icontains: (value: string) => onText(value, true, 'anywhere', includes),
  iexact: (value: string) => onText(value, true, 'start', (text, wanted) => text === wanted),
  startswith: (value: string) => onText(value, false, 'start', startsWith),
  istartswith: (value: string) => onText(value, true, 'start', startsWith),
  isnull: (value: boolean) => ({ values: [null], test: (term) => term === null, isNegated: !value }),
  exists: (value: boolean) => ({ values: [PRESENT], test: (term) => term === PRESENT, isNegated: !value }),
  gt: ranged('gt'),
  gte: ranged('gte'),
  lt: ranged('lt'),
  lte: ranged('lte'),
}

/** Numbers beside numbers, texts beside texts by code point. */
function ranged(lookup: RangeLookup): (value: string | number) => TermQuery {
  const test = rangeTests[lookup]
  return (value) => ({
    test: (term) =>
      typeof value === 'number'
        ? typeof term === 'number' && test(term - value)
        : typeof term === 'string' && test(compareCodePoints(term, value)),
  })
}

/** A condition on the terms of an index. */
function terms(condition: FieldCondition, index: TermIndex, engine: Engine): Leaf {
  // A list's `contains` asks for an item that is equal; a text's, for a part.
  const lookup = condition.field === 'metadata' && condition.lookup === 'contains' ? 'exact' : condition.lookup
  const query = lookups[lookup]!(condition.value as never)
  return termLeaf(condition, index, query, engine)
}

function termLeaf(condition: FieldCondition, index: TermIndex, query: TermQuery, engine: Engine): Leaf {
  const { isNegated = false } = query
  let found: readonly number[] | undefined
  return leafOf(condition, 'terms', {
    isNegated,
    isReady: query.values?.length === 1,
    rows: (segment) => {
      found ??= resolve(query, index, engine)
      return rowsOfTerms(index, found, segment, engine)
    },
    holds: (row) => {
      let isMet = false
      const see = (term: TermValue) => {
        isMet ||= query.test(term)
      }
      index.extract(row, see)
      return isMet !== isNegated
    },
  })
}

/** The terms that a lookup is met by. O(1) a known value; else O(distinct values). */
function resolve(query: TermQuery, index: TermIndex, engine: Engine): number[] {
  engine.build(index)
  const { dictionary } = index
  if (query.values !== undefined)
    return query.values.map((value) => dictionary.term(value)).filter((term) => term !== -1)
  if (query.piece === undefined || index.search === undefined) return dictionary.filter(query.test)
  return index.search.containing(query.piece, query.place!).filter((term) => query.test(dictionary.value(term)))
}

/** The slots of a segment that pass, dead ones too. O(rows). */
function filterSlots(segment: Segment, test: (slot: number) => boolean): RowSet {
  const slots: number[] = []
  for (let slot = 0; slot < segment.size; slot++) if (test(slot)) slots.push(slot)
  return listSet(Uint16Array.from(slots))
}
