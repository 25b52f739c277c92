/** JSON in pieces is the JSON of the whole, and each piece is made when it is asked for. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createHandler } from '../../src/http/index.ts'
import { isLong, jsonParts, MadeList, PIECE, pieces } from '../../src/http/json-pieces.ts'
import { ConversationStore } from '../../src/index.ts'
import { ask, row } from './asking.ts'

const long = 'x'.repeat(PIECE)

test.each<[name: string, value: unknown]>([
  ['a short value', { a: [1, null, 'x', { b: undefined, c: true }] }],
  ['a long string', long],
  ['a string of pairs, cut in none of them', `${'😀'.repeat(PIECE)}x`],
  ['the same, one unit later', `x${'😀'.repeat(PIECE)}`],
  ['halves of pairs', '\ud83d'.repeat(PIECE + 2)],
  ['escapes', '\u0001"\\'.repeat(PIECE)],
  ['long in a list', ['a', long, [], [long], {}]],
  ['long in an object', { a: 1, b: { c: long, d: undefined, e: [undefined, long] }, [long]: long, '': null }],
  ['many short values', Array.from({ length: 50_000 }, (_, at) => [at])],
  ['many keys', Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`k${at}`, { at }]))],
  ['__proto__', JSON.parse(`{"__proto__":"${long}","toJSON":"x"}`)],
  [
    'a list that is made',
    { list: new MadeList([1, 2, 3], (at) => ({ at, long })), none: new MadeList([], () => ({})) },
  ],
])('%s', (_, value) => {
  const cut = [...pieces(jsonParts(value))]
  expect(cut.join('')).toBe(JSON.stringify(value))
  for (const piece of cut) {
    expect(piece.length).toBeLessThanOrEqual(PIECE)
    // A half of a pair would be encoded as U+FFFD.
    expect(new TextDecoder().decode(new TextEncoder().encode(piece)) === piece).toBe(true)
  }
})

test('any JSON', () => {
  const strings = fc.string({ unit: 'grapheme', maxLength: 5 }).map((part) => part.repeat(9_000))
  const value = fc.letrec((tie) => ({
    any: fc.oneof({ maxDepth: 3 }, strings, fc.double(), fc.constant(undefined), tie('list'), tie('object')),
    list: fc.array(tie('any'), { maxLength: 5 }),
    object: fc.dictionary(fc.string(), tie('any'), { maxKeys: 5 }),
  })).any
  fc.assert(
    fc.property(value, (given) => {
      expect([...pieces(jsonParts([given]))].join('')).toBe(JSON.stringify([given]))
    }),
  )
})

test('items are made as they are needed, and what is long is known without reading all of it', () => {
  let made = 0
  const list = new MadeList(Array<number>(1_000).fill(0), () => {
    made++
    return { text: 'x'.repeat(10_000) }
  })
  const cut = pieces(jsonParts({ list }))
  cut.next()
  expect(made).toBeLessThan(10)
  cut.next()
  expect(made).toBeLessThan(20)
  const late = {
    a: long,
    get b(): never {
      throw new Error('looked at')
    },
  }
  expect(isLong(late)).toBe(true)
})

test('an answer is made no faster than it is read, and is the same', async () => {
  const messages = Array.from({ length: 2_000 }, (_, id) => ({
    id: id + 1,
    sender: 'agent' as const,
    content: `é${'x'.repeat(1_000)}`,
  }))
  const store = ConversationStore.from([row('a', { messages }), row('b')])
  const handler = createHandler(store)
  for (const path of ['/api/conversations/1/', '/api/conversations/', '/api/conversations/?page_size=1&ordering=id']) {
    const response = await handler(new Request(`http://localhost${path}`))
    const reader = response.body!.getReader()
    const first = await reader.read()
    expect(first.value!.length).toBeLessThanOrEqual(3 * PIECE)
    // A write between two pieces is not in the answer.
    store.mark('a')
    store.upsert({ ...store.get('a')!, messages: [], is_marked: false })
    let text = new TextDecoder().decode(first.value, { stream: true })
    const decoder = new TextDecoder()
    decoder.decode(first.value, { stream: true })
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      text += decoder.decode(read.value, { stream: true })
    }
    const body = JSON.parse(text)
    const shown = body.results?.find(({ id }: { id: number }) => id === 1) ?? body
    expect([path, shown.messages.length, shown.messages.at(-1).content]).toEqual([path, 2_000, messages[0]!.content])
    store.upsert({ ...store.get('a')!, messages } as never)
  }
  expect((await ask(handler, 'GET', '/api/conversations/?full=false')).body.results).toHaveLength(2)
})

test('a file is decoded as it is read, and its length is told', async () => {
  const handler = createHandler(new ConversationStore())
  const data = btoa('0123456789'.repeat(100_000))
  const attachments = [{ filename: 'a.txt', mime_type: 'text/plain', data }]
  const { body } = await ask(handler, 'POST', '/api/attachments/', {
    conversation_id: 'a',
    sender: 'agent' as const,
    attachments,
  })
  const response = await handler(new Request(body.attachments[0].file_url))
  expect(response.headers.get('content-length')).toBe('1000000')
  const reader = response.body!.getReader()
  expect((await reader.read()).value!.length).toBeLessThan(200_000)
  await reader.cancel()
  const whole = await handler(new Request(body.attachments[0].file_url))
  expect(btoa(await whole.text())).toBe(data)
})
