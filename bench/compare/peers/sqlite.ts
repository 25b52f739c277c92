/** SQLite inside the process, in memory: `better-sqlite3`. */
import { load, type MakePeer, versionOf } from '../peer.ts'
import { type Bound, sqlPeer } from './sql.ts'

interface Statement {
  pluck(): Statement
  raw(): Statement
  run(...values: readonly Bound[]): unknown
  all(...values: readonly Bound[]): unknown[]
}

interface Database {
  prepare(sql: string): Statement
  exec(sql: string): unknown
  pragma(sql: string, options: { simple: true }): unknown
  close(): unknown
}

export const make: MakePeer = async (plan) => {
  const { default: Sqlite } = await load<{ default: new (path: string) => Database }>('better-sqlite3')
  const db = new Sqlite(':memory:')
  const statements = new Map<string, Statement>()
  const prepared = (sql: string, as?: 'pluck' | 'raw') => {
    let statement = statements.get(sql)
    if (statement === undefined) {
      statement = as === undefined ? db.prepare(sql) : db.prepare(sql)[as]()
      statements.set(sql, statement)
    }
    return statement
  }
  const peer = sqlPeer(
    {
      exec: (sql) => db.exec(sql),
      run: (sql, values) => prepared(sql).run(...values),
      column: (sql, values) => prepared(sql, 'pluck').all(...values),
      rows: (sql, values) => prepared(sql, 'raw').all(...values) as unknown[][],
    },
    plan,
    true,
  )
  return {
    ...peer,
    version: await versionOf('better-sqlite3'),
    bytesOutside: () =>
      Number(db.pragma('page_count', { simple: true })) * Number(db.pragma('page_size', { simple: true })),
    close: () => db.close(),
  }
}
