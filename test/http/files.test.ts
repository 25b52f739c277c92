/** Files: taking them in, in both forms, and giving them out. */
import { describe, expect, test } from 'vitest'
import { canonicalBase64, decodeBase64, decodedSize, encodeBase64 } from '../../src/base/base64.ts'
import { ask, type Json, row, serving } from './asking.ts'

const AT = '2026-08-01T11:30:00.123456+00:00'
const png = { filename: 'a.png', mime_type: 'image/png', data: btoa('pixels') }

function form(fields: Record<string, string>, ...files: readonly File[]): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.set(name, value)
  for (const [at, file] of files.entries()) form.set(`attachment_${at}`, file)
  return form
}

describe('JSON', () => {
  test('files of their own make a message', async () => {
    const { post, get } = serving()
    const { status, body } = await post('/api/attachments/', {
      timestamp: AT,
      attachments: [png, { filename: 'n.txt', mime_type: 'text/plain', data: btoa('note') }],
      metadata: { a: 1 },
      mode: 'base64',
      sender: 'end_user',
      conversation_id: 'a',
      conversation: null,
    })
    expect([status, body.id]).toEqual([201, 1])
    const detail = (await get('/api/conversations/1/')).body
    expect(detail.messages).toHaveLength(1)
    expect(detail.messages[0]).toMatchObject({ sender: 'end_user', timestamp: '2026-08-01T11:30:00.123456Z' })
    expect(detail.messages[0].attachments).toMatchObject([
      { id: 1, message: 1, type: 'image', filename: 'a.png', mime_type: 'image/png', size_bytes: 6 },
      { id: 2, message: 1, type: 'text', filename: 'n.txt', mime_type: 'text/plain', size_bytes: 4 },
    ])
  })

  test('files of a message go to it, whatever its conversation is called', async () => {
    const { post, store } = serving([row('x')])
    await post('/api/track/', { conversation_id: 'a', sender: 'agent', content: 'hi', timestamp: AT })
    for (const conversation of ['2', undefined]) {
      const linked = { attachments: [png], message: 1, conversation_id: 'None', conversation, timestamp: AT }
      const { status, body } = await post('/api/attachments/', linked)
      expect([status, body.conversation]).toEqual([201, 2])
    }
    expect(store.size).toBe(2)
    expect(store.get(2)?.messages).toHaveLength(1)
    expect(store.get(2)?.messages[0]?.attachments).toMatchObject([{ id: 1 }, { id: 2 }])
    expect(JSON.stringify(store.get(2))).not.toContain('file_url')
  })

  test.each([
    [{}, 400, 'attachments'],
    [{ attachments: [] }, 400, 'attachments'],
    [{ attachments: 'x' }, 400, 'attachments'],
    [{ attachments: [null] }, 400, 'attachments'],
    [{ attachments: [{ ...png, data: '*' }] }, 400, 'attachments'],
    [{ attachments: [{ ...png, data: 'abcde' }] }, 400, 'attachments'],
    [{ attachments: [{ ...png, data: 7 }] }, 400, 'attachments'],
    [{ attachments: [{ ...png, filename: null }] }, 400, 'attachments'],
    [{ attachments: [png], sender: 'x' }, 400, 'sender'],
    [{ attachments: [png], message: 'abc' }, 400, 'message'],
    [{ attachments: [png], message: '1.5' }, 400, 'message'],
    [{ attachments: [png], message: '-1' }, 400, 'message'],
    [{ attachments: [png], message: true }, 400, 'message'],
    [{ attachments: [png], conversation: 1, message: 77 }, 404, 'detail'],
    [{ attachments: [png], message: 77 }, 404, 'detail'],
    [{ attachments: [png], conversation: 77 }, 404, 'detail'],
  ])('refuses %j with %i', async (body, status, field) => {
    const { post, store } = serving([row('a')])
    const answer = await post('/api/attachments/', { sender: 'agent', conversation_id: 'a', ...body })
    expect([answer.status, Object.keys(answer.body)]).toEqual([status, [field]])
    expect([store.size, store.get(1)?.messages]).toEqual([1, []])
  })
})

