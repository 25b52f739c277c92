/** What is asked of the servers. The same requests in the words of each, where both can answer them. */
import type { GeneratedConversation } from '../../src/features/generate/index.ts'
import type { Asked } from './client.ts'

/** A key that `serve` takes, since none is required. */
const HEADERS = { authorization: 'Bearer ags_00000000000000000000000000000000_000000' }
const JSON_HEADERS = { ...HEADERS, 'content-type': 'application/json' }

/** One list, in the words of both. */
export interface Listed {
  readonly ours: Asked
  readonly rival: Asked
}

/** Filters on one to three fields; each pair has a parameter of ours and the path of json-server. */
const FILTERS: readonly (readonly (readonly [name: string, value: string])[])[] = [
  ...['mobile', 'desktop', 'tablet'].flatMap((device) =>
    ['en', 'de', 'fr', 'ja'].map(
      (language) =>
        [
          ['device', device],
          ['language', language],
        ] as const,
    ),
  ),
  ...['free', 'pro', 'enterprise'].map(
    (plan) =>
      [
        ['metadata.plan', plan],
        ['is_marked', 'true'],
      ] as const,
  ),
  ...['refund', 'billing', 'returns'].map(
    (topic) =>
      [
        ['environment', 'production'],
        ['metadata.analysis.topic', topic],
        ['device', 'mobile'],
      ] as const,
  ),
  ...[1, 5, 20, 60, 150, 400].map((rank) => [['customer_id', `customer_${rank}`]] as const),
]

/** The first page of filtered lists, ten rows each. */
export const LISTS: readonly Listed[] = FILTERS.map((filter) => {
  const rival = new URLSearchParams([...filter, ['_page', '1'], ['_limit', '10']] as [string, string][])
  return {
    ours: get(`/conversations/?${ours(filter)}&page_size=10`),
    rival: { path: `/conversations?${rival}` },
  }
})

function ours(filter: (typeof FILTERS)[number]): URLSearchParams {
  const params = new URLSearchParams()
  for (const [name, value] of filter) {
    const [first, path] = /^metadata\.(.*)$/.exec(name) ?? []
    if (first === undefined) params.set(name, value)
    else params.set('metadata', `${path}:${value}`)
  }
  return params
}

/** The first page of lists by a text in some message: words as they are met, and pieces of words. */
export function texts(rows: readonly GeneratedConversation[]): Asked[] {
  const words = new Set(rows.slice(0, 200).flatMap((row) => (row.messages[2]?.content ?? '').split(/[^\p{L}]+/u)))
  const long = [...words].filter((word) => word.length > 4).slice(0, 24)
  return long.map((word, i) => {
    const text = i % 2 === 0 ? word : word.slice(1, 5)
    return get(`/conversations/?${new URLSearchParams({ message_contains: text, device: 'mobile', page_size: '10' })}`)
  })
}

/** Rows by id. */
export function details(rows: readonly GeneratedConversation[]): Listed[] {
  return spread(rows, 64).map(({ id }) => ({
    ours: get(`/conversations/${id}/`),
    rival: { path: `/conversations/${id}` },
  }))
}

let made = 0

/** A new conversation at each sending. */
export function creating(): Listed {
  const body = () =>
    JSON.stringify({
      timestamp: new Date().toISOString(),
      conversation_id: `load-${++made}`,
      customer_id: `customer_${made % 1_000}`,
      customer_ip_address: null,
      device: 'mobile',
      source: 'web',
      language: 'en',
      name: 'A conversation of the load test',
      environment: 'production',
      metadata: { plan: 'pro', analysis: { topic: 'refund', sentiment: 'neutral' } },
      is_used: true,
    })
  return {
    ours: post('/conversations/', body),
    rival: {
      method: 'POST',
      path: '/conversations',
      headers: { 'content-type': 'application/json' },
      setupRequest: (request) => ({ ...request, body: body() }),
    },
  }
}

/** A message to one conversation after another. */
export function tracking(rows: readonly GeneratedConversation[]): Asked {
  const ids = spread(rows, 1_000).map(({ id }) => id)
  return post('/track/', () =>
    JSON.stringify({
      timestamp: new Date().toISOString(),
      content: 'Where is my order? It was to be here on Monday, and the tracking page says nothing at all.',
      sender: 'end_user',
      conversation_id: null,
      conversation: ids[++made % ids.length],
      metadata: {},
    }),
  )
}

/** One kind of request, and what it is called in the report. */
export interface Kind {
  readonly name: string
  readonly asked: readonly Asked[]
}

