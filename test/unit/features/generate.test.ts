/** Generated conversations: the same ones for the same options, and what each option changes. */
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { generate, generateConversations } from '../../../src/features/generate/index.ts'
import { ConversationStore, InvalidQueryError } from '../../../src/index.ts'

const hashOf = (rows: Iterable<object>) => {
  const hash = createHash('sha256')
  for (const row of rows) hash.update(`${JSON.stringify(row)}\n`)
  return hash.digest('hex').slice(0, 24)
}

describe('the same options give the same rows', () => {
  // Measured results stand on these: another generator would be another benchmark.
  test.each([
    [{ count: 2_000 }, '32fbf56d0ae364885ad72c04'],
    [{ count: 500, seed: 7, messages: 'short' }, '23153c4eb627287caa4f4607'],
    [{ count: 500, seed: -5, order: 'shuffled' }, '2afcfe894513bc290069f98b'],
    [{ count: 1_200, seed: 3 }, '8b088f7002bfb22075e3dfad'],
  ] as const)('%o', (options, hash) => {
    expect(hashOf(generate(options))).toBe(hash)
    expect(hashOf(generateConversations(options))).toBe(hash)
  })

  test('by default a hundred, of seed 1', () => {
    expect(generateConversations()).toEqual(generateConversations({ count: 100, seed: 1 }))
    expect(generateConversations({ count: 0 })).toEqual([])
  })

  test('shuffled ones are the sorted ones in another order', () => {
    const byId = (a: { id: number }, b: { id: number }) => a.id - b.id
    const sorted = generateConversations({ count: 50 })
    const shuffled = generateConversations({ count: 50, order: 'shuffled' })
    expect(shuffled).not.toEqual(sorted)
    expect(shuffled.sort(byId)).toEqual(sorted)
  })
})

test('a store takes them, with every key present', () => {
  const rows = generateConversations({ count: 40 })
  expect([...ConversationStore.from(rows)]).toEqual(rows)
})

describe('languages', () => {
  test('are those that are given, and nothing else of a row changes but its greeting', () => {
    const usual = generateConversations({ count: 60 })
    const rows = generateConversations({ count: 60, languages: ['de', 'sv'] })
    expect(new Set(rows.map(({ language }) => language))).toEqual(new Set(['de', 'sv']))
    const rest = (all: typeof rows) =>
      all.map(({ language: _, messages: [, ...messages], ...row }) => ({ ...row, messages }))
    expect(rest(rows)).toEqual(rest(usual))
    for (const { language, messages } of rows)
      expect(messages[0]!.content.startsWith('Guten Tag, schöne Grüße. ')).toBe(language === 'de')
  })
})

describe('tools', () => {
  const runs = (rows: ReturnType<typeof generateConversations>) =>
    rows.flatMap(({ messages }) =>
      messages.flatMap(({ action_name, action_logs }) => (action_name ? [{ action_name, log: action_logs![0]! }] : [])),
    )

  test('are names, the first the most frequent', () => {
    const names = runs(generateConversations({ count: 200, tools: ['a', 'b', 'c'] })).map((run) => run.action_name)
    const count = (name: string) => names.filter((each) => each === name).length
    expect(new Set(names)).toEqual(new Set(['a', 'b', 'c']))
    expect(count('a')).toBeGreaterThan(count('b'))
    expect(count('b')).toBeGreaterThan(count('c'))
  })

  test('are none for an empty list', () => {
    expect(runs(generateConversations({ count: 100, tools: [] }))).toEqual([])
    expect(runs(generateConversations({ count: 100, tools: {} }))).toEqual([])
  })

  test('are functions that make what was asked and answered', () => {
    const rows = generateConversations({
      count: 200,
      tools: {
        lookup_order: (draw) => ({ input: { order: draw.below(9) }, output: { status: draw.pick(['lost', 'sent']) } }),
        refund: () => ({ input: { order: 1 }, error: 'Too late.' }),
        ping: () => ({}),
      },
    })
    const by = (name: string) => runs(rows).flatMap((run) => (run.action_name === name ? [run.log] : []))
    expect(new Set(by('lookup_order').map(({ response }) => JSON.stringify(response)))).toEqual(
      new Set(['{"status":"lost"}', '{"status":"sent"}']),
    )
    expect(new Set(by('lookup_order').map(({ tools_used }) => JSON.stringify(tools_used))).size).toBe(9)
    expect(by('refund')[0]).toMatchObject({ tools_used: { order: 1 }, response: '', error_message: 'Too late.' })
    expect(by('ping')[0]).toMatchObject({ tools_used: {}, response: 'done', error_message: '' })
  })

  test('whatever a function draws changes nothing else, and another seed is another run', () => {
    const of = (seed: number, times: number) =>
      generateConversations({
        count: 30,
        seed,
        tools: { a: (draw) => ({ input: Array.from({ length: times }, () => draw.below(1e6))[0]! }) },
      })
    expect(of(1, 9)).toEqual(of(1, 1))
    expect(runs(of(1, 1) as never)).not.toEqual(runs(of(2, 1) as never))
  })
})

