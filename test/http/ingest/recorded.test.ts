/**
 * What the real SDK sent, of two versions of OpenTelemetry: 64 requests, each sent to a handler in the order in which they
 * came. The recording stands beside the repository; where it is missing, this says so.
 */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { ask, type Json, KEY } from '../asking.ts'
import { ingesting } from './spans.ts'

const FILE = fileURLToPath(new URL('../../../../shared/data/ingest-recorded.jsonl', import.meta.url))
const isThere = existsSync(FILE)

/** One request of the recording. */
interface Recorded {
  readonly run: string
  readonly method: string
  readonly path: string
  readonly query: readonly [string, string][]
  readonly headers: Record<string, string>
  readonly answered: number
  readonly body: Json
}

const requests: Recorded[] = isThere
  ? readFileSync(FILE, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  : []
const runs = [...new Set(requests.map(({ run }) => run))]

/** A handler with the environments that the recording server had. */
function recording() {
  return ingesting([], { environments: ['staging'] })
}

/** Sends requests as they were sent: compressed where they were. */
async function replay(served: ReturnType<typeof recording>, given: readonly Recorded[]): Promise<readonly Json[]> {
  const answers: Json[] = []
  let pk: unknown
  for (const { method, path, query, headers, body: recorded } of given) {
    // The SDK repeats the id that the server gave; the recording server gave 7.
    const body = recorded && {
      ...recorded,
      ...(recorded.conversation === '7' && { conversation: String(pk) }),
      ...(recorded.conversation_id === 7 && { conversation_id: pk }),
    }
    const target = query.length === 0 ? path : `${path}?${new URLSearchParams(query)}`
    const { authorization, 'content-length': length, 'content-encoding': encoding, ...rest } = headers
    const answer =
      encoding === 'gzip'
        ? await served.gzip(body)
        : await ask(served.handler, method, target, body ?? undefined, { ...rest, authorization: `Api-Key ${KEY}` })
    if (path === '/api/conversations/' && method === 'POST') pk = answer.body.id
    answers.push({ status: answer.status, body: answer.body, path, query })
  }
  return answers
}

describe('the recording', () => {
  it.skipIf(!isThere)(isThere ? 'is whole' : `DID NOT RUN, there is no ${FILE}`, () => {
    expect(requests).toHaveLength(64)
    expect(runs).toHaveLength(2)
  })
})

/** Requests whose answer depends on the rows of the server that recorded them: a trace of zeros, a message by number. */
const ELSEWHERE = new Map([['/api/traces/00000000000000000000000000000000/', 404]])

describe.each(runs)('the SDK with %s', (run) => {
  const given = requests.filter((request) => request.run === run)

  it('is answered as it expects, each request', async () => {
    const answers = await replay(recording(), given)
    for (const [at, { status, path, body }] of answers.entries()) {
      const expected = ELSEWHERE.get(path) ?? given[at]!.answered
      // 200 and 201 are equally good.
      expect([path, status === 201 && expected === 200 ? 200 : status, JSON.stringify(body)]).toEqual([
        path,
        expected,
        expect.any(String),
      ])
    }
  })

  it('finds what it recorded', async () => {
    const served = recording()
    await replay(served, given)
    const detail = await served.detail('ex-1')
    expect(detail).toMatchObject({
      customer_id: 'cust-2',
      name: 'Renamed',
      device: 'mobile',
      environment: 'production',
    })
    expect(detail.metadata).toEqual({ plan: 'free' })
    expect(detail.messages.map(({ content }: Json) => content)).toEqual([
      'Where is my order A-1?',
      'Action lookup_order performed',
      'Action charge_card performed',
      'It ships tomorrow.',
      'And now?',
      'Delivered.',
    ])
    expect(detail.messages[3].metadata).toEqual({ card: true, latency_ms: expect.any(Number) })
    expect(detail.messages[0].feedback).toMatchObject({ sentiment: 'negative', topic: 'style', reason: 'too_bold' })
    expect(detail.feedbacks).toMatchObject([{ sentiment: 'positive', comment: 'good' }])

    const broken = await served.detail('ex-3')
    expect(broken.messages.map(({ content }: Json) => content)).toEqual(['after'])
    expect(await served.list('/api/token-usage/?conversation_id=ex-3')).toMatchObject([
      { model: 'gpt-4o', calls: 1, incomplete: true, incomplete_reason: 'error', total_tokens: 13 },
    ])
    expect(await served.list('/api/token-usage/?conversation_id=ex-2&ordering=id')).toMatchObject([
      { model: 'text-embedding-3-small', turn_id: null, embedding_tokens: 8, total_tokens: 8 },
      { model: '', turn_id: null, prompt_tokens: 3, completion_tokens: 4 },
      { model: 'gpt-4o', calls: 1, unreported_calls: 1, total_tokens: 0 },
    ])
    expect(await served.detail('ex-visit')).toMatchObject({ is_used: false, messages: [], device: 'desktop' })
    expect(await served.detail('ex-staging')).toMatchObject({ environment: 'staging', is_used: true, metadata: {} })
    const upload = await served.detail('ex-up')
    expect(upload.messages).toMatchObject([{ content: '[Attachments]', sender: 'agent' }])
    expect(upload.messages[0].attachments).toMatchObject([{ filename: 'n.txt', size_bytes: 5 }])
    // A turn that was open when the process ended, and a tool outside any turn.
    const open = await served.detail('ex-open')
    expect(open.messages.map(({ action_name }: Json) => action_name)).toEqual(['lookup_order'])
    expect((await served.get('/api/actions/')).body.results.map(({ name }: Json) => name).sort()).toEqual([
      ...['charge_card', 'lookup_order', 'rerank', 'x'],
    ])
    const spans = given.flatMap(({ body }) => (body?.conversations ?? []).flatMap(({ spans }: Json) => spans))
    expect((await served.get('/api/spans/')).body.count).toBe(spans.length)
    expect((await served.get('/api/tickets/')).body.count).toBe(0)
  })

  it('may send all batches again', async () => {
    const served = recording()
    await replay(served, given)
    const read = async () => [
      (await served.get('/api/conversations/?page_size=100')).text.replaceAll(
        /"(name|customer_id|metadata)":[^,]+/g,
        '',
      ),
      (await served.get('/api/spans/?page_size=100')).text,
      (await served.get('/api/token-usage/?page_size=100')).text,
    ]
    const before = await read()
    await replay(
      served,
      given.filter(({ path }) => path === '/api/ingest/'),
    )
    expect(await read()).toEqual(before)
  })
})
