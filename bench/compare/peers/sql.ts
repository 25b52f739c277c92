/** Conversations in SQLite's SQL, for both of its packages: tables, indexes, and asks as statements. */
import { fold } from '../../../src/base/text/fold.ts'
import { type Answer, type Ask, asksAgents, asksText, type Condition, type Row, type Value } from '../ask.ts'
import { type Entry, entryOf, foldedText, microseconds, NO_CUSTOMER, withMessage } from '../entry.ts'
import type { Peer, Writes } from '../peer.ts'
import type { Plan } from '../plan.ts'
import { SqlAgents, trigramIndex } from './sql-agents.ts'

/** What can be bound to a statement. */
export type Bound = string | number | null

/** A database, however it is reached. Statements are prepared once for each text. */
export interface Sql {
  exec(sql: string): unknown
  run(sql: string, values: readonly Bound[]): unknown
  /** The first column of all rows. */
  column(sql: string, values: readonly Bound[]): readonly unknown[]
  /** All columns of all rows. */
  rows(sql: string, values: readonly Bound[]): readonly unknown[][]
}

/** A condition and its values, in the order of its question marks. */
export interface Compiled {
  readonly sql: string
  readonly values: readonly Bound[]
}

const INSERT = `INSERT INTO conversation (id, customer_id, customer_order, device, language, environment, is_marked,
  is_deleted, has_feedback, started_at, ended_order, metadata) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

/**
 * The tables. What is asked beside others has an index that ends with the order of pages, all of them over the rows that
 * are not deleted; metadata is JSON with a generated column and an index for each path that is asked for.
 */
function schema(paths: readonly (readonly string[])[]): string {
  const columns = paths.map((path, i) => {
    const place = `$${path.map((key) => `."${key}"`).join('')}`
    return `m${i} GENERATED ALWAYS AS (json_extract(metadata, '${place.replaceAll("'", "''")}')) VIRTUAL`
  })
  const index = (name: string, on: string) => `CREATE INDEX by_${name} ON conversation (${on}) WHERE is_deleted = 0;`
  return `
    CREATE TABLE conversation (
      id INTEGER PRIMARY KEY, customer_id TEXT, customer_order TEXT NOT NULL, device TEXT, language TEXT,
      environment TEXT, is_marked INTEGER NOT NULL, is_deleted INTEGER NOT NULL, has_feedback INTEGER NOT NULL,
      started_at INTEGER NOT NULL, ended_order INTEGER NOT NULL, metadata TEXT
      ${columns.map((column) => `, ${column}`).join('')}
    );
    CREATE TABLE action (
      name TEXT NOT NULL, conversation_id INTEGER NOT NULL, PRIMARY KEY (name, conversation_id)
    ) WITHOUT ROWID;
    CREATE TABLE feedback (
      sentiment TEXT NOT NULL, source TEXT NOT NULL, conversation_id INTEGER NOT NULL,
      PRIMARY KEY (sentiment, source, conversation_id)
    ) WITHOUT ROWID;
    CREATE TABLE message_text (id INTEGER PRIMARY KEY, content TEXT NOT NULL);
    ${index('time', 'started_at, id')}
    ${index('customer', 'customer_id, device, started_at, id')}
    ${index('customer_mark', 'customer_id, is_marked, started_at, id')}
    ${index('device', 'device, language, started_at, id')}
    ${index('device_time', 'device, started_at, id')}
    ${index('language_time', 'language, started_at, id')}
    ${index('environment', 'environment, started_at, id')}
    ${index('mark', 'is_marked, started_at, id')}
    ${index('has_feedback', 'has_feedback, started_at, id')}
    ${index('end', 'ended_order, id')}
    ${index('customer_order', 'customer_order, id')}
    ${paths.map((_, i) => index(`m${i}`, `m${i}, is_marked, started_at, id`)).join('\n')}
    ${paths.map((_, i) => index(`m${i}_time`, `m${i}, started_at, id`)).join('\n')}`
}