describe('forms', () => {
  test('files of their own, and files of a message', async () => {
    const { post, get } = serving([row('a')])
    const fields = { timestamp: AT, conversation: '1', sender: 'agent', mode: 'form_data', metadata: '{"a":{"b":1}}' }
    const text = new File(['\u00fcber'], '\u00fc "q".txt', { type: 'text/plain' })
    const { status, body } = await post('/api/attachments/', form(fields, text))
    expect([status, body.id]).toEqual([201, 1])
    const { body: linked } = await post(
      '/api/attachments/',
      form({ ...fields, message: '1' }, new File(['%PDF'], 'b.pdf')),
    )
    expect(linked.message).toBe(1)
    const { messages } = (await get('/api/conversations/1/')).body
    expect(messages).toHaveLength(1)
    expect(messages[0]).toMatchObject({ sender: 'agent', metadata: { a: { b: 1 } } })
    expect(messages[0].attachments).toMatchObject([
      { type: 'text', filename: '\u00fc "q".txt', size_bytes: 5 },
      { type: 'document', filename: 'b.pdf', size_bytes: 4 },
    ])
    const file = await get(new URL(messages[0].attachments[0].file_url).pathname)
    expect(file.text).toBe('\u00fcber')
  })

  test.each([
    ['no conversation', form({ sender: 'agent' }, new File(['x'], 'x')), 'conversation_id'],
    ['no file', form({ conversation: '1', sender: 'agent' }), 'attachments'],
    ['broken metadata', form({ conversation: '1', sender: 'agent', metadata: '{' }, new File(['x'], 'x')), 'metadata'],
  ])('refuses a form with %s', async (_, body, field) => {
    const { post } = serving([row('a')])
    const answer = await post('/api/attachments/', body)
    expect([answer.status, Object.keys(answer.body)]).toEqual([400, [field]])
  })

  test.each([
    ['no boundary', 'multipart/form-data', 'x'],
    ['another boundary', 'multipart/form-data; boundary=x', '--y\r\n\r\n--y--'],
    ['an end too early', 'multipart/form-data; boundary=x', '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb'],
    ['no name', 'multipart/form-data; boundary=x', '--x\r\n\r\nb\r\n--x--\r\n'],
    ['another kind', 'multipart/mixed; boundary=x', '--x--'],
  ])('refuses a form with %s', async (_, type, body) => {
    const { post, store } = serving([row('a')])
    const answer = await post('/api/attachments/', body, { 'content-type': type })
    expect(answer.status).toBe(400)
    expect(store.get(1)?.messages).toEqual([])
  })
})

describe('texts of forms', () => {
  /** A form of one text and one file, each a list of bytes or a text. */
  function sent(id: string, { name = 'conversation_id', filename = 'f', content = '', id: of = id } = {}): Uint8Array {
    const part = (names: string, value: string) => `--x\r\nContent-Disposition: form-data; ${names}\r\n\r\n${value}\r\n`
    const parts = [
      part('name="sender"', 'agent'),
      part(`name="${name}"`, of),
      part(`name="file"; filename="${filename}"`, content),
    ]
    return Uint8Array.from(`${parts.join('')}--x--\r\n`, (unit) => unit.charCodeAt(0))
  }
  const post = async (body: Uint8Array) => {
    const served = serving()
    const answer = await served.post('/api/attachments/', body, { 'content-type': 'multipart/form-data; boundary=x' })
    return { answer, rows: [...served.store] }
  }

  test.each([
    ['a text', sent('\xff\xfe')],
    ['a text that is cut off', sent('a\xc3')],
    ['one that has a real U+FFFD too', sent('\xef\xbf\xbd\xff', { content: '\xef\xbf\xbd' })],
    ['the name of a field', sent('a', { name: 'conversation_id\xff' })],
    ['the name of a file', sent('a', { filename: '\xff' })],
  ])('%s that is no UTF-8 is a 400', async (_, body) => {
    const { answer, rows } = await post(body)
    expect([answer.status, Object.keys(answer.body), rows]).toEqual([400, ['detail'], []])
  })

  test('U+FFFD itself is a text, and files have any bytes', async () => {
    const { answer, rows } = await post(sent('\xef\xbf\xbd', { filename: '\xc3\xbc\xef\xbf\xbd', content: '\xff\xfe' }))
    expect(answer).toMatchObject({ status: 201, body: { attachments: [{ filename: '\u00fc\ufffd', size_bytes: 2 }] } })
    expect(rows).toMatchObject([{ conversation_id: '\ufffd' }])
  })
})

