/** mingo: MongoDB's query language over an array. No indexes; the array is kept newest first, so pages need no sort. */
import { fold } from '../../../src/base/text/fold.ts'
import type { Answer, Condition, Row } from '../ask.ts'
import {
  durationOf,
  type Entry,
  entryOf,
  foldedText,
  microseconds,
  newestFirst,
  type Run,
  runsOf,
  saidByUser,
  withMessage,
} from '../entry.ts'
import { load, type MakePeer, versionOf } from '../peer.ts'

interface Cursor {
  sort(order: Readonly<Record<string, 1 | -1>>): Cursor
  all(): Held[]
}

interface Mingo {
  readonly Query: new (criteria: object) => { find(rows: readonly object[]): Cursor }
}

interface Held extends Omit<Entry, 'row' | 'is_marked' | 'is_deleted'> {
  row: Row
  is_marked: boolean
  is_deleted: boolean
  readonly metadata: unknown
  text: string
  said: string
  duration: number
  runs: readonly Run[]
}

export const make: MakePeer = async () => {
  const { Query } = await load<Mingo>('mingo')
  let newest: Held[] = []
  let byId = new Map<number, Held>()
  return {
    version: await versionOf('mingo'),
    build(rows) {
      newest = rows.map((row) => ({
        ...entryOf(row),
        metadata: row.metadata,
        text: '',
        said: '',
        duration: 0,
        runs: [],
      }))
      newest.sort(newestFirst)
      byId = new Map(newest.map((held) => [held.id, held]))
    },
    buildText() {
      for (const held of newest) held.text = foldedText(held.row)
    },
    buildAgents() {
      for (const held of newest) {
        held.said = saidByUser(held.row)
        held.duration = durationOf(held.row)
        held.runs = runsOf(held.row)
      }
    },
    ask(ask): Answer {
      const cursor = new Query({ $and: [{ is_deleted: false }, ...ask.where.map(criterion)] }).find(newest)
      if (ask.order !== undefined) {
        const direction = ask.order.startsWith('-') ? -1 : 1
        const field = ask.order.endsWith('ended_at') ? 'ended' : ask.order.replace('-', '')
        cursor.sort({ [field]: direction, id: direction })
      }
      const found = cursor.all()
      const from = (ask.page - 1) * ask.pageSize
      return { count: found.length, rows: found.slice(from, from + ask.pageSize).map(({ row }) => row) }
    },
    writes: {
      mark(id) {
        const held = byId.get(id)!
        held.is_marked = true
        held.row = { ...held.row, is_marked: true }
      },
      delete(id, at) {
        const held = byId.get(id)!
        held.is_deleted = true
        held.row = { ...held.row, is_deleted: true, deleted_at: at }
      },
      append(id, content) {
        const held = byId.get(id)!
        held.row = withMessage(held.row, content)
        held.text += `\n${fold(content)}`
      },
    },
  }
}

function criterion(condition: Condition): object {
  if ('not' in condition) return { $nor: [{ $and: condition.not.map(criterion) }] }
  if ('or' in condition) return { $or: condition.or.map((group) => ({ $and: group.map(criterion) })) }
  switch (condition.field) {
    case 'action':
      return { actions: condition.is }
    case 'feedback':
      return { feedback: `${condition.sentiment}/${condition.source}` }
    case 'metadata':
      return { [`metadata.${condition.path.join('.')}`]: condition.is }
    case 'started_at':
      return {
        started: {
          ...(condition.from !== undefined && { $gte: microseconds(condition.from) }),
          ...(condition.to !== undefined && { $lte: microseconds(condition.to) }),
        },
      }
    case 'message':
      return { [condition.sender === undefined ? 'text' : 'said']: { $regex: literal(fold(condition.contains)) } }
    case 'failed_run': {
      const run = { name: condition.name, hasFailed: true, input: { $regex: literal(fold(condition.input)) } }
      return { runs: { $elemMatch: run } }
    }
    default:
      return { [condition.field]: condition.is }
  }
}

function literal(text: string): RegExp {
  return new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
}
