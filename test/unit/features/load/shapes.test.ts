import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { InvalidSourceError } from '../../../../src/base/errors.ts'
import {
  type LoadedBatch,
  type LoadOptions,
  type LoadSource,
  loadConversations,
} from '../../../../src/features/load/index.ts'

interface Read {
  readonly rows: readonly unknown[]
  readonly ids: readonly unknown[]
  readonly lines: readonly number[]
  readonly indexes: readonly number[]
  readonly skipped: readonly { readonly line: number; readonly index: number; readonly code: string }[]
  readonly error: InvalidSourceError | undefined
}

/** Reads all that comes, and the error that comes after it. */
async function read(source: LoadSource, options: LoadOptions = {}): Promise<Read> {
  const rows: unknown[] = []
  const lines: number[] = []
  const indexes: number[] = []
  const skipped: { line: number; index: number; code: string }[] = []
  let error: InvalidSourceError | undefined
  const onSkip: LoadOptions['onSkip'] = (row) =>
    skipped.push({ line: row.line, index: row.index, code: row.error.code })
  try {
    for await (const batch of loadConversations(source, { onSkip, ...options })) {
      rows.push(...batch)
      lines.push(...batch.lines)
      indexes.push(...batch.indexes)
    }
  } catch (thrown) {
    error = thrown as InvalidSourceError
  }
  const ids = rows.map((row) => (row as { conversation_id?: unknown }).conversation_id)
  return { rows, ids, lines, indexes, skipped, error }
}

const bytes = (text: string) => new TextEncoder().encode(text)
/** The same text in chunks of so many bytes. */
function* cut(text: string, size: number): Generator<Uint8Array> {
  const all = bytes(text)
  for (let at = 0; at < all.length; at += size) yield all.subarray(at, at + size)
}

const A = '{"conversation_id":"a","started_at":"2024-01-15"}'
const B = '{"conversation_id":"b","started_at":"2024-01-16"}'
const C = '{"conversation_id":"c","started_at":"2024-01-17"}'

/** Every shape with the same three rows, and on which lines they stand. */
const shapes: readonly { readonly name: string; readonly text: string; readonly lines: readonly number[] }[] = [
  { name: 'NDJSON', text: `${A}\n${B}\n${C}\n`, lines: [1, 2, 3] },
  { name: 'NDJSON without a last newline', text: `${A}\n${B}\n${C}`, lines: [1, 2, 3] },
  { name: 'NDJSON with CRLF', text: `${A}\r\n${B}\r\n${C}\r\n`, lines: [1, 2, 3] },
  { name: 'NDJSON with blank lines', text: `\n \t\r\n${A}\n\n\r\n${B}\n  \n${C}\n\n`, lines: [3, 6, 8] },
  { name: 'NDJSON with a byte order mark', text: `\ufeff${A}\n${B}\n${C}\n`, lines: [1, 2, 3] },
  { name: 'NDJSON joined of files with marks', text: `\ufeff${A}\n\ufeff${B}\n${C}\n`, lines: [1, 2, 3] },
  { name: 'NDJSON with white space around rows', text: `  ${A} \n\t${B}\t\n${C}`, lines: [1, 2, 3] },
  { name: 'an array', text: `[${A},${B},${C}]`, lines: [1, 1, 1] },
  { name: 'an array with a byte order mark', text: `\ufeff[${A},${B},${C}]`, lines: [1, 1, 1] },
  { name: 'an array over lines', text: `\n[\n${A},\n${B}\n,\n\n${C}\n]\n\n`, lines: [3, 4, 7] },
  { name: 'a page', text: `{"count":3,"page_size":10,"results":[${A},${B},${C}],"next":null}`, lines: [1, 1, 1] },
  { name: 'a page, its list first', text: `{"results":[${A},${B},${C}],"count":3}`, lines: [1, 1, 1] },
  {
    name: 'a page with unknown keys',
    text: `{"x":{"results":[1]},"results":[${A},${B},${C}],"y":[[]]}`,
    lines: [1, 1, 1],
  },
  {
    name: 'a page over lines',
    text: `{\r\n  "results": [\r\n${A},\r\n${B},\r\n${C}\r\n  ],\r\n  "count": 3\r\n}\r\n`,
    lines: [3, 4, 5],
  },
  {
    name: 'an import file',
    text: `{"schema_version":1,"conversations":[${A},${B},${C}]}`,
    lines: [1, 1, 1],
  },
  {
    name: 'an import file, its version last',
    text: `{"conversations":[${A},${B},${C}],"schema_version":1.0}\n`,
    lines: [1, 1, 1],
  },
]