/** The peer over a database; `hasTrigrams` says whether it has FTS5. */
export function sqlPeer(
  db: Sql,
  plan: Plan,
  hasTrigrams: boolean,
): Pick<Peer, 'build' | 'buildText' | 'buildAgents' | 'ask' | 'sumBy'> & { readonly writes: Writes } {
  const { paths } = plan
  const agents = new SqlAgents(db, plan, hasTrigrams)
  const documents = new Map<number, Row>()
  const pathNames = new Map(paths.map((path, i) => [JSON.stringify(path), `m${i}`]))
  const compile = (condition: Condition): Compiled => compileCondition(condition, pathNames, hasTrigrams)
  return {
    build(rows) {
      db.exec(schema(paths))
      db.exec('BEGIN')
      for (const row of rows) insert(db, entryOf(row))
      db.exec('COMMIT; ANALYZE')
      for (const row of rows) documents.set(row.id, row)
    },
    buildText() {
      db.exec('BEGIN')
      for (const row of documents.values()) {
        db.run('INSERT INTO message_text (id, content) VALUES (?, ?)', [row.id, foldedText(row)])
      }
      db.exec('COMMIT')
      if (hasTrigrams) db.exec(trigramIndex('message'))
    },
    buildAgents: () => agents.build([...documents.values()]),
    ask(ask): Answer {
      const compiled = ask.where.map(compile)
      const isByDuration = ask.order?.endsWith('duration') === true
      const table = isByDuration ? 'timed' : 'conversation'
      const parts = [...(isByDuration ? [] : ['c.is_deleted = 0']), ...compiled.map(({ sql }) => sql)]
      const where = parts.length === 0 ? 'TRUE' : parts.join(' AND ')
      const values = compiled.flatMap((each) => each.values)
      const source = scansText(ask, hasTrigrams) ? `${table} c JOIN ${scannedBy(ask)} t ON t.id = c.id` : `${table} c`
      const [count] = db.column(`SELECT count(*) FROM ${source} WHERE ${where}`, values)
      const ids = db.column(`SELECT c.id FROM ${source} WHERE ${where} ORDER BY ${orderOf(ask)} LIMIT ? OFFSET ?`, [
        ...values,
        ask.pageSize,
        (ask.page - 1) * ask.pageSize,
      ])
      return { count: Number(count), rows: ids.map((id) => documents.get(Number(id))!) }
    },
    sumBy: (where, sums) => agents.sumBy(where.map(compile), sums),
    writes: {
      mark(id) {
        documents.set(id, { ...documents.get(id)!, is_marked: true })
        db.run('UPDATE conversation SET is_marked = 1 WHERE id = ?', [id])
      },
      delete(id, at) {
        documents.set(id, { ...documents.get(id)!, is_deleted: true, deleted_at: at })
        db.run('UPDATE conversation SET is_deleted = 1 WHERE id = ?', [id])
      },
      append(id, content) {
        const before = documents.get(id)!
        const after = withMessage(before, content)
        documents.set(id, after)
        const [old, text] = [foldedText(before), foldedText(after)]
        db.exec('BEGIN')
        if (hasTrigrams) {
          db.run(`INSERT INTO message_index (message_index, rowid, content) VALUES ('delete', ?, ?)`, [id, old])
          db.run('INSERT INTO message_index (rowid, content) VALUES (?, ?)', [id, text])
        }
        db.run('UPDATE message_text SET content = ? WHERE id = ?', [text, id])
        db.exec('COMMIT')
      },
    },
  }
}

function insert(db: Sql, entry: Entry): void {
  const { id, row } = entry
  db.run(INSERT, [
    id,
    entry.customer_id,
    entry.customer_id ?? NO_CUSTOMER,
    entry.device,
    entry.language,
    entry.environment,
    Number(entry.is_marked),
    Number(entry.is_deleted),
    Number(entry.has_feedback),
    entry.started,
    entry.ended,
    JSON.stringify(row.metadata),
  ])
  for (const name of entry.actions) db.run('INSERT INTO action VALUES (?, ?)', [name, id])
  for (const feedback of entry.feedback) db.run('INSERT INTO feedback VALUES (?, ?, ?)', [...feedback.split('/'), id])
}

