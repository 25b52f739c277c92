/** DuckDB inside the process, in memory: columns, lists for what has several values, texts by `contains`. */
import { fold } from '../../../src/base/text/fold.ts'
import { type Answer, type Ask, asksAgents, type Condition, type Group, type Row, type Value, valueAt } from '../ask.ts'
import { entryOf, foldedText, microseconds, NO_CUSTOMER, withMessage } from '../entry.ts'
import { load, type MakePeer, versionOf } from '../peer.ts'
import { buildAgents, statementOf } from './duckdb-agents.ts'

export interface Appender {
  appendInteger(value: number): void
  appendBigInt(value: bigint): void
  appendDouble(value: number): void
  appendBoolean(value: boolean): void
  appendVarchar(value: string): void
  appendList(value: readonly string[], type: unknown): void
  appendNull(): void
  endRow(): void
  closeSync(): void
}

interface Statement {
  bind(values: readonly unknown[]): void
  runAndReadAll(): Promise<{ getRows(): unknown[][] }>
}

export interface Connection {
  run(sql: string, values?: readonly unknown[]): Promise<unknown>
  runAndReadAll(sql: string): Promise<{ getRows(): unknown[][] }>
  prepare(sql: string): Promise<Statement>
  createAppender(table: string): Promise<Appender>
  closeSync(): void
}

interface DuckDb {
  readonly DuckDBInstance: { create(path: string): Promise<{ connect(): Promise<Connection> }> }
  readonly LIST: (item: unknown) => unknown
  readonly VARCHAR: unknown
}

interface Compiled {
  readonly sql: string
  readonly values: readonly unknown[]
}

