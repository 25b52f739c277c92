/**
 * What asking about agents costs beside the usual ways: `npm run bench:agents`, or `npm run bench:agents -- ROWS`. Answers are
 * compared before anything is timed; a peer that is not installed (`npm ci` in bench/) is left out.
 *
 *     W14  a common word that the user said, on one device: how many
 *     W15  runs of one tool that failed and whose input holds a string: how many rows have one
 *     W16  rows by duration, the longest first, page 5
 *     W17  sum and 95th percentile of a metadata number by another path and day
 *
 * Each peer holds what it needs in the form that suits it: SQLite and DuckDB have tables of messages, runs and rows with indexes
 * where they take them, text folded beforehand; `loop` reads the rows; `columns` are typed arrays made for this question alone.
 */
import { type ConversationInput, ConversationStore } from '../src/index.ts'
import { generate, VOCABULARY } from './data.ts'
import { measure, showTime } from './timing.ts'

const ROWS = Number(process.argv[2] ?? 100_000)
const WORD = VOCABULARY.find((word) => word.length > 4)!
const TOOL = 'lookup_order'
const INPUT = 'ord-00'
const DAY = 86_400_000

type Row = ConversationInput & { readonly id: number; readonly device: string; readonly started_at: string }

/** The rows, whose actions have logs. */
const rows = Array.from(generate({ rows: ROWS }), (row, i) => ({
  ...row,
  messages: row.messages.map((message, at) =>
    message.action_name == null
      ? message
      : {
          ...message,
          action_logs: [
            {
              tools_used: { order_id: (row.metadata as { order: { id: string } }).order.id, attempt: at },
              response: 'done',
              error_message: (i + at) % 7 === 0 ? 'The order was refused.' : null,
              duration_ms: ((i * 31 + at * 17) % 4000) + 1,
            },
          ],
        },
  ),
})) as unknown as Row[]

const store = ConversationStore.from(rows, { onInvalid: 'throw' })
store.warm({ actions: true })

const kept = rows.filter((row) => row.is_deleted !== true)
const folded = (text: unknown) => String(text).toLowerCase()
const daysOf = (row: Row) => Math.floor(Date.parse(row.started_at) / DAY)
const runsOf = (row: Row) =>
  (row.messages ?? []).flatMap((message) =>
    ((message.action_logs ?? []) as Record<string, unknown>[]).map((run) => ({ name: message.action_name, ...run })),
  )
const durationOf = (row: Row) =>
  row.ended_at == null ? null : (microsecondsOf(row.ended_at) - microsecondsOf(row.started_at)) / 1e6
const microsecondsOf = (text: string) => Date.parse(`${text.slice(0, 19)}Z`) * 1000 + Number(text.slice(20, 26))
const totalOf = (row: Row) => (row.metadata as { order: { total: number } }).order.total
const versionOf = (row: Row) => (row.metadata as { agent_version: string }).agent_version

/** One way to answer a question; what it gives is compared as JSON. */
type Ways = Record<string, () => unknown>

const sumsOf = (groups: readonly { n: number; sum: number; p95: number }[]) => [
  groups.length,
  groups.reduce((all, { n }) => all + n, 0),
  Math.round(groups.reduce((all, { sum }) => all + sum, 0)),
  Math.round(groups.reduce((all, { p95 }) => all + p95, 0)),
]

const ours: Ways = {
  W14: () => store.query().device('mobile').messageContains(WORD, { sender: 'end_user' }).count(),
  W15: () => store.query().action({ name: TOOL, failed: true, input: INPUT }).count(),
  W16: () =>
    store
      .query()
      .orderBy('-duration')
      .page(5)
      .fetch()
      .results.map(({ id }) => id),
  W17: () =>
    sumsOf(
      store
        .query()
        .aggregate(
          { n: ['count'], sum: ['sum', 'metadata.order.total'], p95: ['p95', 'metadata.order.total'] },
          { by: 'metadata.agent_version', every: 'day' },
        ) as never,
    ),
}

const loop: Ways = {
  W14: () =>
    kept.filter(
      (row) =>
        row.device === 'mobile' &&
        row.messages!.some(({ sender, content }) => sender === 'end_user' && folded(content).includes(WORD)),
    ).length,
  W15: () =>
    kept.filter((row) =>
      runsOf(row).some(
        (run) =>
          run.name === TOOL &&
          (run as { error_message?: unknown }).error_message != null &&
          folded(JSON.stringify((run as { tools_used?: unknown }).tools_used)).includes(INPUT),
      ),
    ).length,
  W16: () => longestOf(kept.map((row) => ({ id: row.id, duration: durationOf(row) }))),
  W17: () => {
    const groups = new Map<string, number[]>()
    for (const row of kept) {
      const key = `${daysOf(row)} ${versionOf(row)}`
      const group = groups.get(key)
      if (group === undefined) groups.set(key, [totalOf(row)])
      else group.push(totalOf(row))
    }
    return sumsOf([...groups.values()].map(summary))
  },
}