describe('the shapes', () => {
  for (const { name, text, lines } of shapes) {
    it(`reads ${name}, however it is cut`, async () => {
      for (const source of [text, bytes(text), ...[1, 2, 3, 7, 64].map((size) => cut(text, size))]) {
        const result = await read(source)
        expect(result.error).toBeUndefined()
        expect(result.ids).toEqual(['a', 'b', 'c'])
        expect(result.lines).toEqual(lines)
        expect(result.indexes).toEqual([0, 1, 2])
      }
    })
  }

  it('has no rows where there is nothing', async () => {
    for (const text of [
      '',
      '\n',
      ' \r\n\t\n',
      '\ufeff',
      '\ufeff\n',
      '[]',
      ' [ ] ',
      '{"results":[]}',
      '{"results":[],"count":0}',
    ]) {
      for (const source of [text, cut(text, 1)])
        expect(await read(source)).toMatchObject({ rows: [], error: undefined })
    }
    expect((await read('{"schema_version":1,"conversations":[]}')).error).toBeUndefined()
  })

  it('gives plain arrays, whose places do not show', async () => {
    const batches: LoadedBatch[] = []
    for await (const batch of loadConversations(`${A}\n\n${B}`)) batches.push(batch)
    expect(batches).toStrictEqual([[JSON.parse(A), JSON.parse(B)]])
    expect(Array.isArray(batches[0])).toBe(true)
    expect(Object.keys(batches[0]!)).toEqual(['0', '1'])
    expect(batches[0]!.lines).toEqual([1, 3])
    expect([...batches[0]!]).toHaveLength(2)
  })

  it('gives at most 1,000 rows at once, and fewer where they are long', async () => {
    const sizes = async (source: LoadSource) => {
      const counts: number[] = []
      for await (const batch of loadConversations(source)) counts.push(batch.length)
      return counts
    }
    expect(await sizes(`${A}\n`.repeat(2_345))).toEqual([1_000, 1_000, 345])
    expect(await sizes(`[${`${A},`.repeat(2_344)}${A}]`)).toEqual([1_000, 1_000, 345])
    const long = `{"conversation_id":"a","name":"${'x'.repeat(1_500_000)}"}\n`
    expect(await sizes(long.repeat(5))).toEqual([1, 1, 1, 1, 1])
  })
})

describe('what an object at the beginning is', () => {
  it('takes a single conversation on one line for a row', async () => {
    expect(await read(A)).toMatchObject({ ids: ['a'], error: undefined })
    expect(await read(`${A}\n`)).toMatchObject({ ids: ['a'], error: undefined })
  })

  it('takes a row for a row, whatever else it has', async () => {
    const rows = [
      '{"conversation_id":"a","results":[{"conversation_id":"x"}]}',
      '{"results":[1,2],"conversation_id":"a"}',
      '{"id":1,"results":[{"score":1},{"deep":{"conversation_id":"x"}}],"conversation_id":"a"}',
      '{"results":[],"conversation_id":"a"}',
      '{"conversations":[],"conversation_id":"a"}',
      '{"results":{"conversation_id":"x"},"conversation_id":"a"}',
      '{"schema_version":1,"conversation_id":"a"}',
      '{"count":1,"next":null,"conversation_id":"a"}',
      '{"metadata":{"results":[1]},"conversation_id":"a"}',
    ]
    for (const row of rows) {
      for (const source of [`${row}\n${B}`, cut(`${row}\n${B}`, 1)]) {
        expect(await read(source)).toMatchObject({
          rows: [JSON.parse(row), JSON.parse(B)],
          lines: [1, 2],
          error: undefined,
        })
      }
    }
  })

  it('takes an object without a list for a row, for the door to refuse', async () => {
    expect(await read(`{"detail":"Not found."}\n${A}`)).toMatchObject({
      rows: [{ detail: 'Not found.' }, JSON.parse(A)],
    })
    expect(await read('{"results":null}')).toMatchObject({ rows: [{ results: null }] })
    expect(await read('{}')).toMatchObject({ rows: [{}] })
  })

  it('refuses an object that is both', async () => {
    const { error } = await read('{"results":[{"conversation_id":"x"}],"conversation_id":"a"}')
    expect(error).toMatchObject({ code: 'INVALID_SOURCE', parameter: 'line 1', value: 'conversation_id' })
    expect((await read(`{"results":[${A}],\n"conversations":[]}`)).error).toMatchObject({
      parameter: 'line 2',
      message: 'Line 2: a list "conversations" comes after the list "results". Expected one list of rows.',
    })
    expect((await read(`{"count":1,"results":[${A}],"results":[]}`)).error).toMatchObject({ code: 'INVALID_SOURCE' })
  })

  it('says where an object over several lines is no row, page or import file', async () => {
    expect((await read('{\n"detail": "x",\n"messages": []\n}\n')).error).toMatchObject({
      parameter: 'line 4',
      message: 'Line 4: the object ends here without a list "results" or "conversations" of rows.',
    })
    expect(await read(`{\n"detail": "x"\n}\n${A}`, { onInvalid: 'skip' })).toMatchObject({
      rows: [{ detail: 'x' }, JSON.parse(A)],
      lines: [1, 4],
    })
  })

  it('says what it can read of a text that is none of it', async () => {
    for (const text of ['conversations.ndjson', '<html>', 'id,name\n1,x', '\u00a0{}']) {
      const { error } = await read(text)
      expect(error).toMatchObject({ name: 'InvalidSourceError', code: 'INVALID_SOURCE', parameter: 'line 1' })
      expect(error?.message).toContain('Expected NDJSON, a JSON array, a page')
    }
    expect((await read('"text"')).error?.message).toBe(
      'Line 1 (row 1) is not a conversation but "text". Expected an object.',
    )
  })
})

