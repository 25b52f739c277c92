import { expect, test } from 'vitest'
import { createHandler } from '../../src/http/index.ts'
import { RowJson } from '../../src/http/row-json.ts'
import type { Scene } from '../../src/http/scene.ts'
import { ConversationStore } from '../../src/index.ts'
import type { Conversation } from '../../src/row/conversation.ts'
import { ask, row } from './asking.ts'

const scene = { agent: { id: 1 }, environments: [], api: 'http://localhost/api/' } as unknown as Scene

test('the JSON of a row is made once, and again once others replaced it', () => {
  let made = 0
  const [a, b] = ['a', 'b'].map((id) => ({
    ...ConversationStore.from([row(id)]).get(id)!,
    toJSON() {
      made++
      return { id }
    },
  }))
  const json = new RowJson((it) => it, 12)
  expect(json.of(a!, scene)).toBe('{"id":"a"}')
  expect(json.of(a!, scene)).toBe('{"id":"a"}')
  expect(made).toBe(1)
  json.of(b!, scene)
  json.of(a!, scene)
  expect(made).toBe(3)
})

test('a list shows every write, and files under the address of each request', async () => {
  const store = new ConversationStore()
  const handler = createHandler(store)
  const message = { conversation_id: 'a', sender: 'agent', content: 'x' }
  const list = async (origin = 'http://localhost') => {
    const response = await handler(new Request(`${origin}/api/conversations/`))
    const { results } = (await response.json()) as { results: Conversation[] }
    return results[0]!
  }
  await ask(handler, 'POST', '/api/track/', message)
  expect((await list()).messages).toHaveLength(1)
  store.mark('a')
  expect((await list()).is_marked).toBe(true)
  await ask(handler, 'POST', '/api/track/', message)
  expect((await list()).messages).toHaveLength(2)
  await ask(handler, 'POST', '/api/attachments/', {
    conversation_id: 'a',
    sender: 'agent',
    attachments: [{ filename: 'a.txt', mime_type: 'text/plain', data: 'aGk=' }],
  })
  for (const origin of ['http://localhost', 'http://other:8080']) {
    expect((await list(origin)).messages[2]?.attachments?.[0]?.file_url).toMatch(new RegExp(`^${origin}/api/files/`))
  }
})
