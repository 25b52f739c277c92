/** What a request holds that a store could not keep or find as it is: NULs, numbers beyond a double, unknown parameters. */
import { describe, expect, test } from 'vitest'
import { createHandler } from '../../src/http/index.ts'
import { ConversationStore } from '../../src/index.ts'
import { ask, READ_KEY, row, serving } from './asking.ts'

const NULLS = ['Null characters are not allowed.']
const LIST = '/api/conversations/'
const BIG = '1234567890123456789'

describe('NULs in parameters', () => {
  test.each([
    ['device=%00', { device: NULLS }],
    ['name=a%00b&search=%00', { name: NULLS, search: NULLS }],
    ['environment=%00', { environment: NULLS }],
    ['started_at_after=2026-01-01%00', { started_at_after: NULLS }],
    ['page=%00', { page: NULLS }],
    ['ordering=-id%00', { ordering: NULLS }],
    ['metadata=a:%00', { metadata: NULLS }],
    ['metadata_key=a%00&metadata_value=b', { metadata_key: NULLS }],
    ['device=%00&device=mobile', { device: NULLS }],
    ['unknown=%00', { unknown: NULLS }],
    ['a%00b=1', { 'a\0b': NULLS }],
    ['device=%00&is_marked=x&page=0', { device: NULLS, is_marked: ['Enter a valid boolean.'] }],
    [`where=${encodeURIComponent('[{"field":"device","lookup":"exact","value":"\\u0000"}]')}`, { where: NULLS }],
    [
      `where=${encodeURIComponent('[{"field":"metadata","path":["\\u0000"],"lookup":"exact","value":1}]')}`,
      { where: NULLS },
    ],
  ])('of the list are named together with all else: %s', async (query, body) => {
    expect(await serving([row('a')]).get(`${LIST}?${query}`)).toMatchObject({ status: 400, body })
  })

  test.each([
    '/api/feedbacks/?search=%00',
    '/api/feedbacks/?unknown=%00',
    '/api/conversations/lookup/?conversation_id=a%00',
    '/api/conversations/metadata-values/?key=%00',
    '/api/conversations/metadata-keys/?x=%00',
    '/api/conversations/message-metadata-keys/?x=%00',
    '/api/conversations/1/?full=%00',
    '/api/conversations/1/attachments/?x=%00',
    '/api/feedbacks/1/?x=%00',
    '/api/track/1/?x=%00',
    '/api/me/?x=%00',
  ])('of any route: %s', async (path) => {
    const name = /\?(\w+)/.exec(path)![1]!
    expect(await serving([row('a')]).get(path)).toMatchObject({ status: 400, body: { [name]: NULLS } })
  })

  test('are named beside unknown names where those are refused', async () => {
    const { get } = serving([row('a')], { strict: true })
    for (const path of [`${LIST}?`, '/api/feedbacks/?', '/api/me/?']) {
      const { status, body } = await get(`${path}zzz=1&search=%00`)
      expect([status, Object.keys(body).sort()]).toEqual([400, ['search', 'zzz']])
    }
  })

  test('that are only spelt out are ordinary', async () => {
    const { get } = serving([row('a', { name: '\\u0000 %00' })])
    expect((await get(`${LIST}?name=%5Cu0000%20%2500`)).body.count).toBe(1)
  })

  test('are judged after the key', async () => {
    const { handler } = serving([row('a')])
    expect((await ask(handler, 'GET', `${LIST}?name=%00`, undefined, { authorization: '' })).status).toBe(401)
    const { status } = await ask(handler, 'POST', `${LIST}?name=%00`, {}, { authorization: `Api-Key ${READ_KEY}` })
    expect(status).toBe(403)
  })
})

