/** The first generation of clients against the handler: every call of the tracker and of the manager, every filter, every error. */

import { describe, expect, test } from 'vitest'
import { ConversationStore } from '../../../src/index.ts'
import { open } from '../../../src/row/conversation.ts'
import type { UploadFile } from '../clients/python.ts'
import {
  ApiClient,
  ConversationApiException,
  ConversationManager,
  ConversationTracker,
  ForbiddenException,
  InvalidApiKeyException,
  NetworkException,
  NotFoundException,
  UnauthorizedException,
} from '../clients/v0.ts'
import { expectShape, expectWhole, inMicros } from './shapes.ts'
import { newWorld, READ_KEY, thrown, UNKNOWN_KEY, type World, WRITE_KEY } from './world.ts'

type Row = Record<string, unknown>

const PNG: UploadFile = {
  filename: 'a “picture” é.png',
  mime_type: 'image/png',
  data: Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 255, 13, 10, 128),
}
const file = (filename: string, mime_type: string, text = filename): UploadFile => ({
  filename,
  mime_type,
  data: new TextEncoder().encode(text),
})

/** The messages of a conversation, by its caller's own id. */
async function messagesOf({ manager }: World, conversationId: string): Promise<Row[]> {
  const row = await manager.fetchByConversationId(conversationId)
  const detail = await manager.fetchConversation(row!.id as number)
  expectWhole(detail, 'detail')
  return detail.messages as Row[]
}

/** No request went out twice: none was answered in a way that this client does not understand. */
function expectNoRepeats({ log }: World, sent: number): void {
  expect(log.length).toBe(sent)
  for (const { status } of log) expect([200, 201, 204]).toContain(status)
}

