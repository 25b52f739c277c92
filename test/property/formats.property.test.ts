/** Reading other formats: nothing is lost or said twice, all is found, twice is the same, and broken input is an error or a row. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isStoreError } from '../../src/base/errors.ts'
import { readConversations, toOpenAIMessages, toUIMessages } from '../../src/features/formats/index.ts'
import { type Turn, toRow } from '../../src/features/turns/index.ts'
import { ConversationStore } from '../../src/index.ts'
import type { ConversationInput, Message } from '../../src/row/conversation.ts'
import { FIXTURES, type Fixture, read } from '../unit/features/formats/fixtures.ts'

const NAMED = FIXTURES.map((fixture) => [`${fixture.format}/${fixture.file}`, fixture] as const)

/** The JSON values of a fixture; a half-written line is left out. */
function valuesOf({ text }: Fixture): unknown[] {
  try {
    return [JSON.parse(text)]
  } catch {
    return text.split('\n').flatMap((line) => {
      try {
        return [JSON.parse(line)]
      } catch {
        return []
      }
    })
  }
}

/** The strings of a value; those that are JSON themselves are looked into. */
function* stringsOf(value: unknown, key = ''): Iterable<{ readonly text: string; readonly key: string }> {
  if (typeof value === 'string') {
    const inner = /^\s*[[{"]/.test(value) ? parsed(value) : undefined
    if (inner === undefined) yield { text: value, key }
    else yield* stringsOf(inner, key)
  } else if (typeof value === 'object' && value !== null)
    for (const [name, inner] of Object.entries(value)) yield* stringsOf(inner, Array.isArray(value) ? key : name)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What is said, as it is shown: Intercom writes HTML, and an error of a tool begins with its name. */
const shown = (text: string) =>
  text
    .replace(/^Error: /, '')
    .replace(/<\/p><p>/g, '\n')
    .replace(/<\/?[a-z]+>/g, '')
    .replaceAll('&amp;', '&')

test.each(NAMED)('each string of %s that someone said or a tool gave is found', async (_, fixture) => {
  const { rows } = await read(fixture.text)
  const store = ConversationStore.from(rows as ConversationInput[])
  for (const { text, key } of valuesOf(fixture).flatMap((value) => [...stringsOf(value)])) {
    // Sentences: ids, times and settings have no white space. Names of files, and remarks of scores and ratings, are not said.
    if (!/\s/.test(text.trim()) || ['name', 'title', 'comment', 'remark'].includes(key)) continue
    const sought = fixture.format === 'intercom' ? shown(text) : text.replace(/^Error: /, '')
    const escaped = JSON.stringify(sought).slice(1, -1)
    const found =
      store.query().messageContains(sought).exists() ||
      store.query().name(sought).exists() ||
      (['input', 'output', 'error'] as const).some(
        (part) =>
          store
            .query()
            .action({ [part]: sought })
            .exists() ||
          store
            .query()
            .action({ [part]: escaped })
            .exists(),
      )
    expect(found, text).toBe(true)
  }
})

/** Keys whose strings are said otherwise in a row: times, roles, types of parts, and what the reader is named by. */
const TOLD_OTHERWISE =
  /^(type|object|role|from|sender|status|state|content_type|finish_reason|.*time.*|timestamp|created.*|updated.*|updatedAt|createdAt|.*_at|recipient|kind|key|run_type|lc|level|unit|record_type|id|parent|children|current_node|uuid|parentUuid|messageId|leafUuid|dotted_order|part_type|span_id|.*[Ii]d|gen_ai\..*|openinference.*|visibility|width|method|mime_type|.*UnixNano)$/

test.each(NAMED)('no string of %s is lost', async (_, fixture) => {
  const { rows } = await read(fixture.text)
  const kept = new Set([...stringsOf(rows)].map(({ text }) => text))
  const all = JSON.stringify(rows)
  for (const { text, key } of valuesOf(fixture).flatMap((value) => [...stringsOf(value)])) {
    if (TOLD_OTHERWISE.test(key.split('.').at(-1)!) || TOLD_OTHERWISE.test(key) || text.trim() === '' || kept.has(text))
      continue
    expect(
      all.includes(JSON.stringify(text).slice(1, -1)) || all.includes(JSON.stringify(shown(text)).slice(1, -1)),
      `${key}: ${text}`,
    ).toBe(true)
  }
})

test.each(NAMED)('%s gives the same rows twice', async (_, { text }) => {
  const { rows } = await read(text)
  expect((await read(text)).rows).toEqual(rows)
})

// Lines of Codex have no ids, and a file of it is one session.
test.each(NAMED.filter(([, { format }]) => format !== 'codex'))(
  '%s with all of it twice in one file says it once',
  async (_, fixture) => {
    const once = valuesOf(fixture)
    if (once.some((value) => Array.isArray(value) && 'role' in Object(value[0]))) return
    const lines = [...once, ...once].flat().map((value) => JSON.stringify(value))
    const { rows } = await read(fixture.text)
    expect((await read(lines.join('\n'))).rows.map(messagesById)).toEqual(rows.map(messagesById))
  },
)

const messagesById = ({ conversation_id, messages }: { conversation_id: string; messages: readonly Message[] }) => [
  conversation_id,
  messages,
]

test.each(NAMED)('%s gives the same rows however it is cut', async (_, { text }) => {
  const { rows } = await read(text)
  const bytes = new TextEncoder().encode(text)
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat({ max: bytes.length }), { maxLength: 6 }), async (places) => {
      const cuts = [0, ...places.sort((a, b) => a - b), bytes.length]
      const pieces = cuts.slice(1).map((to, i) => bytes.slice(cuts[i], to))
      expect((await read(pieces)).rows).toEqual(rows)
    }),
    { numRuns: Math.ceil(fc.readConfigureGlobal().numRuns! / 10) },
  )
})

const words = fc.oneof(
  fc.constantFrom('Hello', 'Where is it?', '{"a":1}', '[', ' ', 'ß\n"x"'),
  fc.string({ minLength: 1 }),
)
const json = fc.jsonValue({ maxDepth: 2 })
const tool = fc.record({
  name: fc.stringMatching(/^[a-z]{1,5}$/),
  input: fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), json, { maxKeys: 2, noNullPrototype: true }),
  output: fc.oneof(
    fc.constant(null),
    fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), json, { noNullPrototype: true, maxKeys: 2 }),
    fc.constant('done'),
  ),
})
const turn = fc.oneof(
  fc.record({ role: fc.constantFrom('user' as const, 'system' as const), text: words, tools: fc.constant([]) }),
  fc.record({ role: fc.constant('agent' as const), text: words, tools: fc.array(tool, { maxLength: 2 }) }),
)