describe('NULs in bodies', () => {
  const message = { conversation: 1, sender: 'agent', content: 'x' }
  test.each<[verb: string, path: string, body: object, names: readonly string[]]>([
    ['POST', LIST, { conversation_id: 'a\0b' }, ['conversation_id']],
    ['POST', LIST, { conversation_id: 'b', name: '\0', device: '\0' }, ['name', 'device']],
    ['POST', LIST, { conversation_id: 'b', metadata: { a: [{ b: ['\0'] }] } }, ['metadata']],
    ['POST', LIST, { conversation_id: 'b', metadata: { a: { '\0': 1 } } }, ['metadata']],
    ['POST', LIST, { conversation_id: 'b', unknown: '\0' }, ['unknown']],
    ['POST', LIST, { conversation_id: 'b', '\0': 1 }, ['\0']],
    ['POST', LIST, { conversation_id: 'b\0', environment: 'nowhere' }, ['conversation_id', 'environment']],
    ['POST', '/api/track/', { ...message, content: 'a\0' }, ['content']],
    ['POST', '/api/action_logs/', { conversation: 1, action_name: 'a', response: { b: '\0' } }, ['response']],
    ['POST', '/api/buttons/', { conversation: 1, label: '\0' }, ['label']],
    ['POST', '/api/attachments/', { ...message, attachments: [{ filename: '\0', data: '' }] }, ['attachments']],
    ['POST', '/api/conversation-feedbacks/', { conversation: 1, sentiment: 'neutral', comment: '\0' }, ['comment']],
    ['POST', '/api/feedbacks/', { kind: 'agent', agent: 1, sentiment: 'neutral', comment: '\0' }, ['comment']],
    ['PATCH', '/api/conversations/1/rename/', { name: 'a\0' }, ['name']],
    ['POST', '/api/conversations/1/mark/', { other: '\0' }, ['other']],
    ['POST', '/api/conversations/1/mark/', { is_marked: true, other: '\0' }, ['other']],
    ['PATCH', '/api/conversations/1/update/', { device: '\0' }, ['device']],
    ['PATCH', '/api/track/7/', { metadata: { a: '\0' } }, ['metadata']],
    ['PATCH', '/api/feedbacks/9/', { comment: '\0' }, ['comment']],
  ])('%s %s with %j', async (verb, path, body, names) => {
    const { handler, store } = serving([
      row('a', {
        messages: [{ id: 7, sender: 'agent', content: '' }],
        feedbacks: [{ id: 9, sentiment: 'neutral' }],
      }),
    ])
    const before = JSON.stringify([...store])
    const answer = await ask(handler, verb, path, body)
    expect([answer.status, Object.keys(answer.body).sort()]).toEqual([400, [...names].sort()])
    for (const name of names) if (name !== 'environment') expect(answer.body[name]).toContain(NULLS[0])
    expect(JSON.stringify([...store])).toBe(before)
  })

  test('a backslash before u0000 is no NUL', async () => {
    const { post, store } = serving([row('a')])
    expect((await post('/api/track/', { ...message, content: '\\u0000' })).status).toBe(201)
    expect(store.get('a')!.messages[0]!.content).toBe('\\u0000')
  })

  test.each([
    ['a field', 'form-data; name="sender"', 'agent\0', 'sender'],
    ['the name of a field', 'form-data; name="a\0b"', 'x', 'a\0b'],
    ['the metadata', 'form-data; name="metadata"', '{"a":"\\u0000"}', 'metadata'],
    ['the name of a file', 'form-data; name="attachment_0"; filename="a\0.png"', 'x', 'attachment_0'],
    ['the encoded name of a file', `form-data; name="attachment_0"; filename*=utf-8''%00`, 'x', 'attachment_0'],
  ])('in %s of a form', async (_, disposition, value, name) => {
    const part = (head: string, content: string) => `--b\r\nContent-Disposition: ${head}\r\n\r\n${content}\r\n`
    const body = [
      part('form-data; name="conversation"', '1'),
      part('form-data; name="sender"', 'agent'),
      part('form-data; name="attachment_1"; filename="b"', '\0 in a file is a byte'),
    ]
    const { post } = serving([row('a')])
    const type = { 'content-type': 'multipart/form-data; boundary=b' }
    const refused = await post('/api/attachments/', `${body.join('')}${part(disposition, value)}--b--`, type)
    expect([refused.status, refused.body]).toEqual([400, { [name]: NULLS }])
    expect((await post('/api/attachments/', `${body.join('')}--b--`, type)).status).toBe(201)
  })
})

