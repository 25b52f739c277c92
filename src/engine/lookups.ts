/** The table of lookups: what each asks of the terms of a field, and the predicates that are answered by terms or by keys. */

import { compareCodePoints } from '../base/text/compare.ts'
import { CUTS_A_PAIR } from '../base/text/contains.ts'
import { fold } from '../base/text/fold.ts'
import type { FieldCondition, RangeLookup, Scalar } from '../query/spec.ts'
import type { Engine } from './engine.ts'
import { UNITS } from './meter.ts'
import { COST, type Predicate, predicate } from './predicate.ts'
import type { Row } from './segments/documents.ts'
import type { Segment } from './segments/segment.ts'
import { listSet } from './sets/rowset.ts'
import { type Place, PRESENT, type TermValue } from './terms/dictionary.ts'
import type { TermFieldName } from './terms/indexes.ts'
import type { Extract, TermIndex } from './terms/inverted.ts'
import { rowsOfTerms, sizeOfTerms } from './terms/rows-of-terms.ts'

/** A condition that holds for rows with (negated: without) one known term of a field. */
export function flag(
  condition: FieldCondition,
  field: TermFieldName,
  term: TermValue,
  engine: Engine,
  isNegated = false,
): Predicate {
  return termPredicate(condition, engine.indexes.field(field), { ...lookups.exact!(term as never), isNegated }, engine)
}

/** A condition on unique keys: each row is looked up. Other lookups than equality go over the terms of the field. */
export function keys(condition: FieldCondition, keyOf: (row: Row) => number | string, engine: Engine): Predicate {
  const { lookup } = condition
  if (lookup !== 'exact' && lookup !== 'in') {
    return terms(condition, engine.indexes.field(condition.field as TermFieldName), engine)
  }
  const refs = [condition.value].flat() as (number | string)[]
  let slots: Map<Segment, number[]> | undefined
  return predicate(condition, 'ids', {
    cost: COST.key,
    rows: (segment) => {
      slots ??= engine.slotsOf(refs)
      return listSet(Uint16Array.from(slots.get(segment) ?? []).sort())
    },
    estimate: () => ({ work: refs.length * UNITS.document, rows: refs.length }),
    holds: (row) => refs.includes(keyOf(row)),
  })
}

/** What a lookup asks of a field's terms. */
interface TermQuery {
  /** The only values that can pass, where they are known. */
  readonly values?: readonly TermValue[]
  /** A folded piece that every string that passes has when folded. */
  readonly piece?: string
  readonly place?: Place
  /** Every string that has it there passes. */
  readonly isDecided?: boolean
  readonly test: (value: TermValue) => boolean
  /** Rows with no such term are asked for. */
  readonly isNegated?: boolean
}

/** A lookup on strings, decided by the value of a term, perhaps folded. */
function onText(
  value: string,
  isFolded: boolean,
  place: Place,
  test: (text: string, wanted: string) => boolean,
): TermQuery {
  const wanted = isFolded ? fold(value) : value
  return {
    // Half of a surrogate pair may be another half once the string around it is folded.
    ...(CUTS_A_PAIR.test(value) ? {} : { piece: fold(value), place, isDecided: isFolded && test !== equals }),
    test: (term) => typeof term === 'string' && test(isFolded ? fold(term) : term, wanted),
  }
}

/** What an order of a value and the wanted one must be. */
export const rangeTests: Record<RangeLookup, (order: number) => boolean> = {
  gt: (order) => order > 0,
  gte: (order) => order >= 0,
  lt: (order) => order < 0,
  lte: (order) => order <= 0,
}

const equals = (text: string, wanted: string) => text === wanted
const includes = (text: string, wanted: string) => text.includes(wanted)
const startsWith = (text: string, wanted: string) => text.startsWith(wanted)

/** What each lookup asks of terms. The values of a spec are valid. */
const lookups: Record<string, (value: never) => TermQuery> = {
  exact: (value: Scalar) => ({ values: [value], test: (term) => term === value }),
  in: (values: readonly Scalar[]) => ({ values, test: (term) => values.includes(term as Scalar) }),
  contains: (value: string) => onText(value, false, 'anywhere', includes),
  icontains: (value: string) => onText(value, true, 'anywhere', includes),
  iexact: (value: string) => onText(value, true, 'start', equals),
  startswith: (value: string) => onText(value, false, 'start', startsWith),
  istartswith: (value: string) => onText(value, true, 'start', startsWith),
  isnull: (value: boolean) => ({ values: [null], test: (term) => term === null, isNegated: !value }),
  exists: (value: boolean) => ({ values: [PRESENT], test: (term) => term === PRESENT, isNegated: !value }),
  gt: ranged('gt'),
  gte: ranged('gte'),
  lt: ranged('lt'),
  lte: ranged('lte'),
}

