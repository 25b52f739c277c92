/** Two copies of the package in one process, as `import` beside `require` and test runners that reset modules make them. */
import { runInThisContext } from 'node:vm'
import { build } from 'esbuild'
import { describe, expect, test } from 'vitest'
import * as core from '../../src/core.ts'
import * as http from '../../src/http/index.ts'
import * as full from '../../src/index.ts'
import { ask, KEY, row } from './asking.ts'

/** Another copy of an entry point, with classes of its own. */
async function copyOf<Entry>(entry: string): Promise<Entry> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'copy',
    target: 'es2022',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    tsconfig: 'tsconfig.node.json',
  })
  return runInThisContext(`(() => { ${outputFiles[0]!.text}; return copy })()`) as Entry
}

const other = {
  full: await copyOf<typeof full>('src/index.ts'),
  core: await copyOf<typeof core>('src/core.ts'),
  http: await copyOf<typeof http>('src/http/index.ts'),
}

const rows = [
  row('a', {
    id: 1,
    device: 'mobile',
    metadata: { plan: 'pro' },
    messages: [{ id: 7, sender: 'agent', content: 'A refund' }],
    feedbacks: [{ id: 9, sentiment: 'neutral' }],
  }),
  ...Array.from({ length: 24 }, (_, at) => row(`r${at}`)),
]

type Make = () => ReturnType<typeof http.createHandler>

const handlers: readonly (readonly [name: string, make: Make])[] = [
  ['both of one copy', () => http.createHandler(full.ConversationStore.from(rows))],
  ['a core store', () => http.createHandler(core.ConversationStore.from(rows))],
  ['the store of another copy', () => http.createHandler(other.full.ConversationStore.from(rows))],
  ['the core store of another copy', () => http.createHandler(other.core.ConversationStore.from(rows))],
  ['the handler of another copy', () => other.http.createHandler(full.ConversationStore.from(rows))],
  ['a core store, the handler of another copy', () => other.http.createHandler(core.ConversationStore.from(rows))],
  [
    'the state of another copy',
    () =>
      http.createHandler({
        agents: [{ id: 1, state: new other.http.AgentState(full.ConversationStore.from(rows)) }],
      }),
  ],
]

/** The cursor after the first page of another query. */
const foreignCursor = full.ConversationStore.from(rows).query().startedAfter('2020-01-01').fetch().next_cursor

const LIST = '/api/conversations/'
const message = { conversation: 1, sender: 'agent', content: 'x' }

/** Requests, one after the other, each with its status and what is in the answer. */
const REQUESTS: readonly (readonly [
  verb: string,
  path: string,
  body: object | undefined,
  status: number,
  answer: object,
])[] = [
  ['GET', LIST, undefined, 200, { count: 25, total_pages: 3, next: expect.stringContaining('?page=2') }],
  [
    'GET',
    `${LIST}?page=3&full=false`,
    undefined,
    200,
    { current_page: 3, previous: expect.stringContaining('page=2') },
  ],
  ['GET', `${LIST}?message_contains=REFUND`, undefined, 200, { count: 1 }],
  ['GET', `${LIST}?metadata=plan:pro`, undefined, 200, { count: 1 }],
  ['GET', `${LIST}?page=4`, undefined, 404, { detail: 'Invalid page.' }],
  ['GET', `${LIST}?page=0`, undefined, 404, { detail: 'Invalid page.' }],
  ['GET', `${LIST}?cursor=${foreignCursor}`, undefined, 400, { cursor: ['Invalid cursor.'] }],
  ['GET', `${LIST}?cursor=nonsense`, undefined, 400, { cursor: ['Invalid cursor.'] }],
  [
    'GET',
    `${LIST}?is_marked=x&env=nowhere`,
    undefined,
    400,
    { is_marked: ['Enter a valid boolean.'], env: [expect.any(String)] },
  ],
  ['GET', `${LIST}?where=x`, undefined, 400, { where: [expect.any(String)] }],
  ['GET', `${LIST}?name=%00`, undefined, 400, { name: ['Null characters are not allowed.'] }],
  ['GET', `${LIST}99/`, undefined, 404, { detail: 'Not found.' }],
  ['GET', `${LIST}1/`, undefined, 200, { conversation_id: 'a' }],
  ['GET', `${LIST}lookup/?conversation_id=a`, undefined, 200, { id: 1 }],
  ['GET', `${LIST}lookup/?conversation_id=zz`, undefined, 404, { detail: 'Not found.' }],
  ['GET', `${LIST}metadata-keys/`, undefined, 200, { keys: ['plan'] }],
  ['GET', `${LIST}metadata-values/?key=plan`, undefined, 200, { values: ['pro'] }],
  ['GET', `${LIST}metadata-values/?key=%22`, undefined, 400, { key: [expect.any(String)] }],
  ['GET', '/api/feedbacks/', undefined, 200, { count: 1 }],
  ['GET', '/api/feedbacks/?page=2', undefined, 404, { detail: 'Invalid page.' }],
  ['GET', '/api/feedbacks/?sentiment=meh', undefined, 400, { sentiment: [expect.any(String)] }],
  ['GET', '/api/feedbacks/9/', undefined, 200, { id: 9 }],
  ['GET', '/api/track/7/', undefined, 200, { id: 7 }],
  ['GET', '/api/me/', undefined, 200, { agent_id: 1 }],
  ['POST', LIST, { conversation_id: 'a' }, 200, { id: 1 }],
  ['POST', LIST, { conversation_id: 'new', metadata: { x: [1] } }, 201, { id: 26, metadata: { x: [1] } }],
  ['POST', LIST, { conversation_id: 'x'.repeat(256) }, 400, { conversation_id: [expect.any(String)] }],
  ['POST', '/api/track/', message, 201, { id: 8, conversation: 1 }],
  ['POST', '/api/track/', { ...message, conversation: 99 }, 404, { detail: 'Not found.' }],
  ['POST', '/api/track/', { sender: 'agent', content: 'x', conversation_id: 'implied' }, 201, { conversation: 27 }],
  ['POST', '/api/action_logs/', { conversation: 1, action_name: 'look' }, 201, { action_name: 'look' }],
  ['POST', '/api/buttons/', { conversation: 1, label: 'yes' }, 201, { content: 'yes' }],
  [
    'POST',
    '/api/attachments/',
    { ...message, attachments: [{ filename: 'f', data: 'eA==' }] },
    201,
    { sender: 'agent' },
  ],
  ['POST', '/api/conversation-feedbacks/', { conversation: 1, sentiment: 'positive' }, 201, { id: 10 }],
  ['POST', '/api/feedbacks/', { kind: 'agent', agent: 1, sentiment: 'negative' }, 201, { id: 11 }],
  ['PATCH', '/api/feedbacks/10/', { sentiment: 'neutral' }, 200, { sentiment: 'neutral' }],
  ['PATCH', '/api/track/7/', { metadata: { a: 1 } }, 200, { metadata: { a: 1 } }],
  ['PATCH', `${LIST}1/update/`, { device: 'tablet' }, 200, { device: 'tablet' }],
  ['PATCH', `${LIST}1/rename/`, { name: 'N' }, 200, { name: 'N' }],
  ['POST', `${LIST}1/mark/`, { is_marked: true }, 200, { is_marked: true }],
  ['PATCH', `${LIST}99/update/`, { device: 'x' }, 404, { detail: 'Not found.' }],
  ['DELETE', `${LIST}1/`, undefined, 200, { is_deleted: true }],
  ['GET', `${LIST}?device=tablet`, undefined, 200, { count: 0 }],
  ['GET', `${LIST}?device=tablet&include_deleted=true`, undefined, 200, { count: 1 }],
]

