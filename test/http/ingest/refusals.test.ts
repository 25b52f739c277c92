/** What a batch is refused for: by its key, its bytes, its JSON, its blocks. Nothing is written then. */
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { ask, type Json, READ_KEY } from '../asking.ts'
import { batch, block, ingesting, KEY, span, tool, turn } from './spans.ts'

const INGEST = '/api/ingest/'

describe('keys', () => {
  test.each([
    ['', 'Authentication credentials were not provided.'],
    ['Api-Key x', 'Invalid API key.'],
    [`Api-Key ${READ_KEY}`, 'You do not have permission to perform this action.'],
  ])('%j is a 403, never a 401', async (authorization, detail) => {
    const { post, get } = ingesting()
    expect(await post(INGEST, batch(block('c', [])), { authorization })).toMatchObject({
      status: 403,
      body: { detail },
    })
    expect((await get(INGEST, { authorization: '' })).status).toBe(403)
    expect((await get(INGEST)).status).toBe(405)
    expect((await post('/api/ingest', {})).status).toBe(404)
  })
})

describe('bytes', () => {
  const body = batch(block('c', [span({ id: 'a' })]))
  const sendAs = (encoding: string, bytes: Uint8Array | string, options = {}) => {
    const served = ingesting([], options)
    return ask(served.handler, 'POST', INGEST, bytes, { 'content-encoding': encoding })
  }

  test('may be plain, or compressed with gzip, also in several members', async () => {
    const json = JSON.stringify(body)
    const halves = [json.slice(0, 50), json.slice(50)].map((half) => gzipSync(half))
    for (const [encoding, bytes] of [
      ['', json],
      ['identity', json],
      ['gzip', gzipSync(json)],
      [' GZIP ', gzipSync(json)],
      ['x-gzip', gzipSync(json, { level: 9 })],
      ['gzip', Buffer.concat(halves)],
    ] as const)
      expect(await sendAs(encoding, bytes), encoding).toMatchObject({ status: 201, body: {} })
  })

  test.each([
    ['gzip', 'no gzip', 400, 'The body is not valid gzip.'],
    ['gzip', gzipSync(JSON.stringify(body)).subarray(0, 60), 400, 'The body is not valid gzip.'],
    ['gzip', Buffer.concat([gzipSync('{}'), Buffer.from('tail')]), 400, 'The body is not valid gzip.'],
    ['gzip', gzipSync('{"conversations"'), 400, 'JSON parse error - the body is not valid JSON.'],
    ['gzip', gzipSync(new Uint8Array([0xff])), 400, 'JSON parse error - the body is not valid UTF-8.'],
    ['br', '{}', 415, 'Content-Encoding "br" cannot be read. Expected gzip, or none.'],
    ['', '{', 400, 'JSON parse error - the body is not valid JSON.'],
    ['', '[]', 400, 'Invalid data. Expected an object, but got a list.'],
    ['', 'null', 400, 'Invalid data. Expected an object, but got null.'],
  ])('%s of %j is refused', async (encoding, bytes, status, detail) => {
    expect(await sendAs(encoding, bytes)).toMatchObject({ status, body: { detail } })
  })

  test('a small body that would become a large one is stopped while it is unpacked', async () => {
    const bomb = gzipSync(new Uint8Array(200 * 1_048_576))
    expect(bomb.length).toBeLessThan(300_000)
    expect(await sendAs('gzip', bomb)).toMatchObject({
      status: 413,
      body: { detail: 'Request body too large. Unpacked it may have 16777216 bytes.' },
    })
    const lists = gzipSync('[],'.repeat(1_000_000))
    expect(await sendAs('gzip', lists)).toMatchObject({
      status: 413,
      body: { detail: expect.stringContaining('250000 values') },
    })
    const deep = gzipSync('['.repeat(1_000))
    expect((await sendAs('gzip', deep)).status).toBe(400)
  })

  test('plain ones are counted too', async () => {
    const limits = { ingestBytes: 100 }
    expect((await sendAs('', JSON.stringify({ conversations: [] }).padEnd(100), { limits })).status).toBe(201)
    expect((await sendAs('', JSON.stringify({ conversations: [] }).padEnd(101), { limits })).status).toBe(413)
    expect((await sendAs('gzip', gzipSync('{"conversations":[]}'.padEnd(100)), { limits })).status).toBe(201)
    expect((await sendAs('gzip', gzipSync('{"conversations":[]}'.padEnd(101)), { limits })).status).toBe(413)
  })

  test('of all bodies at a time count what is unpacked', async () => {
    const limits = { bodyBytesInFlight: 5_000 }
    expect(await sendAs('gzip', gzipSync('{"conversations":[]}'.padEnd(6_000)), { limits })).toMatchObject({
      status: 503,
    })
    expect((await sendAs('gzip', gzipSync('{"conversations":[]}'.padEnd(4_000)), { limits })).status).toBe(201)
  })

  test('a batch of the SDK at its largest is taken', async () => {
    const { gzip, get } = ingesting()
    const many = Array.from({ length: 511 }, (_, at) =>
      tool({ id: `s${at}`, turn: 'a', start: at, tool: { arguments: '{"a":1}', response: 'x'.repeat(16_384) } }),
    )
    expect((await gzip(batch(block('c', [turn({ id: 'a', end: 9_999 }), ...many])))).status).toBe(201)
    expect((await get('/api/spans/')).body.count).toBe(512)
  })
})