describe('the import file', () => {
  it('renames the senders, in this shape alone', async () => {
    const names = ['user', 'human', 'customer', 'end_user', 'assistant', 'bot', 'ai', 'agent', 'Human', 'BOT', 'nobody']
    const messages = [...names.map((sender) => ({ sender, content: '' })), { sender: 7 }, null, 'user', { content: '' }]
    const row = JSON.stringify({ conversation_id: 'a', messages })
    const senders = (result: Read) =>
      (result.rows[0] as { messages: ({ sender?: unknown } | null)[] }).messages.map((message) => message?.sender)
    const renamed = [...Array(4).fill('end_user'), ...Array(4).fill('agent'), 'end_user', 'agent', 'nobody', 7]
    expect(senders(await read(`{"schema_version":1,"conversations":[${row}]}`)).slice(0, 12)).toEqual(renamed)
    expect(senders(await read(`{"conversations":[${row}],"schema_version":1}`)).slice(0, 12)).toEqual(renamed)
    const spaced = JSON.stringify({ conversation_id: 'a', messages: [{ sender: '\tHUMAN\n' }, { sender: ' AI ' }] })
    expect(senders(await read(`{"schema_version":1,"conversations":[${spaced}]}`))).toEqual(['end_user', 'agent'])
    for (const text of [row, `[${row}]`, `{"results":[${row}]}`]) {
      expect(senders(await read(text)).slice(0, 12)).toEqual([...names, 7])
    }
  })

  it('refuses keys that it does not have, naming the nearest one', async () => {
    const file = (inside: string) => `{"schema_version":1,"conversations":[${A},\n{"conversation_id":"b",${inside}}]}`
    const not = 'which an import file does not have.'
    const ofRow = 'Expected conversation_id, started_at, messages, name, customer_id, language, device, metadata.'
    const cases: [string, string][] = [
      ['"converstaion_id":"x"', `has the key "converstaion_id", ${not} Did you mean "conversation_id"?`],
      ['"Started_At":"x"', `has the key "Started_At", ${not} Did you mean "started_at"?`],
      ['"metdata":{}', `has the key "metdata", ${not} Did you mean "metadata"?`],
      ['"ended_at":null', `has the key "ended_at", ${not} ${ofRow}`],
      ['"__proto__":{}', `has the key "__proto__", ${not} ${ofRow}`],
      [
        '"messages":[{"sender":"ai"},{"sender":"ai","contnet":""}]',
        `has the key "messages[1].contnet", ${not} Did you mean "content"?`,
      ],
      [
        '"messages":[{"action_name":"x"}]',
        `has the key "messages[0].action_name", ${not} Expected sender, content, timestamp, metadata.`,
      ],
    ]
    for (const [inside, message] of cases) {
      const { ids, error } = await read(file(inside))
      expect(ids).toEqual(['a'])
      expect(error).toMatchObject({ code: 'INVALID_SOURCE', parameter: 'line 2', message: `Line 2 (row 2) ${message}` })
      expect(await read(file(inside), { onInvalid: 'skip' })).toMatchObject({ ids: ['a'], skipped: [{ index: 1 }] })
    }
    // In other shapes they are ordinary keys.
    expect((await read(`[{"conversation_id":"a","mood":1}]`)).error).toBeUndefined()
  })

  it('refuses keys of the file itself, before or after the rows', async () => {
    for (const [key, hint] of [
      ['conversatoins', 'Did you mean "conversations"?'],
      ['source', 'Expected schema_version, conversations.'],
    ]) {
      const message = `The import file has the key "${key}", which an import file does not have. ${hint}`
      for (const text of [
        `{"${key}":1,"schema_version":1,"conversations":[${A}]}`,
        `{"schema_version":1,"conversations":[${A}],"${key}":[2]}`,
      ])
        expect((await read(text)).error, text).toMatchObject({ code: 'INVALID_SOURCE', parameter: key, message })
    }
  })

  it('leaves rows without messages alone', async () => {
    const text = '{"schema_version":1,"conversations":[{"messages":null},{"messages":"user"},{},5]}'
    const { rows, skipped } = await read(text, { onInvalid: 'skip' })
    expect(rows).toEqual([{ messages: null }, { messages: 'user' }, {}])
    expect(skipped).toEqual([{ line: 1, index: 3, code: 'INVALID_SOURCE' }])
  })

  it('refuses another version, before or after the rows, and none', async () => {
    const cases: [string, unknown, string][] = [
      [`{"schema_version":2,"conversations":[${A}]}`, 2, 'schema_version 2'],
      [`{"conversations":[${A}],"schema_version":"1"}`, '1', 'schema_version "1"'],
      [`{"schema_version":null,"conversations":[${A}]}`, null, 'schema_version null'],
      [`{"conversations":[${A}]}`, undefined, 'no schema_version'],
    ]
    for (const [text, value, came] of cases) {
      const help =
        value === undefined ? ' If it is another kind of file, load the list alone, or under the key "results".' : ''
      const message = `The import file has ${came}. Expected schema_version 1.${help}`
      expect((await read(text)).error).toMatchObject({
        code: 'INVALID_SOURCE',
        parameter: 'schema_version',
        value,
        message,
      })
    }
    expect((await read(cases[0]![0])).rows).toEqual([])
  })
})

