/** Paths as strings: what is read, what is written, and that what is offered can be asked everywhere. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toCSV } from '../../../src/features/export/index.ts'
import { ConversationStore, query } from '../../../src/index.ts'
import { parsePath, readPath, writePath } from '../../../src/query/metadata-path.ts'
import type { JsonObject } from '../../../src/row/conversation.ts'
import { keysOf } from '../../reference.ts'
import { readCSV } from '../features/export/read-csv.ts'
import { faultsOf } from './faults-of.ts'

describe('reading', () => {
  test.each<[string, string[]]>([
    ['a', ['a']],
    ['a.b', ['a', 'b']],
    ['', ['']],
    ['.', ['', '']],
    ['a..b.', ['a', '', 'b', '']],
    ['"a.b"', ['a.b']],
    ['"gen_ai.request.model"', ['gen_ai.request.model']],
    ['attributes."a.b".c', ['attributes', 'a.b', 'c']],
    ['"a"."b.c"', ['a', 'b.c']],
    ['""', ['']],
    ['"".a.""', ['', 'a', '']],
    ['"a.b".', ['a.b', '']],
    ['."a"', ['', 'a']],
    ['" a\n"', [' a\n']],
    ['a"b', ['a"b']],
    ['a"b.c"', ['a"b', 'c"']],
    [' "a.b"', [' "a', 'b"']],
    ['"__proto__".x', ['__proto__', 'x']],
    ["'a.b'", ["'a", "b'"]],
  ])('%j', (text, keys) => {
    expect(parsePath(text)).toEqual(keys)
  })

  test.each(['"', '"a', '"a.b', 'a."b', '"a"b', '"a"b"', '"a" .b', '""a', '"""', '"a""b"', 'x."a"."b', '"\\"a"'])(
    '%j is malformed',
    (text) => {
      expect(parsePath(text)).toBeUndefined()
      expect(faultsOf(() => query().metadata(text, 1))).toEqual(['metadata INVALID_VALUE'])
      expect(faultsOf(() => query().where(`metadata.${text}`, 'exists', true))).toEqual([
        'metadata__exists INVALID_VALUE',
      ])
      const store = new ConversationStore()
      expect(faultsOf(() => store.metadataValues(text))).toEqual(['path INVALID_VALUE'])
      expect(faultsOf(() => store.warm({ metadata: ['a', text] }))).toEqual(['metadata INVALID_VALUE'])
      const facet = `metadata.${text}` as const
      expect(faultsOf(() => store.query().facets({ [facet]: true }))).toEqual([`${facet} INVALID_VALUE`])
      expect(faultsOf(() => store.fetchConversations({ metadata: { [text]: 1 } }))).toEqual(['metadata INVALID_VALUE'])
    },
  )

  test('in code the empty text and the empty list ask for nothing', () => {
    for (const given of ['', [], undefined, null, 5, ['a', 5], { 0: 'a' }]) expect(readPath(given)).toBeUndefined()
  })

  test('any text is read as letter by letter', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '"', ' '), maxLength: 12 })
    fc.assert(
      fc.property(text, (path) => {
        expect(parsePath(path) ?? null).toEqual(keysOf(path))
        if (!path.includes('"')) expect(parsePath(path)).toEqual(path.split('.'))
      }),
    )
  })
})

const key = fc.oneof(
  fc.constantFrom('a', 'b', 'a.b', '', '.', '0', '__proto__', '"', '"a"', 'a"', 'a".b', ' a', 'a\u00a0', 'a,b:c'),
  fc.string({ unit: fc.constantFrom('a', '.', '"', ' ', ','), maxLength: 4 }),
)
const path = fc.array(key, { minLength: 1, maxLength: 3 })

describe('writing', () => {
  test.each<[string[], string | undefined]>([
    [['a', 'b'], 'a.b'],
    [['a.b'], '"a.b"'],
    [['attributes', 'a.b', 'c'], 'attributes."a.b".c'],
    [[''], '""'],
    [['', ''], '.'],
    [['a', ''], 'a.'],
    [[' a'], '" a"'],
    [['a\n'], '"a\n"'],
    [['a b'], 'a b'],
    [['a"b'], 'a"b'],
    [['"a'], undefined],
    [['a"b.c'], undefined],
    [['a".b'], undefined],
  ])('%j', (keys, text) => {
    expect(writePath(keys)).toBe(text)
  })

  test('what is written is read back, and only a key with a quote has no text', () => {
    fc.assert(
      fc.property(path, (keys) => {
        const text = writePath(keys)
        if (text === undefined) expect(keys.some((it) => it.includes('"'))).toBe(true)
        else expect(parsePath(text)).toEqual(keys)
      }),
    )
  })
})

describe('what is offered can be asked', () => {
  const json = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom(1, 'x', null, true),
      fc
        .array(fc.tuple(key, tie('value')), { minLength: 1, maxLength: 3 })
        .map((entries) => Object.fromEntries(entries)),
    ),
  })).value
  const documents = fc.array(
    fc.array(fc.tuple(key, json), { maxLength: 3 }).map((entries) => Object.fromEntries(entries)),
    { maxLength: 4 },
  )

  test('by every way to ask, with the answer of the list of keys', async () => {
    await fc.assert(
      fc.asyncProperty(documents, async (metadata) => {
        const rows = metadata.map((it, i) => ({
          conversation_id: `${i}`,
          started_at: '2026-01-05',
          metadata: it as JsonObject,
        }))
        const store = ConversationStore.from(rows)
        const offered = store.metadataKeys().filter(({ type }) => type !== 'object')
        for (const { path: text } of offered) {
          if (typeof text !== 'string') continue
          const keys = keysOf(text)!
          const values = store.metadataValues(text)
          expect(values).toEqual(store.metadataValues(keys))
          expect(values.length).toBeGreaterThan(0)
          expect(store.query().where(`metadata.${text}`, 'exists', true).key).toBe(
            store.query().where(['metadata', ...(keys as [string])], 'exists', true).key,
          )
          const counted = store.query().facets({ [`metadata.${text}`]: true })[`metadata.${text}`]!
          for (const value of values) {
            const ids = store.query().metadata(keys, value).ids()
            const wire = typeof value === 'string' ? `"${value}"` : String(value)
            expect(store.query().metadata(text, value).ids()).toEqual(ids)
            expect(ids.length).toBeGreaterThan(0)
            const asked = [
              { metadata: { [text]: value } },
              { metadata_key: text, metadata_value: value as never },
              new URLSearchParams({ metadata_key: text, metadata_value: wire }),
              ...(/[,:]/.test(text) ? [] : [new URLSearchParams({ metadata: `${text}:${wire}` })]),
            ]
            for (const parameters of asked) {
              expect(store.fetchConversations(parameters).results.map(({ id }) => id)).toEqual(ids)
            }
            expect(counted.find((it) => it.value === value && it.missing !== true)?.count).toBe(ids.length)
          }
        }
        let csv = ''
        for await (const text of toCSV(store.query())) csv += text
        const titles = readCSV(csv)[0]!.filter((title) => /^metadata[.[]/.test(title))
        expect(new Set(titles)).toEqual(
          new Set(
            store
              .metadataKeys()
              .map(({ path: text }) =>
                typeof text === 'string' ? `metadata.${text}` : `metadata${JSON.stringify(text)}`,
              ),
          ),
        )
      }),
    )
  })

  test('one facet in two writings', () => {
    const store = ConversationStore.from([
      { conversation_id: 'a', started_at: '2026-01-05', metadata: { a: 1, 'a.b': 2 } },
    ])
    const counted = store
      .query()
      .metadata('a', 1)
      .facets({ 'metadata.a': true, 'metadata."a"': true, 'metadata."a.b"': true })
    expect(counted['metadata."a"']).toEqual([{ value: 1, count: 1, selected: true }])
    expect(counted['metadata.a']).toEqual(counted['metadata."a"'])
    expect(counted['metadata."a.b"']).toEqual([{ value: 2, count: 1, selected: false }])
  })

  test('an index made ahead by text is the one of the list', () => {
    const store = ConversationStore.from([
      { conversation_id: 'a', started_at: '2026-01-05', metadata: { 'a.b': { c: 1 } } },
    ])
    store.warm({ metadata: ['"a.b".c'] })
    expect(store.query().metadata(['a.b', 'c'], 1).explain()).toMatchObject({ count: 1, indexed: 0 })
  })
})
