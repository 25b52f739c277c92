/** Everything that a query matches, as CSV and as NDJSON. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toCSV, toNDJSON } from '../../../../src/features/export/index.ts'
import { ConversationStore, query } from '../../../../src/index.ts'
import type { Conversation } from '../../../../src/row/conversation.ts'
import { built } from '../../../arbitraries/asking.ts'
import { plain } from '../../../arbitraries/plain.ts'
import { pagedSpec } from '../../../arbitraries/questions.ts'
import { rows } from '../../../arbitraries/rows.ts'
import { ReferenceStore } from '../../../reference.ts'
import { readCSV } from './read-csv.ts'

const FIELDS = [
  ...['id', 'conversation_id', 'name', 'customer_id', 'customer_ip_address', 'device', 'language', 'environment'],
  ...['is_marked', 'is_deleted', 'is_used', 'started_at', 'ended_at', 'deleted_at', 'geo_location'],
  ...['message_count', 'feedback_count'],
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
  const isRun = ['=', '+', '-', '@', '\t', '\r'].includes(value[0]!)
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
    }
    return [...FIELDS.map((name) => shown(fields[name])), ...paths.map((path) => shown(documents[i]!.get(path)))]
  })
  return [[...FIELDS, ...paths], ...records]
}

describe('any rows and any query, pages aside', () => {
  test('NDJSON is read back as the documents, CSV as their cells', async () => {
    await fc.assert(
      fc.asyncProperty(rows, pagedSpec, async (given, spec) => {
        const store = new ConversationStore({ thresholds: { segmentRows: 4, fanOut: 2 } })
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

  test.each(['=1', '+x', '-x', '@x', '\tx', '\rx', '-', '+', '-1-1', '--1', '+1e', '-1,5'])(
    '%j is no formula',
    async (name) => {
      const one = ConversationStore.from([{ conversation_id: 'a', started_at: '2026-01-01', name }])
      expect(readCSV(await textOf(toCSV(one.query())))[1]?.[2]).toBe(`'${name}`)
    },
  )

  test.each(['-1', '+1', '-1.5', '+1.5e-7', '1', 'x=1', '\n=1', ' =1'])('%j stays as it is', async (name) => {
    const one = ConversationStore.from([{ conversation_id: 'a', started_at: '2026-01-01', name }])
    expect(readCSV(await textOf(toCSV(one.query())))[1]?.[2]).toBe(name)
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