describe('values', () => {
  const row = (inside: string) => `{"conversation_id":"a",${inside}}`
  const texts = [
    row('"name":"\u2028\u2029 é 酒店 😀 \ufeff"'),
    row('"name":"\\ufeff\\u2028\\ud83d\\ude00\\ud800 \\udc00"'),
    row('"n":[-0,1.0,1e99,0.1,36028797018963968]'),
    row('"metadata":{"__proto__":{"polluted":true},"constructor":1,"prototype":[]},"__proto__":[1]'),
    row('"name":"\\"{[\\\\","x":{"y":"}]"}'),
    row(`"deep":${'['.repeat(500)}${']'.repeat(500)}`),
    row('"2":1,"1":2,"a":1,"a":2'),
  ]

  it('are those of JSON.parse in every shape, however they are cut', async () => {
    for (const text of texts) {
      for (const whole of [
        text,
        `[${text}]`,
        `{"results":[${text}]}`,
        // An import file has no other keys.
        `{"schema_version":1,"conversations":[{"conversation_id":"b","metadata":${text}}]}`,
      ]) {
        for (const source of [whole, cut(whole, 1), cut(whole, 5)]) {
          const { rows, error } = await read(source)
          expect(error).toBeUndefined()
          const [first] = rows as { conversation_id: string; metadata?: unknown }[]
          const found = first?.conversation_id === 'b' ? first.metadata : first
          expect([rows.length, found]).toStrictEqual([1, JSON.parse(text)])
          expect(JSON.stringify(found)).toBe(JSON.stringify(JSON.parse(text)))
        }
      }
    }
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
    const { rows } = await read(`[${texts[3]}]`)
    expect(Object.hasOwn(rows[0] as object, '__proto__')).toBe(true)
    expect(Object.getPrototypeOf(rows[0])).toBe(Object.prototype)
  })

  it('keep lone surrogates of a text, and pairs that its chunks cut', async () => {
    const name = 'lone \ud800, pair \ud83d\ude00, low \udc00'
    const text = `{"conversation_id":"a","name":"${name}"}`
    for (const whole of [text, `[${text}]`]) {
      for (const source of [whole, [...Array(whole.length)].map((_, i) => whole.charAt(i))]) {
        expect((await read(source)).rows).toEqual([{ conversation_id: 'a', name }])
      }
    }
    // A slice of a long text ends within a pair.
    const long = `{"conversation_id":"a","name":"${'x'.repeat(32_767 - 31)}😀"}`
    expect(long.charCodeAt(32_767)).toBe(0xd83d)
    expect((await read(long)).rows).toEqual([JSON.parse(long)])
  })
})

