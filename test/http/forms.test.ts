/** Forms as clients send them, byte by byte: .NET, Python, Go, curl, browsers. */
import { createContext, runInContext } from 'node:vm'
import { build } from 'esbuild'
import { describe, expect, test } from 'vitest'
import { readDisposition } from '../../src/http/disposition.ts'
import { row, serving } from './asking.ts'

const PATH = '/api/attachments/'
const bytesOf = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text, (unit) => unit.charCodeAt(0))
/** The UTF-8 of a string, as a string of its bytes. */
const utf8 = (text: string): string => String.fromCharCode(...new TextEncoder().encode(text))

const field = (name: string, value: string, headers = '') =>
  `Content-Disposition: form-data; name=${name}\r\n${headers}\r\n${value}\r\n`
const FILE =
  'Content-Disposition: form-data; name="attachment_0"; filename="a.png"\r\nContent-Type: image/png\r\n\r\nPNG\r\n'
const FIELDS = [field('"conversation"', '1'), field('"sender"', 'end_user')]

/** The body of a form; `parts` end in a line end. */
const formOf = (parts: readonly string[], boundary = 'b0undary', before = '', after = '\r\n') =>
  `${before}${parts.map((part) => `--${boundary}\r\n${part}`).join('')}--${boundary}--${after}`

async function upload(body: string, type = 'multipart/form-data; boundary=b0undary', options = {}) {
  const served = serving([row('a')], options)
  const answer = await served.post(PATH, bytesOf(body), { 'content-type': type })
  const [attachment] = answer.body.attachments ?? []
  const file = answer.status !== 201 ? undefined : await served.get(new URL(attachment.file_url).pathname)
  return { ...served, ...answer, attachment, content: file?.text }
}

const withFile = (disposition: string, more = 'Content-Type: image/png\r\n') =>
  formOf([...FIELDS, `Content-Disposition: ${disposition}\r\n${more}\r\nPNG\r\n`])

describe('the names of fields and files', () => {
  test.each<[client: string, disposition: string, filename: string]>([
    ['.NET', 'form-data; name=attachment_0; filename=a.png', 'a.png'],
    ['.NET', `form-data; name=attachment_0; filename=a.png; filename*=utf-8''a.png`, 'a.png'],
    ['.NET', `form-data; name=attachment_0; filename="=?utf-8?B?w6kucG5n?="; filename*=utf-8''%C3%A9.png`, 'é.png'],
    ['.NET without filename*', 'form-data; name=attachment_0; filename="=?utf-8?B?w6kucG5n?="', 'é.png'],
    ['.NET', 'form-data; name="attachment_0"; filename="a b.png"', 'a b.png'],
    ['requests', `form-data; name="attachment_0"; filename*=utf-8''%C3%A9.png`, 'é.png'],
    [
      'aiohttp',
      `form-data; name="attachment_0"; filename="e.png"; filename*=UTF-8'en'%C3%A9%20%E2%82%AC.png`,
      'é €.png',
    ],
    ['httpx', `form-data; name="attachment_0"; filename="${utf8('é€👍.png')}"`, 'é€👍.png'],
    ['httpx', 'form-data; name="attachment_0"; filename="a%22b.png"', 'a"b.png'],
    ['Go', 'form-data; name="attachment_0"; filename="a\\"b\\\\c.png"', 'a"b\\c.png'],
    ['curl', 'form-data; name="attachment_0"; filename="a\\"; b.png"', 'a"; b.png'],
    ['a browser', 'form-data; name="attachment_0"; filename="a%22b%0D%0Ac 100%.png"', 'a"b\r\nc 100%.png'],
    ['a browser', 'form-data; name="attachment_0"; filename="C:\\pictures\\a.png"', 'C:\\pictures\\a.png'],
    ['a browser', 'form-data; name="attachment_0"; filename="a\\"', 'a\\'],
    ['a browser', 'form-data; name="attachment_0"; filename="a;b=c, d.png"', 'a;b=c, d.png'],
    ['a browser', 'form-data; name="attachment_0"; filename=""', ''],
    ['Latin-1', `form-data; name="attachment_0"; filename*=iso-8859-1''%E9.png`, 'é.png'],
    ['other order and case', 'FORM-DATA; FileName="a.png" ; NAME = "attachment_0" ;', 'a.png'],
    ['no space', 'form-data;name="attachment_0";filename="a.png"', 'a.png'],
    ['an unreadable filename* beside another', `form-data; name=x; filename=a.png; filename*=utf-8''%FF.png`, 'a.png'],
    [
      'a filename* that is not encoded',
      `form-data; name=x; filename=a.png; filename*=utf-8''${utf8('€')}.png`,
      'a.png',
    ],
    ['an unknown charset', `form-data; name=x; filename=a.png; filename*=klingon''b.png`, 'a.png'],
    ['an unknown parameter', 'form-data; name=x; filename=a.png; size=3', 'a.png'],
  ])('of %s: %s', async (_, disposition, filename) => {
    const { status, attachment, content } = await upload(withFile(disposition))
    expect([status, attachment]).toEqual([201, expect.objectContaining({ filename, mime_type: 'image/png' })])
    expect(attachment.size_bytes).toBe(3)
    expect(content).toBe('PNG')
  })

  test.each([
    'form-data',
    'form-data; filename="a.png"',
    'attachment; name="a"; filename="a.png"',
    'form-data; name="a"; name="b"',
    'form-data; name="a"; filename="a"; FILENAME="b"',
    'form-data; name="a" x',
    'form-data; name="a"b"',
    'form-data; name="a',
    'form-data name="a"',
    `form-data; name="a"; filename*=utf-8''%FF.png`,
    `form-data; name="a"; filename*=utf-8''%zz.png`,
    `form-data; name="a"; filename*=a.png`,
    'form-data; name="a"; filename="a", form-data; name="b"',
    '',
  ])('%j is refused', async (disposition) => {
    const { status, body, store } = await upload(withFile(disposition))
    expect([status, body]).toEqual([400, { detail: 'Multipart form parse error - a part has no valid name.' }])
    expect(store.get('a')!.messages).toEqual([])
  })

  test('a field may have a type, as .NET and Java send it, and names without quotes', async () => {
    const text = 'Content-Type: text/plain; charset=utf-8\r\n'
    const { status, body } = await upload(
      formOf([
        field('conversation', '1', text),
        field('sender', 'agent', text),
        field('metadata', '{"a":"\u00c3\u00a9"}', 'content-type: application/json\r\nX-Own: 1\r\n'),
        FILE,
      ]),
    )
    expect([status, body.sender, body.metadata]).toEqual([201, 'agent', { a: 'é' }])
  })

  test('a part without a filename is a field, whatever its type', async () => {
    const part =
      'Content-Disposition: form-data; name="attachment_0"\r\nContent-Type: application/octet-stream\r\n\r\nx\r\n'
    expect(await upload(formOf([...FIELDS, part]))).toMatchObject({
      status: 400,
      body: { attachments: ['This list may not be empty.'] },
    })
  })

  test('are read in a time that grows with their length alone', () => {
    const starts = ['form-data; name="', 'form-data; name=', 'form-data', `form-data; name=a; filename*=utf-8''`]
    for (const piece of ['\\', '\\"', '"', ' ', ';', '; ', '=', 'a=', '%22', "'"])
      for (const start of starts) expect(() => readDisposition(start + piece.repeat(8_000))).not.toThrow()
  })
})

