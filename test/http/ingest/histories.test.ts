/**
 * Any spans, cut into batches in any order, with repeats and with restarts between them, become what all of them at once
 * become, and what the reference says.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AgentState, createHandler, type RecordedEvent } from '../../../src/http/index.ts'
import { expectedOf } from '../../reference-ingest.ts'
import { ask, type Json } from '../asking.ts'
import { batch, block, llm, span, tool, turn } from './spans.ts'

const CONVERSATIONS = ['c', 'd']

/** What a span is, before it has an id and a time. */
interface Plan {
  readonly conversation: string
  readonly kind: 'turn' | 'tool' | 'task' | 'llm' | 'conversation' | 'button'
  /** The turn that it names, or the one before it that it stands in. */
  readonly turn: string | undefined
  readonly isComplete: boolean
  readonly said: readonly ('end_user' | 'agent')[]
  readonly name: string
  readonly number: number
}

const plan: fc.Arbitrary<Plan> = fc.record({
  conversation: fc.constantFrom(...CONVERSATIONS),
  kind: fc.constantFrom('turn', 'turn', 'tool', 'tool', 'task', 'llm', 'llm', 'conversation', 'button'),
  turn: fc.constantFrom(undefined, 's0', 's1', 's2', 's3', 'never'),
  isComplete: fc.boolean(),
  said: fc.array(fc.constantFrom('end_user', 'agent'), { maxLength: 3 }),
  name: fc.constantFrom('look', 'pay'),
  number: fc.nat(9),
})

/** A span of a plan. No two have a time in common, so that no order of arrival decides. */
function spanOf({ kind, turn: turnId, isComplete, said, name, number }: Plan, at: number, place: number): Json {
  const id = `s${at}`
  const start = place * 100
  const times = { id, start, end: start + 50, trace: `t${number % 3}` }
  const inTurn = turnId === undefined ? {} : { turn: turnId }
  if (kind === 'turn') {
    const messages = said.map((sender, i) => ({
      sender,
      content: `${id} ${i}`,
      at: start + 1 + i,
      ...(number > 5 && { metadata: `{"n":${number}}` }),
    }))
    return turn({ ...times, said: messages, parent: turnId ?? null, ...(isComplete ? {} : { reason: 'error' }) })
  }
  if (kind === 'tool' || kind === 'task') {
    const about = isComplete ? { arguments: `{"n":${number}}`, response: name } : { error: name }
    return tool({ ...times, ...inTurn, kind, name, tool: about })
  }
  if (kind === 'llm') {
    const tokens = { 'gen_ai.usage.input_tokens': number, 'agentsight.llm.cache_write_tokens': 1 }
    const attributes = isComplete ? {} : { 'agentsight.llm.usage_reported': false }
    return llm({ ...times, ...inTurn, ...(number > 0 && { model: name }), tokens, attributes })
  }
  return span({ ...times, kind })
}

/** Spans with their conversations, the batches in which they come, and before which of those the server is started again. */
const history = fc
  .array(plan, { minLength: 1, maxLength: 14 })
  .chain((plans) =>
    fc.record({
      plans: fc.constant(plans),
      places: fc.shuffledSubarray(
        plans.map((_, at) => at),
        { minLength: plans.length },
      ),
      order: fc.shuffledSubarray(
        plans.map((_, at) => at),
        { minLength: plans.length },
      ),
      repeats: fc.array(fc.nat(plans.length - 1), { maxLength: 6 }),
      cuts: fc.array(fc.nat(plans.length + 6), { maxLength: 5 }),
      restarts: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
    }),
  )
  .map(({ plans, places, order, repeats, cuts, restarts }) => {
    const spans = plans.map((each, at) => ({ conversation: each.conversation, span: spanOf(each, at, places[at]!) }))
    const sent = [...order, ...repeats].map((at) => spans[at]!)
    const ends = [...new Set([...cuts, sent.length])].filter((end) => end <= sent.length).sort((a, b) => a - b)
    const batches = ends.map((end, i) => sent.slice(ends[i - 1] ?? 0, end)).filter(({ length }) => length > 0)
    return { spans, batches, restarts }
  })

type Sent = readonly { readonly conversation: string; readonly span: Json }[]

function bodyOf(sent: Sent): object {
  const names = [...new Set(sent.map(({ conversation }) => conversation))]
  return batch(
    ...names.map((name) => {
      const spans = sent.filter(({ conversation }) => conversation === name).map((each) => each.span)
      return block(name, spans, { customer_id: `of ${name}` })
    }),
  )
}