/** Numbers with numbers by size, strings with strings by code point. */
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
export function terms(condition: FieldCondition, index: TermIndex, engine: Engine): Predicate {
  const { lookup, value } = condition
  const query = queryOf(condition)
  if (query.values !== undefined) return termPredicate(condition, index, query, engine)
  // Ignoring case, strings that fold to the same are met by the same terms.
  const wanted = lookup.startsWith('i') ? query.piece : value
  return termPredicate(condition, index, query, engine, `${lookup} ${typeof value} ${wanted ?? value}`)
}

/** A condition on terms for which there is no index: rows are read. */
export function readTerms(condition: FieldCondition, extract: Extract): Predicate {
  let holds: ((row: Row) => boolean) | undefined
  return predicate(condition, 'rows', {
    isExact: false,
    rows: () => undefined,
    estimate: (_, left) => ({ work: left * UNITS.document, rows: left }),
    holds: (row) => {
      // There may be thousands, and the first leaves no row.
      holds ??= holdsBy(queryOf(condition), extract)
      return holds(row)
    },
  })
}

function queryOf({ field, lookup, value }: FieldCondition): TermQuery {
  // On a list, `contains` asks for an equal item; on a string, for a part.
  return lookups[field === 'metadata' && lookup === 'contains' ? 'exact' : lookup]!(value as never)
}

function holdsBy({ test, isNegated = false }: TermQuery, extract: Extract): (row: Row) => boolean {
  return (row) => {
    let isMet = false
    extract(row, (term) => {
      isMet ||= test(term)
    })
    return isMet !== isNegated
  }
}

/** `key`: what tells the query from others on the index, if its terms are dear to find. */
function termPredicate(
  condition: FieldCondition,
  index: TermIndex,
  query: TermQuery,
  engine: Engine,
  key?: string,
): Predicate {
  const { isNegated = false } = query
  let known: readonly number[] | undefined
  const find = () => resolve(query, index, engine)
  const found = () => {
    known ??= key === undefined ? find() : engine.shared.of(index, key, find)
    return known
  }
  return predicate(condition, 'terms', {
    isNegated,
    needs: index,
    cost: query.values?.length === 1 ? COST.lookup : COST.computed,
    rows: (segment) => rowsOfTerms(index, found(), segment, engine),
    estimate: (segments, left) => {
      const lacking = index.lacking(segments)
      const work = lacking * UNITS.indexed + resolving(query, index)
      // What it finds is known where the index is, and looking for it costs no more than is left to spend.
      if (lacking > FEW_ROWS || !engine.meter.allows(work)) return { work, rows: left }
      const size = sizeOfTerms(index, found(), segments, engine)
      return { work: work + found().length * UNITS.value + size.work, rows: size.rows }
    },
    holds: holdsBy(query, index.extract),
  })
}

/** So few rows are put into an index while a query is judged. */
const FEW_ROWS = 64

/** Units of work that finding the terms takes. */
function resolving({ values, piece, place }: TermQuery, { search, dictionary }: TermIndex): number {
  if (values !== undefined) return values.length * UNITS.term
  return piece === undefined || search === undefined
    ? dictionary.size * UNITS.value
    : search.reach(piece, place!) * UNITS.searched
}

/** The terms that a lookup is met by. O(1) a known value; else O(distinct values). */
function resolve(query: TermQuery, index: TermIndex, engine: Engine): readonly number[] {
  engine.build(index)
  engine.meter.spend(resolving(query, index))
  const { dictionary } = index
  if (query.values !== undefined)
    return query.values.map((value) => dictionary.term(value)).filter((term) => term !== -1)
  if (query.piece === undefined || index.search === undefined) return dictionary.filter(query.test)
  const having = index.search.containing(query.piece, query.place!)
  return query.isDecided === true ? having : having.filter((term) => query.test(dictionary.value(term)))
}
