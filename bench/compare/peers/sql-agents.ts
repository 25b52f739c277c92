/**
 * What W14 to W17 need of SQLite, in tables of their own over the rows that are not deleted: what the user said, a table of
 * runs, and what is ordered and summed with an index for each order and each sum that holds all that the statement reads.
 */
import { type Group, type Row, type Sums, type Value, valueAt } from '../ask.ts'
import { dayOf, durationOf, microseconds, numberAt, runsOf, saidByUser } from '../entry.ts'
import { type Plan, summed } from '../plan.ts'
import type { Bound, Compiled, Sql } from './sql.ts'

/** The conditions of broad filters, by which groups of rows are narrowed. */
const FILTERS = 'environment, is_marked, has_feedback'

/** An index of the trigrams of a table of texts, which are folded already; it holds no copy of them. */
export function trigramIndex(name: string): string {
  return `CREATE VIRTUAL TABLE ${name}_index
    USING fts5(content, content='${name}_text', content_rowid='id', tokenize='trigram case_sensitive 1');
    INSERT INTO ${name}_index (${name}_index) VALUES ('rebuild');
    INSERT INTO ${name}_index (${name}_index) VALUES ('optimize')`
}

/** The tables and the sums. */
export class SqlAgents {
  readonly #db: Sql
  readonly #hasTrigrams: boolean
  readonly #sums: ReturnType<typeof summed>

  constructor(db: Sql, plan: Plan, hasTrigrams: boolean) {
    this.#db = db
    this.#hasTrigrams = hasTrigrams
    this.#sums = summed(plan)
  }

  build(documents: readonly Row[]): void {
    const { all, numbers, groupings } = this.#sums
    const columns = [...groupings.map((_, i) => `g${i} TEXT`), ...numbers.map((_, i) => `n${i} REAL`)]
    this.#db.exec(`
      CREATE TABLE said_text (id INTEGER PRIMARY KEY, content TEXT NOT NULL);
      CREATE TABLE run (
        name TEXT NOT NULL, has_failed INTEGER NOT NULL, conversation_id INTEGER NOT NULL, place INTEGER NOT NULL,
        input TEXT NOT NULL, PRIMARY KEY (name, has_failed, conversation_id, place)
      ) WITHOUT ROWID;
      CREATE TABLE timed (
        id INTEGER PRIMARY KEY, duration INTEGER NOT NULL, device TEXT, language TEXT, environment TEXT,
        is_marked INTEGER NOT NULL, has_feedback INTEGER NOT NULL, day INTEGER NOT NULL
        ${columns.map((column) => `, ${column}`).join('')}
      );
      BEGIN`)
    for (const row of documents) if (!row.is_deleted) this.#insert(row)
    this.#db.exec('COMMIT')
    for (const field of ['', 'device, ', 'language, ', 'is_marked, ']) {
      this.#db.exec(`CREATE INDEX timed_${field.slice(0, -2)} ON timed (${field}duration, id)`)
    }
    for (const sums of all) {
      const { by, number } = this.#columnsOf(sums)
      this.#db.exec(`CREATE INDEX ${by}_${number} ON timed (${by}, day, ${number}, ${FILTERS})`)
    }
    if (this.#hasTrigrams) this.#db.exec(trigramIndex('said'))
    this.#db.exec('ANALYZE')
  }

  /** SQLite's percentile takes the number at the floor of a share of the last place: a share is named that leads to the rank. */
  sumBy(where: readonly Compiled[], sums: Sums): Group[] {
    const { by, number } = this.#columnsOf(sums)
    const narrowed = where.map(({ sql }) => ` AND ${sql}`).join('')
    const values = where.flatMap((each) => each.values)
    const rows = this.#db.rows(
      `SELECT g.value, g.day, g.numbers, g.total, (
        SELECT percentile_disc(c.${number}, min(1.0, ((95 * g.numbers + 99) / 100 - 0.5) / max(1, g.numbers - 1)))
        FROM timed c WHERE c.${by} = g.value AND c.day = g.day${narrowed}
      ) FROM (
        SELECT c.${by} AS value, c.day AS day, count(*) AS numbers, sum(c.${number}) AS total FROM timed c
        WHERE c.${by} IS NOT NULL AND c.${number} IS NOT NULL${narrowed} GROUP BY c.${by}, c.day
      ) g`,
      [...values, ...values],
    )
    return rows as unknown as Group[]
  }

  #columnsOf({ by, number }: Sums): { by: string; number: string } {
    const { groupings, numbers } = this.#sums
    const placeIn = (paths: readonly (readonly string[])[], path: readonly string[]) =>
      paths.findIndex((each) => JSON.stringify(each) === JSON.stringify(path))
    return { by: `g${placeIn(groupings, by)}`, number: `n${placeIn(numbers, number)}` }
  }

  #insert(row: Row): void {
    const { groupings, numbers } = this.#sums
    this.#db.run('INSERT INTO said_text VALUES (?, ?)', [row.id, saidByUser(row)])
    runsOf(row).forEach(({ name, hasFailed, input }, place) => {
      this.#db.run('INSERT INTO run VALUES (?, ?, ?, ?, ?)', [name, Number(hasFailed), row.id, place, input])
    })
    const values: Bound[] = [
      ...[row.id, durationOf(row), row.device, row.language, row.environment],
      ...[Number(row.is_marked), Number(row.feedbacks.length > 0), dayOf(microseconds(row.started_at))],
      ...groupings.map((path) => textOf(valueAt(row, path))),
      ...numbers.map((path) => numberAt(row, path)),
    ]
    this.#db.run(`INSERT INTO timed VALUES (${values.map(() => '?').join()})`, values)
  }
}

/** What is grouped by are texts. */
function textOf(value: Value | undefined): string | null {
  return typeof value === 'string' ? value : null
}
