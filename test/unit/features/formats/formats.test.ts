/** What each format becomes: who says what, what is called with which result, and what is known of the conversation. */
import { describe, expect, test } from 'vitest'
import { FIXTURES, fixture, read, transcript } from './fixtures.ts'

test.each(FIXTURES.map((each) => [`${each.format}/${each.file}`, each] as const))(
  '%s is found by its content',
  async (_, { format, text }) => {
    const { rows, report } = await read(text)
    expect(report.format).toBe(format)
    expect(rows.length).toBeGreaterThan(0)
    for (const row of rows) expect(row.metadata).toMatchObject({ source: { format } })
    expect((await read(text, { format: format as never })).rows).toEqual(rows)
  },
)

describe('OpenAI', () => {
  test('requests that repeat their history are one conversation', async () => {
    const { rows } = await read(fixture('openai', 'requests.jsonl'))
    expect(rows.map(transcript)).toEqual([
      [
        'system: You help with parcels.',
        'user: Where is my parcel?',
        'track({"parcel":"P 17"}) "In the depot of Gera"',
        'agent: It waits in Gera.',
      ],
      [
        'system: You help with parcels.',
        'user: Cancel it, please.',
        'agent: I cannot cancel it.',
        'system: A second choice',
      ],
    ])
    expect(rows[0]).toMatchObject({
      customer_id: 'u-1',
      started_at: '2026-01-05T10:00:00Z',
      ended_at: '2026-01-05T10:00:03Z',
    })
    expect(rows[0]?.messages[3]?.metadata).toEqual({ model: 'gpt-9-2026', tokens: { input: 40, output: 6, total: 46 } })
    expect(rows[1]?.messages[3]?.metadata).toMatchObject({ extra: { choice: 1 } })
  })

  test('a response goes on from the one before', async () => {
    const { rows } = await read(fixture('openai', 'responses.jsonl'))
    expect(rows.map(transcript)).toEqual([
      [
        'system: Be brief about weather.',
        'user: Will it rain in Oslo?',
        'reasoning: I should ask the weather service.',
        'forecast({"city":"Oslo"}) {"rain":"heavy rain from noon"}',
        'agent: Take an umbrella.',
      ],
    ])
  })

  test('messages of Anthropic, a list over several lines, the answers of a batch', async () => {
    expect((await read(fixture('openai', 'anthropic.jsonl'))).rows.map(transcript)).toEqual([
      [
        'system: You know birds.',
        'user: Which bird is it?',
        'reasoning: Grey, long legs.',
        'agent: Let me look it up.',
        'find_bird({"colour":"grey feathers"}) failed: The book is closed',
        'agent: I could not look it up.',
      ],
    ])
    const [list] = (await read(fixture('openai', 'messages.json'))).rows
    expect(list?.messages[0]?.attachments).toEqual([
      { filename: null, mime_type: 'image/*', file_url: 'https://example.com/a.png' },
    ])
    expect((await read(fixture('openai', 'batch-output.jsonl'))).rows.map(transcript)).toEqual([
      ['agent: Seven is prime.'],
    ])
    expect((await read(fixture('openai', 'fine-tuning.jsonl'))).rows).toHaveLength(2)
  })

  test('a history that forks is two conversations', async () => {
    const begin = [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
    ]
    const lines = [
      [...begin, { role: 'user', content: 'c' }],
      [...begin, { role: 'user', content: 'd' }],
    ]
    const { rows } = await read(lines.map((messages) => JSON.stringify({ messages })).join('\n'))
    expect(rows.map(transcript)).toEqual([
      ['user: a', 'agent: b', 'user: c'],
      ['user: a', 'agent: b', 'user: d'],
    ])
  })
})