describe('the tracker', () => {
  test('records a whole session, each kind of item, in the order it was tracked', async () => {
    const world = newWorld()
    const { tracker } = world
    tracker.initialize({
      conversation_id: 'talk-1',
      customer_id: 'cust-1',
      customer_ip_address: '203.0.113.7',
      device: 'mobile',
      source: 'web',
      language: 'en',
      name: 'A talk',
      environment: 'production',
      metadata: { plan: 'pro', nested: { deep: [1, { x: null }] } },
    })
    tracker.trackHumanMessage('Where is my order?', { metadata: { turn: 1 } })
    tracker.trackAction('lookup_order', {
      started_at: '2026-08-01T10:00:00.5+02:00',
      ended_at: '2026-08-01T10:00:01',
      duration_ms: 500,
      tools_used: { db: ['orders'] },
      response: 'found',
      metadata: { id: 7 },
    })
    tracker.trackAgentMessage('It is on its way. 😀')
    tracker.trackButton('click', 'Track it', 'track', { at: 'footer' })
    tracker.trackAttachments([PNG, file('b.txt', 'text/plain')], { sender: 'end_user' })
    const { answers, errors } = await tracker.send()
    expect(errors).toEqual([])
    expect(answers.length).toBe(6)
    expectNoRepeats(world, 6)

    const row = (await world.manager.fetchByConversationId('talk-1'))!
    expectWhole(row, 'full')
    expect(row).toMatchObject({
      id: tracker.pk,
      conversation_id: 'talk-1',
      customer_id: 'cust-1',
      customer_ip_address: '203.0.113.7',
      device: 'mobile',
      language: 'en',
      name: 'A talk',
      environment: 'production',
      metadata: { plan: 'pro', nested: { deep: [1, { x: null }] } },
      is_used: false,
      is_marked: false,
      is_deleted: false,
      deleted_at: null,
      feedbacks: [],
    })
    expect(row).not.toHaveProperty('source')
    const [asked, action, said, button, upload, ...more] = await messagesOf(world, 'talk-1')
    expect(more).toEqual([])
    expect(asked).toMatchObject({ sender: 'end_user', content: 'Where is my order?', metadata: { turn: 1 } })
    expect(asked).toMatchObject({ action_name: null, attachments: [], action_logs: [], button: null })
    expect(action).toMatchObject({
      sender: 'agent',
      content: 'Action lookup_order performed',
      action_name: 'lookup_order',
    })
    expect(action!.action_logs).toMatchObject([
      { duration_ms: 500, tools_used: { db: ['orders'] }, response: 'found', error_message: '' },
    ])
    const log = (action!.action_logs as Row[])[0]!
    expect(log.started_at).toBe('2026-08-01T08:00:00.500000Z')
    expect(inMicros(log.ended_at)).toBe('2026-08-01T10:00:01.000000Z')
    expect([log.metadata, action!.metadata]).toContainEqual({ id: 7 })
    expect(said).toMatchObject({ sender: 'agent', content: 'It is on its way. 😀' })
    expect(button!.button).toMatchObject({ button_event: 'click', label: 'Track it', value: 'track' })
    expect(button!.metadata).toEqual({ at: 'footer' })
    expect(upload).toMatchObject({ sender: 'end_user' })
    expect(upload!.attachments).toMatchObject([
      { filename: PNG.filename, mime_type: 'image/png', size_bytes: PNG.data.length, type: 'image' },
      { filename: 'b.txt', mime_type: 'text/plain', size_bytes: 5, type: 'text' },
    ])
    expect(row.ended_at).toBe(upload!.timestamp)
  })

  test('gets or creates: the same id, and no stored value is overridden', async () => {
    const { tracker, manager } = newWorld()
    const first = await tracker.getOrCreate({ conversation_id: 'x', name: 'First', metadata: { a: 1 } })
    const again = await tracker.getOrCreate({
      conversation_id: 'x',
      name: 'Second',
      device: 'desktop',
      environment: 'production',
      metadata: { b: 2 },
    })
    expect(again.id).toBe(first.id)
    const row = (await manager.fetchByConversationId('x'))!
    expect(row).toMatchObject({
      name: 'First',
      metadata: { a: 1 },
      environment: 'development',
      is_used: true,
      device: null,
    })
    tracker.initialize({ conversation_id: 'x' })
    await tracker.send()
    expect(tracker.pk).toBe(first.id)
    expect((await manager.fetchConversations()).count).toBe(1)
  })

  test('stores null for what was not given, and development for no environment', async () => {
    const { tracker, manager } = newWorld()
    await tracker.getOrCreate({ conversation_id: 'bare' })
    const row = (await manager.fetchByConversationId('bare'))!
    expectWhole(row, 'full')
    for (const key of [
      'customer_id',
      'customer_ip_address',
      'device',
      'language',
      'name',
      'metadata',
      'geo_location',
    ]) {
      expect(row[key], key).toBeNull()
    }
    expect(row.environment).toBe('development')
    expect(row.ended_at).toBe(row.started_at)
  })

  test.each([
    ['production', 'production'],
    ['development', 'development'],
    ['prod', 'production'],
    ['dev', 'development'],
    [' Prod\t', 'production'],
    ['DEVELOPMENT', 'development'],
  ])('stores the environment %j as %s', async (given, stored) => {
    const { tracker, manager } = newWorld()
    await tracker.getOrCreate({ conversation_id: 'e', environment: given })
    expect(await manager.fetchByConversationId('e')).toMatchObject({ environment: stored })
  })

  test.each([
    'a/b/../c',
    'what?is=this&that#here',
    ' spaces  and\ttabs ',
    'né 😀 配送',
    '100%',
    '%2F',
    'a+b',
    '"quoted"',
    '__proto__',
    '42',
    'None',
    'last',
    '.',
  ])('takes any text for an id: %j', async (conversation_id) => {
    const { tracker, manager, v1 } = newWorld()
    const { id } = await tracker.getOrCreate({ conversation_id })
    tracker.trackHumanMessage('hello')
    expect((await tracker.send()).errors).toEqual([])
    expect((await manager.fetchConversation(id as number)).conversation_id).toBe(conversation_id)
    // A filter's value is trimmed, so an id with white space about it is not found by its own text.
    if (conversation_id !== conversation_id.trim()) return
    expect(await manager.lookup(conversation_id)).toMatchObject({ id })
    expect(await v1.pkOf(conversation_id)).toBe(id)
    expect((await manager.fetchByConversationId(conversation_id))!.messages).toHaveLength(1)
  })

  test('makes a conversation that nobody announced, by an item of any kind', async () => {
    const world = newWorld()
    const items: Record<string, (tracker: ConversationTracker) => void> = {
      message: (it) => it.trackHumanMessage('hi'),
      action: (it) => it.trackAction('think'),
      button: (it) => it.trackButton('click', 'Yes', 'yes'),
      files: (it) => it.trackAttachments([PNG]),
    }
    for (const [name, track] of Object.entries(items)) {
      const tracker = new ConversationTracker(world.client)
      tracker.use(`made by ${name}`)
      track(tracker)
      tracker.trackAgentMessage('and more')
      expect((await tracker.send()).errors, name).toEqual([])
      const row = (await world.manager.fetchByConversationId(`made by ${name}`))!
      expectWhole(row, 'full')
      expect(row, name).toMatchObject({ environment: 'development', customer_id: null, metadata: null })
      expect(row.messages, name).toHaveLength(2)
      expect(row.started_at, name).toBe((row.messages as Row[])[0]!.timestamp)
      expect(row.ended_at, name).toBe((row.messages as Row[])[1]!.timestamp)
    }
    expect((await world.manager.fetchConversations()).count).toBe(4)
  })

  test('sends the rest when the conversation is refused', async () => {
    const { tracker, manager } = newWorld()
    tracker.initialize({ conversation_id: 'kept', environment: 'staging' })
    tracker.trackHumanMessage('still here')
    const { answers, errors } = await tracker.send()
    expect(answers).toHaveLength(1)
    expect(errors).toHaveLength(1)
    expect(errors[0]).toBeInstanceOf(ConversationApiException)
    expect(errors[0]).toMatchObject({ status_code: 400, response_data: { environment: expect.anything() } })
    expect(await manager.fetchByConversationId('kept')).toMatchObject({ messages: [{ content: 'still here' }] })
  })

  test('links files to the messages that they came with', async () => {
    const world = newWorld()
    const { tracker } = world
    tracker.initialize({ conversation_id: 'files' })
    tracker.trackHumanMessage('mine', { files: [PNG] })
    tracker.trackAgentMessage('yours', { files: [file('r.pdf', 'application/pdf'), file('s.mp3', 'audio/mpeg')] })
    tracker.trackHumanMessage('mine again', { files: [file('v.mp4', 'video/mp4')], mode: 'form_data' })
    tracker.trackAgentMessage('yours again', { files: [PNG], mode: 'form_data' })
    expect((await tracker.send()).errors).toEqual([])
    const messages = await messagesOf(world, 'files')
    const names = messages.map(({ content, attachments }) => [
      content,
      (attachments as Row[]).map(({ filename, type }) => [filename, type]),
    ])
    expect(names).toEqual([
      ['mine', [[PNG.filename, 'image']]],
      [
        'yours',
        [
          ['r.pdf', 'document'],
          ['s.mp3', 'audio'],
        ],
      ],
      ['mine again', [['v.mp4', 'video']]],
      ['yours again', [[PNG.filename, 'image']]],
    ])
    const { results } = await world.manager.fetchConversations({ include_deleted: true })
    expect(results.map(({ conversation_id }) => conversation_id)).toEqual(['files'])
    // The files were sent later than their messages were tracked; that moment is not the conversation's end.
    expect(results[0]!.ended_at).toBe(messages.at(-1)!.timestamp)
  })

  test('uploads files alone, in both ways, and serves their bytes to a request with the key', async () => {
    const world = newWorld()
    const { tracker } = world
    await tracker.getOrCreate({ conversation_id: 'up' })
    tracker.trackAttachments([PNG, file('n.txt', 'text/plain', '')], {
      mode: 'form_data',
      sender: 'agent',
      metadata: { a: '1' },
    })
    tracker.trackAttachments([PNG], { mode: 'base64', sender: 'end_user', metadata: { b: 2 } })
    expect((await tracker.send()).errors).toEqual([])
    const messages = await messagesOf(world, 'up')
    expect(messages).toMatchObject([
      { sender: 'agent', metadata: { a: '1' } },
      { sender: 'end_user', metadata: { b: 2 } },
    ])
    for (const attachment of messages.flatMap(({ attachments }) => attachments as Row[])) {
      const url = new URL(String(attachment.file_url), 'http://localhost')
      expect(url.origin).toBe('http://localhost')
      const bare = await world.send(new Request(url))
      expect(bare.status).toBe(401)
      const served = await world.send(new Request(url, { headers: { Authorization: `Api-Key ${READ_KEY}` } }))
      expect(served.status).toBe(200)
      const expected = attachment.filename === 'n.txt' ? new Uint8Array() : PNG.data
      expect(new Uint8Array(await served.arrayBuffer())).toEqual(new Uint8Array(expected))
      expect(attachment.size_bytes).toBe(expected.length)
      expect(served.headers.get('content-type')).toMatch(
        attachment.mime_type === 'image/png' ? /^image\/png/ : /^application\/octet-stream/,
      )
      expect(served.headers.get('x-content-type-options')).toBe('nosniff')
      expect(served.headers.get('content-security-policy')).toBe('sandbox')
      expect(served.headers.get('content-disposition')).toMatch(/^attachment/)
    }
  })

  test('cannot upload a form without a pk', async () => {
    const { tracker, store } = newWorld()
    tracker.use('nobody')
    tracker.trackAttachments([PNG], { mode: 'form_data' })
    const { errors } = await tracker.send()
    expect(errors).toMatchObject([{ status_code: 400 }])
    expect(store.size).toBe(0)
  })

  test('repeats the running total of tokens before the last item of each send', async () => {
    const world = newWorld()
    const { tracker } = world
    tracker.initialize({ conversation_id: 'tokens' })
    tracker.trackTokenUsage(10, 5)
    tracker.trackHumanMessage('one')
    tracker.trackAgentMessage('two')
    await tracker.send()
    tracker.trackTokenUsage(1, 1, 3)
    tracker.trackHumanMessage('three')
    await tracker.send()
    const messages = await messagesOf(world, 'tokens')
    // By their moments: the count of a send is made when it is sent.
    expect(messages.map(({ content }) => content).sort()).toEqual([
      'Action token_usage performed',
      'Action token_usage performed',
      'one',
      'three',
      'two',
    ])
    const usages = messages
      .filter(({ action_name }) => action_name === 'token_usage')
      .map(({ metadata, action_logs }) => {
        const own = metadata as Row | null
        return own && Object.keys(own).length > 0 ? own : (action_logs as Row[])[0]!.metadata
      })
    expect(usages).toEqual([
      { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, embedding_tokens: 0 },
      { prompt_tokens: 11, completion_tokens: 6, total_tokens: 17, embedding_tokens: 3 },
    ])
  })

  test('has one definition for each action name', async () => {
    const world = newWorld()
    const { tracker } = world
    tracker.initialize({ conversation_id: 'acts' })
    for (const name of ['find', 'tell', 'find', 'Find']) tracker.trackAction(name, { error_msg: `no ${name}` })
    await tracker.send()
    const logs = (await messagesOf(world, 'acts')).map(({ action_logs }) => (action_logs as Row[])[0]!)
    expect(logs.map(({ error_message }) => error_message)).toEqual(['no find', 'no tell', 'no find', 'no Find'])
    const [find, tell, again, other] = logs.map(({ action }) => action)
    expect(again).toBe(find)
    expect(new Set([find, tell, other]).size).toBe(3)
  })

  test('keeps texts to the code unit', async () => {
    const world = newWorld()
    const texts = ['\ud83d', 'a\u0001b', '\u2028', ' kept ', 'ẞ\u0301', '\\u0041', '👍🏽'.repeat(50)]
    world.tracker.initialize({ conversation_id: 'texts' })
    for (const text of texts) world.tracker.trackHumanMessage(text)
    expect((await world.tracker.send()).errors).toEqual([])
    expect(world.store.get('texts')!.messages.map(({ content }) => content)).toEqual(texts)
    const served = (await messagesOf(world, 'texts')).map(({ content }) => content)
    expect(served).toEqual(texts)
  })
})