describe('blocks', () => {
  test.each([
    [{}, { conversations: 'This field is required.' }],
    [{ conversations: null }, { conversations: 'This field is required.' }],
    [{ conversations: {} }, { conversations: 'Expected a list of conversation blocks.' }],
  ])('%j has none', async (body, expected) => {
    const { post } = ingesting()
    expect(await post(INGEST, body)).toMatchObject({ status: 400 })
    expect((await post(INGEST, body)).body).toEqual(expected)
  })

  test('that are bad are listed, with what is wrong, and refuse the good ones', async () => {
    const { send, store } = ingesting()
    const { status, body } = await send(block('good', []), block('ex-bad', [], { environment: 'x' }))
    expect([status, body]).toEqual([
      400,
      {
        detail:
          '1 of 2 conversation blocks failed validation. Nothing was written; resend without the blocks listed here.',
        conversations: [
          { index: 1, conversation_id: 'ex-bad', errors: { environment: ["Unknown environment: 'x'."] } },
        ],
      },
    ])
    expect(store.size).toBe(0)
  })

  test('twenty are listed, and the answer says so', async () => {
    const { send } = ingesting()
    const bad = (count: number) => Array.from({ length: count }, (_, at) => block(`c${at}`, [], { environment: 'x' }))
    const twenty = (await send(...bad(20))).body
    expect([twenty.conversations.length, twenty.truncated]).toEqual([20, undefined])
    const more = (await send(...bad(21))).body
    expect([more.conversations.length, more.truncated, more.detail.slice(0, 8)]).toEqual([20, true, '21 of 21'])
  })

  const LONG = 'é'.repeat(256)
  test.each<[string, Json, object]>([
    ['no id', { spans: [] }, { conversation_id: ['This field is required.'] }],
    ['a blank id', { conversation_id: '' }, { conversation_id: ['This field may not be blank.'] }],
    ['an id that is a number', { conversation_id: 7 }, { conversation_id: ['Not a valid string.'] }],
    [
      'a long id',
      { conversation_id: LONG },
      { conversation_id: ['Ensure this field has no more than 255 characters.'] },
    ],
    ...['customer_id', 'device', 'source', 'language', 'name'].map((key): [string, Json, object] => [
      `a long ${key}`,
      { conversation_id: 'c', [key]: LONG },
      { [key]: ['Ensure this field has no more than 255 characters.'] },
    ]),
    ['a number as a name', { conversation_id: 'c', name: 1 }, { name: ['Not a valid string.'] }],
    ...['999.1.1.1', '1.2.3', '01.2.3.4', 'host', '::g', '1:2', '::1%eth0', '[::1]', ''].map(
      (ip): [string, Json, object] => [
        `the address ${ip}`,
        { conversation_id: 'c', customer_ip_address: ip },
        { customer_ip_address: ['Enter a valid IPv4 or IPv6 address.'] },
      ],
    ),
    [
      'a list as metadata',
      { conversation_id: 'c', metadata: [] },
      { metadata: ['Expected an object, or the JSON of one.'] },
    ],
    [
      'text as metadata',
      { conversation_id: 'c', metadata: '[1]' },
      { metadata: ['Expected an object, or the JSON of one.'] },
    ],
    ['spans that are no list', { conversation_id: 'c', spans: {} }, { spans: ['Expected a list of spans.'] }],
    ['a null character', { conversation_id: 'c', name: 'a\0' }, { name: ['Null characters are not allowed.'] }],
  ])('%s', async (_, given, errors) => {
    const { send, store } = ingesting()
    const { status, body } = await send(given)
    expect([status, body.conversations[0].errors]).toEqual([400, errors])
    expect('conversation_id' in body.conversations[0]).toBe('conversation_id' in given)
    expect(store.size).toBe(0)
  })

  test.each(['203.0.113.7', '255.255.255.255', '::', '::1', '2001:DB8::8:800:200c:417a', '::ffff:1.2.3.4'])(
    'the address %s is one',
    async (customer_ip_address) => {
      const { send, detail } = ingesting()
      expect((await send(block('c', [], { customer_ip_address }))).status).toBe(201)
      expect((await detail('c')).customer_ip_address).toBe(customer_ip_address)
    },
  )

  test('255 characters are not too many, and no object is no block', async () => {
    const { send } = ingesting()
    expect((await send(block('😀'.repeat(255), [], { name: 'é'.repeat(255) }))).status).toBe(201)
    expect((await send(5 as never)).body.conversations).toEqual([
      { index: 0, errors: { non_field_errors: ['Expected an object.'] } },
    ])
  })

  test('an unknown key of a block is ignored, and with strict refused with the nearest one', async () => {
    const given = block('c', [], { divice: 'x' })
    expect((await ingesting().send(given)).status).toBe(201)
    const { status, body } = await ingesting([], { strict: true }).send(given)
    expect([status, body.conversations[0].errors]).toEqual([400, { divice: ['Unknown key. Did you mean "device"?'] }])
  })
})

