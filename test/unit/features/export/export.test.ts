/** Everything that a query matches, as CSV and as NDJSON. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toCSV, toNDJSON } from '../../../../src/features/export/index.ts'
import { ConversationStore, query } from '../../../../src/index.ts'
import { writePath } from '../../../../src/query/metadata-path.ts'
import type { Conversation } from '../../../../src/row/conversation.ts'
import { built } from '../../../arbitraries/asking.ts'
import { plain } from '../../../arbitraries/plain.ts'
import { pagedSpec } from '../../../arbitraries/questions.ts'
import { rows } from '../../../arbitraries/rows.ts'
import { inSegments } from '../../../in-segments.ts'
import { NUMBERS, ReferenceStore } from '../../../reference.ts'
import { readCSV } from './read-csv.ts'

const FIELDS = [
  ...['id', 'conversation_id', 'name', 'customer_id', 'customer_ip_address', 'device', 'language', 'environment'],
  ...['is_marked', 'is_deleted', 'is_used', 'started_at', 'ended_at', 'deleted_at', 'geo_location'],
  ...['message_count', 'feedback_count', 'action_count', 'attachment_count', 'duration'],
]

async function textOf(chunks: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const chunk of chunks) text += chunk
  return text
}

/** The column of each path and what stands in it, seen the plain way: all leaves of a document as pairs. */
function leaves(value: unknown, path: readonly string[] = []): [string, unknown][] {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  if (isObject && (path.length === 0 || Object.keys(value).length > 0)) {
    return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]))
  }
  if (path.length === 0) return []
  const steps = path.map((key) => (key.includes('.') ? `"${key}"` : key))
  return [[path.join() === '' && path.length === 1 ? 'metadata.""' : `metadata.${steps.join('.')}`, value]]
}

/** What a spreadsheet must show of a value. */
function shown(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'object') return JSON.stringify(value)
  if (typeof value !== 'string') return String(value)
  const isRun = ['\t', '\r', '\n'].includes(value[0]!) || /^[\s\u200b]*[=+\-@]/.test(value)
  const isNumber =
    /^[+-]?[0-9.e+-]+$/i.test(value) && Number.isFinite(Number(value)) && !/^[+-]?\.|\.(e|$)/i.test(value)
  return isRun && !isNumber ? `'${value}` : value
}

function byCodePoint(a: string, b: string): number {
  const [x, y] = [Array.from(a, (it) => it.codePointAt(0)!), Array.from(b, (it) => it.codePointAt(0)!)]
  const at = x.findIndex((point, i) => point !== y[i])
  return at === -1 ? x.length - y.length : x[at]! - (y[at] ?? -1)
}

function table(matches: readonly Conversation[]): string[][] {
  const documents = matches.map((row) => new Map(leaves(row.metadata)))
  const paths = [...new Set(documents.flatMap((document) => [...document.keys()]))].sort(byCodePoint)
  const records = matches.map((row, i) => {
    const { messages, feedbacks } = row
    const fields: Record<string, unknown> = {
      ...row,
      message_count: messages?.length ?? 0,
      feedback_count: feedbacks?.length ?? 0,
      action_count: NUMBERS.action_count(row),
      attachment_count: NUMBERS.attachment_count(row),
      duration: NUMBERS.duration(row),
    }
    return [...FIELDS.map((name) => shown(fields[name])), ...paths.map((path) => shown(documents[i]!.get(path)))]
  })
  return [[...FIELDS, ...paths], ...records]
}

describe('any rows and any query, pages aside', () => {
  test('NDJSON is read back as the documents, CSV as their cells', async () => {
    await fc.assert(
      fc.asyncProperty(rows, pagedSpec, async (given, spec) => {
        const store = new ConversationStore(inSegments(4, 2))
        const reference = new ReferenceStore()
        store.addMany(given)
        for (const row of given) reference.add(row)
        const asked = built(store, spec)
        const matches = reference.ids(spec).map((id) => reference.get(id)!)

        const lines = (await textOf(toNDJSON(asked))).split('\n')
        expect(lines.pop()).toBe('')
        const expected = spec.lean === true ? asked.all() : matches
        // JSON has one zero.
        expect(lines.map((line) => plain(JSON.parse(line)))).toEqual(
          expected.map((row) => plain(JSON.parse(JSON.stringify(row)))),
        )
        expect(readCSV(await textOf(toCSV(asked)))).toEqual(table(matches))
      }),
    )
  })
})