test('the AI SDK: parts, tables in any order, and version 4', async () => {
  const { rows } = await read(fixture('ai-sdk', 'chats.jsonl'))
  expect(rows.map(transcript)).toEqual([
    [
      'user: Find a flight to Rome',
      'reasoning: I need the search tool.',
      'agent: ',
      'searchFlights({"to":"Rome Fiumicino"}) {"flight":"RO 100 at nine"}',
      'book({"flight":"RO 100"}) failed: The card was refused',
      'pay({"sum":"ninety euros"}) failed: Too dear for me',
      'data-seat(null) {"seat":"window seat 12A"}',
      'agent: There is one at nine.',
    ],
  ])
  expect(rows[0]).toMatchObject({ conversation_id: 'chat-1', name: 'A flight to Rome', customer_id: 'u-7' })
  const table = await read(fixture('ai-sdk', 'table.json'))
  expect(table.rows.map(({ conversation_id }) => conversation_id)).toEqual(['chat-2', 'chat-3'])
  expect(table.rows.map(transcript)).toEqual([
    ['user: Good evening', 'agent: Good evening to you.'],
    ['user: Parts as a string'],
  ])
  expect((await read(fixture('ai-sdk', 'version-4.json'))).rows.map(transcript)).toEqual([
    ['user: Weather in Lyon?', 'agent: It is sunny there.', 'weather({"city":"Lyon in France"}) "sunny all day"'],
  ])
})

describe('sessions', () => {
  test('of Claude Code: sidechains apart, unknown types counted, a half-written last line no fault', async () => {
    const { rows, report } = await read(fixture('claude-code', 'session.jsonl'))
    expect(report).toMatchObject({ unknown: { hologram: 1 }, broken: 0, isUnfinished: true })
    expect(rows.map(({ conversation_id, name }) => [conversation_id, name])).toEqual([
      ['5f0c', 'Flaky test of the parser'],
      ['5f0c/a1b2', undefined],
    ])
    expect(rows.map(transcript)).toEqual([
      [
        'user: Why is the parser test flaky?',
        'reasoning: The clock may be the reason.',
        'Bash({"command":"npm test -- parser","description":"Run the parser tests"}) failed: 1 failed: timeout in parser.test.ts',
        'Task({"description":"Find the clock","prompt":"Find where the parser reads the clock"}) "It reads the clock in lexer.ts."',
        'system: Caveat: a reminder of the program',
        'agent: The lexer reads the clock; I froze it.',
      ],
      ['user: Find where the parser reads the clock', 'agent: It reads the clock in lexer.ts.'],
    ])
    const tokens = rows[0]?.messages.map(
      ({ metadata }) => (Object(metadata) as { tokens?: { output: number } }).tokens?.output,
    )
    expect(tokens).toEqual([undefined, 40, undefined, 20, undefined, 12])
    const [log] = rows[0]?.messages[2]?.action_logs ?? []
    expect(log).toMatchObject({ started_at: '2026-03-01T09:00:04Z', ended_at: '2026-03-01T09:00:09Z' })
  })

  test('of Codex: events that repeat items are no second turns', async () => {
    const { rows, report } = await read(fixture('codex', 'rollout.jsonl'))
    expect(report.unknown).toEqual({ 'event_msg warp_drive': 1 })
    expect(rows.map(transcript)).toEqual([
      [
        'system: You are a coding agent.',
        'system: <environment_context>\n  <cwd>/home/ana/shop</cwd>\n</environment_context>',
        'user: Make the flaky test pass',
        'reasoning: **Looking at the test**',
        'shell({"command":["bash","-lc","npm test"],"workdir":"/home/ana/shop"}) failed: Exit code 1',
        'apply_patch("*** Begin Patch\\n*** Update File: lexer.ts") "Exit code: 0\\nWall time: 0 seconds\\nOutput:\\nSuccess. Updated lexer.ts"',
        'agent: The test passes now.',
        'system: A summary of the work so far',
      ],
    ])
    expect((await read(fixture('codex', 'legacy.jsonl'))).rows.map(transcript)).toEqual([
      [
        'system: Old instructions stand here.',
        'user: List the files',
        'local_shell({"type":"exec","command":["ls","-la src"]}) "index.ts and others"',
        'agent: There is an index.',
      ],
    ])
  })

  test('a broken line in the middle is counted', async () => {
    const lines = fixture('codex', 'rollout.jsonl').trim().split('\n')
    lines[3] = '{"timestamp":'
    const { rows, report } = await read(lines.join('\n'))
    expect(report).toMatchObject({ broken: 1, isUnfinished: false })
    // The event says what the broken line would have.
    expect(transcript(rows[0]!)).toContain('user: Make the flaky test pass')
  })
})