describe('times', () => {
  const track = (timestamp: unknown, content = 'x') => ({
    timestamp,
    content,
    sender: 'end_user',
    conversation_id: 't',
    conversation: null,
    metadata: {},
  })

  test.each([
    ['2026-08-01T10:00:00.123456+00:00', '2026-08-01T10:00:00.123456Z'],
    ['2026-08-01T10:00:00Z', '2026-08-01T10:00:00.000000Z'],
    ['2026-08-01T10:00:00', '2026-08-01T10:00:00.000000Z'],
    ['2026-08-01T12:30:00.5+02:30', '2026-08-01T10:00:00.500000Z'],
    ['2026-08-01 05:00:00.000001-0500', '2026-08-01T10:00:00.000001Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000000Z'],
    ['9999-12-31T23:59:59.999999Z', '9999-12-31T23:59:59.999999Z'],
  ])('%s is stored as %s', async (sent, stored) => {
    const { ask, store } = newWorld()
    expect([200, 201]).toContain((await ask('POST', '/api/track/', track(sent))).status)
    expect(inMicros(store.get('t')!.messages[0]!.timestamp)).toBe(stored)
    expect(inMicros(store.get('t')!.started_at)).toBe(stored)
  })

  test.each(['yesterday', '2026-02-30T00:00:00Z', '2026-08-01T24:00:00Z', 5, {}, true, '0001-01-01T00:00+00:01'])(
    '%j is refused by name',
    async (sent) => {
      const { ask, store } = newWorld()
      const answer = await ask('POST', '/api/track/', track(sent))
      expect(answer.status).toBe(400)
      expect(Object.keys(answer.body)).toEqual(['timestamp'])
      expect(store.size).toBe(0)
    },
  )

  test('a message stands where its moment puts it, after its equals; loaded ones stay where they are', async () => {
    const store = ConversationStore.from([
      {
        conversation_id: 't',
        started_at: '2026-08-01T00:00:00Z',
        messages: [
          { id: 1, content: 'late', sender: 'agent', timestamp: '2026-08-01T03:00:00Z' },
          { id: 2, content: 'early', sender: 'agent', timestamp: '2026-08-01T01:00:00Z' },
        ],
      },
    ])
    const { ask } = newWorld(store)
    const contents = () => store.get('t')!.messages.map(({ content }) => content)
    await ask('POST', '/api/track/', track('2026-08-01T04:00:00Z', 'd'))
    expect(contents()).toEqual(['late', 'early', 'd'])
    await ask('POST', '/api/track/', track('2026-08-01T04:00:00Z', 'e'))
    await ask('POST', '/api/track/', track('2026-08-01T06:00:00+02:00', 'f'))
    expect(contents()).toEqual(['late', 'early', 'd', 'e', 'f'])
    await ask('POST', '/api/track/', track('2026-08-01T03:30:00Z', 'c'))
    expect(contents()).toEqual(['late', 'early', 'c', 'd', 'e', 'f'])
    expect(contents().indexOf('late')).toBeLessThan(contents().indexOf('early'))
  })

  test('ended_at is the latest moment of the messages and never before the start', async () => {
    const { ask, store } = newWorld()
    const span = () => [store.get('t')!.started_at, store.get('t')!.ended_at].map(inMicros)
    const [ten, twelve] = ['2026-08-01T10:00:00.000000Z', '2026-08-01T12:00:00.000000Z']
    await ask('POST', '/api/conversations/', { timestamp: '2026-08-01T10:00:00Z', conversation_id: 't' })
    expect(span()).toEqual([ten, ten])
    await ask('POST', '/api/track/', track('2026-08-01T09:00:00Z'))
    expect(span()).toEqual([ten, ten])
    await ask('POST', '/api/track/', track('2026-08-01T12:00:00Z'))
    expect(span()).toEqual([ten, twelve])
    await ask('POST', '/api/track/', track('2026-08-01T11:00:00Z'))
    expect(span()).toEqual([ten, twelve])
  })

  test('no time given: the clock', async () => {
    const { ask, store } = newWorld()
    const before = Date.now()
    const { timestamp: _, ...body } = track(null)
    expect([200, 201]).toContain((await ask('POST', '/api/track/', body)).status)
    const at = Date.parse(store.get('t')!.started_at)
    expect(at).toBeGreaterThanOrEqual(before)
    expect(at).toBeLessThanOrEqual(Date.now())
  })
})

