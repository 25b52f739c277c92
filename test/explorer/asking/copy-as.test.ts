/** Texts to copy: commands that ask the same, plans, and conversations as Markdown and as tests that run. */
import fc from 'fast-check'
import { marked } from 'marked'
import { describe, expect, test } from 'vitest'
import { conversationMarkdown, conversationTest } from '../../../src/explorer/asking/copy-as/conversation.ts'
import { hostedCurl, planWithTimes, servedCurl } from '../../../src/explorer/asking/copy-as/question.ts'
import * as store from '../../../src/index.ts'
import { asAsyncStore, ConversationStore, Query } from '../../../src/index.ts'
import { conversation } from '../../../src/testing/arbitraries/index.ts'
import * as testing from '../../../src/testing/index.ts'
import '../../../src/testing/vitest.ts'
import { AWKWARD, spec } from '../../arbitraries/spec.ts'

const runs = { numRuns: Number(process.env.FC_RUNS ?? 100) }

/** The words of a shell command, in which only single quotes mean anything. */
function wordsOf(command: string): string[] {
  return Array.from(command.matchAll(/(?:'[^']*'|\\'|[^\s'])+/g), ([word]) =>
    word.replace(/'([^']*)'|\\(')/g, (_, plain, quote) => plain ?? quote),
  )
}

describe('curl', () => {
  test('asks the same of the API that serves the page, whatever is asked', () => {
    fc.assert(
      fc.property(spec(AWKWARD), (given) => {
        const [curl, url, ...others] = wordsOf(
          servedCurl(Query.fromSpec(given) as Query, 'http://localhost:1/api/conversations/'),
        )
        expect([curl, others]).toEqual(['curl', []])
        expect(Query.fromSearchParams(url!).key).toBe(JSON.stringify(given))
      }),
      runs,
    )
  })

  test('of the hosted API has its parameters alone, and says what it has none for', () => {
    expect(hostedCurl(store.query().device('mobile').search("it's"))).toBe(
      "curl -H 'Authorization: Api-Key YOUR_KEY' 'https://api.example.com/api/conversations/?device=mobile&search=it%27s'",
    )
    const lines = hostedCurl(store.query().not((q) => q.device('mobile'))).split('\n')
    expect(lines[0]).toContain('# not: the hosted API has no parameter for')
    expect(lines.at(-1)).toContain("curl 'http://localhost:8080/api/conversations/?where=")
  })
})

test('a plan has the code, the steps and the times', async () => {
  const rows = testing.generateConversations({ count: 20 })
  const asked = asAsyncStore(ConversationStore.from(rows))
  let clock = 0
  const text = await planWithTimes(store.query().device('mobile'), asked, () => clock++)
  expect(text).toMatch(
    /^store\.query\(\)\.device\('mobile'\)\n\nfrom rows that are not deleted, in 1 segment\n1\. device exact "mobile" .*\nmatches: .*\ntimes: 1\.00 ms at first, 1\.00 ms again \(median of 4\), 1\.00 ms to explain$/,
  )
})

const MODULES: Readonly<Record<string, object>> = {
  'conversation-store': store,
  'conversation-store/testing': testing,
  'conversation-store/testing/vitest': {},
  vitest: { expect, test: (_: string, run: () => void) => run() },
}

/** Runs a produced test. Its imports must exist; it has as many assertions as come back. */
function runTest(code: string): number {
  const names: string[] = []
  const values: unknown[] = []
  const body = code.replace(
    /^import (?:\{ (.*) \} from )?'(.*)'$/gm,
    (_, imported: string | undefined, from: string) => {
      for (const name of imported?.split(', ') ?? []) {
        names.push(name)
        values.push((MODULES[from] as Record<string, unknown>)[name])
      }
      expect(Object.keys(MODULES)).toContain(from)
      return ''
    },
  )
  expect(values).not.toContain(undefined)
  new Function(...names, `'use strict';${body}`)(...values)
  return body.match(/\bexpect\(chat\)/g)?.length ?? 0
}