/** A row of some turns, as reading makes it. */
function rowOf(
  turns: readonly { role: Turn['role']; text: string; tools: readonly object[] }[],
): ReturnType<typeof toRow> {
  let count = 0
  const whole = turns.map((each) => ({
    ...each,
    reasoning: '',
    files: [],
    tools: each.tools.map((tool) => ({ id: `call_${++count}`, error: '', ...tool })),
  }))
  return toRow(whole as unknown as Turn[], { conversation_id: 'a', metadata: {} }, { keepsAll: true })
}

/** What is compared of messages: who, what, and of an action its input and result. */
const said = (messages: readonly Message[]) =>
  JSON.parse(
    JSON.stringify(
      messages.map(({ sender, content, action_name, metadata, action_logs }) => {
        const log = action_logs?.[0]
        return [
          sender,
          action_name ?? content,
          (Object(metadata) as { kind?: string }).kind ?? null,
          log?.tools_used ?? null,
          log?.response ?? null,
        ]
      }),
    ),
  )

test('a row as messages of OpenAI or of the AI SDK, read again, says and does the same', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(turn, { minLength: 1, maxLength: 6 }), async (turns) => {
      const row = rowOf(turns)
      // A text that looks like JSON would be its value as an output; the outputs drawn are no such strings.
      const openai = await read([...toOpenAIMessages(row)], { format: 'openai' })
      expect(said(openai.rows[0]!.messages)).toEqual(said(row.messages))
      const ui = await read(toUIMessages(row), { format: 'ai-sdk' })
      expect(said(ui.rows[0]!.messages)).toEqual(said(row.messages))
    }),
  )
})

/** Changes to a text: a stretch is taken out, doubled or replaced, or a value of its JSON becomes another. */
const change = fc.oneof(
  fc.record({
    kind: fc.constant('cut' as const),
    at: fc.nat(),
    length: fc.integer({ min: 1, max: 40 }),
    put: fc.constantFrom('', '"', '}', '{', ']', '[', ',', 'null', '\n', '\u0000', '\\', '1e999'),
  }),
  fc.record({ kind: fc.constant('double' as const), at: fc.nat(), length: fc.integer({ min: 1, max: 200 }) }),
  fc.record({
    kind: fc.constant('value' as const),
    at: fc.nat(),
    put: fc.constantFrom<unknown>(
      null,
      0,
      -1,
      1e300,
      '',
      'x',
      [],
      {},
      [null],
      true,
      { __proto__: 1 },
      '[{',
      'constructor',
      '__proto__',
      'toString',
      [[[]]],
      { role: 'user' },
    ),
  }),
)

function changed(text: string, changes: readonly (typeof change extends fc.Arbitrary<infer C> ? C : never)[]): string {
  let result = text
  for (const each of changes) {
    const at = each.at % Math.max(1, result.length)
    if (each.kind === 'cut') result = result.slice(0, at) + each.put + result.slice(at + each.length)
    else if (each.kind === 'double') result = result.slice(0, at + each.length) + result.slice(at)
    else {
      const values = [...result.matchAll(/:\s*("(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null)/g)]
      const place = values[each.at % Math.max(1, values.length)]
      if (place === undefined) continue
      const from = place.index + place[0].length - place[1]!.length
      result = result.slice(0, from) + JSON.stringify(each.put) + result.slice(from + place[1]!.length)
    }
  }
  return result
}

test.each(NAMED)(
  '%s with changes is a documented error or rows that a store takes or names',
  async (_, { text, format }) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        fc.boolean(),
        async (changes, lossy, isNamed) => {
          const given = changed(text, changes)
          const store = new ConversationStore()
          try {
            const { rejected } = await store.load(
              readConversations(given, { lossy, ...(isNamed && { format: format as never }) }),
              { onInvalid: 'skip' },
            )
            for (const { error } of rejected) expect(isStoreError(error)).toBe(true)
          } catch (error) {
            if (!isStoreError(error)) throw error
            expect(['INVALID_SOURCE', 'ROW_TOO_LONG']).toContain(error.code)
          }
        },
      ),
      { numRuns: Math.max(100, Math.ceil(fc.readConfigureGlobal().numRuns! / 1)) },
    )
  },
)