describe('how an item names its conversation', () => {
  const item = (conversation: unknown, conversation_id: unknown) => ({
    timestamp: '2026-08-01T10:00:00Z',
    content: 'x',
    sender: 'agent',
    metadata: {},
    conversation,
    conversation_id,
  })

  async function twoTalks() {
    const world = newWorld()
    const one = (await world.tracker.getOrCreate({ conversation_id: 'one' })).id as number
    const two = (await world.tracker.getOrCreate({ conversation_id: 'two' })).id as number
    const counts = () => [one, two].map((pk) => world.store.get(pk)!.messages.length)
    return { ...world, one, two, counts }
  }

  test('a pk wins, as a number or as its digits', async () => {
    const { ask, one, two, counts, store } = await twoTalks()
    await ask('POST', '/api/track/', item(one, 'two'))
    await ask('POST', '/api/track/', item(String(two), 'one'))
    await ask('POST', '/api/track/', item(String(two), 'nobody'))
    await ask('POST', '/api/track/', item(one, null))
    expect(counts()).toEqual([2, 2])
    expect(store.size).toBe(2)
  })

  test('no usable pk: the text decides, and makes the conversation if need be', async () => {
    const { ask, counts, store } = await twoTalks()
    await ask('POST', '/api/track/', item(null, 'one'))
    await ask('POST', '/api/track/', item(0, 'two'))
    await ask('POST', '/api/track/', item(null, 'three'))
    expect(counts()).toEqual([1, 1])
    expect(store.get('three')!.messages).toHaveLength(1)
  })

  test('an unknown pk is 404, neither name is 400, and nothing is made', async () => {
    const { ask, counts, store } = await twoTalks()
    expect((await ask('POST', '/api/track/', item(999, 'one'))).status).toBe(404)
    expect((await ask('POST', '/api/track/', item('999', 'four'))).status).toBe(404)
    expect((await ask('POST', '/api/track/', item(null, null))).status).toBe(400)
    expect((await ask('POST', '/api/track/', { content: 'x', sender: 'agent' })).status).toBe(400)
    expect(counts()).toEqual([0, 0])
    expect(store.size).toBe(2)
  })

  test('one that was deleted softly still counts', async () => {
    const { ask, one, manager, counts, tracker, store } = await twoTalks()
    await manager.delete(one)
    await ask('POST', '/api/track/', item(one, null))
    await ask('POST', '/api/track/', item(null, 'one'))
    expect(counts()).toEqual([2, 0])
    expect((await tracker.getOrCreate({ conversation_id: 'one' })).id).toBe(one)
    expect(store.get(one)!.is_deleted).toBe(true)
  })

  test('a file of the agent goes to its message, and None is nobody', async () => {
    const { ask, one, store } = await twoTalks()
    const { body } = await ask('POST', '/api/track/', item(one, null))
    const upload = (fields: object) =>
      ask('POST', '/api/attachments/', {
        timestamp: '2026-08-02T00:00:00Z',
        attachments: [{ filename: 'a.txt', mime_type: 'text/plain', data: 'YQ==' }],
        metadata: {},
        sender: 'agent',
        conversation_id: 'None',
        ...fields,
      })
    expect([200, 201]).toContain((await upload({ conversation: String(one), message: body.id })).status)
    expect([200, 201]).toContain((await upload({ conversation: 'None', message: body.id })).status)
    expect(store.size).toBe(2)
    expect(store.get(one)!.messages).toHaveLength(1)
    expect(store.get(one)!.messages[0]!.attachments).toHaveLength(2)
    expect((await upload({ conversation: String(one), message: 999 })).status).toBe(404)
    expect(store.get(one)!.messages[0]!.attachments).toHaveLength(2)
  })
})