describe('bad rows', () => {
  it('end the load with their line, after the rows before them', async () => {
    const { ids, error } = await read(`${A}\n\n${B}\n{"conversation_id":"x",\n${C}`)
    expect(ids).toEqual(['a', 'b'])
    expect(error).toMatchObject({
      name: 'InvalidSourceError',
      code: 'INVALID_SOURCE',
      parameter: 'line 4',
      value: '{"conversation_id":"x",',
    })
    expect(error?.message).toMatch(/^Line 4 \(row 3\) is not JSON: /)
    expect(error?.faults).toHaveLength(1)
  })

  it('are left out on request', async () => {
    const text = `${A}\n{"conversation_id":\n5\n${B}\nnull\n[]\nnot json\n${C}`
    const { ids, lines, indexes, skipped, error } = await read(text, { onInvalid: 'skip' })
    expect(error).toBeUndefined()
    expect(ids).toEqual(['a', 'b', 'c'])
    expect(lines).toEqual([1, 4, 8])
    expect(indexes).toEqual([0, 3, 7])
    expect(skipped.map(({ line, index }) => [line, index])).toEqual([
      [2, 1],
      [3, 2],
      [5, 4],
      [6, 5],
      [7, 6],
    ])
  })

  it('are left out on the first line too', async () => {
    for (const first of [
      'nonsense',
      '5',
      '{"id":1,',
      '{"conversation_id":"x"',
      '{"results":[1,2',
      '{"a":tru}',
      '{"a" 1}',
      '}',
    ]) {
      for (const source of [`${first}\n${A}\n${B}`, cut(`${first}\n${A}\n${B}`, 1)]) {
        const { ids, skipped, error } = await read(source, { onInvalid: 'skip' })
        expect([first, ids, error]).toEqual([first, ['a', 'b'], undefined])
        expect(skipped).toEqual([{ line: 1, index: 0, code: 'INVALID_SOURCE' }])
      }
    }
  })

  it('are left out of a list only where they are whole', async () => {
    const list = `[${A},5,\n"x",[${B}],null,${C}]`
    for (const text of [list, `{"results":${list}}`, `{"count":1,"results":${list}}`]) {
      const { ids, skipped } = await read(text, { onInvalid: 'skip' })
      expect(ids).toEqual(['a', 'c'])
      expect(skipped.map(({ line, index }) => [line, index])).toEqual([
        [1, 1],
        [2, 2],
        [2, 3],
        [2, 4],
      ])
    }
    expect((await read(list)).error).toMatchObject({ parameter: 'line 1', value: '5' })
    expect((await read(`[${A},\n{"conversation_id":}]`, { onInvalid: 'skip' })).error).toMatchObject({
      parameter: 'line 2',
    })
  })

  it('break a document at their place', async () => {
    const cases: [string, string, string[]][] = [
      [`[${A}\n${B}]`, 'line 2', ['a']],
      [`[${A},\n]`, 'line 2', ['a']],
      [`[\n,${A}]`, 'line 2', []],
      [`[${A},\n{"a":1]]`, 'line 2', ['a']],
      [`[${A},\n{"a":1 "b":2}]`, 'line 2', ['a']],
      [`[${A},\n{"a":01}]`, 'line 2', ['a']],
      [`[${A}\n}`, 'line 2', ['a']],
      [`[${A}]\nx`, 'line 2', ['a']],
      [`[${A},\n${B}`, 'line 2', ['a', 'b']],
      [`[${A},\n{"conversation_id":"b`, 'line 2', ['a']],
      ['[', 'line 1', []],
      [`{"count":1,"results":[${A}]\n`, 'line 2', ['a']],
      [`{"count":1,"results":[${A}],\n"x":}`, 'line 2', ['a']],
      [`{\n"count" 1,"results":[${A}]}`, 'line 2', []],
      [`{"count":1,"results":[${A}]}\n5`, 'line 2', ['a']],
      [`[${A}]\n,[${B}]`, 'line 2', ['a']],
      [`{"count":1,"results":[${A}]}]`, 'line 1', ['a']],
    ]
    for (const [text, parameter, ids] of cases) {
      for (const source of [text, cut(text, 1)]) {
        const result = await read(source)
        expect([text, result.error?.code, result.error?.parameter]).toEqual([text, 'INVALID_SOURCE', parameter])
        expect(result.ids).toEqual(ids)
      }
    }
    expect((await read(`[${A}\n${B}]`)).error?.message).toMatch(
      /^Line 2: the JSON is broken at byte 52, where it goes on with "\{\\"conversation_id\\":/,
    )
  })

  it('end the load as UTF-8 that is none, with the line', async () => {
    const bad = [[0xff], [0xc3, 0x28], [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xc0, 0xaf], [0x80]]
    for (const wrong of bad) {
      const at = (before: string, after: string) => Uint8Array.of(...bytes(before), ...wrong, ...bytes(after))
      const lines = at(`${A}\n{"conversation_id":"`, `"}\n${C}\n`)
      for (const source of [lines, [...lines].map((byte) => Uint8Array.of(byte))]) {
        const { ids, error } = await read(source)
        expect(ids).toEqual(['a'])
        expect(error).toMatchObject({ code: 'INVALID_SOURCE', parameter: 'line 2' })
        expect(error?.message).toMatch(/^Line 2 \(row 2\) is not UTF-8: its byte 2[123] is wrong\.$/)
        expect((await read(source, { onInvalid: 'skip' })).ids).toEqual(['a', 'c'])
      }
      const list = at(`[${A},\n{"conversation_id":"`, `"},${C}]`)
      for (const source of [list, [...list].map((byte) => Uint8Array.of(byte))]) {
        const { ids, error } = await read(source, { onInvalid: 'skip' })
        expect(ids).toEqual(['a'])
        expect(error).toMatchObject({ code: 'INVALID_SOURCE', parameter: 'line 2' })
        expect(error?.message).toMatch(/^Line 2 is not UTF-8: byte 7[345] of the text is wrong\. Reading ended here, /)
      }
      expect((await read(at('{"id":"', `"}\n${C}\n`), { onInvalid: 'skip' })).ids).toEqual(['c'])
      expect((await read(at('{"id":"', `"}\n${C}\n`))).error).toMatchObject({ parameter: 'line 1' })
    }
    const cutOff = Uint8Array.of(...bytes(`${A}\n{"conversation_id":"`), 0xe2, 0x82)
    expect((await read(cutOff)).error).toMatchObject({ parameter: 'line 2' })
  })
})

describe('rows that are too long', () => {
  const long = `{"conversation_id":"${'é'.repeat(30)}"}`
  const length = bytes(long).length

  it('are measured in bytes, to the byte', async () => {
    for (const end of ['', '\n', '\r\n']) {
      for (const size of [1, 10, 1_000]) {
        expect((await read(cut(`${A}\n${long}${end}`, size), { maxRowBytes: length })).ids).toHaveLength(2)
        const { ids, error } = await read(cut(`${A}\n${long}${end}`, size), { maxRowBytes: length - 1 })
        expect(ids).toEqual(['a'])
        expect(error).toMatchObject({ name: 'InvalidSourceError', code: 'ROW_TOO_LONG', parameter: 'line 2' })
        expect(error?.message).toBe(
          `Line 2 (row 2) is longer than ${length - 1} bytes. A larger \`maxRowBytes\` lets it in.`,
        )
      }
    }
    for (const text of [`[\n${A},\n${long}]`, `{"results":[\n${A},\n${long}]}`]) {
      for (const size of [1, 10, 1_000]) {
        expect((await read(cut(text, size), { maxRowBytes: length })).ids).toHaveLength(2)
        const { ids, error } = await read(cut(text, size), { maxRowBytes: length - 1 })
        expect(ids).toEqual(['a'])
        expect(error).toMatchObject({ code: 'ROW_TOO_LONG', parameter: 'line 3' })
        expect(error?.message).toContain('Line 3 (row 2)')
      }
    }
  })

  it('are left out of NDJSON on request', async () => {
    for (const size of [1, 10, 1_000]) {
      const { ids, lines, skipped } = await read(cut(`${long}\n${A}\n${long}\n${long}\n${B}\n${long}`, size), {
        maxRowBytes: 60,
        onInvalid: 'skip',
      })
      expect(ids).toEqual(['a', 'b'])
      expect(lines).toEqual([2, 5])
      expect(skipped.map(({ line, index, code }) => [line, index, code])).toEqual(
        [1, 3, 4, 6].map((line) => [line, line - 1, 'ROW_TOO_LONG']),
      )
    }
  })

  it('are refused before they are read to their end', async () => {
    for (const start of [
      '{"conversation_id":"a","name":"',
      `[${A},{"name":"`,
      `{"results":[${A},{"x":[`,
      '{"count":1,"meta":"',
      `{"count":1,"results":[${A}],"meta":"`,
      '{"x":"',
    ]) {
      let given = 0
      const endless = function* () {
        yield start
        for (;;) yield start.endsWith('[') ? '1,'.repeat(512) : 'x'.repeat(++given && 1_024)
      }
      const { error } = await read(endless(), { maxRowBytes: 100_000 })
      expect(error?.code).toBe('ROW_TOO_LONG')
      expect(given).toBeLessThan(200)
    }
  })
})