function summary(values: number[]) {
  values.sort((a, b) => a - b)
  const sum = values.reduce((all, value) => all + value, 0)
  return { n: values.length, sum, p95: values[Math.ceil(0.95 * values.length) - 1]! }
}

function longestOf(all: { id: number; duration: number | null }[]): number[] {
  // Null comes first, as the contract has it.
  const size = (duration: number | null) => duration ?? Number.POSITIVE_INFINITY
  all.sort((a, b) => size(b.duration) - size(a.duration) || b.id - a.id)
  return all.slice(40, 50).map(({ id }) => id)
}

/** Typed arrays for W17, and for W16 the rows in order, as someone makes them who asks nothing else. */
const versions = [...new Set(kept.map(versionOf))]
const versionNumbers = Uint8Array.from(kept, (row) => versions.indexOf(versionOf(row)))
const days = Int32Array.from(kept, daysOf)
const firstDay = days.reduce((a, b) => Math.min(a, b))
const totals = Float64Array.from(kept, totalOf)
const columns: Ways = {
  W17: () => {
    const size = (days.reduce((a, b) => Math.max(a, b)) - firstDay + 1) * versions.length
    const counts = new Uint32Array(size)
    const sums = new Float64Array(size)
    const groups = new Uint32Array(totals.length)
    for (let i = 0; i < totals.length; i++) {
      const group = (days[i]! - firstDay) * versions.length + versionNumbers[i]!
      groups[i] = group
      counts[group]!++
      sums[group]! += totals[i]!
    }
    const ends = new Uint32Array(size)
    for (let group = 1; group < size; group++) ends[group] = ends[group - 1]! + counts[group - 1]!
    const sorted = new Float64Array(totals.length)
    for (let i = 0; i < totals.length; i++) sorted[ends[groups[i]!]!++] = totals[i]!
    const found = []
    for (let group = 0; group < size; group++) {
      const n = counts[group]!
      if (n === 0) continue
      const all = sorted.subarray(ends[group]! - n, ends[group]!).sort()
      found.push({ n, sum: sums[group]!, p95: all[Math.ceil(0.95 * n) - 1]! })
    }
    return sumsOf(found)
  },
}

const TABLES = `
  create table r (id integer, device text, duration double, day integer, version text, total double);
  create table m (id integer, sender text, content text);
  create table t (id integer, name text, failed integer, input text);`

const SQL: Record<string, string> = {
  W14: `select count(distinct r.id) from r join m on m.id = r.id
    where r.device = 'mobile' and m.sender = 'end_user' and CONTAINS(m.content, '${WORD}')`,
  W15: `select count(distinct id) from t where name = '${TOOL}' and failed = 1 and CONTAINS(input, '${INPUT}')`,
  W16: 'select id from r order by duration desc nulls first, id desc limit 10 offset 40',
}

const inRows = kept.map((row) => [row.id, row.device, durationOf(row), daysOf(row), versionOf(row), totalOf(row)])
const inMessages = kept.flatMap((row) => row.messages!.map((it) => [row.id, it.sender, folded(it.content)]))
const inRuns = kept.flatMap((row) =>
  runsOf(row).map((run) => {
    const { error_message, tools_used } = run as { error_message?: unknown; tools_used?: unknown }
    return [row.id, run.name, error_message == null ? 0 : 1, folded(JSON.stringify(tools_used))]
  }),
)