describe('what is refused', () => {
  const base = { timestamp: '2026-08-01T10:00:00Z', conversation_id: 'c', conversation: null, metadata: {} }

  test.each([
    ['/api/conversations/', { customer_id: 'x' }, 'conversation_id'],
    ['/api/conversations/', { conversation_id: null }, 'conversation_id'],
    ['/api/conversations/', { conversation_id: '' }, 'conversation_id'],
    ['/api/conversations/', { conversation_id: 5 }, 'conversation_id'],
    ['/api/conversations/', { conversation_id: 'x'.repeat(256) }, 'conversation_id'],
    ['/api/conversations/', { conversation_id: 'x', environment: 'staging' }, 'environment'],
    ['/api/conversations/', { conversation_id: 'x', environment: 5 }, 'environment'],
    ['/api/conversations/', { conversation_id: 'x', device: 5 }, 'device'],
    ['/api/conversations/', { conversation_id: 'x', metadata: [] }, 'metadata'],
    ['/api/conversations/', { conversation_id: 'x', is_used: 'perhaps' }, 'is_used'],
    ['/api/track/', { ...base, sender: 'agent' }, 'content'],
    ['/api/track/', { ...base, sender: 'agent', content: null }, 'content'],
    ['/api/track/', { ...base, sender: 'agent', content: 5 }, 'content'],
    ['/api/track/', { ...base, content: 'x' }, 'sender'],
    ['/api/track/', { ...base, content: 'x', sender: 'robot' }, 'sender'],
    ['/api/action_logs/', base, 'action_name'],
    ['/api/action_logs/', { ...base, action_name: '' }, 'action_name'],
    ['/api/action_logs/', { ...base, action_name: 7 }, 'action_name'],
    ['/api/buttons/', { ...base, button_event: 'click', value: 'v' }, 'label'],
    ['/api/attachments/', { ...base, sender: 'agent', mode: 'base64' }, 'attachments'],
    ['/api/attachments/', { ...base, sender: 'agent', attachments: 'x' }, 'attachments'],
    [
      '/api/attachments/',
      { ...base, sender: 'agent', attachments: [{ filename: 'a', mime_type: 'text/plain', data: '*' }] },
      'attachments',
    ],
    ['/api/conversation-feedbacks/', { conversation_id: 'there' }, 'sentiment'],
    ['/api/conversation-feedbacks/', { conversation_id: 'there', sentiment: 'meh' }, 'sentiment'],
    [
      '/api/conversation-feedbacks/',
      { conversation_id: 'there', sentiment: 'positive', comment: 'x'.repeat(5001) },
      'comment',
    ],
  ])('POST %s %j names %s', async (path, body, field) => {
    const { ask, store, tracker } = newWorld()
    await tracker.getOrCreate({ conversation_id: 'there' })
    const before = JSON.stringify([...store])
    const answer = await ask('POST', path, body)
    expect(answer.status).toBe(400)
    expect(Object.keys(answer.body)).toContain(field)
    for (const texts of Object.values(answer.body)) {
      for (const text of [texts].flat()) expect(typeof text).toBe('string')
    }
    expect(JSON.stringify([...store])).toBe(before)
  })

  test.each(['{', '', 'null', '[]', '"x"', '{"a":1}x', '{"content": NaN}', '\ufeff{}{'])(
    'a body of %j is 400 with an object',
    async (body) => {
      const { ask, store } = newWorld()
      for (const path of [
        'conversations',
        'track',
        'action_logs',
        'buttons',
        'attachments',
        'conversation-feedbacks',
      ]) {
        const answer = await ask('POST', `/api/${path}/`, body)
        expect(answer.status, path).toBe(400)
        expect(answer.body, path).toBeTypeOf('object')
      }
      expect(store.size).toBe(0)
    },
  )

  test('an action that is refused uses up no id', async () => {
    const actionOf = async (refused: readonly object[]) => {
      const { ask, tracker, store } = newWorld()
      await tracker.getOrCreate({ conversation_id: 'c' })
      for (const body of refused) {
        const { status } = await ask('POST', '/api/action_logs/', { action_name: 'refused', ...body })
        expect(status).toBeGreaterThanOrEqual(400)
      }
      tracker.trackAction('find')
      expect((await tracker.send()).errors).toEqual([])
      return open(store.get('c')!.messages[0]!.action_logs![0]!).action
    }
    // Shallow enough for a body, too deep for a row.
    const deep = Array.from({ length: 97 }).reduce<object>((inner) => ({ a: inner }), {})
    expect(await actionOf([{ conversation: 99 }, { conversation: 1, metadata: deep }])).toBe(await actionOf([]))
  })

  test('the prescribed texts', async () => {
    const { ask, tracker } = newWorld()
    const { id } = await tracker.getOrCreate({ conversation_id: 'c' })
    const answerOf = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
      const answer = await ask(method, path, body, headers)
      return [answer.status, answer.body]
    }
    expect(await answerOf('GET', '/api/conversations/', undefined, { Authorization: '' })).toEqual([
      401,
      { detail: 'Authentication credentials were not provided.' },
    ])
    expect(
      await answerOf('GET', '/api/conversations/', undefined, { Authorization: `Api-Key ${UNKNOWN_KEY}` }),
    ).toEqual([401, { detail: 'Invalid API key.' }])
    expect(await answerOf('PUT', '/api/conversations/', {})).toEqual([405, { detail: 'Method "PUT" not allowed.' }])
    expect(await answerOf('POST', `/api/conversations/${id}/mark/`, {})).toEqual([
      400,
      { detail: "Missing field 'is_marked'." },
    ])
    for (const name of ['', '  \t']) {
      expect(await answerOf('PATCH', `/api/conversations/${id}/rename/`, { name })).toEqual([
        400,
        { detail: "Field 'name' cannot be empty." },
      ])
    }
    for (const path of ['/api/conversation-feedbacks/', '/api/feedbacks/']) {
      const body = { kind: 'conversation', conversation_id: 'c', sentiment: 'meh' }
      expect(await answerOf('POST', path, body)).toEqual([400, { sentiment: ['"meh" is not a valid choice.'] }])
    }
    expect(
      await answerOf('POST', '/api/feedbacks/', {
        kind: 'conversation',
        conversation_id: 'c',
        sentiment: 'positive',
        environment: 'production',
      }),
    ).toEqual([400, { environment: ['Derived from the conversation.'] }])
    for (const name of ['env', 'environment']) {
      for (const path of ['/api/conversations/', '/api/feedbacks/']) {
        expect(await answerOf('GET', `${path}?${name}=staging`)).toEqual([
          400,
          { [name]: ['Select a valid choice. staging is not one of the available choices.'] },
        ])
      }
    }
    expect(await answerOf('POST', '/api/track/', { content: 'x' }, { Authorization: `Api-Key ${READ_KEY}` })).toEqual([
      403,
      { detail: 'You do not have permission to perform this action.' },
    ])
    for (const path of [
      '/api/conversations/999/',
      '/api/conversations/lookup/?conversation_id=nobody',
      '/api/nothing/',
    ]) {
      const [status, body] = await answerOf('GET', path)
      expect(status).toBe(404)
      expect((body as Row).detail).toBeTypeOf('string')
    }
    expect(await answerOf('GET', '/api/conversations/?page=2')).toEqual([404, { detail: 'Invalid page.' }])
    expect(await answerOf('GET', '/api/conversations/?page=0')).toEqual([404, { detail: 'Invalid page.' }])
  })
})