const store = ConversationStore.from([
  {
    conversation_id: 'a',
    started_at: '2026-01-01',
    name: '=1+1',
    customer_id: '-5',
    metadata: { plan: 'pro', order: { id: 17, lines: [1, 'x'] }, 'a.b': true, '': {} },
  },
  {
    conversation_id: 'b',
    started_at: '2026-01-02',
    name: 'say "hi",\nthere',
    metadata: { plan: null, note: '@me' },
    messages: [{ sender: 'agent', content: 'Hello' }],
  },
  { conversation_id: 'c', started_at: '2026-01-03', device: 'mobile', metadata: { tenant: 'other' } },
])

describe('toCSV', () => {
  test('columns are the paths of the rows that match, whichever row has them', async () => {
    const text = await textOf(
      toCSV(
        store
          .query()
          .not((q) => q.device('mobile'))
          .pageSize(1)
          .page(2),
      ),
    )
    const [titles, second, first] = readCSV(text)
    expect(titles?.slice(FIELDS.length)).toEqual([
      ...['metadata.""', 'metadata."a.b"'],
      ...['metadata.note', 'metadata.order.id', 'metadata.order.lines', 'metadata.plan'],
    ])
    expect(second?.slice(FIELDS.length)).toEqual(['', '', "'@me", '', '', ''])
    expect(first?.slice(FIELDS.length)).toEqual(['{}', 'true', '', '17', '[1,"x"]', 'pro'])
    expect(text).toContain('"say ""hi"",\nthere"')
    expect(text).toContain(",'=1+1,-5,")
    expect(text.endsWith('\r\n')).toBe(true)
  })

  test('paths are those that the store knows', async () => {
    const [titles] = readCSV(await textOf(toCSV(store.query())))
    const known = store.metadataKeys().map(({ path }) => (typeof path === 'string' ? `.${path}` : JSON.stringify(path)))
    expect(titles?.slice(FIELDS.length)).toEqual([...new Set(known)].map((path) => `metadata${path}`).sort())
  })

  test('nothing matches: the titles alone', async () => {
    expect(await textOf(toCSV(store.query().device('phone')))).toBe(`${FIELDS.join(',')}\r\n`)
    expect(await textOf(toNDJSON(store.query().device('phone')))).toBe('')
  })

  /** The cell of a name as it is written, with its quotes. */
  async function written(name: string): Promise<string> {
    const one = ConversationStore.from([{ conversation_id: 'a', started_at: '2026-01-01', name }])
    const text = await textOf(toCSV(one.query()))
    const start = text.indexOf('\r\n1,a,') + '\r\n1,a,'.length
    expect(text.endsWith(',,,,,,false,false,true,2026-01-01,,,,0,0,0,0,\r\n')).toBe(true)
    return text.slice(start, -',,,,,,false,false,true,2026-01-01,,,,0,0,0,0,\r\n'.length)
  }

  const SKIPPED = [
    ...['\u0000', '\u0001', '\u0008', '\u000b', '\u001b', '\u001f', '\u007f', '\u0085', '\u009f', ' ', '\u00a0'],
    ...['\u00ad', '\u034f', '\u061c', '\u180e', '\u2000', '\u200b', '\u200e', '\u202e', '\u2028', '\u2029', '\u2060'],
    ...['\u3000', '\u3164', '\ufe0f', '\ufeff', '\ufff9', '\uffff', '\u{e0001}', '\ufeff\u0000 \u200b'],
  ]

  test.each([
    ...[
      '=1',
      '+x',
      '-x',
      '@x',
      '\tx',
      '\rx',
      '\nx',
      '-',
      '+',
      '-1-1',
      '--1',
      '+1e',
      '-1,5',
      '-.5',
      '\n=1',
      ' =1',
      ' -1',
    ],
    ...['＝1', '＋1', '－1', '＠x', '\t', '\r\n', '=', "=cmd|'/c calc'!A0", '@SUM(1+1)', '-2+3+cmd', '+1\n'],
    ...SKIPPED.flatMap((skipped) => [`${skipped}=1+41`, `${skipped}＠x`]),
  ])('%j is no formula', async (name) => {
    const cell = await written(name)
    expect(cell).toMatch(/^"?'/)
    expect(readCSV(`${cell}\r\n`)).toEqual([[`'${name}`]])
  })

  test.each([
    ...[
      '-1',
      '+1',
      '-0.5',
      '-1.5',
      '+1.5e-7',
      '-1E5',
      '1',
      'x=1',
      'a-b',
      "'=1",
      '"=1"',
      '(=1',
      '\u0301=1',
      'ü=1',
      '😀=1',
      '\ud83d-',
    ],
    ...SKIPPED.filter((it) => !/\s/.test(it)).flatMap((skipped) => [skipped, `${skipped}1`, `x${skipped}=1`]),
  ])('%j stays as it is', async (name) => {
    expect(readCSV(`${await written(name)}\r\n`)).toEqual([[name]])
  })

  test.each([
    ...[
      'x;=1+41',
      'x\t=1+41',
      'x|y',
      'x,y',
      'say "hi"',
      'a\nb',
      'a\rb',
      'a\u0000b',
      'a\u001b[31m',
      'a\u0085b',
      'a\u009bb',
    ],
    ...['a\u2028b', ' a', 'a ', '\u00a0a', 'a\u3000', '\ufeffa', ' ', ' =1', ';', '"'],
  ])('%j stands in quotes, as a cell and in a title', async (text) => {
    expect(await written(text)).toMatch(/^".*"$/su)
    const keyed = ConversationStore.from([
      { conversation_id: 'a', started_at: '2026-01-01', metadata: { k: { [text]: 1 } } },
    ])
    const csv = await textOf(toCSV(keyed.query()))
    const path = writePath(['k', text])
    const title = path === undefined ? `metadata${JSON.stringify(['k', text])}` : `metadata.${path}`
    expect(readCSV(csv)[0]?.at(-1)).toBe(title)
    expect(csv).toContain(`,"${title.replaceAll('"', '""')}"\r\n`)
  })

  test.each(['a', 'a b', 'ü', '1', '-1', 'a:b', 'a.b', "it's"])('%j needs no quotes', async (name) => {
    expect(await written(name)).toBe(name)
  })

  test('a reader that takes commas, semicolons and tabs as separators sees one cell and no formula', async () => {
    const sign = fc.constantFrom(
      '=',
      '+',
      '-',
      '@',
      '＝',
      '"',
      "'",
      ',',
      ';',
      '\t',
      '|',
      '\n',
      '\r',
      '\0',
      ' ',
      '\ufeff',
      '1',
      'x',
    )
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: sign, minLength: 1, maxLength: 6 }), async (name) => {
        const cell = await written(name)
        const isQuoted = cell.startsWith('"')
        if (!isQuoted) expect(cell).not.toMatch(/[",;|\p{Cc}]|^\s|\s$/u)
        const text = isQuoted ? cell.slice(1, -1).replaceAll('""', '"') : cell
        expect([name, `'${name}`]).toContain(text)
        if (text === name && !Number.isFinite(Number(name)))
          expect(text).not.toMatch(/^[\s\0\ufeff]*[=+\-@＝]|^[\t\n\r]/u)
      }),
    )
  })
})

