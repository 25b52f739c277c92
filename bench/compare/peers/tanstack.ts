/** TanStack DB: a collection in memory with an index a field, asked by `queryOnce`, its door for questions asked once. */
import { fold } from '../../../src/base/text/fold.ts'
import { type Answer, type Ask, asksAgents, type Condition, type Row, valueAt } from '../ask.ts'
import { type Entry, entryOf, foldedText, microseconds, NO_CUSTOMER, withMessage } from '../entry.ts'
import { load, type MakePeer, versionOf } from '../peer.ts'

type Expression = object
/** References to the fields of a row. */
type Fields = Readonly<Record<string, Expression>>

interface QueryBuilder {
  from(source: object): QueryBuilder
  where(condition: (refs: { c: Fields }) => Expression): QueryBuilder
  orderBy(by: (refs: { c: Fields }) => Expression, direction: 'asc' | 'desc'): QueryBuilder
  limit(rows: number): QueryBuilder
  offset(rows: number): QueryBuilder
  select(fields: (refs: { c: Fields }) => object): QueryBuilder
}

interface Draft {
  is_marked: boolean
  is_deleted: boolean
  text: string
}

interface Collection {
  createIndex(of: (row: Fields) => Expression, options: { indexType: unknown }): unknown
  update(id: number, change: (draft: Draft) => void): unknown
}

interface TanStack {
  createCollection(options: object): Collection
  localOnlyCollectionOptions(options: object): object
  queryOnce<T>(query: (q: QueryBuilder) => QueryBuilder): Promise<T[]>
  readonly BTreeIndex: unknown
  eq(a: Expression, b: unknown): Expression
  gte(a: Expression, b: unknown): Expression
  lte(a: Expression, b: unknown): Expression
  like(a: Expression, b: string): Expression
  inArray(value: unknown, list: Expression): Expression
  and(...all: Expression[]): Expression
  or(...all: Expression[]): Expression
  not(condition: Expression): Expression
  isNull(value: Expression): Expression
  count(value: Expression): Expression
}

const INDEXED = [
  ...['customer_id', 'device', 'language', 'environment', 'is_marked', 'has_feedback', 'started', 'ended'],
  'customer_order',
]

export const make: MakePeer = async ({ paths }) => {
  const db = await load<TanStack>('@tanstack/db')
  const pathNames = new Map(paths.map((path, i) => [JSON.stringify(path), `m${i}`]))
  const documents = new Map<number, Row>()
  let collection: Collection | undefined
  let withTexts = false

  function make(texts: boolean): void {
    collection = db.createCollection(
      db.localOnlyCollectionOptions({
        id: `conversations${texts ? '-with-texts' : ''}`,
        getKey: ({ id }: Entry) => id,
        initialData: Array.from(documents.values(), (row) => {
          const { row: _, ...entry } = entryOf(row)
          return {
            ...entry,
            ...Object.fromEntries(paths.map((path, i) => [`m${i}`, valueAt(row, path) ?? null])),
            customer_order: row.customer_id ?? NO_CUSTOMER,
            text: texts ? foldedText(row) : '',
          }
        }),
      }),
    )
    for (const name of [...INDEXED, ...pathNames.values()]) {
      collection.createIndex((row) => row[name]!, { indexType: db.BTreeIndex })
    }
  }

  function expression(c: Fields, condition: Condition): Expression {
    if ('not' in condition) {
      const [only] = condition.not
      if (condition.not.length !== 1 || only === undefined || !('is' in only)) throw new Error('A NOT of one field.')
      // A comparison with null is unknown, and so is its negation.
      return db.or(db.isNull(c[nameOf(only)]!), db.not(expression(c, only)))
    }
    if ('or' in condition) {
      return db.or(...condition.or.map((group) => all(group.map((each) => expression(c, each)))))
    }
    switch (condition.field) {
      case 'action':
        return db.inArray(condition.is, c.actions!)
      case 'feedback':
        return db.inArray(`${condition.sentiment}/${condition.source}`, c.feedback!)
      case 'started_at': {
        const { from, to } = condition
        return all([
          ...(from === undefined ? [] : [db.gte(c.started!, microseconds(from))]),
          ...(to === undefined ? [] : [db.lte(c.started!, microseconds(to))]),
        ])
      }
      case 'failed_run':
        throw new Error('It has no rows within rows.')
      case 'message':
        return db.like(c.text!, `%${fold(condition.contains)}%`)
      default:
        return db.eq(c[nameOf(condition)]!, condition.is)
    }
  }

  function all(parts: Expression[]): Expression {
    return parts.length === 1 ? parts[0]! : db.and(...parts)
  }

  function nameOf(condition: Extract<Condition, { readonly field: string }>): string {
    return condition.field === 'metadata' ? pathNames.get(JSON.stringify(condition.path))! : condition.field
  }

  function narrowed(q: QueryBuilder, ask: Ask): QueryBuilder {
    return ask.where
      .reduce((query, condition) => query.where(({ c }) => expression(c, condition)), q.from({ c: collection! }))
      .where(({ c }) => db.eq(c.is_deleted!, false))
  }

  return {
    version: await versionOf('@tanstack/db'),
    cannot(ask) {
      if (asksAgents(ask)) return 'not set up for it: takes over 400 ms for each filter and order'
      return JSON.stringify(ask.where).includes('%') ? 'LIKE has no escape' : undefined
    },
    build(rows) {
      for (const row of rows) documents.set(row.id, row)
      make(false)
    },
    buildText() {
      withTexts = true
      make(true)
    },
    async ask(ask): Promise<Answer> {
      const order = ask.order ?? '-started_at'
      const direction = order.startsWith('-') ? 'desc' : 'asc'
      const field = { started_at: 'started', ended_at: 'ended', customer_id: 'customer_order' }[order.replace('-', '')]!
      const [counted] = await db.queryOnce<{ n: number }>((q) =>
        narrowed(q, ask).select(({ c }) => ({ n: db.count(c.id!) })),
      )
      const page = await db.queryOnce<{ id: number }>((q) =>
        narrowed(q, ask)
          .orderBy(({ c }) => c[field]!, direction)
          .orderBy(({ c }) => c.id!, direction)
          .limit(ask.pageSize)
          .offset((ask.page - 1) * ask.pageSize)
          .select(({ c }) => ({ id: c.id! })),
      )
      return { count: counted?.n ?? 0, rows: page.map(({ id }) => documents.get(id)!) }
    },
    writes: {
      mark(id) {
        documents.set(id, { ...documents.get(id)!, is_marked: true })
        collection!.update(id, (draft) => {
          draft.is_marked = true
        })
      },
      delete(id, at) {
        documents.set(id, { ...documents.get(id)!, is_deleted: true, deleted_at: at })
        collection!.update(id, (draft) => {
          draft.is_deleted = true
        })
      },
      append(id, content) {
        documents.set(id, withMessage(documents.get(id)!, content))
        if (!withTexts) return
        collection!.update(id, (draft) => {
          draft.text += `\n${fold(content)}`
        })
      },
    },
  }
}