describe('the manager', () => {
  /** Five talks, each with something that the others have not. */
  async function recorded() {
    const world = newWorld()
    const { client, manager } = world
    let seconds = 0
    const now = () => new Date(Date.parse('2026-08-01T00:00:00Z') + ++seconds * 1_000)
    const track = async (
      fields: Parameters<ConversationTracker['initialize']>[0],
      what: (it: ConversationTracker) => void,
    ) => {
      const tracker = new ConversationTracker(client, { now })
      tracker.initialize(fields)
      what(tracker)
      expect((await tracker.send()).errors).toEqual([])
      return tracker.pk!
    }
    const a = await track(
      {
        conversation_id: 'talk-a',
        customer_id: 'Müller',
        customer_ip_address: '10.0.0.1',
        device: 'mobile',
        language: 'de',
        name: 'Rückgabe ÄÖÜ',
        environment: 'prod',
        metadata: { tier: 3, tags: { vip: true, note: 'a:b,c' }, none: null },
      },
      (it) => {
        it.trackHumanMessage('I want a REFUND, please')
        it.trackAction('lookup_order')
      },
    )
    const b = await track(
      {
        conversation_id: 'talk-b',
        customer_id: 'muller',
        device: 'desktop',
        language: 'en',
        name: 'Delivery',
        metadata: { tier: 30 },
      },
      (it) => it.trackAgentMessage('Hello there'),
    )
    const c = await track({ conversation_id: 'talk-c', metadata: { tier: '3x' } }, (it) => it.trackAction('Order'))
    const d = await track({ conversation_id: 'talk-d', environment: 'production' }, () => {})
    const e = await track({ conversation_id: 'talk-e', name: 'Gone' }, (it) => it.trackHumanMessage('refund'))
    await manager.submitFeedback('talk-a', 'positive', { comment: 'Great', metadata: { stars: 5 } })
    await manager.submitFeedback(b, 'negative')
    await manager.mark(c, true)
    await manager.delete(e)
    return { ...world, pks: { a, b, c, d, e } }
  }

  const FILTERS: readonly (readonly [query: Row, found: string])[] = [
    [{}, 'abcd'],
    [{ conversation_id: 'talk-a' }, 'a'],
    [{ conversation_id: 'talk' }, ''],
    [{ customer_id: 'muller' }, 'b'],
    [{ customer_id__icontains: 'ÜLL' }, 'a'],
    [{ customer_id__icontains: 'LLER' }, 'ab'],
    [{ customer_ip_address: '10.0.0.1' }, 'a'],
    [{ customer_ip_address: '10.0.0' }, ''],
    [{ device: 'desktop' }, 'b'],
    [{ device: 'Desktop' }, ''],
    [{ language: 'de' }, 'a'],
    [{ name: 'rückGABE äöü' }, 'a'],
    [{ name: 'e' }, 'ab'],
    [{ environment: 'production' }, 'ad'],
    [{ environment: 'prod' }, 'ad'],
    [{ env: 'dev' }, 'bc'],
    [{ env: 'development' }, 'bc'],
    [{ is_marked: 'true' }, 'c'],
    [{ is_marked: 'false' }, 'abd'],
    [{ is_marked: true }, 'c'],
    [{ has_messages: 'true' }, 'abc'],
    [{ has_messages: 'false' }, 'd'],
    [{ has_feedback: 'true' }, 'ab'],
    [{ has_feedback: 'false' }, 'cd'],
    [{ has_action: 'true' }, 'ac'],
    [{ has_action: 'false' }, 'bd'],
    [{ action_name: 'lookup_order' }, 'a'],
    [{ action_name: 'ORDER' }, 'ac'],
    [{ message_contains: 'refund' }, 'a'],
    [{ message_contains: 'hello there' }, 'b'],
    [{ feedback_sentiment: 'positive' }, 'a'],
    [{ feedback_sentiment: 'negative' }, 'b'],
    [{ feedback_sentiment: 'neutral' }, ''],
    [{ feedback_source: 'customer' }, 'ab'],
    [{ feedback_source: 'platform' }, ''],
    [{ feedback_source: 'customer', feedback_sentiment: 'negative' }, 'b'],
    [{ search: 'talk-c' }, 'c'],
    [{ search: 'mÜller' }, 'a'],
    [{ search: 'refund rückgabe' }, 'a'],
    [{ search: 'deliv' }, 'b'],
    [{ metadata: 'tier:3' }, 'a'],
    [{ metadata: 'tier:30' }, 'b'],
    [{ metadata: 'tier:3x' }, 'c'],
    [{ metadata: 'tags.vip:true' }, 'a'],
    [{ metadata: 'tags.vip:true,tier:3' }, 'a'],
    [{ metadata: 'tags.vip:true,tier:30' }, ''],
    [{ metadata: 'none:null' }, 'a'],
    [{ metadata_key: 'tags.note', metadata_value: 'a:b,c' }, 'a'],
    [{ metadata_key: 'tier' }, 'abcd'],
    [{ metadata_value: 'tier' }, 'abcd'],
    [{ started_at_after: '2020-01-01' }, 'abcd'],
    [{ started_at_before: '2020-01-01' }, ''],
    [{ started_at_after: '2020-01-01T00:00:00+02:00', started_at_before: '2999-01-01T00:00:00' }, 'abcd'],
    [{ include_deleted: 'true' }, 'abcde'],
    [{ include_deleted: 'true', message_contains: 'REFUND' }, 'ae'],
    [{ include_deleted: 'false' }, 'abcd'],
    [{ colour: 'red' }, 'abcd'],
    [{ device: '' }, 'abcd'],
    [{ language: 'de', device: 'mobile', is_marked: 'false' }, 'a'],
    [{ language: 'de', device: 'desktop' }, ''],
  ]

  test('every filter finds what it should, in full rows and in lean ones', async () => {
    const { manager, log } = await recorded()
    for (const [query, found] of FILTERS) {
      const all = await manager.fetchConversations(query)
      const what = JSON.stringify(query)
      const names = all.results.map(({ conversation_id }) => String(conversation_id).slice(-1))
      expect(names.sort().join(''), what).toBe(found)
      expect(all.count, what).toBe(found.length)
      for (const row of all.results) expectWhole(row, 'full')
      const lean = await manager.fetchConversations({ ...query, full: 'false' })
      for (const row of lean.results) {
        expectShape(row, 'lean')
        expect(row).not.toHaveProperty('messages')
        expect(row).not.toHaveProperty('feedbacks')
        const whole = all.results.find(({ id }) => id === row.id)!
        const parts = (['messages', 'feedbacks'] as const).map((key) => (whole[key] as Row[]).length)
        expect([row.message_count, row.feedback_count]).toEqual(parts)
      }
      const full = await manager.fetchConversations({ ...query, full: 'true' })
      expect(full).toEqual(all)
    }
    expect(log.filter(({ status }) => status >= 400)).toEqual([])
  })

  test('every order, both ways', async () => {
    const { manager } = await recorded()
    const order = async (ordering: string) =>
      (await manager.fetchConversations({ ordering })).results
        .map(({ conversation_id }) => String(conversation_id).slice(-1))
        .join('')
    expect(await order('id')).toBe('abcd')
    expect(await order('-id')).toBe('dcba')
    expect(await order('started_at')).toBe('abcd')
    expect(await order('-started_at')).toBe('dcba')
    expect(await order('ended_at')).toBe('abcd')
    expect(await order('-ended_at')).toBe('dcba')
    expect(await order('customer_id')).toBe('abcd')
    expect(await order('-customer_id,id')).toBe('cdba')
    expect(await order('is_marked')).toBe('abdc')
    expect(await order('-is_marked,id')).toBe('cabd')
    expect(await order('language,id')).toBe('abcd')
    expect(await order('-language,id')).toBe('cdba')
    expect(await order('colour,id')).toBe('abcd')
  })

  test('looks up by the caller’s own id', async () => {
    const { manager, pks } = await recorded()
    expect((await manager.lookup('talk-b')).id).toBe(pks.b)
    expect(await thrown(manager.lookup('talk-x'))).toBeInstanceOf(NotFoundException)
    expect(await manager.fetchByConversationId('talk-e')).toBeUndefined()
  })

  test('reads a detail, of a deleted row too', async () => {
    const { manager, pks } = await recorded()
    const detail = await manager.fetchConversation(pks.a)
    expectWhole(detail, 'detail')
    expect(detail.feedbacks).toMatchObject([{ sentiment: 'positive', comment: 'Great', metadata: { stars: 5 } }])
    const gone = await manager.fetchConversation(pks.e)
    expectWhole(gone, 'detail')
    expect(gone).toMatchObject({ is_deleted: true, deleted_at: expect.any(String), messages: [{ content: 'refund' }] })
    expect(await thrown(manager.fetchConversation(999))).toBeInstanceOf(NotFoundException)
  })

  test('lists attachments: only of messages that have some, in order', async () => {
    const world = newWorld()
    const { tracker, manager } = world
    await tracker.getOrCreate({ conversation_id: 'f' })
    tracker.trackHumanMessage('none')
    tracker.trackAttachments([PNG, file('b.txt', 'text/plain')])
    tracker.trackAgentMessage('one', { files: [file('c.csv', 'text/csv')] })
    await tracker.send()
    const answer = await manager.fetchAttachments(tracker.pk!)
    expect(answer).toMatchObject({
      conversation_id: 'f',
      conversation: tracker.pk,
      total_attachments: 3,
      attachment_count: 3,
    })
    const messages = answer.messages as Row[]
    expect(
      messages.map(({ sender, attachments }) => [sender, (attachments as Row[]).map(({ filename }) => filename)]),
    ).toEqual([
      ['end_user', [PNG.filename, 'b.txt']],
      ['agent', ['c.csv']],
    ])
    const all = await messagesOf(world, 'f')
    expect(messages.map(({ message_id, timestamp }) => [message_id, timestamp])).toEqual(
      all.slice(1).map(({ id, timestamp }) => [id, timestamp]),
    )
    expect(answer.attachments).toEqual(messages.flatMap(({ attachments }) => attachments))
    for (const attachment of answer.attachments as Row[]) expectShape(attachment, 'attachment')
    expect(await thrown(manager.fetchAttachments(999))).toBeInstanceOf(NotFoundException)
  })

  test('renames, marks, updates and deletes', async () => {
    const { manager, pks, store } = await recorded()
    expect(await manager.rename(pks.a, '  New name ')).toMatchObject({
      id: pks.a,
      conversation_id: 'talk-a',
      name: 'New name',
    })
    expect(await manager.mark(pks.a, true)).toMatchObject({ id: pks.a, conversation_id: 'talk-a', is_marked: true })
    expect(await manager.mark(pks.a, false)).toMatchObject({ is_marked: false })
    const fields = {
      name: ' N ',
      is_marked: true,
      customer_id: 'cc',
      device: null,
      language: 'fr',
      metadata: { z: [] },
    }
    const updated = await manager.update(pks.a, {
      ...fields,
      conversation_id: 'other',
      started_at: '2000',
      agent: 9,
      x: 1,
    })
    expect(updated).toMatchObject({ id: pks.a, conversation_id: 'talk-a', ...fields, name: 'N' })
    expect((updated.updated_fields as string[]).slice().sort()).toEqual(Object.keys(fields).sort())
    expect(store.get(pks.a)).toMatchObject({ ...fields, name: 'N', conversation_id: 'talk-a' })
    const gone = await manager.delete(pks.a)
    expect(gone).toMatchObject({
      id: pks.a,
      conversation_id: 'talk-a',
      is_deleted: true,
      deleted_at: expect.any(String),
    })
    expect((await manager.fetchConversations({ customer_id: 'cc' })).count).toBe(0)
    // What is deleted can still be managed by its pk, and deleting again changes nothing.
    expect(await manager.rename(pks.a, 'Again')).toMatchObject({ name: 'Again' })
    expect((await manager.delete(pks.a)).deleted_at).toBe(gone.deleted_at)
    for (const call of [
      () => manager.rename(999, 'x'),
      () => manager.mark(999, true),
      () => manager.update(999, { name: 'x' }),
      () => manager.delete(999),
    ]) {
      expect(await thrown(call())).toBeInstanceOf(NotFoundException)
    }
  })

  const KEPT = [null, {}, { a: null, b: false, c: 0, d: '' }, { a: { b: [1] } }].map((metadata) => [metadata])

  test.each(KEPT)('update stores the metadata %j', async (metadata) => {
    const { manager, tracker, ask } = newWorld()
    const { id } = await tracker.getOrCreate({ conversation_id: 'm', metadata: { old: 1 } })
    const answer = await manager.update(id as number, { metadata })
    expect(answer.updated_fields).toEqual(['metadata'])
    expect(answer.metadata).toEqual(metadata)
    expect((await ask('GET', `/api/conversations/${id}/`)).body.metadata).toEqual(metadata)
  })

  test('names of more than 255 characters are refused', async () => {
    const { manager, tracker, store } = newWorld()
    const pk = (await tracker.getOrCreate({ conversation_id: 'n', name: 'old' })).id as number
    await manager.rename(pk, '😀'.repeat(255))
    for (const call of [manager.rename(pk, 'x'.repeat(256)), manager.update(pk, { name: 'x'.repeat(256) })]) {
      const error = (await thrown(call)) as ConversationApiException
      expect(error.status_code).toBe(400)
    }
    expect(store.get(pk)!.name).toBe('😀'.repeat(255))
  })

  test('sends feedback by text and by pk; none makes a conversation', async () => {
    const { manager, pks, store } = await recorded()
    const byText = await manager.submitFeedback('talk-c', 'neutral', { comment: 'x'.repeat(5000) })
    const byPk = await manager.submitFeedback(pks.c, 'positive', { metadata: { a: 1 } })
    for (const row of [byText, byPk]) {
      expectShape(row, 'feedback')
      expect(row).toMatchObject({ kind: 'conversation', conversation: pks.c, conversation_id: 'talk-c' })
      expect(row).not.toHaveProperty('ticket')
    }
    expect(byPk).toMatchObject({ sentiment: 'positive', metadata: { a: 1 }, source: 'customer' })
    expect(store.get(pks.c)!.feedbacks).toHaveLength(2)
    const size = store.size
    for (const [conversation, status] of [
      ['nobody', [400, 404]],
      [999, [400, 404]],
      [0, [400]],
    ] as const) {
      const error = (await thrown(manager.submitFeedback(conversation, 'positive'))) as ConversationApiException
      expect(status).toContain(error.status_code)
    }
    expect(store.size).toBe(size)
  })
})