describe('both', () => {
  test.each([toCSV, toNDJSON])('a query without a store has nothing to write', async (write) => {
    await expect(textOf(write(query().device('mobile')))).rejects.toMatchObject({ code: 'NO_STORE' })
  })

  test.each([toCSV, toNDJSON])('what is no query has nothing to write either', async (write) => {
    for (const given of [store, store.query().fetch(), {}, 'device=mobile', null, undefined] as never[]) {
      const refused = { code: 'INVALID_VALUE', parameter: 'query', message: expect.stringContaining('store.query()') }
      await expect(textOf(write(given))).rejects.toMatchObject(refused)
    }
  })

  test('NDJSON is loaded again as it was', async () => {
    const again = new ConversationStore()
    await again.load(toNDJSON(store.query().orderBy('id')))
    expect([...again]).toEqual([...store])
  })

  test.each([toCSV, toNDJSON])('rows are those of the beginning, and the thread is free in between', async (write) => {
    const many = ConversationStore.from(
      Array.from({ length: 4_000 }, (_, i) => ({
        conversation_id: `c${i}`,
        started_at: '2026-01-01',
        metadata: { list: Array.from({ length: 100 }, () => i) },
      })),
    )
    let turns = 0
    let isOver = false
    const turn = () => {
      if (isOver) return
      turns++
      setImmediate(turn)
    }
    turn()
    const chunks: string[] = []
    for await (const chunk of write(many.query())) {
      if (chunks.length === 0) many.clear()
      chunks.push(chunk)
    }
    isOver = true
    expect(chunks.join('').trimEnd().split('\n').length).toBe(write === toCSV ? 4_001 : 4_000)
    for (const chunk of chunks.slice(0, -1)) expect(chunk.length).toBeLessThan(70_000)
    expect(chunks.length).toBeGreaterThan(10)
    expect(turns).toBeGreaterThan(1)
  })
})