describe('several documents one after another', () => {
  const pretty = (...texts: string[]) => texts.map((text) => JSON.stringify(JSON.parse(text), null, 2))
  const [a, b, c] = pretty(A, B, C) as [string, string, string]
  const cases: readonly { readonly name: string; readonly text: string; readonly lines: readonly number[] }[] = [
    { name: 'pretty-printed rows', text: `${a}\n${b}\n${c}\n`, lines: [1, 5, 9] },
    { name: 'pretty-printed rows with blank lines', text: `\n\n${a}\n\n${b}\n\n\n${c}`, lines: [3, 8, 14] },
    { name: 'pretty-printed rows with CRLF', text: `${a}\n${b}\n${c}\n`.replaceAll('\n', '\r\n'), lines: [1, 5, 9] },
    { name: 'pretty-printed rows with nothing between', text: a + b + c, lines: [1, 4, 7] },
    { name: 'rows on one line', text: A + B + C, lines: [1, 1, 1] },
    { name: 'rows on one line with spaces', text: `${A} ${B}\t${C}\n`, lines: [1, 1, 1] },
    { name: 'NDJSON joined without a newline', text: `${A}\n${B}${C}\n`, lines: [1, 2, 2] },
    { name: 'NDJSON joined without a newline, with a mark', text: `${A}\n${B}\ufeff${C}\n`, lines: [1, 2, 2] },
    { name: 'two rows on the first line', text: `${A}${B}\n${C}\n`, lines: [1, 1, 2] },
    { name: 'rows that begin on their brace line', text: A.replace(',', ',\n') + B + C, lines: [1, 2, 2] },
    { name: 'arrays', text: `[${A}]\n[${B},${C}]`, lines: [1, 2, 2] },
    { name: 'pages', text: `{"count":3,"results":[${A},${B}]}{"count":3,"results":[${C}]}`, lines: [1, 1, 1] },
    { name: 'a page, then rows', text: `{"count":1,"results":[${A}]}\n${B}\n${c}`, lines: [1, 2, 3] },
    {
      name: 'an array, an empty one, an import file',
      text: `[${A},${B}][]{"schema_version":1,"conversations":[${C}]}`,
      lines: [1, 1, 1],
    },
    { name: 'NDJSON, then a pretty-printed row', text: `${A}\n${b}\n${c}`, lines: [1, 2, 6] },
    { name: 'NDJSON, then an array over lines', text: `${A}\n[\n${B},\n${C}\n]\n`, lines: [1, 3, 4] },
    { name: 'a pretty-printed row, then NDJSON', text: `${a}\n${B}\n${C}`, lines: [1, 5, 6] },
  ]

  for (const { name, text, lines } of cases) {
    it(`reads ${name}, however they are cut`, async () => {
      for (const source of [text, bytes(text), ...[1, 2, 3, 7, 64].map((size) => cut(text, size))]) {
        const result = await read(source)
        expect(result.error).toBeUndefined()
        expect(result.ids).toEqual(['a', 'b', 'c'])
        expect(result.lines).toEqual(lines)
      }
    })
  }

  it('reads a pretty-printed row alone, with its keys in any order', async () => {
    const row = { conversation_id: 'a', results: [{ x: 1 }], messages: [{ content: '{\n"' }], schema_version: 2 }
    for (const indent of [1, 2, 4, '\t']) {
      expect(await read(JSON.stringify(row, null, indent))).toMatchObject({ rows: [row], lines: [1], error: undefined })
      const last = JSON.stringify({ name: 'x', results: null, conversation_id: 'a' }, null, indent)
      expect(await read(last)).toMatchObject({ ids: ['a'], error: undefined })
    }
  })

  it('ends at one that is broken, with its line, after those before it', async () => {
    for (const source of [`${a}\n{\n"conversation_id" 1\n}`, cut(`${a}\n{\n"conversation_id" 1\n}`, 1)]) {
      expect(await read(source)).toMatchObject({ ids: ['a'], error: { code: 'INVALID_SOURCE', parameter: 'line 6' } })
    }
    expect(await read(`${a}\n${b.slice(0, -2)}`)).toMatchObject({ ids: ['a'], error: { parameter: 'line 7' } })
    expect((await read(`{\n"conversation_id": "a",\n}`)).error).toMatchObject({ parameter: 'line 3' })
    // The first line says that these are lines, of which the first is broken.
    expect((await read(`{"conversation_id":"a",\n${B}\n`)).error).toMatchObject({ parameter: 'line 1' })
  })

  it('holds no more than one row of them', async () => {
    const long = JSON.stringify({ conversation_id: 'x'.repeat(500) }, null, 2)
    expect((await read(`${a}\n${long}`, { maxRowBytes: 400 })).error).toMatchObject({
      code: 'ROW_TOO_LONG',
      parameter: 'line 5',
    })
    expect((await read(`${long}\n${a}`, { maxRowBytes: 400 })).error).toMatchObject({
      code: 'ROW_TOO_LONG',
      parameter: 'line 1',
    })
    const many = `${a}\n`.repeat(500)
    expect((await read(many, { maxRowBytes: 100 })).rows).toHaveLength(500)
  })
})

