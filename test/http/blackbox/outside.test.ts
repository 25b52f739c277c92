/** A store that is changed from outside while a handler serves it: what the handler keeps for itself follows. And many at once. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createHandler } from '../../../src/http/index.ts'
import { ConversationStore } from '../../../src/index.ts'
import { open } from '../../../src/row/conversation.ts'
import { flip, History, step, validRow } from '../../arbitraries/histories.ts'
import { plain } from '../../arbitraries/plain.ts'
import { inSegments } from '../../in-segments.ts'
import { compareCodePoints, keysOf } from '../../reference.ts'

type Row = Record<string, unknown>
type Handler = (request: Request) => Promise<Response>

const isObject = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The keys that lead to each value of a document; a list is a value, and an object with nothing in it. */
function pathsOf(document: unknown): string[][] {
  if (!isObject(document)) return []
  return Object.entries(document).flatMap(([key, value]) => {
    const isParent = isObject(value) && Object.keys(value).length > 0
    return isParent ? pathsOf(value).map((rest) => [key, ...rest]) : [[key]]
  })
}

/** A path as text: each key as it stands, or in quotes where that alone reads back as it; null where neither does. */
function textOf(path: readonly string[]): string | null {
  const steps = path.map((key) =>
    [key, `"${key}"`].find((text) => text.trim() === text && plain(keysOf(text)) === plain([key])),
  )
  return steps.includes(undefined) ? null : steps.join('.') || '""'
}

/** Paths by how many documents have them, then by code point. */
function mostUsed(documents: readonly unknown[]): string[] {
  const uses = new Map<string, number>()
  for (const path of documents.flatMap(pathsOf)) {
    const text = textOf(path)
    if (text !== null) uses.set(text, (uses.get(text) ?? 0) + 1)
  }
  return [...uses].sort(([a, n], [b, m]) => m - n || compareCodePoints(a, b)).map(([path]) => path)
}

/** What stands at a path of keys: in lists, steps of digits. */
function at(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return value
  if (Array.isArray(value)) return /^[0-9]+$/.test(key) ? at(value[Number(key)], rest) : undefined
  return isObject(value) && Object.hasOwn(value, key) ? at(value[key], rest) : undefined
}

const isScalar = (value: unknown): boolean => value === null || ['string', 'number', 'boolean'].includes(typeof value)

async function get(handler: Handler, path: string): Promise<{ status: number; body: Row }> {
  const response = await handler(new Request(`http://localhost/api/${path}`))
  return { status: response.status, body: (await response.json()) as Row }
}

/** Everything that is not a query of conversations says what the rows say. */
async function expectInStep(handler: Handler, rows: readonly Row[], key: string): Promise<void> {
  const seen = rows.filter(({ is_deleted }) => is_deleted !== true)
  const messagesOf = (of: readonly Row[]) => of.flatMap(({ messages }) => (messages as Row[] | null) ?? [])
  const body = async (path: string) => (await get(handler, path)).body

  const keys = mostUsed(seen.map(({ metadata }) => metadata))
  expect(await body('conversations/metadata-keys/')).toEqual({ keys: keys.slice(0, 200) })
  const messageKeys = mostUsed(messagesOf(seen).map(({ metadata }) => metadata))
  expect(await body('conversations/message-metadata-keys/')).toEqual({ keys: messageKeys.slice(0, 200) })

  const values = seen.map(({ metadata }) => at(metadata, keysOf(key)!)).filter(isScalar)
  const found = await body(`conversations/metadata-values/?${new URLSearchParams({ key })}`)
  // JSON has no `-0`.
  expect(new Set(found.values as unknown[])).toEqual(new Set(values.map((value) => (value === 0 ? 0 : value))))
  expect(new Set(found.values as unknown[]).size).toBe((found.values as unknown[]).length)
  // What is offered can be asked, and finds something, unless it is no scalar.
  for (const offered of keys.slice(0, 3)) {
    const { values } = await body(`conversations/metadata-values/?${new URLSearchParams({ key: offered })}`)
    for (const value of (values as unknown[]).slice(0, 3)) {
      const text = typeof value === 'string' ? `"${value}"` : String(value)
      const query = new URLSearchParams({ metadata_key: offered, metadata_value: text })
      // No URL carries half of a surrogate pair.
      if (!/\p{Surrogate}|\0/u.test(offered + text))
        expect((await body(`conversations/?${query}`)).count).toBeGreaterThan(0)
    }
  }

  const feedbacks = rows.flatMap(({ id, feedbacks }) =>
    ((feedbacks as Row[] | null) ?? []).map((it) => [id, it.sentiment]),
  )
  const listed = await body('feedbacks/?page_size=100')
  expect(listed.count).toBe(feedbacks.length)
  const pairs = (listed.results as Row[]).map(({ conversation, sentiment }) => [conversation, sentiment])
  if (feedbacks.length <= 100) expect(pairs.map(plain).sort()).toEqual(feedbacks.map(plain).sort())

  for (const id of [1, 2, 7, 99]) {
    const holders = messagesOf(rows).filter((message) => message.id === id)
    const { status, body } = await get(handler, `track/${id}/`)
    expect(status).toBe(holders.length === 0 ? 404 : 200)
    if (status === 200) expect(holders.map(({ content }) => content)).toContain(body.content)
  }
}

