/**
 * The table of kinds: for each field, how an index answers a condition on it, and what the condition means for one row.
 *
 * `rows` is only a faster road to `holds`. A predicate that is not exact gives a superset, and whoever runs it asks `holds`
 * of each row in it. This is the one place that knows kinds of fields; planning and running treat all predicates alike.
 */

import { containment } from '../base/text/contains.ts'
import { fold } from '../base/text/fold.ts'
import { compareInstants, type Instant, parseInstant } from '../base/text/instant.ts'
import type { ActionMatchCondition, FieldCondition, MessageMatchCondition, Scalar } from '../query/spec.ts'
import type { Message } from '../row/conversation.ts'
import { hasItem } from '../row/grown.ts'
import { isNumberField, type NumberField, ROW_NUMBERS } from '../row/numbers.ts'
import { runsOf } from '../row/runs.ts'
import type { Engine } from './engine.ts'
import { flag, keys, rangeTests, readTerms, terms } from './lookups.ts'
import { type Estimate, rowsOf, UNITS } from './meter.ts'
import { messageTest, runTest } from './one-of.ts'
import { column } from './pages/ordered.ts'
import { COST, type Predicate, predicate } from './predicate.ts'
import { readingOf } from './reading.ts'
import type { Row } from './segments/documents.ts'
import type { Segment } from './segments/segment.ts'
import { NO_ROWS, type RowSet, wordSet } from './sets/rowset.ts'
import { FIELDS_OF_FEW_VALUES, feedbackTerm, type ValueTerm } from './terms/fields.ts'
import { PATHS, type TermFieldName } from './terms/indexes.ts'
import type { TermIndex } from './terms/inverted.ts'
import type { PartsRows } from './terms/text-index.ts'

/** The conditions that a field can stand in. */
type ConditionOn<F, C = FieldCondition> = C extends { readonly field: infer G } ? (F extends G ? C : never) : never

