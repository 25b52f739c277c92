/** The library itself: rows are given away to it (`own`), the metadata paths of the plan and the texts are warmed. */
import { type ConditionBuilder, ConversationStore, type JsonObject, type Query } from '../../../src/index.ts'
import type { Ask, Condition, CountedField, Group, Row } from '../ask.ts'
import type { MakePeer } from '../peer.ts'
import { summed } from '../plan.ts'

/** What a query and the inside of `.not` and `.or` have in common; a query has it all, and gives queries back. */
type Conditions = ConditionBuilder<JsonObject>

/** The ask in the words of the builder. */
export function toQuery(query: Query, ask: Ask): Query {
  const narrowed = ask.where.reduce(narrow, query as unknown as Conditions) as unknown as Query
  const ordered = ask.order === undefined ? narrowed : narrowed.orderBy(ask.order)
  return ordered.page(ask.page).pageSize(ask.pageSize)
}

function narrow(q: Conditions, condition: Condition): Conditions {
  if ('not' in condition) return q.not((inner) => condition.not.reduce(narrow, inner))
  if ('or' in condition) {
    return q.or(...condition.or.map((group) => (inner: Conditions) => group.reduce(narrow, inner)))
  }
  switch (condition.field) {
    case 'customer_id':
      return q.customerId(condition.is)
    case 'device':
      return q.device(condition.is)
    case 'language':
      return q.language(condition.is)
    case 'environment':
      return q.environment(condition.is)
    case 'is_marked':
      return q.marked(condition.is)
    case 'has_feedback':
      return q.hasFeedback(condition.is)
    case 'action':
      return q.action(condition.is)
    case 'feedback':
      return q.feedbackSentiment(condition.sentiment).feedbackSource(condition.source)
    case 'metadata':
      return q.metadata(condition.path.join('.'), condition.is)
    case 'started_at':
      return q.startedAfter(condition.from).startedBefore(condition.to)
    case 'message':
      return q.messageContains(condition.contains, condition.sender && { sender: condition.sender })
    case 'failed_run':
      return q.action({ name: condition.name, failed: true, input: condition.input })
  }
}

function facetOf(field: CountedField): 'device' | 'action_name' | `metadata.${string}` {
  if (field.field === 'metadata') return `metadata.${field.path.join('.')}`
  return field.field === 'action' ? 'action_name' : (field.field as 'device')
}

/** The library, with all indexes built beforehand unless it is to be cold. */
export function makeOurs(isWarm: boolean): MakePeer {
  return (plan) => {
    const { paths } = plan
    const store = new ConversationStore()
    const notes: Record<string, string> = {}
    return {
      build(rows: readonly Row[]) {
        store.addMany(rows, { own: true })
        if (!isWarm) return
        store.warm({ text: false, metadata: paths })
        store.query().count()
      },
      buildText() {
        if (isWarm) store.warm({ text: true })
      },
      buildAgents() {
        const { numbers, groupings } = summed(plan)
        if (isWarm) store.warm({ text: false, actions: true, metadata: [...numbers, ...groupings] })
      },
      ask(ask) {
        const { count, results } = toQuery(store.query(), ask).fetch()
        return { count, rows: results }
      },
      countBy(where, fields) {
        const query = where.reduce(narrow, store.query() as unknown as Conditions) as unknown as Query
        if (fields[0]?.field === 'day') {
          const days = query.histogram('started_at', { every: 'day' })
          return [days.flatMap(({ from, count }) => (count === 0 ? [] : [[Date.parse(from), count] as const]))]
        }
        const keys = fields.map(facetOf)
        const facets = query.facets(Object.fromEntries(keys.map((key) => [key, true as const])))
        return keys.map((key) =>
          facets[key]!.flatMap(({ value, count }) => (value === null ? [] : [[value, count] as const])),
        )
      },
      sumBy(where, { number, by }) {
        const query = where.reduce(narrow, store.query() as unknown as Conditions) as unknown as Query
        const [of, path] = [`metadata.${number.join('.')}`, `metadata.${by.join('.')}`] as const
        const groups = query.aggregate(
          { rows: ['count', of], sum: ['sum', of], p95: ['p95', of] },
          { by: path, every: 'day' },
        )
        const found: Group[] = []
        for (const { key, from, rows, sum, p95 } of groups) {
          const value = key[path]
          if (rows > 0 && value != null) found.push([value, Date.parse(from!), rows, sum!, p95!])
        }
        return found
      },
      writes: {
        mark: (id) => store.mark(id),
        delete: (id, at) => store.delete(id, at),
        append: (id, content) => store.addMessage(id, { sender: 'end_user', content }),
      },
      notes: () => {
        const { segments, bytes, totalBytes } = store.stats()
        notes.segments = String(segments)
        notes['bytes by its own count'] = String(totalBytes)
        for (const [index, size] of Object.entries(bytes)) notes[`bytes of ${index}`] = String(size)
        return notes
      },
    }
  }
}

export const make = makeOurs(true)