/** Every kind of request, for the watch over the event loop. */
export function kinds(rows: readonly GeneratedConversation[]): Kind[] {
  const some = spread(rows, 40)
  const list = (...queries: readonly string[]) => queries.map((query) => get(`/conversations/?${query}`))
  const pairs = some.slice(0, 12).map(({ messages }) => pairOf(messages[2]?.content ?? messages[0]!.content ?? ''))
  return [
    { name: 'list, filtered', asked: LISTS.map((each) => each.ours) },
    { name: 'list, 100 rows a page', asked: list('page_size=100', 'page_size=100&device=mobile&page=7') },
    { name: 'list, the last page', asked: list('page=last', 'page=last&device=mobile', 'page=2000') },
    {
      name: 'list, other orders',
      asked: list('ordering=customer_id', 'ordering=-ended_at&device=mobile', 'ordering=language,id'),
    },
    { name: 'list, a text in messages', asked: texts(rows) },
    {
      name: 'list, a phrase',
      asked: pairs.map((pair) => get(`/conversations/?${new URLSearchParams({ message_contains: pair })}`)),
    },
    {
      name: 'list, search of two terms',
      asked: pairs.map((pair) => get(`/conversations/?${new URLSearchParams({ search: pair })}`)),
    },
    {
      name: 'list, many conditions',
      asked: list('env=prod&device=mobile&has_feedback=true&has_action=true&metadata=vip:true'),
    },
    { name: 'detail', asked: details(rows).map((each) => each.ours) },
    { name: 'attachments', asked: some.map(({ id }) => get(`/conversations/${id}/attachments/`)) },
    { name: 'lookup', asked: some.map((row) => get(`/conversations/lookup/?conversation_id=${row.conversation_id}`)) },
    { name: 'metadata keys', asked: [get('/conversations/metadata-keys/')] },
    {
      name: 'metadata values',
      asked: [get('/conversations/metadata-values/?key=order.id'), get('/conversations/metadata-values/?key=plan')],
    },
    { name: 'message metadata keys', asked: [get('/conversations/message-metadata-keys/')] },
    {
      name: 'feedbacks',
      asked: [
        get('/feedbacks/'),
        get('/feedbacks/?sentiment=negative&has_comment=true&page=3'),
        get('/feedbacks/?search=friendly'),
      ],
    },
    { name: 'me', asked: [get('/me/')] },
    { name: 'a new conversation', asked: [creating().ours] },
    { name: 'a message', asked: [tracking(rows)] },
    {
      name: 'a mark, then a list that sees it',
      asked: some.flatMap(({ id }, i) => [
        post(`/conversations/${id}/mark/`, () => JSON.stringify({ is_marked: i % 2 === 0 })),
        get('/conversations/?is_marked=true'),
      ]),
    },
    {
      name: 'a message, then a text that finds it',
      asked: [
        tracking(rows),
        get('/conversations/?message_contains=tracking+page'),
        tracking(rows),
        get('/conversations/?search=monday'),
      ],
    },
    {
      name: 'new metadata',
      asked: some.map(({ id }) => ({
        ...post(`/conversations/${id}/update/`, () => JSON.stringify({ metadata: { plan: 'pro', run: ++made } })),
        method: 'PATCH' as const,
      })),
    },
    {
      name: 'a file of 1 MB',
      asked: [
        post('/attachments/', () =>
          JSON.stringify({
            timestamp: new Date().toISOString(),
            attachments: [{ filename: 'a.bin', mime_type: 'application/pdf', data: FILE }],
            metadata: {},
            conversation: some[++made % some.length]!.id,
            conversation_id: null,
            sender: 'end_user',
            mode: 'base64',
          }),
        ),
      ],
    },
  ]
}

const FILE = Buffer.alloc(2 ** 20, 'file').toString('base64')

/** Two neighbouring words of a text. */
function pairOf(text: string): string {
  const [, pair] = /(\p{L}{3,} \p{L}{3,})/u.exec(text) ?? []
  return pair ?? 'the order'
}

function spread<T>(rows: readonly T[], count: number): T[] {
  return Array.from({ length: count }, (_, i) => rows[Math.floor((i * rows.length) / count)]!)
}

function get(path: string): Asked {
  return { path: `/api${path}`, headers: HEADERS }
}

function post(path: string, body: () => string): Asked {
  return {
    method: 'POST',
    path: `/api${path}`,
    headers: JSON_HEADERS,
    setupRequest: (request) => ({ ...request, body: body() }),
  }
}