describe('what a handler keeps beside the store', () => {
  test('follows every change that is made to the store itself', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(validRow, { maxLength: 6 }),
        fc.array(fc.oneof({ arbitrary: step, weight: 3 }, flip), { maxLength: 8, size: 'max' }),
        fc.constantFrom('a', 'b', 'a.b', 'a.0', 'x y', '__proto__', 'a.constructor', '"a.b"', 'a."b.c"', 'nothing'),
        fc.boolean(),
        async (rows, steps, key, isReadFirst) => {
          const sides = new History(inSegments(4, 2))
          sides.take({ op: 'addMany', rows, onInvalid: 'skip', own: false })
          const handler = createHandler(sides.store)
          if (isReadFirst) await expectInStep(handler, sides.reference.rows.map(open), key)
          for (const one of steps) {
            sides.take(one)
            if (isReadFirst) await expectInStep(handler, sides.reference.rows.map(open), key)
          }
          await expectInStep(handler, sides.reference.rows.map(open), key)
        },
      ),
      { numRuns: Math.ceil(fc.readConfigureGlobal().numRuns! / 4) },
    )
  })

  test('is built while others write', async () => {
    const store = ConversationStore.from(
      Array.from({ length: 3_000 }, (_, i) => ({
        conversation_id: `${i}`,
        started_at: '2026-08-01',
        messages: [{ id: i + 1, content: `${i}`, sender: 'agent' as const, metadata: { [`k${i % 3}`]: 1 } }],
        feedbacks: [{ id: i + 1, sentiment: 'neutral' as const }],
      })),
    )
    const handler = createHandler(store)
    const post = (path: string, body: object) =>
      handler(new Request(`http://localhost/api/${path}/`, { method: 'POST', body: JSON.stringify(body) }))
    const all = await Promise.all([
      get(handler, 'track/2999/'),
      get(handler, 'feedbacks/'),
      get(handler, 'conversations/message-metadata-keys/'),
      ...Array.from({ length: 40 }, (_, i) => [
        post('track', { conversation_id: `${i % 5}`, content: 'new', sender: 'agent', metadata: { k1: 2 } }),
        post('feedbacks', { kind: 'conversation', conversation_id: `new ${i % 5}`, sentiment: 'positive' }),
        post('track', { conversation_id: `new ${i % 5}`, content: 'newer', sender: 'agent' }),
        post('feedbacks', { kind: 'agent', agent: 1, sentiment: 'positive' }),
      ]).flat(),
    ])
    expect(all.map(({ status }) => status).filter((status) => status >= 500)).toEqual([])
    expect(store.size).toBe(3_005)
    expect((await get(handler, 'conversations/message-metadata-keys/')).body).toEqual({ keys: ['k1', 'k0', 'k2'] })
    const ids = [...store].flatMap(({ messages }) => messages.map(({ id }) => id))
    expect(new Set(ids).size).toBe(3_080)
    for (const id of [1, 2_999, 3_000, 3_001, 3_080]) expect((await get(handler, `track/${id}/`)).status).toBe(200)
    const stored = [...store].reduce((count, { feedbacks }) => count + feedbacks.length, 0)
    expect((await get(handler, 'feedbacks/')).body.count).toBe(stored + 40)
  })

  test('many clients that make the same conversation at once get the same one', async () => {
    const store = new ConversationStore()
    const handler = createHandler(store)
    const answers = await Promise.all(
      Array.from({ length: 60 }, async (_, i) => {
        const body = JSON.stringify({ conversation_id: `c${i % 3}`, is_used: true })
        const response = await handler(new Request('http://localhost/api/conversations/', { method: 'POST', body }))
        return [i % 3, ((await response.json()) as Row).id]
      }),
    )
    expect(store.size).toBe(3)
    for (const [which, id] of answers) expect(store.get(`c${which}`)!.id).toBe(id)
  })
})