describe('spans', () => {
  const good = span({ id: 'a' })
  test.each<[string, Json, string]>([
    ['no object', 5, 'Span 0: expected an object.'],
    ['null', null, 'Span 0: expected an object.'],
    ['no id', { ...good, span_id: undefined }, 'Span 0: span_id is not a string with characters.'],
    ['a number as an id', { ...good, span_id: 1 }, 'Span 0: span_id is not a string with characters.'],
    ['no trace', { ...good, trace_id: null }, 'Span 0: trace_id is not a string with characters.'],
    ['no name', { ...good, name: '' }, 'Span 0: name is not a string with characters.'],
    ['no start', { ...good, started_at: null }, expect.stringContaining('Span 0: started_at is not a time')],
    ['an odd start', { ...good, started_at: 'now' }, expect.stringContaining('Span 0: started_at is not a time')],
  ])('%s', async (_, given, fault) => {
    const { send, get } = ingesting()
    const { status, body } = await send(block('c', [given, good]))
    expect([status, body.conversations[0].errors]).toEqual([400, { spans: [fault] }])
    expect((await get('/api/spans/')).body.count).toBe(0)
  })

  test('of many faulty ones five are listed', async () => {
    const { send } = ingesting()
    const { errors } = (await send(block('c', Array(9).fill(5)))).body.conversations[0]
    expect(errors.spans).toHaveLength(6)
    expect(errors.spans[5]).toBe('4 more spans cannot be read.')
  })

  test('a time may have any offset, and no fraction', async () => {
    const { send, list } = ingesting()
    await send(block('c', [{ ...good, started_at: '2026-11-20T10:00:00+01:00', ended_at: '2026-11-20T09:00:01.5' }]))
    expect(await list('/api/spans/')).toMatchObject([
      { started_at: '2026-11-20T09:00:00.000000Z', ended_at: '2026-11-20T09:00:01.500000Z' },
    ])
  })

  test('beyond the limit of an agent are a 413, and nothing changes; those of purged rows make room', async () => {
    const { send, get, store } = ingesting([], { limits: { spans: 2 } })
    const three = ['a', 'b', 'c'].map((id) => span({ id }))
    expect(await send(block('c', three))).toMatchObject({
      status: 413,
      body: { detail: 'Too many spans. An agent may have 2.' },
    })
    expect(store.size).toBe(0)
    expect((await send(block('c', three.slice(0, 2)))).status).toBe(201)
    // Known ones take no room.
    expect((await send(block('c', three.slice(0, 2), { name: 'N' }))).status).toBe(201)
    expect((await send(block('d', three.slice(0, 1)))).status).toBe(413)
    store.purge('c')
    expect((await get('/api/spans/')).body.count).toBe(0)
    expect((await send(block('d', three.slice(0, 1)))).status).toBe(201)
    expect((await get('/api/traces/t1/')).body.span_count).toBe(1)
  })
})

test('a key in a refused batch is not repeated', async () => {
  const { send } = ingesting()
  const { text } = await send(block(KEY, [], { environment: KEY, [KEY]: 'a\0' }))
  expect(text).not.toContain(KEY.slice(0, 12))
})