describe('an object around a list of conversations is refused, with its key and what to do', () => {
  const wrappers: [text: string, name: string, path: string][] = [
    [`{"data":[${A},${C}]}`, 'data', '["data"]'],
    [`{"object":"list","items":[${A}],"has_more":false}`, 'items', '["items"]'],
    [`{"rows":[{},${A}]}`, 'rows', '["rows"]'],
    [`{"data":{"list":[${A}]}}`, 'data.list', '["data"]["list"]'],
    [`{"a b":[${A}]}`, 'a b', '["a b"]'],
  ]

  it.each(wrappers)('%s', async (text, name, path) => {
    const pretty = JSON.stringify(JSON.parse(text), null, 2)
    const says = `has a list of conversations, "${name}". Expected that list alone, or under the key "results". On a command line: jq '.${path}' FILE. In code: store.addMany(object${path}).`
    for (const source of [text, `${text}\n`, pretty, [...pretty]]) {
      const { rows, error } = await read(source)
      expect([rows, error?.code]).toEqual([[], 'INVALID_SOURCE'])
      expect(error?.message).toContain(says)
      const skipped: string[] = []
      const onSkip = ({ error: { message } }: { error: Error }) => void skipped.push(message)
      expect((await read(source, { onInvalid: 'skip', onSkip })).rows).toEqual([])
      expect(skipped).toHaveLength(1)
      expect(skipped[0]).toContain(says)
    }
  })

  it('but not a row with such a list, a page, or an object with another list', async () => {
    const row = `{"conversation_id":"x","metadata":{"data":[${A}]}}`
    expect((await read(row)).ids).toEqual(['x'])
    expect((await read(`{"results":[${A}]}`)).ids).toEqual(['a'])
    expect((await read('{"data":[{"a":1}],"items":[]}')).rows).toEqual([{ data: [{ a: 1 }], items: [] }])
  })
})

describe('a document that breaks off, where bad rows are left out', () => {
  const broken: [what: string, text: string][] = [
    ['a broken row', `[${A},7,{"conversation_id":},${C}]`],
    ['a row cut off', `[${A},7,{"conversation_id":"b`],
    ['a comma too many', `[${A},7,,${C}]`],
    ['a list that does not end', `[${A},7,`],
    ['a row of a page', `{"count":3,"results":[${A},7,{"conversation_id":b}]}`],
  ]

  it.each(broken)('%s: says that reading ended, and after how many rows', async (_, text) => {
    for (const source of [text, [...text]]) {
      const { ids, error } = await read(source, { onInvalid: 'skip' })
      expect(ids).toEqual(['a'])
      expect(error?.message).toMatch(
        / Reading ended here, since in a JSON document nothing tells where the next row begins\. 2 rows before were read; nothing after it was\.$/,
      )
      expect((await read(`[${A},{"conversation_id":},${C}]`)).error?.message).not.toContain('Reading ended')
    }
  })
})

describe('UTF-32', () => {
  const encode = (text: string, isLittle: boolean) => {
    const view = new DataView(new ArrayBuffer(4 * text.length))
    for (const [i, char] of [...text].entries()) view.setUint32(4 * i, char.codePointAt(0)!, isLittle)
    return new Uint8Array(view.buffer)
  }

  it('is named, in either order of bytes, with and without a byte order mark, however it is cut', async () => {
    for (const text of [`\ufeff${A}\n`, `${A}\n`, `[${A}]`, '\ufeff[]']) {
      for (const isLittle of [true, false]) {
        const source = encode(text, isLittle)
        for (const chunks of [source, [...source].map((byte) => Uint8Array.of(byte))]) {
          const { error } = await read(chunks, { onInvalid: 'skip' })
          expect(error).toMatchObject({ code: 'INVALID_SOURCE', parameter: 'source', value: 'UTF-32' })
        }
      }
    }
  })

  it('sources of one to four bytes are read as before', async () => {
    for (const text of ['', '\n', '[]', ' []', '[ ]\n', '\ufeff', '\ufeff\n']) {
      for (const source of [text, [...bytes(text)].map((byte) => Uint8Array.of(byte))])
        expect(await read(source)).toMatchObject({ rows: [], error: undefined })
      for (const source of [
        Buffer.from(text, 'utf16le'),
        [...Buffer.from(text, 'utf16le')].map((byte) => Uint8Array.of(byte)),
      ])
        expect(await read(source)).toMatchObject({ rows: [], error: undefined })
    }
  })
})

