/** LokiJS: a collection with a binary index a field. The first condition uses its index, the others look at what is left. */
import { fold } from '../../../src/base/text/fold.ts'
import type { Answer, Ask, Condition, Row } from '../ask.ts'
import {
  durationOf,
  type Entry,
  entryOf,
  foldedText,
  microseconds,
  NO_CUSTOMER,
  type Run,
  runsOf,
  saidByUser,
  withMessage,
} from '../entry.ts'
import { load, type MakePeer, versionOf } from '../peer.ts'

interface Held extends Omit<Entry, 'row' | 'is_marked' | 'is_deleted'> {
  row: Row
  is_marked: boolean
  is_deleted: boolean
  readonly metadata: unknown
  readonly customer_order: string
  text: string
  said: string
  duration: number
  runs: readonly Run[]
}

interface Resultset {
  find(query: object): Resultset
  simplesort(field: string, options: { desc: boolean }): Resultset
  compoundsort(fields: readonly (readonly [field: string, isDescending: boolean])[]): Resultset
  offset(rows: number): Resultset
  limit(rows: number): Resultset
  count(): number
  data(): Held[]
}

interface Collection {
  insert(documents: readonly Held[], overrideAdaptiveIndices: boolean): unknown
  by(field: string, value: number): Held
  update(document: Held): unknown
  chain(): Resultset
}

interface Loki {
  addCollection(name: string, options: object): Collection
}

export const make: MakePeer = async ({ paths, hasTies }) => {
  const { default: Loki } = await load<{ default: new (name: string) => Loki }>('lokijs')
  const conversations = new Loki('bench').addCollection('conversations', {
    unique: ['id'],
    indices: [
      ...['customer_id', 'device', 'language', 'environment', 'is_marked', 'has_feedback', 'started', 'ended'],
      'customer_order',
      ...paths.map((path) => `metadata.${path.join('.')}`),
    ],
    disableMeta: true,
  })
  let all: Held[] = []
  return {
    version: await versionOf('lokijs'),
    build(rows) {
      all = rows.map((row) => ({
        ...entryOf(row),
        metadata: row.metadata,
        customer_order: row.customer_id ?? NO_CUSTOMER,
        text: '',
        said: '',
        duration: 0,
        runs: [],
      }))
      conversations.insert(all, true)
    },
    buildText() {
      for (const held of all) held.text = foldedText(held.row)
    },
    buildAgents() {
      for (const held of all) {
        held.said = saidByUser(held.row)
        held.duration = durationOf(held.row)
        held.runs = runsOf(held.row)
      }
    },
    ask(ask): Answer {
      const chain = conversations.chain()
      for (const condition of ask.where.toSorted((a, b) => rank(a) - rank(b))) chain.find(criterion(condition))
      chain.find({ is_deleted: false })
      const count = chain.count()
      sort(chain, ask, hasTies)
      const held = chain
        .offset((ask.page - 1) * ask.pageSize)
        .limit(ask.pageSize)
        .data()
      return { count, rows: held.map(({ row }) => row) }
    },
    writes: {
      mark(id) {
        const held = conversations.by('id', id)
        held.is_marked = true
        held.row = { ...held.row, is_marked: true }
        conversations.update(held)
      },
      delete(id, at) {
        const held = conversations.by('id', id)
        held.is_deleted = true
        held.row = { ...held.row, is_deleted: true, deleted_at: at }
        conversations.update(held)
      },
      append(id, content) {
        const held = conversations.by('id', id)
        held.row = withMessage(held.row, content)
        held.text += `\n${fold(content)}`
        conversations.update(held)
      },
    },
  }
}

/** Simple sorts can use an index; only where two rows may have equal keys is a compound one needed. */
function sort(chain: Resultset, { order = '-started_at' }: Ask, hasTies: boolean): void {
  const desc = order.startsWith('-')
  const fields = { started_at: 'started', ended_at: 'ended', customer_id: 'customer_order', duration: 'duration' }
  const field = fields[order.replace('-', '') as keyof typeof fields]
  if (field === 'started' && !hasTies) chain.simplesort(field, { desc })
  else {
    chain.compoundsort([
      [field, desc],
      ['id', desc],
    ])
  }
}

/** The most selective first: only the first can use an index. */
function rank(condition: Condition): number {
  if (!('field' in condition)) return 9
  if (condition.field === 'is_marked') return condition.is ? 2 : 8
  const ranks: Partial<Record<string, number>> = { customer_id: 0, started_at: 1, metadata: 3, language: 4, device: 5 }
  return ranks[condition.field] ?? 7
}

function criterion(condition: Condition): object {
  if ('not' in condition) {
    const [only] = condition.not
    if (condition.not.length !== 1 || only === undefined || !('is' in only))
      throw new Error('A NOT of one field alone.')
    const [[field, value]] = Object.entries(criterion(only)) as [[string, unknown]]
    return { [field]: { $ne: value } }
  }
  if ('or' in condition) return { $or: condition.or.map((group) => ({ $and: group.map(criterion) })) }
  switch (condition.field) {
    case 'action':
      return { actions: { $contains: condition.is } }
    case 'feedback':
      return { feedback: { $contains: `${condition.sentiment}/${condition.source}` } }
    case 'metadata':
      return { [`metadata.${condition.path.join('.')}`]: condition.is }
    case 'started_at':
      return {
        started: {
          $between: [
            condition.from === undefined ? 0 : microseconds(condition.from),
            condition.to === undefined ? Number.MAX_SAFE_INTEGER : microseconds(condition.to),
          ],
        },
      }
    case 'message':
      return { [condition.sender === undefined ? 'text' : 'said']: { $contains: fold(condition.contains) } }
    case 'failed_run': {
      const run = { name: condition.name, hasFailed: true, input: { $contains: fold(condition.input) } }
      return { runs: { $elemMatch: run } }
    }
    default:
      return { [condition.field]: condition.is }
  }
}
