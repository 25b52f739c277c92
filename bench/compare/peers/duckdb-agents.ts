/** What W14 to W17 need of DuckDB: a table of runs, and one of what the user said, what is ordered by and what is summed. */
import { type Row, type Sums, valueAt } from '../ask.ts'
import { dayOf, durationOf, microseconds, numberAt, runsOf, saidByUser } from '../entry.ts'
import { type Plan, summed } from '../plan.ts'
import type { Appender, Connection } from './duckdb.ts'

/** Makes both tables; whatever is deleted is in neither. */
export async function buildAgents(connection: Connection, documents: readonly Row[], plan: Plan): Promise<void> {
  const { numbers, groupings } = summed(plan)
  await connection.run('CREATE TABLE run (conversation_id INTEGER, name VARCHAR, has_failed BOOLEAN, input VARCHAR)')
  await connection.run(`CREATE TABLE agent (id INTEGER, device VARCHAR, language VARCHAR, environment VARCHAR,
    is_marked BOOLEAN, has_feedback BOOLEAN, is_deleted BOOLEAN, started BIGINT, duration BIGINT, day DOUBLE,
    ${[...groupings.map((_, i) => `g${i} VARCHAR, `), ...numbers.map((_, i) => `n${i} DOUBLE, `)].join('')} said VARCHAR)`)
  const runs = await connection.createAppender('run')
  const agents = await connection.createAppender('agent')
  for (const row of documents) {
    if (row.is_deleted) continue
    for (const { name, hasFailed, input } of runsOf(row)) {
      runs.appendInteger(row.id)
      runs.appendVarchar(name)
      runs.appendBoolean(hasFailed)
      runs.appendVarchar(input)
      runs.endRow()
    }
    append(agents, row, numbers, groupings)
  }
  runs.closeSync()
  agents.closeSync()
  await connection.run('CHECKPOINT')
}

function append(agents: Appender, row: Row, numbers: Sums['number'][], groupings: Sums['by'][]): void {
  const text = (value: unknown) => (typeof value === 'string' ? agents.appendVarchar(value) : agents.appendNull())
  const started = microseconds(row.started_at)
  agents.appendInteger(row.id)
  for (const value of [row.device, row.language, row.environment]) text(value)
  for (const value of [row.is_marked, row.feedbacks.length > 0, false]) agents.appendBoolean(value)
  agents.appendBigInt(BigInt(started))
  agents.appendBigInt(BigInt(durationOf(row)))
  agents.appendDouble(dayOf(started))
  for (const path of groupings) text(valueAt(row, path))
  for (const path of numbers) {
    const number = numberAt(row, path)
    if (number === null) agents.appendNull()
    else agents.appendDouble(number)
  }
  agents.appendVarchar(saidByUser(row))
  agents.endRow()
}

/** The sums as a statement. Its numbers are doubles, which become numbers of JavaScript without more work. */
export function statementOf({ by, number }: Sums, plan: Plan, conditions: readonly string[]): string {
  const { numbers, groupings } = summed(plan)
  const placeIn = (paths: readonly (readonly string[])[], path: readonly string[]) =>
    paths.findIndex((each) => JSON.stringify(each) === JSON.stringify(path))
  const [group, value] = [`g${placeIn(groupings, by)}`, `n${placeIn(numbers, number)}`]
  const where = [`${group} IS NOT NULL`, `${value} IS NOT NULL`, ...conditions].join(' AND ')
  return `SELECT ${group}, day, count(*)::INTEGER, sum(${value}), quantile_disc(${value}, 0.95) FROM agent WHERE ${where}
    GROUP BY ${group}, day`
}