describe('the shape of a form', () => {
  const good = [...FIELDS, FILE]
  test.each<[name: string, body: string, type?: string]>([
    ['as it is', formOf(good)],
    ['no line end after the last boundary', formOf(good, 'b0undary', '', '')],
    ['a preamble', formOf(good, 'b0undary', 'This is a message in MIME format.\r\n')],
    ['an empty line first', formOf(good, 'b0undary', '\r\n')],
    ['a long preamble that looks like a form', formOf(good, 'b0undary', `--b0undar\r\n${'x'.repeat(10_000)}--\r\n`)],
    ['an epilogue', formOf(good, 'b0undary', '', '\r\nThe end.\r\n--b0undary\r\nnot a part')],
    ['spaces after boundaries', formOf(good).replaceAll('--b0undary\r\n', '--b0undary \t\r\n')],
    [
      'header names in any case',
      formOf(good).replaceAll('Content-D', 'content-d').replaceAll('Content-T', 'CONTENT-T'),
    ],
    ['no space after the colon', formOf(good).replaceAll(': ', ':')],
    ['a quoted boundary', formOf(good), 'multipart/form-data; boundary="b0undary"'],
    ['a charset before it', formOf(good), 'multipart/form-data; charset=utf-8; boundary=b0undary'],
    ['a charset after it', formOf(good), 'Multipart/Form-Data;BOUNDARY=b0undary;charset=utf-8'],
    ['odd characters', formOf(good, "a'()+_,-./:=? z"), `multipart/form-data; boundary="a'()+_,-./:=? z"`],
    ['odd characters without quotes', formOf(good, "a'()+_,-./:=?z"), "multipart/form-data; boundary=a'()+_,-./:=?z"],
    ['one character', formOf(good, 'x'), 'multipart/form-data; boundary=x'],
    ['dashes alone', formOf(good, '----'), 'multipart/form-data; boundary=----'],
    ['the longest', formOf(good, 'x'.repeat(70)), `multipart/form-data; boundary=${'x'.repeat(70)}`],
  ])('%s', async (_, body, type) => {
    const { status, content, attachment, text } = await upload(body, type)
    expect([status, text]).toEqual([201, expect.any(String)])
    expect([attachment.filename, attachment.mime_type, content]).toEqual(['a.png', 'image/png', 'PNG'])
  })

  test.each<[name: string, body: string, type?: string]>([
    ['no boundary', formOf(good), 'multipart/form-data'],
    ['an empty boundary', formOf(good, ''), 'multipart/form-data; boundary=""'],
    ['too long a boundary', formOf(good, 'x'.repeat(71)), `multipart/form-data; boundary=${'x'.repeat(71)}`],
    ['a boundary of 256 characters', formOf(good, 'x'.repeat(256)), `multipart/form-data; boundary=${'x'.repeat(256)}`],
    ['another boundary', formOf(good), 'multipart/form-data; boundary=other'],
    ['no end', formOf(good).slice(0, -4)],
    ['cut within a part', formOf(good).slice(0, -20)],
    ['cut within a header', formOf(good).slice(0, 60)],
    ['line feeds alone', formOf(good).replaceAll('\r\n', '\n')],
    ['no body', ''],
    ['no line end before a boundary', formOf([...FIELDS, FILE.slice(0, -2)])],
    ['headers beyond 8 KiB', formOf([...FIELDS, FILE.replace('\r\n\r\n', `\r\nx: ${'y'.repeat(9_000)}\r\n\r\n`)])],
  ])('%s is refused', async (_, body, type) => {
    const { status, body: answer, store } = await upload(body, type)
    expect([status, answer]).toEqual([400, { detail: expect.stringMatching(/^Multipart form parse error - /) }])
    expect(store.get('a')!.messages).toEqual([])
  })

  test('any bytes come through, boundaries within them that begin no line too', async () => {
    const data = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).join('')
    for (const content of [data, '', '\r\n', '--b0undary', 'x--b0undary--', '\r\n--b0undar', '\r\n-', '\r\r\n\n']) {
      const body = formOf([...FIELDS, FILE.replace('PNG', () => content)])
      const served = serving([row('a')])
      const { status, body: answer } = await served.post(PATH, bytesOf(body), {
        'content-type': 'multipart/form-data; boundary=b0undary',
      })
      expect([content, status]).toEqual([content, 201])
      const response = await served.handler(
        new Request(answer.attachments[0].file_url, {
          headers: { authorization: `Api-Key ags_${'a1'.repeat(16)}_b2c3d4` },
        }),
      )
      expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytesOf(content))
    }
  })

  test('base64 as a transfer encoding is decoded; another one is refused', async () => {
    const part = (encoding: string, content: string) =>
      formOf([
        ...FIELDS,
        FILE.replace('image/png\r\n\r\nPNG', `image/png\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${content}`),
      ])
    expect((await upload(part('BASE64', 'UE5H\r\n'))).content).toBe('PNG')
    expect((await upload(part('binary', 'PNG'))).content).toBe('PNG')
    expect((await upload(part('8bit', 'PNG'))).content).toBe('PNG')
    expect((await upload(part('base64', '?'))).status).toBe(400)
    expect((await upload(part('quoted-printable', 'P=4EG'))).status).toBe(400)
  })

  test('a file without a type is bytes', async () => {
    const { attachment } = await upload(withFile('form-data; name=x; filename=a', ''))
    expect([attachment.mime_type, attachment.type]).toEqual(['application/octet-stream', 'document'])
  })

  test('of two fields of a name the last counts; unknown ones change nothing', async () => {
    const { status, body } = await upload(
      formOf([field('sender', 'agent'), ...FIELDS, field('mode', 'form_data'), FILE]),
    )
    expect([status, body.sender]).toEqual([201, 'end_user'])
  })

  test.each([
    ['files', { files: 1 }, [...FIELDS, FILE, FILE], 'Too many files. A request may have 1.'],
    [
      'parts',
      { files: 1, parameters: 2 },
      [...FIELDS, field('x', '1'), FILE],
      'Too many parts. A form may have 3 fields and files.',
    ],
  ])('too many %s are a 413', async (_, limits, parts, detail) => {
    const { status, body } = await upload(formOf(parts), undefined, { limits })
    expect([status, body]).toEqual([413, { detail }])
  })
})