async function sqlite(): Promise<Ways> {
  const { default: Database } = (await import('better-sqlite3' as string)) as { default: new (path: string) => never }
  const db = new Database(':memory:') as unknown as {
    exec(sql: string): void
    prepare(sql: string): { raw(): { all(): unknown[][] }; run(...values: unknown[]): void }
  }
  db.exec(`${TABLES} begin`)
  const fill = (table: string, all: readonly unknown[][]) => {
    const insert = db.prepare(`insert into ${table} values (${all[0]!.map(() => '?').join()})`)
    for (const values of all) insert.run(...values)
  }
  fill('r', inRows)
  fill('m', inMessages)
  fill('t', inRuns)
  db.exec(`commit; create index a on r (device, id); create index b on m (id, sender); create index c on t (name, failed);
    create index d on r (duration desc, id desc); analyze`)
  const ask = (sql: string) => {
    const statement = db.prepare(sql.replace(/CONTAINS\((\S+), ('[^']*')\)/g, 'instr($1, $2) > 0')).raw()
    return () => statement.all()
  }
  const [w14, w15, w16] = [ask(SQL.W14!), ask(SQL.W15!), ask(SQL.W16!)]
  return { W14: () => w14()[0]![0], W15: () => w15()[0]![0], W16: () => w16().map(([id]) => id) }
}

/** Asked by promises: timed apart. */
async function duckdb(): Promise<Record<string, () => Promise<unknown>>> {
  const { DuckDBInstance } = (await import('@duckdb/node-api' as string)) as {
    DuckDBInstance: { create(path: string): Promise<{ connect(): Promise<Duck> }> }
  }
  const duck = await (await DuckDBInstance.create(':memory:')).connect()
  await duck.run(TABLES)
  for (const [table, all] of [
    ['r', inRows],
    ['m', inMessages],
    ['t', inRuns],
  ] as const) {
    const appender = await duck.createAppender(table)
    const texts: Record<string, number[]> = { r: [1, 4], m: [1, 2], t: [1, 3] }
    const doubles = table === 'r' ? [2, 5] : []
    for (const values of all) {
      values.forEach((value, i) => {
        if (value === null) appender.appendNull()
        else if (texts[table]!.includes(i)) appender.appendVarchar(String(value))
        else if (doubles.includes(i)) appender.appendDouble(Number(value))
        else appender.appendInteger(Number(value))
      })
      appender.endRow()
    }
    appender.closeSync()
  }
  const rowsOf = async (sql: string) => (await duck.runAndReadAll(sql)).getRows()
  const grouped = `select count(*), sum(total), quantile_disc(total, 0.95) from r group by day, version`
  return {
    W14: async () => Number((await rowsOf(SQL.W14!))[0]![0]),
    W15: async () => Number((await rowsOf(SQL.W15!))[0]![0]),
    W16: async () => (await rowsOf(SQL.W16!)).map(([id]) => id),
    W17: async () =>
      sumsOf((await rowsOf(grouped)).map(([n, sum, p95]) => ({ n: Number(n), sum: Number(sum), p95: Number(p95) }))),
  }
}

interface Duck {
  run(sql: string): Promise<unknown>
  runAndReadAll(sql: string): Promise<{ getRows(): unknown[][] }>
  createAppender(table: string): Promise<{
    appendInteger(value: number): void
    appendDouble(value: number): void
    appendVarchar(value: string): void
    appendNull(): void
    endRow(): void
    closeSync(): void
  }>
}

async function orNone<Value>(name: string, make: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await make()
  } catch (error) {
    console.log(`${name} is left out: ${(error as Error).message.split('\n')[0]}`)
    return undefined
  }
}

const peers: Record<string, Record<string, () => unknown> | undefined> = {
  loop,
  columns,
  sqlite: await orNone('better-sqlite3', sqlite),
  duckdb: await orNone('DuckDB', duckdb),
}

console.log(
  `${ROWS.toLocaleString('en')} rows, ${inMessages.length.toLocaleString('en')} messages, ${inRuns.length.toLocaleString('en')} runs`,
)
for (const [question, ask] of Object.entries(ours)) {
  const expected = JSON.stringify(ask())
  const { median } = measure(ask, 1_500)
  const figures = [`ours ${showTime(median)}`]
  for (const [name, ways] of Object.entries(peers)) {
    const way = ways?.[question]
    if (way === undefined) continue
    const answer = JSON.stringify(await way())
    if (answer !== expected) throw new Error(`${question}: ${name} answers ${answer}, the store ${expected}.`)
    const times: number[] = []
    for (let i = 0; i < 7; i++) {
      const start = performance.now()
      await way()
      times.push(performance.now() - start)
    }
    const time = times.sort((a, b) => a - b)[3]!
    figures.push(`${name} ${showTime(time)} (${(time / median).toFixed(1)}x)`)
  }
  const read =
    question === 'W14' ? store.query().messageContains(WORD, { sender: 'end_user' }).explain().documentsRead : ''
  console.log(
    question,
    expected.slice(0, 40).padEnd(12),
    figures.join(', '),
    read === '' ? '' : `documents read: ${read}`,
  )
}