/** The kind of each field that is not plainly the terms of its index. `search` is expanded before. */
const kinds: {
  readonly [F in Exclude<FieldCondition['field'], 'search'>]?: (condition: ConditionOn<F>, engine: Engine) => Predicate
} = {
  conversation_id: (condition, engine) => keys(condition, (row) => row.conversation_id, engine),
  metadata: (condition, engine) => {
    const kind = condition.lookup === 'contains' ? 'items' : 'metadata'
    const index = engine.indexes.ofCondition(kind, condition.path)
    return index === undefined ? readTerms(condition, PATHS[kind](condition.path)) : terms(condition, index, engine)
  },
  feedback: (condition, engine) => {
    const { sentiment, source } = condition.value
    return flag(condition, 'feedback', feedbackTerm(sentiment, source), engine)
  },
  is_marked: (condition) =>
    predicate(condition, 'bits', {
      cost: COST.lookup,
      rows: (segment) => (condition.value ? segment.marked : segment.unmarked).set,
      holds: (row) => row.is_marked === condition.value,
    }),
  id: (condition, engine) => {
    if (condition.lookup === 'exact' || condition.lookup === 'in') return keys(condition, (row) => row.id, engine)
    const { lookup, value } = condition
    const passes = (id: number) => rangeTests[lookup](id - value)
    return predicate(condition, 'ids', {
      rows: (segment) => filterSlots(segment, engine, (slot) => passes(segment.ids[slot]!)),
      estimate: allSlots,
      holds: (row) => passes(row.id),
    })
  },
  started_at: (condition) => {
    if (condition.lookup === 'isnull') {
      const isNever = condition.value
      return predicate(condition, 'instants', { rows: () => (isNever ? NO_ROWS : undefined), holds: () => !isNever })
    }
    const { lookup } = condition
    const at = parseInstant(condition.value)!
    return predicate(condition, 'instants', {
      cost: COST.lookup,
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
    return predicate(condition, 'instants', {
      rows: (segment) => {
        const [ms, us] = column(segment, 'ended_at', engine).numbers
        const at = (slot: number) => (Number.isNaN(ms[slot]) ? undefined : { ms: ms[slot]!, us: us![slot]! })
        return filterSlots(segment, engine, (slot) => passes(at(slot)))
      },
      estimate: (segments, left) => {
        const lacking = segments.filter(({ columns }) => !columns.has('ended_at'))
        return { work: allSlots(segments, left).work + rowsOf(lacking) * UNITS.indexed, rows: left }
      },
      holds: (row) => passes(row.ended_at == null ? undefined : parseInstant(row.ended_at)),
    })
  },
  action: actionMatches,
  message: (condition, engine) => {
    if (condition.lookup === 'matches') return messageMatches(condition, engine)
    const contains = containment(fold(condition.value))
    const hasContent = ({ content }: Message) => contains(content)
    const holds = (row: Row) => hasItem(row, 'messages', hasContent)
    const needs = engine.indexes.messages()
    const found = engine.isTextIndexed ? needs?.find(condition.value, engine) : undefined
    if (found === undefined)
      return predicate(condition, 'text scan', {
        isExact: false,
        isScan: true,
        needs,
        rows: () => undefined,
        estimate: (segments, left) => ({ work: left * readingOf(segments, engine), rows: left }),
        holds,
      })
    return predicate(condition, 'text index', {
      isExact: found.isExact,
      needs,
      rows: (segment) => found.rows(segment),
      estimate: (segments, left) => {
        const { work, rows } = found.estimate(segments, left)
        const isRead = !found.isExact && !found.canSift
        return { work: isRead ? work + rows * readingOf(segments, engine) : work, rows }
      },
      ...(found.canSift && { sift: (segment: Segment, among: RowSet) => found.sift(segment, among) }),
      holds,
    })
  },
}

/** Makes a condition ready to be run. What it needs of an index is looked up when the first segment is asked. */
export function predicateOf(condition: FieldCondition, engine: Engine): Predicate {
  const field = condition.field as Exclude<FieldCondition['field'], 'search'>
  const kind = kinds[field] as ((condition: FieldCondition, engine: Engine) => Predicate) | undefined
  if (kind !== undefined) return kind(condition, engine)
  const few = FIELDS_OF_FEW_VALUES[field]
  if (few !== undefined) return termOfValue(condition, few, engine)
  if (isNumberField(field)) return numberOf(condition, field, engine)
  return terms(condition, engine.indexes.field(field as TermFieldName), engine)
}

/** Some one message has all that is named: of the rows that have each of it in some message. */
function messageMatches(condition: MessageMatchCondition, engine: Engine): Predicate {
  const { sender, contains = [] } = condition.value
  const matches = messageTest(condition.value)
  const holds = (row: Row) => (row.messages ?? []).some(matches)
  const isIndexed = contains.length === 0 || engine.isTextIndexed
  const texts = engine.indexes.messages()
  const found = isIndexed ? texts?.matching(condition.value, engine) : undefined
  const implied: FieldCondition[] = contains.map((value) => ({ field: 'message', lookup: 'icontains', value }))
  if (sender !== undefined) implied.push({ field: 'message_sender', lookup: 'exact', value: sender })
  if (found === undefined) return checked(condition, implied, engine, holds, contains.length > 0)
  const index = contains.length === 0 ? 'messages' : 'text index'
  const needs = contains.length === 0 ? texts?.parts : texts
  return indexed(condition, index, found, needs, sender === undefined ? [] : implied.slice(-1), engine, holds)
}

/** Some one run has all that is named: of the rows that have each of it, as far as terms tell, in some run. */
function actionMatches(condition: ActionMatchCondition, engine: Engine): Predicate {
  const { name, input, output, error, failed = error === undefined ? undefined : true } = condition.value
  const implied: FieldCondition[] = []
  if (name !== undefined) implied.push({ field: 'action_name', lookup: 'in', value: name })
  if (failed !== undefined) implied.push({ field: 'action_failed', lookup: 'exact', value: failed })
  const matches = runTest(condition.value)
  const holds = (row: Row) =>
    (row.messages ?? []).some((message) => runsOf(message).some((run) => matches(run, message)))
  const texts = engine.indexes.actions()
  const found = texts?.matching(condition.value, engine)
  if (found === undefined) return checked(condition, implied, engine, holds)
  const isOnText = [input, output, error].some((text) => text !== undefined)
  const [index, needs] = isOnText ? ['action index', texts] : ['runs', texts?.parts]
  return indexed(condition, index, found, needs, implied, engine, holds)
}

/** A condition on one part of a row, decided by an index, of the rows for which those hold that it implies. */
function indexed(
  condition: FieldCondition,
  index: string,
  found: PartsRows,
  needs: TermIndex | undefined,
  implied: readonly FieldCondition[],
  engine: Engine,
  holds: (row: Row) => boolean,
): Predicate {
  const { isExact } = found
  const others = isExact ? [] : implied.map((it) => predicateOf(it, engine))
  return predicate(condition, [...new Set(others.map((it) => it.index)), index].join(' + '), {
    isExact,
    needs,
    estimate: (segments, left) => found.estimate(segments, left),
    rows: (segment) => {
      const sets = [...others.map((it) => it.rows(segment)), found.rows(segment)].filter((set) => set !== undefined)
      return sets.length > 1 ? engine.intersect(sets, segment) : sets[0]
    },
    ...(!isExact && { sift: (segment: Segment, among: RowSet) => found.sift(segment, among) }),
    holds,
  })
}

/** A condition that is checked row by row, of the rows for which those hold that it implies and an index answers. */
function checked(
  condition: FieldCondition,
  implied: readonly FieldCondition[],
  engine: Engine,
  holds: (row: Row) => boolean,
  isOnText = false,
): Predicate {
  const answered = implied.map((it) => predicateOf(it, engine)).filter((it) => !it.isScan)
  const isTextScan = isOnText && !answered.some(({ index }) => index === 'text index')
  const index = [...new Set(answered.map((it) => it.index)), ...(isTextScan ? ['text scan'] : [])].join(' + ')
  return predicate(condition, index || 'scan', {
    isExact: false,
    isScan: isTextScan,
    estimate: (segments, left) => ({ work: left * readingOf(segments, engine), rows: left }),
    rows: (segment) => {
      const sets = answered.map((it) => it.rows(segment)!)
      return sets.length > 1 ? engine.intersect(sets, segment) : sets[0]
    },
    holds,
  })
}

/** A condition on a field of few values: rows with the term of that value, or without the term of the other value. */
function termOfValue(
  condition: FieldCondition,
  [rest, ...values]: readonly [Scalar, ...ValueTerm[]],
  engine: Engine,
): Predicate {
  const [, field, term] = values.find(([value]) => value === condition.value) ?? values[0]!
  return flag(condition, field as TermFieldName, term!, engine, condition.value === rest)
}

/** What it takes to look at each slot. */
function allSlots(segments: readonly Segment[], left: number): Estimate {
  return { work: rowsOf(segments) * UNITS.tested, rows: left }
}

/**
 * What each lookup asks of the number at a place. NaN stands for null, which meets `isnull` alone. A test takes the place
 * instead of the number, because a call with a double allocates it where it is not inlined: twice the time of a range.
 */
const numberTests: Record<string, (numbers: ArrayLike<number>, value: never) => (at: number) => boolean> = {
  exact: (numbers, value: number) => (at) => numbers[at] === value,
  in: (numbers, value: readonly number[]) => (at) => value.includes(numbers[at]!),
  gt: (numbers, value: number) => (at) => numbers[at]! > value,
  gte: (numbers, value: number) => (at) => numbers[at]! >= value,
  lt: (numbers, value: number) => (at) => numbers[at]! < value,
  lte: (numbers, value: number) => (at) => numbers[at]! <= value,
  isnull: (numbers, value: boolean) => (at) => Number.isNaN(numbers[at]) === value,
}

/** A condition on a number of the row. */
function numberOf(condition: FieldCondition, field: NumberField, engine: Engine): Predicate {
  const testOf = (numbers: ArrayLike<number>) => numberTests[condition.lookup]!(numbers, condition.value as never)
  return predicate(condition, 'numbers', {
    estimate: allSlots,
    rows: (segment) => filterSlots(segment, engine, testOf(column(segment, field, engine).numbers[0])),
    holds: (row) => testOf([ROW_NUMBERS[field](row) ?? Number.NaN])(0),
  })
}

/** The slots of a segment that pass, dead ones too, in a bitmap of the scratch. O(rows). */
function filterSlots({ size }: Segment, { scratch }: Engine, test: (slot: number) => boolean): RowSet {
  const words = (size + 31) >>> 5
  const out = scratch.clearedWords(words)
  let count = 0
  for (let slot = 0; slot < size; slot++) {
    // No branch: it would be mispredicted for every other row. A shift uses the low five bits of the slot alone.
    const bit = Number(test(slot))
    out[slot >>> 5]! |= bit << slot
    count += bit
  }
  return wordSet(out, count, 0, words)
}