describe.each(handlers)('%s', (_, make) => {
  test('answers every route', async () => {
    const handler = make()
    await handler.warm()
    for (const [verb, path, body, status, answer] of REQUESTS) {
      const came = await ask(handler, verb, path, body)
      expect([verb, path, came.status, came.body]).toEqual([verb, path, status, expect.objectContaining(answer)])
    }
  })
})

test('an injected fault of another copy strikes, and is counted by itself', async () => {
  const fault = other.http.faults({ status: 503, count: 1 })
  const handler = http.createHandler(full.ConversationStore.from(rows), { faults: fault })
  expect([(await ask(handler, 'GET', LIST)).status, (await ask(handler, 'GET', LIST)).status]).toEqual([503, 200])
  handler.faults(other.http.faults({ status: 500 }))
  expect((await ask(handler, 'GET', LIST)).status).toBe(500)
})

test('reads that must miss a new conversation miss it in any store', async () => {
  for (const { ConversationStore } of [full, core, other.full, other.core]) {
    const handler = http.createHandler(ConversationStore.from(rows), { faults: { staleReads: 1 } })
    await ask(handler, 'POST', LIST, { conversation_id: 'late' })
    const counts = [(await ask(handler, 'GET', LIST)).body.count, (await ask(handler, 'GET', LIST)).body.count]
    expect(counts).toEqual([25, 26])
  }
})

test('keys in a Map of another realm open their agent, and no other key does', async () => {
  const keys = runInThisContext('new Map()') as Map<string, 'write'>
  const foreign = new (await import('node:vm')).Script('new Map()').runInNewContext() as Map<string, 'write'>
  for (const map of [keys, foreign]) {
    map.set(KEY, 'write')
    const handler = http.createHandler(full.ConversationStore.from(rows), { keys: map })
    expect((await ask(handler, 'GET', LIST)).status).toBe(200)
    expect((await ask(handler, 'GET', LIST, undefined, { authorization: 'Api-Key other' })).status).toBe(401)
  }
})

test('an error that is not of the library says nothing of itself', async () => {
  const store = full.ConversationStore.from(rows)
  const handler = http.createHandler(store)
  for (const error of [
    new Error('secret'),
    'secret',
    null,
    { code: 'ENOENT', message: 'secret' },
    { code: 'X', faults: [] },
  ]) {
    store.get = () => {
      throw error
    }
    expect(await ask(handler, 'GET', `${LIST}1/`)).toMatchObject({
      status: 500,
      body: { detail: 'Internal server error.' },
    })
  }
})
