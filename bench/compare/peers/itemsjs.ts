/**
 * ItemsJS: a facet a field with few values; customers, times and texts by its `filter` function, since a facet of
 * thousands of values makes every search slow. Items are given newest first, so that pages need no sort; deleted rows are
 * left out.
 */

import { fold } from '../../../src/base/text/fold.ts'
import { open } from '../../../src/row/conversation.ts'
import { type Answer, type Ask, type Condition, type Row, valueAt } from '../ask.ts'
import {
  durationOf,
  entryOf,
  foldedText,
  microseconds,
  NO_CUSTOMER,
  newestFirst,
  type Run,
  runsOf,
  saidByUser,
} from '../entry.ts'
import { load, type MakePeer, versionOf } from '../peer.ts'

interface Item {
  readonly id: number
  readonly row: Row
  readonly customer_id: string | null
  readonly started: number
  text: string
  said: string
  duration: number
  runs: readonly Run[]
}

interface Engine {
  search(input: object): {
    readonly pagination: { readonly total: number }
    readonly data: {
      readonly items: Item[]
      readonly aggregations: Readonly<Record<string, { readonly buckets: readonly Bucket[] }>>
    }
  }
}

interface Bucket {
  readonly key: string
  readonly doc_count: number
}

type MakeEngine = (items: readonly Item[], configuration: object) => Engine

const SORTED = { started_at: 'started', ended_at: 'ended', customer_id: 'customer_order', duration: 'duration' }
const FACETS = ['device', 'language', 'environment', 'is_marked', 'has_feedback', 'feedback', 'actions']

export const make: MakePeer = async ({ paths }) => {
  const { default: itemsjs } = await load<{ default: MakeEngine }>('itemsjs')
  const pathNames = new Map(paths.map((path, i) => [JSON.stringify(path), `m${i}`]))
  let engine: Engine | undefined
  let items: Item[] = []
  /** Another one, that lists values: those of the other are never looked at. */
  let counting: Engine | undefined
  const aggregations = (size: number) =>
    Object.fromEntries([...FACETS, ...pathNames.values()].map((name) => [name, { size }]))

  function facetOf(condition: Condition): [name: string, value: string] | undefined {
    if (!('field' in condition)) return undefined
    switch (condition.field) {
      case 'action':
        return ['actions', condition.is]
      case 'feedback':
        return ['feedback', `${condition.sentiment}/${condition.source}`]
      case 'metadata':
        return [pathNames.get(JSON.stringify(condition.path))!, String(condition.is)]
      case 'customer_id':
      case 'started_at':
      case 'message':
      case 'failed_run':
        return undefined
      default:
        return [condition.field, String(condition.is)]
    }
  }

  function inputOf(ask: Ask): object {
    const filters: Record<string, string[]> = {}
    const excluded: Record<string, string[]> = {}
    const tests: ((item: Item) => boolean)[] = []
    for (const condition of ask.where) {
      if ('not' in condition) {
        const [name, value] = facetOf(condition.not[0]!)!
        excluded[name] = [value]
      } else if ('or' in condition) {
        const either = condition.or.map((group) => testOf(group[0]!))
        tests.push((item) => either.some((test) => test(item)))
      } else {
        const facet = facetOf(condition)
        if (facet === undefined) tests.push(testOf(condition))
        else filters[facet[0]] = [facet[1]]
      }
    }
    const order = ask.order?.startsWith('-') ? 'desc' : 'asc'
    return {
      page: ask.page,
      per_page: ask.pageSize,
      ...(Object.keys(filters).length > 0 && { filters }),
      ...(Object.keys(excluded).length > 0 && { not_filters: excluded }),
      ...(tests.length > 0 && { filter: (item: Item) => tests.every((test) => test(item)) }),
      ...(ask.order !== undefined && {
        sort: { field: [SORTED[ask.order.replace('-', '') as keyof typeof SORTED], 'id'], order: [order, order] },
      }),
    }
  }

  return {
    version: await versionOf('itemsjs'),
    build(rows) {
      items = rows
        .filter((row) => !row.is_deleted)
        .map((row) => ({
          ...entryOf(row),
          customer_order: row.customer_id ?? NO_CUSTOMER,
          ...Object.fromEntries(paths.map((path, i) => [`m${i}`, valueAt(row, path)])),
          text: '',
          said: '',
          duration: 0,
          runs: [],
        }))
        .sort(newestFirst)
      // The text search must be on for `filter` to be heard; there is nothing for it to index.
      engine = itemsjs(items, {
        aggregations: aggregations(1),
        searchableFields: [],
      })
    },
    buildText() {
      for (const item of items) item.text = foldedText(item.row)
    },
    buildAgents() {
      for (const item of items) {
        item.said = saidByUser(item.row)
        item.duration = durationOf(item.row)
        item.runs = runsOf(item.row)
      }
    },
    ask(ask): Answer {
      const { pagination, data } = engine!.search(inputOf(ask))
      return { count: pagination.total, rows: data.items.map(({ row }) => row) }
    },
    cannot: ({ fields }) => (fields?.[0]?.field === 'day' ? 'it has no groups of times' : undefined),
    countBy(where, fields) {
      counting ??= itemsjs(items, { aggregations: aggregations(100) })
      const { aggregations: found } = counting.search({ ...inputOf({ where, page: 1, pageSize: 1 }) }).data
      return fields.map((field) => {
        const name =
          field.field === 'metadata'
            ? pathNames.get(JSON.stringify(field.path))!
            : field.field === 'action'
              ? 'actions'
              : field.field
        return found[name]!.buckets.flatMap(({ key, doc_count }) => {
          const isNone = key === 'null' || key === 'undefined' || doc_count === 0
          return isNone ? [] : [[key, doc_count] as const]
        })
      })
    },
  }
}

function testOf(condition: Condition): (item: Item) => boolean {
  if (!('field' in condition)) throw new Error('No group in a group is asked.')
  switch (condition.field) {
    case 'customer_id':
      return (item) => item.customer_id === condition.is
    case 'started_at': {
      const from = condition.from === undefined ? 0 : microseconds(condition.from)
      const to = condition.to === undefined ? Number.POSITIVE_INFINITY : microseconds(condition.to)
      return ({ started }) => started >= from && started <= to
    }
    case 'message': {
      const wanted = fold(condition.contains)
      return condition.sender === undefined ? ({ text }) => text.includes(wanted) : ({ said }) => said.includes(wanted)
    }
    case 'failed_run': {
      const wanted = fold(condition.input)
      return ({ runs }) =>
        runs.some(({ name, hasFailed, input }) => hasFailed && name === condition.name && input.includes(wanted))
    }
    case 'metadata':
      return ({ row }) => valueAt(row, condition.path) === condition.is
    case 'device':
    case 'language':
    case 'environment':
    case 'is_marked':
      return ({ row }) => open(row)[condition.field] === condition.is
    default:
      throw new Error(`No function over ${condition.field} is asked.`)
  }
}