describe('numbers that a double cannot hold', () => {
  const bodies: readonly (readonly [verb: string, path: string, body: string, place: string])[] = [
    ['POST', LIST, `{"conversation_id":"b","metadata":{"user":${BIG}}}`, 'metadata.user'],
    ['POST', LIST, `{"conversation_id":"b","metadata":{"a":[{"b":-1e400}]}}`, 'metadata.a[0].b'],
    ['POST', LIST, `{"conversation_id":"b","unknown":9007199254740993}`, 'unknown'],
    ['POST', '/api/track/', `{"conversation":${BIG},"sender":"agent","content":"x"}`, 'conversation'],
    ['POST', '/api/track/', `{"conversation":1,"sender":"agent","content":"x","metadata":{"n":${BIG}}}`, 'metadata.n'],
    ['POST', '/api/action_logs/', `{"conversation":1,"action_name":"a","tools_used":{"n":${BIG}}}`, 'tools_used.n'],
    ['POST', '/api/action_logs/', `{"conversation":1,"action_name":"a","duration_ms":1e999}`, 'duration_ms'],
    ['POST', '/api/buttons/', `{"conversation":1,"label":"a","value":${BIG}}`, 'value'],
    ['POST', '/api/attachments/', `{"message":${BIG},"attachments":[]}`, 'message'],
    [
      'POST',
      '/api/conversation-feedbacks/',
      `{"conversation":1,"sentiment":"neutral","metadata":{"n":${BIG}}}`,
      'metadata.n',
    ],
    ['POST', '/api/feedbacks/', `{"kind":"agent","agent":${BIG},"sentiment":"neutral"}`, 'agent'],
    ['PATCH', '/api/conversations/1/update/', `{"metadata":{"n":${BIG}}}`, 'metadata.n'],
    ['PATCH', '/api/track/7/', `{"metadata":{"n":${BIG}}}`, 'metadata.n'],
  ]
  const rows = [row('a', { messages: [{ id: 7, sender: 'agent', content: '' }] })]

  test.each(bodies)('%s %s %s is refused with its place', async (verb, path, body, place) => {
    const { handler, store } = serving(rows)
    const before = JSON.stringify([...store])
    const answer = await ask(handler, verb, path, body)
    expect([answer.status, answer.body]).toEqual([
      400,
      { [place]: [expect.stringMatching(/^-?[\de]+ cannot be held exactly as a number\. Send it as a string\.$/)] },
    ])
    expect(JSON.stringify([...store])).toBe(before)
  })

  test('are kept as strings, or rounded, where the handler is told so', async () => {
    const body = `{"conversation_id":"b","metadata":{"user":${BIG},"far":-1e400,"near":12345678901234567,"ok":1.5e300}}`
    const strings = serving([], { bigNumbers: 'string' })
    expect((await strings.post(LIST, body)).status).toBe(201)
    expect(strings.store.get('b')!.metadata).toEqual({
      user: BIG,
      far: '-1e400',
      near: '12345678901234567',
      ok: 1.5e300,
    })
    expect((await strings.get(`${LIST}?metadata=user:${BIG}`)).body.count).toBe(1)
    const rounded = serving([], { bigNumbers: 'round' })
    expect((await rounded.post(LIST, body.replace('-1e400', '0'))).status).toBe(201)
    expect(rounded.store.get('b')!.metadata).toMatchObject({ user: Number(BIG), near: 12345678901234568 })
    expect((await rounded.get(`${LIST}?metadata=user:${BIG}`)).body.count).toBe(1)
    expect(() => createHandler(new ConversationStore(), { bigNumbers: 'keep' as never })).toThrow(
      'bigNumbers is "keep". Expected "refuse", "string" or "round".',
    )
  })

  test('in the metadata of a form have their place too', async () => {
    const part = (name: string, value: string) =>
      `--b\r\nContent-Disposition: form-data; name=${name}\r\n\r\n${value}\r\n`
    const body = `${part('conversation', '1')}${part('metadata', `{"a":{"b":${BIG}}}`)}--b--`
    const answer = await serving(rows).post('/api/attachments/', body, {
      'content-type': 'multipart/form-data; boundary=b',
    })
    expect([answer.status, Object.keys(answer.body)]).toEqual([400, ['metadata.a.b']])
  })

  test('great ones that a double holds are taken', async () => {
    const { post, store } = serving()
    const numbers = '[9007199254740992, 1e21, 1e300, 100000000000000000000, 1.25, -0.1234567890123456789, 1e-400]'
    expect((await post(LIST, `{"conversation_id":"b","metadata":{"n":${numbers}}}`)).status).toBe(201)
    expect((store.get('b')!.metadata as { n: unknown }).n).toEqual(JSON.parse(numbers))
  })

  test('find no other number by a filter', async () => {
    const { get } = serving([
      row('a', { metadata: { user: Number(BIG) } }),
      row('b', { metadata: { user: BIG } }),
      row('c', { metadata: { user: 2 ** 53 } }),
    ])
    for (const query of [
      `metadata=user:${BIG}`,
      `metadata=x:1,user:${BIG}`,
      'metadata=user:9007199254740993',
      'metadata=user:1e400',
    ])
      expect(await get(`${LIST}?${query}`)).toMatchObject({
        status: 400,
        body: { metadata: [expect.stringContaining('double quotes')] },
      })
    expect(await get(`${LIST}?metadata_key=user&metadata_value=${BIG}`)).toMatchObject({
      status: 400,
      body: { metadata_value: [expect.any(String)] },
    })
    const where = JSON.stringify([{ field: 'metadata', path: ['user'], lookup: 'exact', value: 0 }]).replace(
      ':0',
      `:${BIG}`,
    )
    expect(await get(`${LIST}?where=${encodeURIComponent(where)}`)).toMatchObject({
      status: 400,
      body: { where: [expect.stringContaining(BIG)] },
    })
    expect((await get(`${LIST}?metadata=user:%22${BIG}%22`)).body.results).toMatchObject([{ conversation_id: 'b' }])
    expect((await get(`${LIST}?metadata=user:9007199254740992`)).body.results).toMatchObject([{ conversation_id: 'c' }])
  })

  test('as ids in paths and queries find nothing', async () => {
    const { get } = serving(rows)
    expect((await get('/api/conversations/9007199254740993/')).status).toBe(404)
    expect((await get(`/api/track/${BIG}/`)).status).toBe(404)
    expect((await get(`${LIST}?id__exact=${BIG}`)).body.count).toBe(0)
    expect((await get(`${LIST}?id__in=1,${BIG}`)).body.count).toBe(1)
    expect((await get(`/api/feedbacks/?conversation=${BIG}`)).body.count).toBe(0)
  })
})