describe('metadata', () => {
  test('is the same object for every row, a copy each', () => {
    const metadata = { tenant: 'acme', tags: ['a'] }
    const rows = generateConversations({ count: 3, metadata })
    expect(rows.map((row) => row.metadata)).toEqual([metadata, metadata, metadata])
    ConversationStore.from(rows, { own: true }).get(1)
    expect(Object.isFrozen(metadata)).toBe(false)
    rows[0]!.metadata.tenant satisfies string
  })

  test('is made by a function, and nothing else of a row changes', () => {
    const rows = generateConversations({
      count: 20,
      metadata: (draw, number) => ({ number, plan: draw.pick(['a', 'b']) }),
    })
    expect(rows.map(({ metadata }) => metadata.number)).toEqual(Array.from({ length: 20 }, (_, i) => i))
    expect(new Set(rows.map(({ metadata }) => metadata.plan))).toEqual(new Set(['a', 'b']))
    const without = ({ metadata: _, ...row }: { readonly metadata: unknown }) => row
    expect(rows.map(without)).toEqual(generateConversations({ count: 20 }).map(without))
  })
})

describe('options that are wrong', () => {
  test.each([
    [{ cuont: 3 }, 'generateConversations has no option "cuont". Did you mean "count"?'],
    [
      { rows: 3 },
      'generateConversations has no option "rows". It has seed, count, languages, tools, metadata, messages, order.',
    ],
    [{ count: -1 }, 'count is -1. Expected an integer from 0.'],
    [{ seed: 0.5 }, 'seed is 0.5. Expected an integer from -9007199254740991.'],
    [{ languages: 'en' }, 'languages is "en". Expected a list of languages, such as ["en", "de"].'],
    [{ languages: [] }, 'languages is []. Expected a list of languages, such as ["en", "de"].'],
    [
      { tools: 'lookup' },
      'tools is "lookup". Expected a list of names, or an object of functions: { lookup_order: () => ({ input }) }.',
    ],
    [{ tools: { a: 1 } }, 'tools["a"] is 1. Expected a function that makes a run: () => ({ input, output }).'],
    [{ tools: { a: () => 'x' } }, 'The run that tools["a"] made is "x". Expected an object { input, output, error }.'],
    [
      { tools: { a: () => ({ outptu: 1 }) } },
      'The run that tools["a"] made is {"outptu":1}. Expected the keys input, output, error. Did you mean "output"?',
    ],
    [{ metadata: ['a'] }, 'metadata is ["a"]. Expected an object, or a function that makes one.'],
    [{ messages: 'long' }, 'messages is "long". Expected "full" or "short".'],
    [{ order: 'tim' }, 'order is "tim". Expected "time" or "shuffled". Did you mean "time"?'],
  ])('%o', (options, message) => {
    const call = () => generateConversations(options as never)
    expect(call).toThrow(InvalidQueryError)
    expect(call).toThrow(expect.objectContaining({ message }))
  })

  test('are refused before anything is made', () => {
    expect(() => generate({ count: 1.5 })).toThrow(InvalidQueryError)
    expect(() => generateConversations(5 as never)).toThrow('The argument of generateConversations is 5.')
  })
})