describe('UTF-16', () => {
  const encode = (text: string, isBig: boolean) => {
    const little = Buffer.from(text, 'utf16le')
    return isBig ? Buffer.from(little).swap16() : little
  }
  const named = '{"conversation_id":"a","name":"é 酒店 😀 \ud800"}'

  for (const isBig of [false, true]) {
    for (const mark of ['', '\ufeff']) {
      it(`is read, ${isBig ? 'big' : 'little'} endian, ${mark === '' ? 'without' : 'with'} a mark`, async () => {
        for (const text of [`${named}\r\n${B}\r\n`, `[${named},\r\n${B}]`, `\r\n${named}\n${B}`, `${named}${B}`]) {
          const whole = encode(mark + text, isBig)
          const sources = [whole, gzipSync(whole), ...[1, 2, 3, 7].map((size) => pieces(whole, size))]
          for (const source of sources) {
            const { rows, error } = await read(source)
            expect([rows, error]).toEqual([[JSON.parse(named), JSON.parse(B)], undefined])
          }
        }
      })
    }
  }

  it('that ends within a character is refused', async () => {
    const whole = encode(`\ufeff${A}\n${B}\n`, false)
    expect((await read(whole.subarray(0, -1))).error).toMatchObject({ code: 'INVALID_SOURCE', parameter: 'line 2' })
    expect((await read(encode('\ufeff', true))).rows).toEqual([])
  })
})

/** Bytes in chunks of a size. */
function* pieces(whole: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < whole.length; at += size) yield whole.subarray(at, at + size)
}

describe('numbers that JavaScript would change', () => {
  const big = (id: string, digits: string) => `{"conversation_id":"${id}","metadata":{"user":${digits}}}`
  const shapesOf = (...rows: string[]): [string, number][] => [
    [rows.join('\n'), 2],
    [rows.join(''), 1],
    [`[${rows.join(',\n')}]`, 2],
    [`{"count":3,"results":[\n${rows.join(',\n')}]}`, 3],
    [`{"results":[${rows.join(',')}]}`, 1],
    [`{"schema_version":1,"conversations":[${rows.join(',')}]}`, 1],
    [rows.map((row) => row.replaceAll(/[{,]/g, '$&\n')).join('\n'), 4],
  ]

  it('end the load with their line and path, in every shape', async () => {
    for (const digits of ['1234567890123456789', '9007199254740993.0', '1e400', '-1E+400']) {
      for (const [text, line] of shapesOf(A, big('b', digits), C)) {
        const { error, ids } = await read(text)
        expect(ids).toEqual(['a'])
        expect(error).toMatchObject({ code: 'INVALID_SOURCE', parameter: `line ${line}`, value: digits })
        expect(error?.message).toContain(`Line ${line} (row 2) is refused: metadata.user is ${digits}, which`)
        expect(error?.message).toContain('`bigNumbers: "string"`')
      }
    }
  })

  it('leave out their row alone on request, stay as digits, or are rounded', async () => {
    const digits = '1234567890123456789'
    for (const [text, line] of shapesOf(A, big('b', digits), C)) {
      const skipped = await read(text, { onInvalid: 'skip' })
      expect(skipped.ids).toEqual(['a', 'c'])
      expect(skipped.skipped).toEqual([{ line, index: 1, code: 'INVALID_SOURCE' }])
      expect((await read(text, { bigNumbers: 'string' })).rows[1]).toEqual(JSON.parse(big('b', `"${digits}"`)))
      expect((await read(text, { bigNumbers: 'round' })).rows[1]).toEqual(JSON.parse(big('b', digits)))
    }
  })

  it('are no others', async () => {
    for (const [text] of shapesOf(A, big('b', '36028797018963968'), big('c', '"1234567890123456789"'))) {
      expect(await read(text)).toMatchObject({ ids: ['a', 'b', 'c'], error: undefined })
    }
  })

  it('are refused as an option that there is not', async () => {
    expect((await read(A, { bigNumbers: 'keep' as 'string' })).error).toMatchObject({
      code: 'INVALID_VALUE',
      message: 'bigNumbers is "keep". Expected "refuse" or "string" or "round".',
    })
  })
})

describe('a bare NaN or Infinity', () => {
  it('is refused, naming how Python leaves it out', async () => {
    const bad = '{"conversation_id":"b","metadata":{"score":NaN}}'
    for (const token of ['NaN', 'Infinity', '-Infinity']) {
      const row = bad.replace('NaN', token)
      for (const text of [`${A}\n${row}`, `[${A},\n${row}]`, `{"results":[${A},\n${row}]}`, `${A}\n${row}${C}`]) {
        const { ids, error } = await read(text)
        expect(ids).toEqual(['a'])
        expect(error).toMatchObject({ code: 'INVALID_SOURCE', parameter: 'line 2' })
        expect(error?.message).toContain('json.dump(..., allow_nan=False)')
      }
      expect((await read(`${A}\n${row}`)).error?.message).toContain(`metadata.score is ${token}, which is not JSON`)
    }
    expect(await read(`${bad}\n${A}`, { onInvalid: 'skip' })).toMatchObject({ ids: ['a'] })
  })

  it('is known where a piece of the source ends after any of its letters', async () => {
    for (const token of ['NaN', 'Infinity', '-Infinity']) {
      const text = `[{"conversation_id":"a","x":${token}}]`
      for (let cut = text.indexOf(token); cut <= text.indexOf(token) + token.length; cut++) {
        const { error } = await read([text.slice(0, cut), text.slice(cut)])
        expect(error?.message).toContain('json.dump(..., allow_nan=False)')
      }
    }
    expect((await read(`${A}\n{"conversation_id":"b","x":NaN}`)).error?.message).not.toContain('.. It begins')
  })
})