export const make: MakePeer = async (plan) => {
  const { paths } = plan
  const module = await load<DuckDb & { default?: DuckDb }>('@duckdb/node-api')
  const { DuckDBInstance, LIST, VARCHAR } = module.DuckDBInstance === undefined ? module.default! : module
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  const pathNames = new Map(paths.map((path, i) => [JSON.stringify(path), `m${i}`]))
  const statements = new Map<string, Statement>()
  const documents = new Map<number, Row>()

  async function rowsOf(sql: string, values: readonly unknown[]): Promise<unknown[][]> {
    let statement = statements.get(sql)
    if (statement === undefined) {
      statement = await connection.prepare(sql)
      statements.set(sql, statement)
    }
    statement.bind(values)
    return (await statement.runAndReadAll()).getRows()
  }

  function compile(condition: Condition): Compiled {
    if ('not' in condition) {
      const parts = condition.not.map(compile)
      return { sql: `(${joined(parts)}) IS NOT TRUE`, values: parts.flatMap(({ values }) => values) }
    }
    if ('or' in condition) {
      const groups = condition.or.map((group) => group.map(compile))
      return {
        sql: `(${groups.map((parts) => `(${joined(parts)})`).join(' OR ')})`,
        values: groups.flat().flatMap(({ values }) => values),
      }
    }
    switch (condition.field) {
      case 'action':
        return { sql: 'list_contains(actions, ?)', values: [condition.is] }
      case 'feedback':
        return { sql: 'list_contains(feedback, ?)', values: [`${condition.sentiment}/${condition.source}`] }
      case 'metadata':
        return { sql: `${pathNames.get(JSON.stringify(condition.path))!} = ?`, values: [String(condition.is)] }
      case 'started_at': {
        const parts: Compiled[] = []
        const { from, to } = condition
        if (from !== undefined) parts.push({ sql: 'started >= ?', values: [BigInt(microseconds(from))] })
        if (to !== undefined) parts.push({ sql: 'started <= ?', values: [BigInt(microseconds(to))] })
        return { sql: joined(parts), values: parts.flatMap(({ values }) => values) }
      }
      case 'message':
        return {
          sql: `contains(${condition.sender === undefined ? 'content' : 'said'}, ?)`,
          values: [fold(condition.contains)],
        }
      case 'failed_run':
        return {
          sql: 'id IN (SELECT conversation_id FROM run WHERE name = ? AND has_failed AND contains(input, ?))',
          values: [condition.name, fold(condition.input)],
        }
      default:
        return { sql: `${condition.field} = ?`, values: [condition.is] }
    }
  }

  return {
    version: await versionOf('@duckdb/node-api'),
    async build(rows) {
      await connection.run(`CREATE TABLE conversation (id INTEGER PRIMARY KEY, customer_id VARCHAR,
        customer_order VARCHAR, device VARCHAR, language VARCHAR, environment VARCHAR, is_marked BOOLEAN,
        is_deleted BOOLEAN, has_feedback BOOLEAN, started BIGINT, ended BIGINT, feedback VARCHAR[], actions VARCHAR[],
        ${paths.map((_, i) => `m${i} VARCHAR,`).join('')} content VARCHAR)`)
      const appender = await connection.createAppender('conversation')
      const text = (value: string | null) => (value === null ? appender.appendNull() : appender.appendVarchar(value))
      for (const row of rows) {
        const entry = entryOf(row)
        documents.set(row.id, row)
        appender.appendInteger(row.id)
        text(entry.customer_id)
        text(entry.customer_id ?? NO_CUSTOMER)
        text(entry.device)
        text(entry.language)
        text(entry.environment)
        appender.appendBoolean(entry.is_marked)
        appender.appendBoolean(entry.is_deleted)
        appender.appendBoolean(entry.has_feedback)
        appender.appendBigInt(BigInt(entry.started))
        appender.appendBigInt(BigInt(entry.ended))
        appender.appendList(entry.feedback, LIST(VARCHAR))
        appender.appendList(entry.actions, LIST(VARCHAR))
        for (const path of paths) text(textOf(valueAt(row, path)))
        appender.appendNull()
        appender.endRow()
      }
      appender.closeSync()
      await connection.run('CREATE INDEX by_customer ON conversation (customer_id)')
    },
    async buildText() {
      await connection.run('CREATE TABLE texts (id INTEGER, content VARCHAR)')
      const appender = await connection.createAppender('texts')
      for (const row of documents.values()) {
        appender.appendInteger(row.id)
        appender.appendVarchar(foldedText(row))
        appender.endRow()
      }
      appender.closeSync()
      await connection.run(
        'UPDATE conversation SET content = texts.content FROM texts WHERE texts.id = conversation.id',
      )
      await connection.run('DROP TABLE texts')
      await connection.run('CHECKPOINT')
    },
    buildAgents: () => buildAgents(connection, [...documents.values()], plan),
    async ask(ask): Promise<Answer> {
      const table = asksAgents(ask) ? 'agent' : 'conversation'
      const parts = ask.where.map(compile)
      const where = ['NOT is_deleted', ...parts.map(({ sql }) => sql)].join(' AND ')
      const values = parts.flatMap((part) => part.values)
      const counted = await rowsOf(`SELECT count(*) FROM ${table} WHERE ${where}`, values)
      const page = await rowsOf(
        `SELECT id FROM ${table} WHERE ${where} ORDER BY ${orderOf(ask)}
          LIMIT ${ask.pageSize} OFFSET ${(ask.page - 1) * ask.pageSize}`,
        values,
      )
      return { count: Number(counted[0]![0]), rows: page.map(([id]) => documents.get(Number(id))!) }
    },
    async countBy(where, fields) {
      const parts = where.map(compile)
      const rows = ['NOT is_deleted', ...parts.map(({ sql }) => sql)].join(' AND ')
      const values = parts.flatMap((part) => part.values)
      const counts: [Value, number][][] = []
      for (const field of fields) {
        const value =
          field.field === 'action'
            ? 'unnest(actions)'
            : field.field === 'day'
              ? 'started // 86400000000'
              : field.field === 'metadata'
                ? pathNames.get(JSON.stringify(field.path))!
                : field.field
        const found = await rowsOf(
          `SELECT value, count(*) FROM (SELECT ${value} AS value FROM conversation WHERE ${rows}) GROUP BY value`,
          values,
        )
        const given = (one: unknown): Value => (field.field === 'day' ? Number(one) * 86_400_000 : (one as string))
        counts.push(found.flatMap(([one, count]) => (one === null ? [] : [[given(one), Number(count)]])))
      }
      return counts
    },
    async sumBy(where, sums) {
      const parts = where.map(compile)
      const found = await rowsOf(
        statementOf(
          sums,
          plan,
          parts.map(({ sql }) => sql),
        ),
        parts.flatMap((part) => part.values),
      )
      return found as unknown as readonly Group[]
    },
    writes: {
      mark(id) {
        documents.set(id, { ...documents.get(id)!, is_marked: true })
        return connection.run('UPDATE conversation SET is_marked = true WHERE id = ?', [id])
      },
      delete(id, at) {
        documents.set(id, { ...documents.get(id)!, is_deleted: true, deleted_at: at })
        return connection.run('UPDATE conversation SET is_deleted = true WHERE id = ?', [id])
      },
      append(id, content) {
        documents.set(id, withMessage(documents.get(id)!, content))
        return connection.run('UPDATE conversation SET content = content || chr(10) || ? WHERE id = ?', [
          fold(content),
          id,
        ])
      },
    },
    async bytesOutside() {
      const { 0: first } = (
        await connection.runAndReadAll('SELECT sum(memory_usage_bytes) FROM duckdb_memory()')
      ).getRows()
      return Number(first?.[0] ?? 0)
    },
    close: () => connection.closeSync(),
  }
}

function textOf(value: Value | undefined): string | null {
  return value === undefined ? null : String(value)
}

function joined(parts: readonly Compiled[]): string {
  return parts.map(({ sql }) => sql).join(' AND ')
}

function orderOf({ order = '-started_at' }: Ask): string {
  const direction = order.startsWith('-') ? 'DESC' : 'ASC'
  const fields = { started_at: 'started', ended_at: 'ended', customer_id: 'customer_order', duration: 'duration' }
  const field = fields[order.replace('-', '') as keyof typeof fields]
  return `${field} ${direction}, id ${direction}`
}
