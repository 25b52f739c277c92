/** Why a query has no answer: as data, and in words. */
import { show } from '../../base/errors.ts'
import { counted, grouped } from '../../base/text/counted.ts'
import type { Engine } from '../../engine/engine.ts'
import { count as countOf } from '../../engine/run.ts'
import type { Condition, Group, QuerySpec } from '../../query/spec.ts'
import type { QueryExecutor } from '../../store/executor.ts'
import { insteadOf } from './instead.ts'
import { suggest } from './suggest.ts'
import { Tally } from './tally.ts'
import { callsOf } from './words.ts'

/** One condition of a query, by itself and among the others. */
export interface WhyEmptyCondition {
  /** As the builder asks for it, `device("mobile")`. */
  readonly call: string
  /** The condition. Those on the sentiment and the source of a feedback say something of one another, and stand together. */
  readonly where: Group
  /** Rows that meet it, whatever the other conditions say. */
  readonly alone: number
  /** Rows that match once it is left out. */
  readonly without: number
  /** A call that was perhaps meant, where no row meets this one: of the nearest value, or of the nearest metadata path. */
  readonly didYouMean?: string
}

/** The row that meets the most conditions. */
export interface WhyEmptyNearest {
  readonly id: number
  readonly conversation_id: string
  /** How many conditions it meets. */
  readonly meets: number
  /** The first condition that it does not meet. */
  readonly call: string
  /** What it has instead: `its customer_id is "Kim"`. */
  readonly instead: string
}

/** Why a query has the answer that it has. */
export interface WhyEmpty {
  /** Rows that match. */
  readonly count: number
  /** Rows that were asked: all, soft-deleted ones only if the query includes them. */
  readonly total: number
  /** The conditions in the order of the spec. */
  readonly conditions: readonly WhyEmptyCondition[]
  /**
   * The place in `conditions` of the one that empties the answer: without it the most rows match; or where no single one
   * does, the first that leaves none of the rows that the conditions before it leave. `null` for an answer that is not empty.
   */
  readonly emptiedBy: number | null
  /** The row that meets the most conditions, unless one meets all or there is none. */
  readonly nearest: WhyEmptyNearest | null
  /** All of it for a person to read. */
  readonly text: string
  toString(): string
}

/**
 * Why a spec has no answer, of the rows for which `within` holds. Takes about what running each condition alone does. No rows
 * are read besides those that the engine must read for that, and one; for a metadata path that no row has, all are.
 */
export function report(spec: QuerySpec, executor: QueryExecutor, within: Group = []): WhyEmpty {
  const { engine } = executor
  const { includeDeleted } = spec
  const base: QuerySpec = { where: within, ...(includeDeleted && { includeDeleted }) }
  const units = unitsOf(spec.where)
  const tally = new Tally(base, units.length, engine)
  const found = units.map((where, place) => {
    const alone = tally.meet(where, place)
    const near = alone === 0 ? suggest(where[0]!, engine) : undefined
    return { where, call: callsOf(where), alone, near }
  })
  for (const { near } of found) if (near !== undefined) tally.nearlyMeet([near])
  const { total, count, without, nearest } = tally.result()
  const conditions = found.map(({ near, ...condition }, place): WhyEmptyCondition => {
    return { ...condition, without: without[place]!, ...(near && { didYouMean: callsOf([near]) }) }
  })
  const isEmpty = count === 0 && total > 0
  const emptiedBy = isEmpty ? emptying(conditions, base, engine) : null
  return printable({ count, total, conditions, emptiedBy, nearest: isEmpty ? describe(nearest!) : null })

  function describe(number: number): WhyEmptyNearest {
    const row = engine.documents.row(number)
    const fails = units.filter((where) => !executor.testOf({ ...base, where })(row))
    const [first] = fails as [Group]
    const { id, conversation_id } = row
    const meets = units.length - fails.length
    return { id, conversation_id, meets, call: callsOf(first), instead: insteadOf(first[0]!, row) }
  }
}

/** Conditions that are counted each alone; those on the sentiment and the source of one feedback stand together. */
function unitsOf(where: Group): readonly Group[] {
  const isPart = (condition: Condition) =>
    'field' in condition && (condition.field === 'feedback_sentiment' || condition.field === 'feedback_source')
  const parts = where.filter(isPart)
  const others = where.filter((condition) => !isPart(condition)).map((condition) => [condition])
  return parts.length === 0 ? others : [...others, parts]
}

/** The place of the condition that empties an answer. */
function emptying(conditions: readonly WhyEmptyCondition[], base: QuerySpec, engine: Engine): number {
  const most = Math.max(...conditions.map(({ without }) => without))
  if (most > 0) return conditions.findIndex(({ without }) => without === most)
  let where = base.where
  return conditions.findIndex((condition) => {
    where = [...where, ...condition.where]
    return countOf({ ...base, where }, engine) === 0
  })
}

/** A report that prints as its text. Only data is seen of it. */
function printable(data: Omit<WhyEmpty, 'text' | 'toString'>): WhyEmpty {
  const text = inWords(data)
  return Object.defineProperty({ ...data, text }, 'toString', { value: () => text })
}

/** All conditions, by how many there are. */
const ALL: readonly (string | undefined)[] = [undefined, 'the condition', 'both conditions']

function inWords({ count, total, conditions, emptiedBy, nearest }: Omit<WhyEmpty, 'text' | 'toString'>): string {
  if (total === 0) return 'There is no conversation to ask.'
  const asked = counted(total, 'conversation')
  if (conditions.length === 0) return `The query has no condition: it finds ${asked}.`
  const all = ALL[conditions.length] ?? `all ${conditions.length} conditions`
  if (emptiedBy === null)
    return [`${grouped(count)} of ${asked} meet ${all}:`, ...linesOf(conditions, total, -1)].join('\n')
  const none = total === 1 ? 'The only conversation does not meet' : `None of ${asked} meets`
  return [
    `${none} ${all}:`,
    ...linesOf(conditions, total, emptiedBy),
    ...(nearest === null ? [] : [nearestLine(nearest, conditions.length)]),
  ].join('\n')
}

/** A line for each condition: how many rows meet it, the numbers below each other. */
function linesOf(conditions: readonly WhyEmptyCondition[], total: number, emptiedBy: number): string[] {
  const width = Math.max(...conditions.map(({ alone }) => grouped(alone).length))
  return conditions.map(({ call, alone, without, didYouMean }, place) => {
    const line = `  ${grouped(alone).padStart(width)} of ${grouped(total)}: ${call}`
    const blame = place === emptiedBy && conditions.length > 1 ? ` <- empties the answer; ${leftOf(without)}.` : ''
    const hint = didYouMean === undefined ? '' : `${blame === '' ? ' <-' : ''} Did you mean ${didYouMean}?`
    return `${line}${blame}${hint}`
  })
}

function leftOf(without: number): string {
  return without === 0
    ? 'without it, still none is left'
    : `without it, ${counted(without, 'conversation')} would be left`
}

function nearestLine({ conversation_id, meets, call, instead }: WhyEmptyNearest, conditions: number): string {
  const name = `The nearest is ${show(conversation_id)}`
  return conditions === 1
    ? `${name}: ${instead}.`
    : `${name}, which meets ${meets} of ${conditions}. It fails ${call}: ${instead}.`
}
