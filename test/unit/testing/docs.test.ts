/** The failures that the documentation shows are those that there are. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { query } from '../../../src/index.ts'
import { matchers } from '../../../src/testing/assert.ts'
import { agent, called, chatOf, failure, storeOfThree, user } from './world.ts'

const page = readFileSync(new URL('../../../docs/assertions.md', import.meta.url), 'utf8')
const shown = [...page.matchAll(/```text\n([^`]*)\n```/g)].map(([, text]) => text)
const chat = chatOf({
  conversation_id: 'chat-1',
  started_at: '2026-01-05',
  messages: [
    user('Where is order 17?'),
    called('lookup_order', { order: 17 }, { status: 'lost' }),
    agent('It is lost. Shall I refund it?'),
    user('Yes, please.'),
    called('issue_refund', { order: 17 }, { ok: true }),
    agent('A refund of € 12 is on its way.'),
  ],
})

test('a query, a call, an order', () => {
  const asked = query().customerId('kim').messageContains('refund')
  const call = matchers.toHaveAction(chat, 'issue_refund', { input: { order: 18 }, times: 1, after: 'send_email' })
  const order = failure(matchers.toHaveTrajectory(chat, ['issue_refund', 'lookup_order']))
  expect(shown).toEqual([
    failure(matchers.toHaveConversation(storeOfThree(), asked)),
    failure(call),
    order.replace(/(?<=Transcript of "chat-1":\n)[\s\S]*/, '  ...'),
  ])
})
