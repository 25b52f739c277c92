/**
 * What live queries cost a write: 0, 100 and 10,000 pages that it does not concern, one that it does, and the same
 * updates with the live queries of TanStack DB and with asking every query again.
 *
 * Every customer has rows; each live query is the newest ten of one customer. Rows of other customers are marked and
 * unmarked, and no live query is told; then a row of a watched one, and just that is told. The last column is the time
 * beside a write that no one listens to. `npm run bench:live`, or `npm run bench:live -- ROWS`.
 */

import { type GeneratedMetadata, generate } from '../src/features/generate/index.ts'
import { ConversationStore } from '../src/index.ts'
import { load, versionOf } from './compare/peer.ts'
import { measure, showTime, timeOf } from './timing.ts'

const CUSTOMERS = 12_000
const WATCHED = [0, 100, 10_000] as const
const PAGE = 10
/** Beyond this asking all again, or setting up, takes minutes. */
const FEW = 1_000
const WRITES_A_RUN = 20

/** What is measured: watches customers, marks rows, and says what each customer's page is. */
interface Side {
  readonly name: string
  readonly most: number
  watch(customers: readonly string[], hear: (customer: string) => void): () => void
  mark(id: number, yes: boolean): void
  page(customer: string): readonly number[]
}

const [argument] = process.argv.slice(2)
const rowCount = Number(argument ?? 100_000)
const customerOf = (i: number) => `c-${i % CUSTOMERS}`
const rows = Array.from(generate({ count: rowCount, messages: 'short' }), (row, i) => ({
  ...row,
  id: i + 1,
  customer_id: customerOf(i),
  is_marked: false,
  is_deleted: false,
}))

console.log(`${rowCount.toLocaleString('en')} rows, the newest ${PAGE} of a customer live.\n`)
for (const make of [ours, askedAgain, ourTexts, tanstack]) measureSide(await make())

function measureSide(side: Side): void {
  console.log(side.name)
  let alone = 0
  for (const watched of WATCHED) {
    if (watched > side.most) continue
    const customers = Array.from({ length: watched }, (_, i) => customerOf(i))
    let told = 0
    let stop = () => {}
    const setUp = timeOf(() => {
      stop = side.watch(customers, () => told++)
    })
    const from = told
    const untouched = measureWrites(side, WATCHED.at(-1)!)
    if (told !== from) throw new Error(`${side.name}: ${told - from} were told of rows that are not theirs.`)
    if (watched === 0) alone = untouched
    print(
      `a write that concerns none of ${watched.toLocaleString('en')}`,
      untouched,
      alone,
      `set up in ${showTime(setUp)}`,
    )
    if (watched > 0) {
      const touched = measureWrites(side, 0)
      if (told === from) throw new Error(`${side.name}: no one was told.`)
      print(`a write that concerns one of ${watched.toLocaleString('en')}`, touched, alone, '')
      check(side, customers[0]!)
    }
    stop()
  }
  console.log('')
}

/** Marks and unmarks rows of the customer with a number, or of those from there on, and gives the time of one write. */
function measureWrites(side: Side, customer: number): number {
  const others = CUSTOMERS - WATCHED.at(-1)!
  const places = Math.max(1, Math.floor(rowCount / CUSTOMERS))
  let write = 0
  const next = () => {
    // Always another row, marked at its first turn and unmarked at its next.
    const turn = write++
    const own = customer === 0 ? 0 : customer + (turn % others)
    const round = customer === 0 ? turn : Math.floor(turn / others)
    side.mark(own + (round % places) * CUSTOMERS + 1, Math.floor(round / places) % 2 === 0)
  }
  // Several in a run where one is too short for the clock.
  const writes = timeOf(next) < 1 ? WRITES_A_RUN : 1
  const run = () => {
    for (let i = 0; i < writes; i++) next()
  }
  measure(run, 300)
  return measure(run, 1_000).median / writes
}

function check(side: Side, customer: string): void {
  const expected = rows
    .filter((row) => row.customer_id === customer)
    .sort((a, b) => (a.started_at < b.started_at ? 1 : a.started_at > b.started_at ? -1 : b.id - a.id))
    .slice(0, PAGE)
  if (side.page(customer).join() !== expected.map(({ id }) => id).join()) throw new Error(`${side.name}: a wrong page.`)
}

function print(what: string, time: number, alone: number, note: string): void {
  console.log(`  ${what.padEnd(42)} ${showTime(time).padStart(9)}  ${(time / alone).toFixed(2).padStart(8)} ×  ${note}`)
}

function storeOfRows(): ConversationStore<GeneratedMetadata> {
  const store = ConversationStore.from<GeneratedMetadata>(rows)
  store.query().customerId(customerOf(0)).marked().count()
  return store
}

/** The library's own. */
function ours(): Side {
  const store = storeOfRows()
  const asked = (customer: string) => store.query().customerId(customer).pageSize(PAGE)
  return {
    name: 'conversation-store',
    most: WATCHED.at(-1)!,
    watch: (customers, hear) => {
      const subs = customers.map((customer) => asked(customer).subscribe(() => hear(customer)))
      return () => subs.forEach((end) => void end())
    },
    mark: (id, yes) => void store.mark(id, yes),
    page: (customer) =>
      asked(customer)
        .fetch()
        .results.map(({ id }) => id),
  }
}