describe('traces', () => {
  test('OpenTelemetry: histories merged, tools with their times, an agent around them said once', async () => {
    const { rows } = await read(fixture('otel', 'otlp.json'))
    expect(rows.map(transcript)).toEqual([
      [
        'system: You know timetables.',
        'user: When does the train leave?',
        'reasoning: The timetable knows.',
        'timetable({"line":"line seven"}) {"leaves":"ten o\'clock"}',
        'agent: It leaves at ten.',
      ],
    ])
    expect(rows[0]).toMatchObject({ conversation_id: 'conv-5', customer_id: 'u-5', environment: 'staging' })
    expect(rows[0]?.messages[3]?.action_logs).toMatchObject([
      { started_at: '2026-03-31T23:33:24Z', ended_at: '2026-03-31T23:33:25Z' },
    ])
  })

  test("OpenInference's names, flat and nested", async () => {
    const { rows } = await read(fixture('otel', 'openinference.jsonl'))
    expect(rows.map(transcript)).toEqual([
      [
        'system: Speak of tea only.',
        'user: Which tea is this?',
        'brew({"leaf":"first flush"}) failed: The kettle is empty',
      ],
    ])
  })

  test('Langfuse and LangSmith', async () => {
    expect((await read(fixture('langfuse', 'trace.json'))).rows.map(transcript)).toEqual([
      [
        'system: Refund without asking.',
        'user: Refund my ticket',
        'refund({"ticket":"ticket 42"}) "paid back in full"',
        'agent: The refund is on its way.',
      ],
    ])
    expect((await read(fixture('langfuse', 'observations.jsonl'))).rows.map(transcript)).toEqual([
      ['user: What is a fjord?', 'agent: A drowned valley.'],
    ])
    expect((await read(fixture('langsmith', 'runs.jsonl'))).rows.map(transcript)).toEqual([
      [
        'system: You run a library.',
        'user: Who wrote Dune?',
        'catalogue({"title":"Dune the novel"}) "Herbert, Frank (1965)"',
        'agent: Frank Herbert wrote it.',
      ],
    ])
  })
})

describe('exports', () => {
  test('ChatGPT: a branch is a conversation of its own', async () => {
    const { rows } = await read(fixture('chatgpt', 'conversations.json'))
    expect(rows.map(({ conversation_id }) => conversation_id)).toEqual(['cg-1', 'cg-1/b1'])
    expect(rows.map(transcript)).toEqual([
      [
        'user: Bread without yeast?',
        'reasoning: Thinking of soda\nSoda needs an acid.',
        'web.run({"query":"soda bread recipe"}) "Flour, soda, buttermilk"',
        'agent: Use soda and buttermilk.',
      ],
      ['agent: Try a flat bread instead.'],
    ])
  })

  test('Claude, ShareGPT and Intercom', async () => {
    expect((await read(fixture('claude', 'conversations.json'))).rows.map(transcript)).toEqual([
      [
        'user: Plan my garden',
        'user: Six metres by four, clay',
        'reasoning: Clay holds water.',
        'artifacts({"title":"Bed plan one"}) "Saved the bed plan"',
        'agent: Beans go south.',
      ],
    ])
    expect((await read(fixture('sharegpt', 'conversations.json'))).rows.map(transcript)).toEqual([
      ['system: You are a poet.', 'user: A line about snow', 'agent: White falls the hush.'],
      [
        'user: Find the book',
        'library({"title":"The green book"}) "Shelf nine on the left"',
        'agent: It is on shelf nine.',
      ],
    ])
    const [lamp] = (await read(fixture('intercom', 'conversations.json'))).rows
    expect(transcript(lamp!)).toEqual([
      'user: My lamp is broken.\nPlease help & hurry',
      'agent: We send a new one.',
      'system: The third lamp this week',
    ])
    expect(lamp).toMatchObject({
      conversation_id: '147',
      customer_id: 'cust-77',
      feedbacks: [{ sentiment: 'positive', comment: 'Quick and kind' }],
    })
  })
})