describe('a conversation as a test', () => {
  const row = (given: object) =>
    ConversationStore.from([{ conversation_id: 'order-17', started_at: '2026-01-05T10:00:00Z', ...given }]).get(
      'order-17',
    )!

  test('records the same and asserts on it', () => {
    const code = conversationTest(
      row({
        device: 'mobile',
        metadata: { plan: 'pro' },
        is_marked: true,
        messages: [
          { sender: 'end_user', content: "Where's order 17?", timestamp: '2026-01-05T10:00:01Z' },
          {
            ...{ sender: 'agent', content: 'Action lookup_order performed', action_name: 'lookup_order' },
            action_logs: [
              {
                ...{ started_at: '2026-01-05T10:00:02Z', ended_at: '2026-01-05T10:00:02.120Z' },
                ...{ tools_used: { order: 17 }, response: { status: 'lost' }, error_message: '' },
              },
            ],
          },
          { sender: 'agent', content: 'It is lost.', timestamp: '2026-01-05T10:00:03Z' },
          { sender: 'agent', content: '', action_name: 'refund', action_logs: [{ error_message: 'too late' }] },
        ],
        feedbacks: [{ sentiment: 'negative', comment: 'Hm' }],
      }),
    )
    expect(code).toBe(`import { ConversationStore } from 'conversation-store'
import { createRecorder } from 'conversation-store/testing'
import 'conversation-store/testing/vitest'
import { expect, test } from 'vitest'

test('conversation order-17', () => {
  const store = new ConversationStore()
  let now = '2026-01-05T10:00:00Z'
  const chat = createRecorder(store, { now: () => now }).start({ conversation_id: 'order-17', device: 'mobile', metadata: { plan: 'pro' } })

  now = '2026-01-05T10:00:01Z'
  chat.user('Where\\'s order 17?')
  now = '2026-01-05T10:00:02Z'
  const end = chat.run('lookup_order', { order: 17 })
  now = '2026-01-05T10:00:02.120Z'
  end({ output: { status: 'lost' } })
  now = '2026-01-05T10:00:03Z'
  chat.agent('It is lost.')
  chat.run('refund')({ error: 'too late' })
  chat.feedback('negative', { comment: 'Hm' })
  store.mark(chat.conversation_id)

  expect(chat).toHaveTrajectory(['lookup_order', 'refund'])
  expect(chat).toHaveAction('lookup_order', { input: { order: 17 }, output: { status: 'lost' }, failed: false })
  expect(chat).toHaveAction('refund', { error: 'too late' })
  expect(chat).toHaveMessage('It is lost.', { sender: 'agent' })
  expect(chat).toMatchConversation({
    conversation_id: 'order-17',
    device: 'mobile',
    metadata: { plan: 'pro' },
    messages: [
      { sender: 'end_user', content: 'Where\\'s order 17?' },
      { sender: 'agent', content: 'It is lost.' },
    ],
  })
})
`)
    expect(runTest(code)).toBe(5)
  })

  test('runs, of generated conversations and of any row', () => {
    for (const given of ConversationStore.from(testing.generateConversations({ count: 200 })))
      expect(runTest(conversationTest(given))).toBeGreaterThan(0)
    fc.assert(
      fc.property(conversation(), (given) => {
        const [stored] = ConversationStore.from([given]).query().includeDeleted().all()
        expect(runTest(conversationTest(stored!))).toBeGreaterThan(0)
      }),
      runs,
    )
  })

  test('fails where the agent does something else', () => {
    const code = conversationTest(row({ messages: [{ sender: 'agent', content: 'Hello' }] }))
    expect(() => runTest(code.replace("chat.agent('Hello')", "chat.agent('Goodbye')"))).toThrow(/Goodbye/)
  })

  test('with a long message asserts on its start', () => {
    const code = conversationTest(row({ messages: [{ sender: 'agent', content: 'x'.repeat(10_000) }] }))
    expect(code.length).toBeLessThan(12_000)
    expect(runTest(code)).toBe(2)
  })
})

describe('a conversation as Markdown', () => {
  const rowOf = (messages: readonly object[], more: object = {}) =>
    ConversationStore.from([
      { conversation_id: 'c-1', started_at: '2026-01-05T10:00:00Z', messages: messages as never, ...more },
    ]).get('c-1')!

  test('has facts, turns, calls and feedback', () => {
    const text = conversationMarkdown(
      rowOf(
        [
          { sender: 'end_user', content: 'Where is *order* 17?\n1. Now', timestamp: '2026-01-05T10:00:01Z' },
          {
            ...{ sender: 'agent', content: 'Action lookup_order performed', action_name: 'lookup_order' },
            action_logs: [{ duration_ms: 120, tools_used: { order: 17 }, response: '```', error_message: '' }],
          },
          { sender: 'agent', content: 'It is **lost**.' },
        ],
        {
          name: 'A # name',
          device: 'mobile',
          metadata: { plan: 'pro' },
          feedbacks: [{ sentiment: 'negative', comment: 'Hm' }],
        },
      ),
    )
    expect(text).toBe(`# A \\# name

- conversation_id: \`c-1\`
- device: \`mobile\`
- started_at: \`2026-01-05T10:00:00Z\`

\`\`\`json
{
  "plan": "pro"
}
\`\`\`

## User · 2026-01-05T10:00:01Z

Where is \\*order\\* 17?  
1\\. Now

**\`lookup_order\`** · 120 ms · ok

Arguments:

\`\`\`json
{
  "order": 17
}
\`\`\`

Result:

\`\`\`\`
\`\`\`
\`\`\`\`

## Agent

It is **lost**.

## Feedback

- negative, by the customer: Hm
`)
  })

  test('keeps the words of the user plain, whatever they are', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'<>*_`#[]()!|~-+1.\\ab &;:/\n '), minLength: 1 }), (content) => {
        fc.pre(content.trim() !== '')
        const html = marked.parse(conversationMarkdown(rowOf([{ sender: 'end_user', content }])), { async: false })
        const said = html.slice(html.indexOf('User</h2>') + 'User</h2>'.length)
        expect(said).not.toMatch(/<(?!\/?p>|br>)/)
      }),
      runs,
    )
  })
})
