/** Orama: enums, booleans and numbers in its schema, filters by `where`, order by `sortBy`. Texts are tokens to it. */
import { type Answer, type Ask, asksAgents, asksText, type Condition, type Row, valueAt } from '../ask.ts'
import { type Entry, entryOf, microseconds, NO_CUSTOMER, withMessage } from '../entry.ts'
import { load, type MakePeer, versionOf } from '../peer.ts'

interface Document extends Omit<Entry, 'id'> {
  readonly id: string
  readonly customer_order: string
}

interface Orama {
  create(options: object): object
  insertMultiple(db: object, documents: readonly Document[], batchSize: number): unknown
  update(db: object, id: string, document: Document): unknown
  search(db: object, params: object): Found | Promise<Found>
}

interface Found {
  readonly count: number
  readonly hits: readonly { readonly document: Document }[]
}

export const make: MakePeer = async ({ paths, hasTies }) => {
  const { create, insertMultiple, search, update } = await load<Orama>('@orama/orama')
  const pathNames = new Map(paths.map((path, i) => [JSON.stringify(path), `m${i}`]))
  const enums = ['customer_id', 'device', 'language', 'environment', ...pathNames.values()]
  const flags = ['is_marked', 'is_deleted', 'has_feedback']
  const db = create({
    schema: {
      ...Object.fromEntries(enums.map((name) => [name, 'enum'])),
      ...Object.fromEntries(flags.map((name) => [name, 'boolean'])),
      feedback: 'enum[]',
      actions: 'enum[]',
      started: 'number',
      ended: 'number',
    },
    sort: { unsortableProperties: [...flags, 'ended'] },
  })
  const rows = new Map<number, Row>()

  function documentOf(row: Row): Document {
    const { id, customer_id, ...entry } = entryOf(row)
    const values: Record<string, unknown> = { ...entry, customer_id, customer_order: customer_id ?? NO_CUSTOMER }
    paths.forEach((path, i) => {
      values[`m${i}`] = valueAt(row, path)
    })
    // Enums have no null: an absent one matches nothing.
    for (const name of enums) {
      if (values[name] === null || values[name] === undefined) delete values[name]
      else values[name] = String(values[name])
    }
    return { ...values, id: String(id) } as unknown as Document
  }

  function where(condition: Condition): object {
    if ('not' in condition) return { not: { and: condition.not.map(where) } }
    if ('or' in condition) return { or: condition.or.map((group) => ({ and: group.map(where) })) }
    switch (condition.field) {
      case 'is_marked':
      case 'has_feedback':
        return { [condition.field]: condition.is }
      case 'action':
        return { actions: { containsAll: [condition.is] } }
      case 'feedback':
        return { feedback: { containsAll: [`${condition.sentiment}/${condition.source}`] } }
      case 'metadata':
        return { [pathNames.get(JSON.stringify(condition.path))!]: { eq: String(condition.is) } }
      case 'started_at':
        return {
          started: {
            between: [
              condition.from === undefined ? 0 : microseconds(condition.from),
              condition.to === undefined ? Number.MAX_SAFE_INTEGER : microseconds(condition.to),
            ],
          },
        }
      case 'message':
      case 'failed_run':
        throw new Error('Texts are tokens.')
      default:
        return { [condition.field]: { eq: condition.is } }
    }
  }

  function replace(id: number, row: Row): unknown {
    rows.set(id, row)
    return update(db, String(id), documentOf(row))
  }

  return {
    version: await versionOf('@orama/orama'),
    cannot(ask) {
      if (asksText(ask)) return 'searches tokens and their beginnings, no containment'
      return asksAgents(ask) ? 'not set up for it: has no rows within rows, and sorts slowly (W13)' : undefined
    },
    async build(all) {
      for (const row of all) rows.set(row.id, row)
      await insertMultiple(db, all.map(documentOf), 1_000)
    },
    ask(ask): Answer | Promise<Answer> {
      const found = search(db, {
        term: '',
        where: { and: [...ask.where.map(where), { is_deleted: false }] },
        sortBy: sortBy(ask, hasTies),
        limit: ask.pageSize,
        offset: (ask.page - 1) * ask.pageSize,
      })
      return found instanceof Promise ? found.then(answerOf) : answerOf(found)
    },
    writes: {
      mark: (id) => replace(id, { ...rows.get(id)!, is_marked: true }),
      delete: (id, at) => replace(id, { ...rows.get(id)!, is_deleted: true, deleted_at: at }),
      append: (id, content) => replace(id, withMessage(rows.get(id)!, content)),
    },
  }
}

type Hit = readonly [id: number, score: number, document: Document]

/** The sort index of a property leaves ties in any order; where there are such, a function breaks them. */
function sortBy({ order = '-started_at' }: Ask, hasTies: boolean): object {
  if (order === '-started_at' && !hasTies) return { property: 'started', order: 'DESC' }
  const sign = order.startsWith('-') ? -1 : 1
  const field = { started_at: 'started', ended_at: 'ended', customer_id: 'customer_order' }[order.replace('-', '')] as
    | 'started'
    | 'ended'
    | 'customer_order'
  return ([, , a]: Hit, [, , b]: Hit) =>
    sign * (a[field] < b[field] ? -1 : a[field] > b[field] ? 1 : a.row.id - b.row.id)
}

function answerOf({ count, hits }: Found): Answer {
  return { count, rows: hits.map(({ document }) => document.row) }
}