describe('giving them out', () => {
  const upload = async (file: object, options = {}) => {
    const served = serving([row('a')], options)
    const { body } = await served.post('/api/attachments/', {
      attachments: [{ ...png, ...file }],
      sender: 'agent',
      conversation: 1,
    })
    const url: string = body.attachments[0].file_url
    return { ...served, url, path: new URL(url).pathname }
  }

  test.each([
    ['image/png', 'image/png'],
    ['IMAGE/SVG+XML', 'image/svg+xml'],
    ['audio/ogg; codecs=opus', 'audio/ogg'],
    ['video/mp4', 'video/mp4'],
    ['application/pdf', 'application/pdf'],
    ['text/html', 'application/octet-stream'],
    ['text/plain', 'application/octet-stream'],
    ['image/x\r\nset-cookie: a=b', 'application/octet-stream'],
    ['', 'application/octet-stream'],
  ])('%j is served as %s', async (mime_type, type) => {
    const { get, path } = await upload({ mime_type })
    const { status, headers, text } = await get(path)
    expect([status, text]).toEqual([200, 'pixels'])
    expect(headers.get('content-type')).toBe(type)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('content-security-policy')).toBe('sandbox')
    expect(headers.get('content-disposition')).toBe(`attachment; filename="a.png"; filename*=UTF-8''a.png`)
  })

  test.each([
    ['a\r\nb"c\\.txt', `attachment; filename="ab\\"c\\\\.txt"; filename*=UTF-8''ab%22c%5C.txt`],
    ['\u00fcber (1).txt', `attachment; filename="_ber (1).txt"; filename*=UTF-8''%C3%BCber%20%281%29.txt`],
    [
      '\u{1f600}'.repeat(9_000),
      `attachment; filename="${'__'.repeat(200)}"; filename*=UTF-8''${'%F0%9F%98%80'.repeat(200)}`,
    ],
    ['\u0001\ud800', `attachment; filename="file"; filename*=UTF-8''file`],
  ])('the name %j is made safe', async (filename, expected) => {
    const { get, path } = await upload({ filename })
    expect((await get(path)).headers.get('content-disposition')).toBe(expected)
  })

  test('the URL is made at reading, from where the request came, and needs a key', async () => {
    const { handler, path, url, get, store } = await upload({})
    expect(url).toMatch(/^http:\/\/localhost:8000\/api\/files\/[0-9a-f]{32}\/$/)
    const elsewhere = await handler(
      new Request('https://api.test/api/conversations/1/', {
        headers: { authorization: `Api-Key ${(await import('./asking.ts')).KEY}` },
      }),
    )
    expect(((await elsewhere.json()) as Json).messages[0].attachments[0].file_url).toBe(`https://api.test${path}`)
    expect((await ask(handler, 'GET', path, undefined, { authorization: '' })).status).toBe(401)
    expect((await ask(handler, 'HEAD', path)).text).toBe('')
    expect((await get('/api/files/nothing/')).status).toBe(404)
    store.purge(1)
    expect((await get(path)).status).toBe(404)
  })

  test('loaded attachments keep their URL; without one they lead nowhere', async () => {
    const attachments = [
      { id: 1, file_url: 'https://cdn.test/a' },
      { id: 2, mime_type: 'audio/ogg' },
      { file_url: null },
    ]
    const { get } = serving([row('a', { messages: [{ id: 5, sender: 'agent', content: '', attachments }] })])
    const { body } = await get('/api/conversations/1/attachments/')
    expect(body).toMatchObject({ conversation: 1, conversation_id: 'a', total_attachments: 3, attachment_count: 3 })
    expect(body.attachments).toEqual([
      {
        id: 1,
        message: 5,
        type: 'document',
        filename: null,
        mime_type: null,
        size_bytes: null,
        file_url: 'https://cdn.test/a',
      },
      {
        id: 2,
        message: 5,
        type: 'audio',
        filename: null,
        mime_type: 'audio/ogg',
        size_bytes: null,
        file_url: 'about:blank',
      },
      { id: null, message: 5, type: 'document', filename: null, mime_type: null, size_bytes: null, file_url: null },
    ])
    expect(body.messages).toEqual([{ message_id: 5, sender: 'agent', timestamp: null, attachments: body.attachments }])
  })
})

describe('base64', () => {
  test.each(['', 'QQ', 'QQ==', 'QUI=', 'QUI', 'QUJD', ' QU\nJD ', 'Q Q = =', '/+8='])(
    '%j is what atob takes',
    (text) => {
      const canonical = canonicalBase64(text)!
      const bytes = decodeBase64([canonical])
      expect(String.fromCharCode(...bytes)).toBe(atob(text))
      expect(bytes).toHaveLength(decodedSize(canonical))
      expect(encodeBase64(bytes)).toBe(canonical)
    },
  )

  test.each(['Q', 'QQ=', 'Q===', '====', '=', 'QUJDR', 'QU-_', 'Q\u00a0Q', 'QQ==QQ==', 'é'])(
    '%j is what atob refuses',
    (text) => {
      expect(() => atob(text)).toThrow()
      expect(canonicalBase64(text)).toBe(undefined)
    },
  )

  test('bytes of any length come back, in pieces too', () => {
    for (const size of [1, 2, 3, 12_287, 12_288, 12_289, 100_000]) {
      const bytes = Uint8Array.from({ length: size }, (_, at) => (at * 31) % 256)
      const text = encodeBase64(bytes)
      // Compared as text: a list of 100,000 numbers takes a second.
      expect(String(decodeBase64([text.slice(0, 4), text.slice(4)]))).toBe(String(bytes))
    }
  })
})