describe('the header of ignored parameters', () => {
  const names = async (path: string, options = {}) =>
    (await serving([row('a')], options).get(path)).headers.get('x-ignored-parameters')

  test.each([
    [LIST, null],
    [`${LIST}?device=mobile&page=1&full=false&metadata_key=a&id__in=1`, null],
    [`${LIST}?devise=mobile`, 'devise'],
    [`${LIST}?devise=mobile&device=mobile&Page=2&devise=`, 'devise, Page'],
    [`${LIST}?include_tickets=true`, null],
    [`${LIST}?%0D%0Aset-cookie:%20a=b`, '%0D%0Aset-cookie%3A%20a'],
    [`${LIST}?a,b=1&%C3%A9=1&%F0%9F%98%80=1&=1`, 'a%2Cb, %C3%A9, %F0%9F%98%80'],
    [`${LIST}?__proto__=1&constructor=1`, '__proto__, constructor'],
    [`${LIST}?devise=mobile&page=99`, 'devise'],
    [`${LIST}?devise=mobile&is_marked=x`, 'devise'],
    ['/api/feedbacks/?sentimnt=neutral&sentiment=neutral', 'sentimnt'],
    ['/api/conversations/lookup/?conversation_id=a&x=1', 'x'],
    ['/api/conversations/metadata-keys/?limit=5', 'limit'],
    ['/api/conversations/message-metadata-keys/?limit=5', 'limit'],
    ['/api/conversations/metadata-values/?key=a&limit=5', 'limit'],
    ['/api/conversations/1/?full=true&x=1', 'x'],
    ['/api/me/?x=1', 'x'],
  ])('%s: %s', async (path, expected) => {
    expect(await names(path)).toBe(expected)
  })

  test('where a route has one parameter the error names that one', async () => {
    const { get } = serving([row('a')], { strict: true })
    const text = 'There is no parameter "x". There is only key.'
    expect((await get('/api/conversations/metadata-values/?key=a&x=1')).body).toEqual({ x: [text] })
  })

  test('is not there where unknown parameters are refused, and for a request without a key', async () => {
    const strict = await serving([row('a')], { strict: true }).get(`${LIST}?devise=1`)
    expect([strict.status, strict.headers.get('x-ignored-parameters')]).toEqual([400, null])
    const { handler } = serving([row('a')])
    const answer = await ask(handler, 'GET', `${LIST}?devise=1`, undefined, { authorization: '' })
    expect([answer.status, answer.headers.get('x-ignored-parameters')]).toEqual([401, null])
  })

  test('is short, however many there are', async () => {
    const many = await names(`${LIST}?${Array.from({ length: 900 }, (_, at) => `unknown_${at}`).join('&')}`)
    expect(many!.length).toBeLessThan(1_010)
    expect(many).toMatch(/^unknown_0, unknown_1, .*, unknown_\d+, \.\.\.$/)
    expect(await names(`${LIST}?${'x'.repeat(5_000)}`)).toBe('...')
  })

  test('may be read by pages of other origins', async () => {
    const { get } = serving([row('a')], { cors: ['https://app.example.com'] })
    const { headers } = await get(`${LIST}?devise=1`, { origin: 'https://app.example.com' })
    expect(headers.get('x-ignored-parameters')).toBe('devise')
    expect(headers.get('access-control-expose-headers')).toContain('X-Ignored-Parameters')
  })
})