test('are read without the Buffer of Node, as in browsers, Deno, Bun and workers', async () => {
  const { outputFiles } = await build({
    entryPoints: ['src/http/form.ts'],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'form',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    tsconfig: 'tsconfig.node.json',
  })
  const realm = createContext({ TextEncoder, TextDecoder, atob, btoa })
  runInContext(outputFiles[0]!.text, realm)
  const read = runInContext(
    '(text, type) => JSON.stringify([...form.readEntries(Uint8Array.from(text, (unit) => unit.charCodeAt(0)), type, 10)])',
    realm,
  ) as (text: string, type: string) => string
  const disposition = `form-data; name=f; filename*=utf-8''%C3%A9.png`
  const text = formOf(
    [...FIELDS, `Content-Disposition: ${disposition}\r\n\r\n\r\n--b0undar\r\n`],
    'b0undary',
    'before\r\n',
    '\r\nafter',
  )
  expect(JSON.parse(read(text, 'multipart/form-data; boundary=b0undary'))).toEqual([
    { name: 'conversation', text: '1' },
    { name: 'sender', text: 'end_user' },
    { name: 'f', file: { filename: 'é.png', mime_type: 'application/octet-stream', data: btoa('\r\n--b0undar') } },
  ])
  expect(() => read(text, 'multipart/form-data; boundary=other')).toThrow()
})