/** A server that can be started again from what it kept. */
class Server {
  readonly #journal: string[] = []
  state = new AgentState()
  handler = this.#start()

  #start() {
    const persistence = {
      append: async (events: readonly RecordedEvent[]) => {
        for (const event of events) this.#journal.push(JSON.stringify(event))
      },
    }
    return createHandler(this.state.store, { state: this.state, persistence, now: () => '2030-01-01T00:00:00Z' })
  }

  /** Starts again, from the journal or from a snapshot. */
  restart(isFolded: boolean): void {
    if (isFolded)
      this.#journal.splice(
        0,
        Number.POSITIVE_INFINITY,
        ...Array.from(this.state.snapshot(), (event) => JSON.stringify(event)),
      )
    this.state = new AgentState()
    for (const line of this.#journal) this.state.apply(JSON.parse(line))
    this.handler = this.#start()
  }

  async get(path: string): Promise<Json> {
    const { status, body } = await ask(this.handler, 'GET', path)
    expect([path, status]).toEqual([path, 200])
    return body
  }

  async send(sent: Sent): Promise<void> {
    expect(await ask(this.handler, 'POST', '/api/ingest/', bodyOf(sent))).toMatchObject({ status: 201, body: {} })
  }
}

/** All that can be read of a server, without ids. */
async function shown(server: Server): Promise<Json> {
  const all: Json = {}
  for (const name of CONVERSATIONS) {
    const stored = server.state.store.get(name)
    if (stored === undefined) continue
    const { started_at, ended_at, is_used, messages, token_usage, customer_id } = await server.get(
      `/api/conversations/${stored.id}/`,
    )
    expect(customer_id).toBe(`of ${name}`)
    const usage = (await server.get(`/api/token-usage/?conversation_id=${name}&page_size=100`)).results
    const total = usage.reduce((sum: number, row: Json) => sum + row.total_tokens, 0)
    expect(token_usage?.totals.total_tokens ?? 0).toBe(total)
    all[name] = {
      started_at,
      ended_at,
      is_used,
      messages: messages.map(({ timestamp, sender, content, action_name, metadata, action_logs }: Json) => {
        const [log = null] = action_logs
        if (log === null) return { timestamp, sender, content, action_name, metadata, log }
        const { id, action, message, ...rest } = log
        return { timestamp, sender, content, action_name, metadata, log: rest }
      }),
      usage: usage
        .map((row: Json) => {
          const { id, conversation, conversation_id, environment, cost_usd, cost_usd_reported, cost_source, ...rest } =
            row
          return rest
        })
        .sort((a: Json, b: Json) => (`${a.turn_id} ${a.model}` < `${b.turn_id} ${b.model}` ? -1 : 1)),
    }
  }
  const spans = (await server.get('/api/spans/?payload=true&page_size=100')).results
  all.spans = spans.map(({ conversation_id, payload }: Json) => [conversation_id, payload])
  all.actions = (await server.get('/api/actions/?ordering=name')).results.map(({ name }: Json) => name)
  for (const trace of ['t0', 't1', 't2']) {
    const { status, body } = await ask(server.handler, 'GET', `/api/traces/${trace}/`)
    all[trace] = status === 404 ? null : [body.span_count, body.roots.map(treeOf)]
  }
  return all
}

function treeOf({ span_id, conversation_id, children }: Json): Json {
  return [conversation_id, span_id, children.map(treeOf)]
}

test('spans become the same in whatever batches and order they come, however often the server is started again', async () => {
  await fc.assert(
    fc.asyncProperty(history, async ({ spans, batches, restarts }) => {
      const server = new Server()
      for (const [at, sent] of batches.entries()) {
        await server.send(sent)
        if (restarts[at] === true) server.restart(at % 2 === 0)
      }
      const found = await shown(server)
      const once = new Server()
      await once.send(spans)
      expect(found).toEqual(await shown(once))
      for (const name of CONVERSATIONS) {
        const own = spans.filter(({ conversation }) => conversation === name).map((each) => each.span)
        if (own.length === 0) continue
        const { actions, ...expected } = expectedOf(own)
        expect(found[name]).toEqual(expected)
        expect(found.actions).toEqual(expect.arrayContaining([...actions]))
      }
      expect(found.spans).toHaveLength(spans.length)
    }),
  )
})