function compileCondition(condition: Condition, paths: ReadonlyMap<string, string>, hasTrigrams: boolean): Compiled {
  const inner = (each: Condition) => compileCondition(each, paths, hasTrigrams)
  if ('not' in condition) {
    const parts = condition.not.map(inner)
    return { sql: `(${joined(parts, ' AND ')}) IS NOT 1`, values: parts.flatMap(({ values }) => values) }
  }
  if ('or' in condition) {
    const groups = condition.or.map((group) => group.map(inner))
    return {
      sql: `(${groups.map((parts) => `(${joined(parts, ' AND ')})`).join(' OR ')})`,
      values: groups.flat().flatMap(({ values }) => values),
    }
  }
  switch (condition.field) {
    case 'is_marked':
    case 'has_feedback':
      return { sql: `c.${condition.field} = ?`, values: [Number(condition.is)] }
    case 'action':
      return { sql: 'c.id IN (SELECT conversation_id FROM action WHERE name = ?)', values: [condition.is] }
    case 'feedback':
      return {
        sql: 'c.id IN (SELECT conversation_id FROM feedback WHERE sentiment = ? AND source = ?)',
        values: [condition.sentiment, condition.source],
      }
    case 'metadata':
      return { sql: `c.${paths.get(JSON.stringify(condition.path))!} = ?`, values: [sqlValue(condition.is)] }
    case 'started_at': {
      const { from, to } = condition
      const parts: Compiled[] = []
      if (from !== undefined) parts.push({ sql: 'c.started_at >= ?', values: [microseconds(from)] })
      if (to !== undefined) parts.push({ sql: 'c.started_at <= ?', values: [microseconds(to)] })
      return { sql: joined(parts, ' AND '), values: parts.flatMap(({ values }) => values) }
    }
    case 'message': {
      const text = fold(condition.contains)
      const index = condition.sender === undefined ? 'message_index' : 'said_index'
      return hasTrigrams && isIndexed(text)
        ? {
            sql: `c.id IN (SELECT rowid FROM ${index} WHERE ${index} MATCH ?)`,
            values: [`"${text.replaceAll('"', '""')}"`],
          }
        : { sql: 'instr(t.content, ?) > 0', values: [text] }
    }
    case 'failed_run':
      return {
        sql: `c.id IN (SELECT conversation_id FROM run WHERE name = ? AND has_failed = 1 AND instr(input, ?) > 0)`,
        values: [condition.name, fold(condition.input)],
      }
    default:
      return { sql: `c.${condition.field} = ?`, values: [condition.is] }
  }
}

/** A trigram index knows nothing shorter. */
function isIndexed(text: string): boolean {
  return [...text].length >= 3
}

function scansText(ask: Ask, hasTrigrams: boolean): boolean {
  if (!asksText(ask)) return false
  return !ask.where.every((it) => !('field' in it) || it.field !== 'message' || (hasTrigrams && isIndexed(it.contains)))
}

/** The table of the texts that are looked at one by one. */
function scannedBy(ask: Ask): string {
  return asksAgents(ask) ? 'said_text' : 'message_text'
}

function sqlValue(value: Value): string | number {
  return typeof value === 'boolean' ? Number(value) : value
}

function joined(parts: readonly Compiled[], by: string): string {
  return parts.map(({ sql }) => sql).join(by)
}

function orderOf({ order = '-started_at' }: Ask): string {
  const direction = order.startsWith('-') ? 'DESC' : 'ASC'
  const column = {
    started_at: 'started_at',
    customer_id: 'customer_order',
    ended_at: 'ended_order',
    duration: 'duration',
  }
  const field = order.replace('-', '') as keyof typeof column
  return `c.${column[field]} ${direction}, c.id ${direction}`
}
