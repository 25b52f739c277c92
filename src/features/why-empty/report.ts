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
import { printable, type WhyEmpty, type WhyEmptyCondition, type WhyEmptyNearest } from './why.ts'
import { callsOf } from './words.ts'

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
    return { ...condition, without: without[place]!, ...(near && { didYouMean: callsOf([near]), meant: near }) }
  })
  const isEmpty = count === 0 && total > 0
  const emptiedBy = isEmpty ? emptying(conditions, base, engine) : null
  const data = { count, total, conditions, emptiedBy, nearest: isEmpty ? describe(nearest!) : null }
  return printable({ ...data, text: inWords(data) })

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