/** Queries that ask for no value that a row has or has not: each is asked of each write. */
function ourTexts(): Side {
  const side = ours()
  const store = storeOfRows()
  return {
    ...side,
    name: 'conversation-store, queries without any equality (names that contain the customer)',
    most: WATCHED.at(-1)!,
    watch: (customers, hear) => {
      const asked = (customer: string) =>
        store
          .query()
          .or(
            (q) => q.name(`${customer} `),
            (q) => q.where('customer_id', 'iexact', customer),
          )
          .pageSize(PAGE)
      const subs = customers.map((customer) => asked(customer).subscribe(() => hear(customer)))
      return () => subs.forEach((end) => void end())
    },
    mark: (id, yes) => void store.mark(id, yes),
  }
}

/** Without live queries: after each write every query is asked again, and its page compared row by row. */
function askedAgain(): Side {
  const store = storeOfRows()
  let watched: { readonly customer: string; readonly ask: () => readonly object[]; rows: readonly object[] }[] = []
  let tell: (customer: string) => void = () => {}
  const asked = (customer: string) => store.query().customerId(customer).pageSize(PAGE)
  return {
    name: 'every query asked again after each write',
    most: FEW,
    watch: (customers, hear) => {
      tell = hear
      watched = customers.map((customer) => {
        const query = asked(customer)
        const ask = () => query.fetch().results
        return { customer, ask, rows: ask() }
      })
      return () => {
        watched = []
      }
    },
    mark: (id, yes) => {
      store.mark(id, yes)
      for (const one of watched) {
        const now = one.ask()
        if (now.some((row, i) => row !== one.rows[i])) tell(one.customer)
        one.rows = now
      }
    },
    page: (customer) =>
      asked(customer)
        .fetch()
        .results.map(({ id }) => id),
  }
}

type Expression = object
type Fields = Readonly<Record<string, Expression>>
interface Builder {
  from(source: object): Builder
  where(condition: (refs: { c: Fields }) => Expression): Builder
  orderBy(by: (refs: { c: Fields }) => Expression, direction: 'asc' | 'desc'): Builder
  limit(rows: number): Builder
}
interface Collection<Row> {
  createIndex(of: (row: Fields) => Expression, options: object): unknown
  subscribeChanges(hear: (changes: readonly unknown[]) => void): { unsubscribe(): void }
  readonly toArray: readonly Row[]
  cleanup(): Promise<void>
}
interface TanStack {
  createCollection<Row>(options: object): Collection<Row>
  createLiveQueryCollection<Row>(options: object): Collection<Row>
  readonly BTreeIndex: unknown
  eq(a: Expression, b: unknown): Expression
}

/** TanStack DB, with an index of what is asked for, and written to as by its server: by the way with the least to do. */
async function tanstack(): Promise<Side> {
  const db = await load<TanStack>('@tanstack/db')
  type Row = {
    readonly id: number
    readonly customer_id: string
    readonly started: string
    readonly is_marked: boolean
  }
  interface Door {
    begin(): void
    write(change: { type: 'insert' | 'update'; value: Row }): void
    commit(): void
    markReady(): void
  }
  const stored = new Map(
    rows.map(({ id, customer_id, started_at, is_marked }) => [id, { id, customer_id, started: started_at, is_marked }]),
  )
  let door: Door | undefined
  const collection = db.createCollection<Row>({
    id: 'conversations',
    getKey: ({ id }: Row) => id,
    startSync: true,
    sync: {
      sync(given: Door) {
        door = given
        door.begin()
        for (const value of stored.values()) door.write({ type: 'insert', value })
        door.commit()
        door.markReady()
      },
    },
  })
  for (const name of ['customer_id', 'started']) {
    collection.createIndex((row) => row[name]!, { indexType: db.BTreeIndex })
  }
  const live = new Map<string, Collection<Row>>()
  return {
    name: `TanStack DB ${await versionOf('@tanstack/db')}`,
    most: FEW,
    watch: (customers, hear) => {
      const subs = customers.map((customer) => {
        const made = db.createLiveQueryCollection<Row>({
          startSync: true,
          query: (q: Builder) =>
            q
              .from({ c: collection })
              .where(({ c }) => db.eq(c.customer_id!, customer))
              .orderBy(({ c }) => c.started!, 'desc')
              .orderBy(({ c }) => c.id!, 'desc')
              .limit(PAGE),
        })
        live.set(customer, made)
        return { made, sub: made.subscribeChanges(() => hear(customer)) }
      })
      return () => {
        for (const { made, sub } of subs) {
          sub.unsubscribe()
          void made.cleanup()
        }
        live.clear()
      }
    },
    mark: (id, yes) => {
      const value = { ...stored.get(id)!, is_marked: yes }
      stored.set(id, value)
      door!.begin()
      door!.write({ type: 'update', value })
      door!.commit()
    },
    page: (customer) => live.get(customer)!.toArray.map(({ id }) => id),
  }
}
