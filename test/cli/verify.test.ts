/** `conversation-store verify`: clean against our own server, and none of the faults planted in its semantics is missed. */
import { describe, expect, it } from 'vitest'
import { createHandler } from '../../src/http/index.ts'
import { ConversationStore } from '../../src/index.ts'
import { listen } from '../../src/node/index.ts'
import { generateConversations } from '../../src/testing/index.ts'
import { runHere } from './running.ts'

const store = ConversationStore.from(generateConversations({ count: 60, seed: 3 }))
for (const [i, id] of store.query().ids().entries()) {
  if (i % 7 === 0) store.delete(id)
  if (i % 5 === 0)
    store.addFeedback(id, {
      sentiment: i % 2 === 0 ? 'positive' : 'negative',
      source: i % 3 === 0 ? 'customer' : 'platform',
    })
}
const answer = createHandler(store)

/** Runs the command against a handler. */
async function verify(handler: (request: Request) => Promise<Response>, ...more: string[]) {
  const server = await listen(handler)
  try {
    return await runHere(['verify', '--against', server.url, ...more])
  } finally {
    await server.close()
  }
}

/** A service that reads the parameters of a query otherwise. What reads all rows is not touched. */
const misreading = (change: (params: URLSearchParams) => void) => (request: Request) => {
  const url = new URL(request.url)
  if (url.searchParams.get('ordering') !== 'started_at,id') change(url.searchParams)
  return answer(new Request(url, request))
}

const renamed = (from: string, to: string) =>
  misreading((params) => {
    const value = params.get(from)
    params.delete(from)
    if (value !== null && value.trim() !== '') params.set(to, value.trim())
  })
const changed = (name: string, change: (value: string) => string | undefined) =>
  misreading((params) => {
    const value = params.get(name)
    const after = value === null ? undefined : change(value)
    if (after === undefined) params.delete(name)
    else params.set(name, after)
  })

const FAULTS: readonly (readonly [
  what: string,
  parameter: string,
  handler: (request: Request) => Promise<Response>,
])[] = [
  ['a name is compared whole', 'name', renamed('name', 'name__exact')],
  ['the case of a name counts', 'name', renamed('name', 'name__contains')],
  ['the case of a device does not count', 'device', renamed('device', 'device__iexact')],
  ['a language is compared in part', 'language', renamed('language', 'language__contains')],
  [
    'a conversation id is compared in part',
    'conversation_id',
    renamed('conversation_id', 'conversation_id__startswith'),
  ],
  ['a customer id is compared ignoring case', 'customer_id', renamed('customer_id', 'customer_id__iexact')],
  [
    'the case of a part of a customer id counts',
    'customer_id__icontains',
    renamed('customer_id__icontains', 'customer_id__contains'),
  ],
  ['an address is ignored', 'customer_ip_address', changed('customer_ip_address', () => undefined)],
  ['a time after is left out', 'started_at_after', renamed('started_at_after', 'started_at__gt')],
  ['a time before is left out', 'started_at_before', renamed('started_at_before', 'started_at__lt')],
  ['what a message contains is ignored', 'message_contains', changed('message_contains', () => undefined)],
  ['an action is compared whole', 'action_name', renamed('action_name', 'action_name__exact')],
  [
    'false asks for nothing',
    'is_marked',
    changed('is_marked', (value) => (/false|0/i.test(value) ? undefined : value)),
  ],
  ['true means false', 'has_feedback', changed('has_feedback', (value) => value.replace(/true/i, 'false'))],
  ['deleted rows never come', 'include_deleted', changed('include_deleted', () => undefined)],
  ['a source is ignored', 'feedback_source', changed('feedback_source', () => undefined)],
  [
    'a sentiment in another case is taken',
    'feedback_sentiment',
    changed('feedback_sentiment', (value) => value.toLowerCase()),
  ],
  [
    'short environments are refused',
    'environment',
    changed('environment', (value) => value.replace(/^\s*(prod|dev)\s*$/i, 'no')),
  ],
  [
    'all values of metadata are strings',
    'metadata',
    changed('metadata', (value) => value.replace(/:(\d+|true|false)(?=,|$)/g, ':"$1"')),
  ],
  ['of a search only the first term counts', 'search', changed('search', (value) => value.trim().split(/[\s,]/)[0])],
  [
    'the order is turned round',
    'ordering',
    changed('ordering', (value) =>
      value
        .split(',')
        .map((term) => (term.startsWith('-') ? term.slice(1) : `-${term}`))
        .join(),
    ),
  ],
  ['a page has 50 rows at most', 'page_size', changed('page_size', (value) => (Number(value) > 50 ? '50' : value))],
  ['pages begin at 0', 'page', changed('page', (value) => (/^\d+$/.test(value) ? String(Number(value) + 1) : value))],
  ['rows are always whole', 'full', changed('full', () => undefined)],
]

describe('verify', () => {
  it('finds nothing against our own server', async () => {
    const { code, stdout, stderr } = await verify(answer, '--queries', '500')
    expect(stdout).toBe('Asked 500 queries over 60 conversations.\n')
    expect(code).toBe(0)
    expect(stderr).toContain('500 queries, seed 1: every answer is as expected.')
  })

  it.each(FAULTS)('finds that %s', async (_, parameter, handler) => {
    const { code, stdout, stderr } = await verify(handler, '--queries', '250')
    expect(code).toBe(3)
    expect(stderr).toMatch(/answered otherwise than expected\.\n$/)
    const causes = [...stdout.matchAll(/^(\S.*): [\d,]+ answers? differs?$/gm)].map(([, cause]) => cause)
    expect(causes.some((cause) => cause!.split(' with ').includes(parameter))).toBe(true)
  })

  it('shows the smallest query, and what differs', async () => {
    const { stdout } = await verify(renamed('device', 'device__iexact'), '--queries', '250')
    expect(stdout).toMatchInlineSnapshot(`
      "Asked 250 queries over 60 conversations.

      device: 1 answer differs
        ?device=MOBILE&ordering=id
          count is 28, expected 0
      "
    `)
  })

  it.each([
    [['--queries', 'many'], '--queries is "many". Expected a whole number.'],
    [['--against', 'localhost'], 'url is "localhost". Expected a URL such as "https://api.example.com".'],
  ])('refuses %j', async (more, message) => {
    const { code, stderr } = await verify(answer, ...more)
    expect(code).toBe(2)
    expect(stderr).toContain(message)
  })
})
