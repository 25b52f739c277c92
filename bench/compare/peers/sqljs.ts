/** SQLite compiled to WebAssembly: `sql.js`. Its build has no FTS5, so texts are looked for in every row. */
import { load, type MakePeer, versionOf } from '../peer.ts'
import { type Bound, sqlPeer } from './sql.ts'

interface Statement {
  bind(values: readonly Bound[]): boolean
  step(): boolean
  get(): unknown[]
  run(values: readonly Bound[]): void
  reset(): void
}

interface Database {
  prepare(sql: string): Statement
  exec(sql: string): { readonly values: readonly (readonly unknown[])[] }[]
  close(): void
}

export const make: MakePeer = async (plan) => {
  const { default: start } = await load<{ default: () => Promise<{ Database: new () => Database }> }>('sql.js')
  const { Database } = await start()
  const db = new Database()
  const statements = new Map<string, Statement>()
  const prepared = (sql: string) => {
    let statement = statements.get(sql)
    if (statement === undefined) {
      statement = db.prepare(sql)
      statements.set(sql, statement)
    }
    return statement
  }
  const all = (sql: string, values: readonly Bound[]) => {
    const statement = prepared(sql)
    statement.bind(values)
    const found: unknown[][] = []
    while (statement.step()) found.push(statement.get())
    statement.reset()
    return found
  }
  const number = (sql: string) => Number(db.exec(sql)[0]!.values[0]![0])
  let hasTrigrams = true
  try {
    db.exec("CREATE VIRTUAL TABLE probe USING fts5(x, tokenize='trigram'); DROP TABLE probe")
  } catch {
    hasTrigrams = false
  }
  const peer = sqlPeer(
    {
      exec: (sql) => db.exec(sql),
      run: (sql, values) => prepared(sql).run(values),
      column: (sql, values) => all(sql, values).map(([value]) => value),
      rows: all,
    },
    plan,
    hasTrigrams,
  )
  return {
    ...peer,
    version: await versionOf('sql.js'),
    cannot: ({ sums }) => (sums === undefined ? undefined : 'no percentiles in this build'),
    bytesOutside: () => number('PRAGMA page_count') * number('PRAGMA page_size'),
    notes: () => ({ texts: hasTrigrams ? 'FTS5 trigram' : 'no FTS5 in this build: every row is looked at' }),
    close: () => db.close(),
  }
}