describe('errors by status', () => {
  const withKey = (apiKey: string, send: World['send']) => new ApiClient({ send, apiKey })

  test('a malformed key is refused before anything is sent', () => {
    for (const key of ['', 'ags_1', `${WRITE_KEY}0`, ` ${WRITE_KEY}`]) {
      expect(() => withKey(key, () => Promise.reject(new Error('sent')))).toThrow(InvalidApiKeyException)
    }
  })

  test('401: unauthorized where it is read or managed, plain where it is tracked', async () => {
    const { send } = newWorld()
    const client = withKey(UNKNOWN_KEY, send)
    const manager = new ConversationManager(client)
    const tracker = new ConversationTracker(client)
    expect(await thrown(manager.fetchConversations())).toBeInstanceOf(UnauthorizedException)
    expect(await thrown(manager.mark(1, true))).toBeInstanceOf(UnauthorizedException)
    const error = (await thrown(tracker.getOrCreate({ conversation_id: 'x' }))) as ConversationApiException
    expect(error).not.toBeInstanceOf(UnauthorizedException)
    expect([error.status_code, error.response_data]).toEqual([401, { detail: 'Invalid API key.' }])
  })

  test('403: a key that reads, and every write', async () => {
    const { send, tracker, store } = newWorld()
    const { id } = await tracker.getOrCreate({ conversation_id: 'x' })
    const client = withKey(READ_KEY, send)
    const reader = new ConversationManager(client)
    expect((await reader.fetchConversations()).count).toBe(1)
    const before = JSON.stringify([...store])
    const pk = id as number
    for (const call of [
      () => new ConversationTracker(client).getOrCreate({ conversation_id: 'y' }),
      () => reader.rename(pk, 'x'),
      () => reader.mark(pk, true),
      () => reader.update(pk, {}),
      () => reader.delete(pk),
      () => reader.submitFeedback(pk, 'positive'),
      () => client.track('/api/action_logs/', {}),
      () => client.track('/api/buttons/', {}),
      () => client.upload('/api/attachments/', []),
    ]) {
      expect(await thrown(call())).toBeInstanceOf(ForbiddenException)
    }
    expect(JSON.stringify([...store])).toBe(before)
  })

  test('404 is not found, save where it is tracked', async () => {
    const { client } = newWorld()
    expect(await thrown(client.get('/api/conversations/7/'))).toBeInstanceOf(NotFoundException)
    expect(await thrown(client.get('/api/conversations/seven/'))).toBeInstanceOf(NotFoundException)
    expect(await thrown(client.manage('PATCH', '/api/conversations/7/rename/', { name: 'x' }))).toBeInstanceOf(
      NotFoundException,
    )
    const body = { content: 'x', sender: 'agent', conversation: 7, conversation_id: null, metadata: {} }
    const error = (await thrown(client.track('/api/track/', body))) as ConversationApiException
    expect(error).not.toBeInstanceOf(NotFoundException)
    expect(error.status_code).toBe(404)
  })

  test('a connection that fails is tried three times', async () => {
    const waits: number[] = []
    const { send } = newWorld()
    let failures = 2
    const client = new ApiClient({
      apiKey: WRITE_KEY,
      sleep: async (seconds) => void waits.push(seconds),
      send: (request) => (failures-- > 0 ? Promise.reject(new TypeError('dropped')) : send(request)),
    })
    await new ConversationTracker(client).getOrCreate({ conversation_id: 'x' })
    expect(waits).toEqual([1, 2])
    failures = 3
    expect(await thrown(new ConversationManager(client).fetchConversations())).toBeInstanceOf(NetworkException)
  })
})
