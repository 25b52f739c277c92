/** Replays: what the agent is given, what its tools answer, and how a drift reads. */
import { inspect } from 'node:util'
import { describe, expect, test, vi } from 'vitest'
import { ConversationStore as CoreStore } from '../../src/core.ts'
import { type Conversation, ConversationStore, ConversationStoreError, InvalidQueryError } from '../../src/index.ts'
import { type Agent, createRecorder, type Miss, recordedTools, steps } from '../../src/testing/index.ts'
import { agentOf, play, rowOf, type Script } from './replaying.ts'

const LOOKUP = { call: 'lookup_order', input: { order: 17, with: ['items'] }, output: { status: 'lost' } }
const SCRIPT: Script = [
  {
    user: 'Where is order 17?',
    agent: [LOOKUP, { call: 'lookup_customer', input: { id: 'kim' } }, { say: 'It was lost on its way, I am sorry.' }],
  },
  {
    user: 'Then I want my money back.',
    agent: [
      { call: 'issue_refund', input: { order: 17 }, output: 'done' },
      { call: 'send_email', input: { to: 'kim@example.com' }, error: 'No such mailbox.' },
      { say: 'Done.' },
    ],
  },
]
const ROW = rowOf(SCRIPT)

/** The error of a promise. */
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: ConversationStoreError) => error,
  )

describe('the agent', () => {
  test('is given the user’s side, turn by turn, with the chat until then', async () => {
    const row = {
      conversation_id: 'chat-1',
      started_at: '2026-01-05T10:00:00Z',
      messages: [
        { sender: 'agent', content: 'Hello, how can I help?' },
        { sender: 'end_user', content: 'Two things:' },
        {
          sender: 'end_user',
          content: '',
          attachments: [{ filename: 'bill.pdf', mime_type: 'application/pdf', size_bytes: 9 }],
        },
        { sender: 'end_user', content: 'where is it?' },
        { sender: 'agent', content: 'On its way.' },
        {
          sender: 'end_user',
          content: 'Refund',
          button: { label: 'Refund', value: { yes: true }, button_event: 'click' },
        },
        { sender: 'agent', content: '', action_name: 'token_usage', metadata: { total_tokens: 8 } },
      ],
    } as const
    const seen: unknown[] = []
    const { chat, drift } = await play(row as unknown as Conversation, {
      agent: (text, { number, files, messages, chat: now }) => {
        seen.push([number, text, files.map(({ filename }) => filename), messages.length, now.transcript()])
        return number === 1 ? 'On its way.' : undefined
      },
    })
    expect(drift.isEmpty, `${drift}`).toBe(true)
    const first =
      'agent: Hello, how can I help?\nuser: Two things:\nuser: [file] bill.pdf (application/pdf, 9 bytes)\nuser: where is it?'
    const second = `${first}\nagent: On its way.\nuser: [button] Refund`
    expect(seen).toEqual([
      [1, 'Two things:\nwhere is it?', ['bill.pdf'], 3, first],
      [2, 'Refund', [], 1, second],
    ])
    expect(chat.transcript()).toBe(second)
  })

  test('answers with a string, an object that has a text, or by the chat', async () => {
    const answers: Record<string, Agent> = {
      string: (_, { number }) => ['It was lost on its way, I am sorry.', 'Done.'][number - 1],
      object: async (_, { number }) => ({ text: ['It was lost on its way, I am sorry.', 'Done.'][number - 1]! }),
      chat: (_, { number, chat }) => void chat.agent(['It was lost on its way, I am sorry.', 'Done.'][number - 1]!),
    }
    for (const agent of Object.values(answers)) expect((await play(ROW, { agent })).drift.texts).toEqual([])
    const silent = (await play(ROW, { agent: () => '' })).drift
    expect(silent.texts.map(({ replayed }) => replayed)).toEqual([null, null])
  })

  test('that throws, rejects the replay; what was recorded until then stays', async () => {
    const store = new ConversationStore()
    const error = new Error('Out of tokens.')
    const replayed = play(ROW, {
      store,
      agent: (_, { number }) => {
        if (number === 2) throw error
        return 'It is lost.'
      },
    })
    await expect(replayed).rejects.toBe(error)
    expect(store.get('chat-17')!.messages.length).toBe(3)
  })
})

describe('the chat', () => {
  test('is in the store, with what is known of the conversation, at times that are the same each time', async () => {
    const facts = { customer_id: 'kim', device: 'mobile', language: 'en', name: 'Order 17', metadata: { plan: 'pro' } }
    const row = rowOf(SCRIPT, facts)
    const stores = [new ConversationStore(), new CoreStore()]
    const chats = await Promise.all(
      stores.map(async (store) => (await play(row, { agent: agentOf(SCRIPT), store })).chat),
    )
    expect(chats[0]!.toConversation()).toMatchObject({
      conversation_id: 'chat-17',
      ...facts,
      started_at: '2026-01-05T10:00:00Z',
    })
    expect([...stores[1]!]).toEqual([...stores[0]!])
    expect(chats[0]!.store).toBe(stores[0])
  })

  test('has an id of its own where the store has the recording', async () => {
    const store = ConversationStore.from([ROW])
    const ids = []
    for (let i = 0; i < 3; i++)
      ids.push((await play(store.get('chat-17')!, { agent: agentOf(SCRIPT), store })).chat.conversation_id)
    expect(ids).toEqual(['chat-17-replay', 'chat-17-replay-2', 'chat-17-replay-3'])
    const named = await play(ROW, {
      agent: agentOf(SCRIPT),
      store,
      conversation_id: 'today',
      now: steps('2026-02-01'),
    })
    expect(named.chat.toConversation()).toMatchObject({ conversation_id: 'today', started_at: '2026-02-01T00:00:00Z' })
  })

  test('a chat can be replayed, while it goes on', async () => {
    const chat = createRecorder(new ConversationStore()).start({ conversation_id: 'a' }).user('Hello').agent('Hi!')
    expect((await play(chat, { agent: () => 'Hi!' })).drift.isEmpty).toBe(true)
    expect((await play(chat.lastTurn(), { agent: () => 'Ho!' })).drift.texts).toEqual([
      { turn: 1, recorded: 'Hi!', replayed: 'Ho!' },
    ])
  })
})

describe('recorded tools', () => {
  test('answer equal arguments, whatever the order of their keys, with a copy', async () => {
    const tools = recordedTools(ROW)
    const answer = await tools.lookup_order!({ with: ['items'], order: 17 })
    expect(answer).toEqual({ status: 'lost' })
    answer.status = 'mine now'
    expect(ROW.messages[1]!.action_logs![0]!.response).toEqual({ status: 'lost' })
  })

  test('leave out what a framework adds, and take several arguments as a list', async () => {
    const row = rowOf([
      { user: 'x', agent: [LOOKUP, { call: 'add', input: [1, 2], output: 3 }, { call: 'ping', output: 'pong' }] },
    ])
    const tools = recordedTools(row)
    expect(await tools.lookup_order!(LOOKUP.input, { toolCallId: 'call-1', messages: [] })).toEqual({ status: 'lost' })
    expect(await tools.add!(1, 2)).toBe(3)
    expect(await tools.ping!()).toBe('pong')
  })

  test('throw a recorded error again', async () => {
    await expect(recordedTools(ROW).send_email!({ to: 'kim@example.com' })).rejects.toThrow(
      new Error('No such mailbox.'),
    )
  })

  test('answer equal calls in recorded order, each once', async () => {
    const poll = (output: string) => ({ call: 'poll', input: { id: 1 }, output })
    const tools = recordedTools(
      rowOf([{ user: 'x', agent: [poll('wait'), { ...poll('no'), input: { id: 2 } }, poll('ready')] }]),
    )
    expect(await Promise.all([1, 1].map((id) => tools.poll!({ id })))).toEqual(['wait', 'ready'])
    expect(await failure(tools.poll!({ id: 1 }))).toMatchObject({ code: 'NOT_RECORDED' })
    expect(await tools.poll!({ id: 2 })).toBe('no')
  })

  test('answer any arguments where the row does not say what was given', async () => {
    const messages = [
      { sender: 'end_user', content: 'x' },
      { sender: 'agent', content: '', action_name: 'lookup_order' },
      {
        sender: 'agent',
        content: '',
        action_name: 'lookup_order',
        action_logs: [{ tools_used: null, response: 'second' }],
      },
    ]
    const row = { conversation_id: 'a', started_at: '2026-01-05', messages } as unknown as Conversation
    const tools = recordedTools(row)
    expect(await tools.lookup_order!({ order: 1 })).toBeUndefined()
    expect(await tools.lookup_order!({ order: 2 })).toBe('second')
    const { drift } = await play(row, {
      agent: async (_, { tools: own }) => {
        for (const args of [[1], []]) await own.lookup_order!(...args)
      },
    })
    expect(drift.isEmpty, `${drift}`).toBe(true)
  })

  test('are recorded in a replay wherever they are called, and answer anew in the next', async () => {
    const tools = recordedTools(ROW)
    const agent = agentOf(SCRIPT)
    const closed: Agent = (text, turn) => agent(text, { ...turn, tools })
    for (let i = 0; i < 2; i++) expect((await play(ROW, { agent: closed, tools })).drift.isEmpty).toBe(true)
  })

  test('stand beside functions of the caller, which are called and recorded', async () => {
    const send_email = vi.fn((_: { to: string }) => 'sent')
    const tools = { ...recordedTools(ROW), send_email }
    const { chat, drift } = await play(ROW, { agent: agentOf(SCRIPT), tools })
    expect(send_email).toHaveBeenCalledExactlyOnceWith({ to: 'kim@example.com' })
    expect(chat.transcript()).toContain('send_email({"to":"kim@example.com"}) -> "sent"')
    expect(drift.isEmpty, `${drift}`).toBe(true)
  })

  test('answer one replay at a time', async () => {
    const tools = recordedTools(ROW)
    const agent: Agent = () => new Promise((resolve) => setImmediate(resolve, ''))
    const [first, second] = await Promise.allSettled([play(ROW, { agent, tools }), play(ROW, { agent, tools })])
    expect(first.status).toBe('fulfilled')
    expect(second).toMatchObject({
      reason: { message: expect.stringContaining('Call recordedTools(row) for each replay.') },
    })
    expect((await play(ROW, { agent, tools })).drift.less.length).toBe(4)
  })

  test('are objects that can be awaited, printed and compared', async () => {
    const tools = recordedTools(ROW)
    expect(await tools).toBe(tools)
    expect(Object.keys(tools)).toEqual(['lookup_order', 'lookup_customer', 'issue_refund', 'send_email'])
    expect(inspect(tools)).toContain('lookup_order')
    expect(`${JSON.stringify(tools)}`).toBe('{}')
    expect(tools).toEqual(tools)
    expect(tools.lookup_order!.name).toBe('lookup_order')
    expect(tools.unheard_of).toBe(tools.unheard_of)
  })
})

describe('a call without an answer', () => {
  const calling =
    (name: string, ...args: unknown[]): Agent =>
    async (_, { tools, number }) => {
      if (number === 1) return `${await tools[name]!(...args)}`
      return ''
    }
  const missed = async (...call: [string, ...unknown[]]) =>
    (await failure(play(ROW, { agent: calling(...call) })))?.message

  test('rejects the replay, even if the agent swallows the error', async () => {
    const swallowing: Agent = async (_, { tools }) => tools.lookup_order!({ order: 18 }).catch(() => 'Sorry.')
    const error = await failure(play(ROW, { agent: swallowing }))
    expect(error).toBeInstanceOf(ConversationStoreError)
    expect(error).toMatchObject({ code: 'NOT_RECORDED', parameter: 'lookup_order', value: { order: 18 } })
  })

  test('says what was called, what was recorded, and what to do', async () => {
    expect(await missed('lookup_order', { order: 18, with: ['items'] })).toMatchInlineSnapshot(
      `"lookup_order({"order":18,"with":["items"]}) was called, but the recording of chat-17 has no such call. It has lookup_order({"order":17,"with":["items"]}). The nearest differs in "order": 17 recorded, 18 now. To answer such calls, give onMiss: "nearest" or a function."`,
    )
    expect(await missed('lookup_order', 'x')).toMatchInlineSnapshot(
      `"lookup_order("x") was called, but the recording of chat-17 has no such call. It has lookup_order({"order":17,"with":["items"]}). The nearest differs: {"order":17,"with":["items"]} recorded, "x" now. To answer such calls, give onMiss: "nearest" or a function."`,
    )
    expect(await missed('lookup_ordr', {})).toMatchInlineSnapshot(
      `"lookup_ordr({}) was called, but the recording of chat-17 has no call of lookup_ordr. It has lookup_order, lookup_customer, issue_refund, send_email. Did you mean "lookup_order"? To answer such calls, give onMiss: a function."`,
    )
    const twice: Agent = async (_, { tools }) => {
      for (let i = 0; i < 2; i++) await tools.issue_refund!({ order: 17 })
    }
    expect((await failure(play(ROW, { agent: twice })))?.message).toMatchInlineSnapshot(
      `"issue_refund({"order":17}) was called once more than in the recording of chat-17, which has it once. To answer such calls, give onMiss: "nearest" or a function."`,
    )
    const without = rowOf([{ user: 'x', agent: [] }])
    expect((await failure(play(without, { agent: calling('ping') })))?.message).toMatchInlineSnapshot(
      `"ping({}) was called, but the recording of chat-17 has no call of ping. It has no tool calls. To answer such calls, give onMiss: a function."`,
    )
    const many = rowOf([{ user: 'x', agent: Array.from({ length: 7 }, (_, i) => ({ call: 'a', input: { i } })) }])
    expect((await failure(play(many, { agent: calling('a', { i: 9 }) })))?.message).toMatchInlineSnapshot(
      `"a({"i":9}) was called, but the recording of chat-17 has no such call. It has a({"i":0}), a({"i":1}), a({"i":2}), a({"i":3}), a({"i":4}) and 2 more. The nearest differs in "i": 0 recorded, 9 now. To answer such calls, give onMiss: "nearest" or a function."`,
    )
  })

  test('nearest: is answered by the call that differs in the fewest places', async () => {
    const lookup = (order: number, customer: string, output: string) => ({
      call: 'lookup',
      input: { order, customer },
      output,
    })
    const row = rowOf([
      { user: 'x', agent: [lookup(1, 'a', 'first'), lookup(2, 'b', 'second'), lookup(3, 'b', 'third')] },
    ])
    const given: unknown[] = []
    const agent: Agent = async (_, { tools }) => {
      for (const input of [
        { order: 2, customer: 'c' },
        { order: 9, customer: 'b' },
        { order: 9 },
        { order: 1, customer: 'a' },
      ])
        given.push(await tools.lookup!(input))
    }
    const { drift } = await play(row, { agent, onMiss: 'nearest' })
    expect(given).toEqual(['second', 'third', 'first', 'first'])
    expect([drift.more.length, drift.otherArguments.length]).toEqual([1, 2])
    const unknown: Agent = async (_, { tools }) => tools.refund!({})
    expect(await failure(play(row, { agent: unknown, onMiss: 'nearest' }))).toMatchObject({ code: 'NOT_RECORDED' })
  })

  test('a function answers, or throws', async () => {
    const misses: Miss[] = []
    const agent: Agent = async (_, { number, tools }) => {
      if (number === 2) return ''
      return `${await tools.lookup_order!({ order: 18 })} ${await tools.ping!().catch((error: Error) => error.message)}`
    }
    const { chat } = await play(ROW, {
      agent,
      onMiss: (miss) => {
        misses.push(miss)
        if (miss.name === 'ping') throw new Error('No ping.')
        return Promise.resolve('mine')
      },
    })
    expect(misses).toMatchObject([
      { name: 'lookup_order', input: { order: 18 }, nearest: { turn: 1, input: LOOKUP.input, output: LOOKUP.output } },
      { name: 'ping', input: {}, nearest: undefined },
    ])
    expect(chat.transcript()).toContain(
      'agent: lookup_order({"order":18}) -> "mine"\nagent: ping({}) failed: No ping.\nagent: mine No ping.',
    )
  })

  test('recordedTools has an onMiss of its own, which that of a replay overrules', async () => {
    const tools = recordedTools(ROW, { onMiss: () => 'tools' })
    expect(await tools.ping!()).toBe('tools')
    const agent = calling('ping')
    const textIn = async (onMiss?: () => string) => (await play(ROW, { agent, tools, onMiss })).drift.texts[0]!.replayed
    expect([await textIn(), await textIn(() => 'replay')]).toEqual(['tools', 'replay'])
  })
})

describe('the drift', () => {
  const other: Script = [
    {
      user: '',
      agent: [
        { call: 'lookup_customer', input: { id: 'kim' } },
        { call: 'lookup_order', input: { order: 18, with: ['items'], fast: true } },
        { say: 'It was delivered on Monday.' },
        { say: 'Anything else?' },
      ],
    },
    { user: '', agent: [{ call: 'send_email', input: { to: 'kim@example.com' } }, { call: 'delete_account' }] },
  ]

  test('has what differs, as data', async () => {
    const { drift } = await play(ROW, { agent: agentOf(other), onMiss: () => null })
    expect(drift).toEqual({
      more: [{ turn: 2, name: 'delete_account', input: {} }],
      less: [{ turn: 2, name: 'issue_refund', input: { order: 17 } }],
      otherArguments: [
        {
          turn: 1,
          name: 'lookup_order',
          recorded: { order: 17, with: ['items'] },
          replayed: { order: 18, with: ['items'], fast: true },
          differences: [
            { path: 'order', recorded: 17, replayed: 18 },
            { path: 'fast', recorded: undefined, replayed: true },
          ],
        },
      ],
      otherOrder: [
        {
          name: 'lookup_order',
          input: { order: 18, with: ['items'], fast: true },
          recorded: { turn: 1, after: null },
          replayed: { turn: 1, after: 'lookup_customer' },
        },
      ],
      texts: [
        { turn: 1, recorded: 'It was lost on its way, I am sorry.', replayed: 'It was delivered on Monday.' },
        { turn: 1, recorded: null, replayed: 'Anything else?' },
        { turn: 2, recorded: 'Done.', replayed: null },
      ],
    })
    expect(drift.isEmpty).toBe(false)
    expect(JSON.parse(JSON.stringify(drift))).toMatchObject({ more: drift.more, texts: drift.texts })
  })

  test('reads well, as a string and on a console', async () => {
    const { drift } = await play(ROW, { agent: agentOf(other), onMiss: () => null })
    expect(`${drift}`).toMatchInlineSnapshot(`
      "The replay of chat-17 has 7 differences from the recording (2 turns, 4 tool calls, 2 texts):

      Turn 1, after the user said "Where is order 17?":
        ~ lookup_order was called with other arguments
            order: 17 recorded, 18 now
            fast: nothing recorded, true now
        > lookup_order({"order":18,"with":["items"],"fast":true}) was called after lookup_customer; in the recording, before all others
        ~ another text
            recorded "It was lost on its way, I am sorry."
            now      "It was delivered on Monday."
        + a text that is not in the recording: "Anything else?"

      Turn 2, after the user said "Then I want my money back.":
        - issue_refund({"order":17}) was recorded, but not called now
        + delete_account({}) was called, but is not in the recording
        - a recorded text that was not said now: "Done.""
    `)
    expect(inspect(drift)).toBe(`${drift}`)
  })

  test('of a call in another turn', async () => {
    const moved: Script = [
      { user: '', agent: SCRIPT[0]!.agent.slice(1) },
      { user: '', agent: [LOOKUP, ...SCRIPT[1]!.agent] },
    ]
    const { drift } = await play(ROW, { agent: agentOf(moved) })
    expect(`${drift}`).toMatchInlineSnapshot(`
      "The replay of chat-17 has 1 difference from the recording (2 turns, 4 tool calls, 2 texts):

      Turn 2, after the user said "Then I want my money back.":
        > lookup_order({"order":17,"with":["items"]}) was called in turn 2; in the recording, in turn 1"
    `)
  })

  test('of long texts shows the part that differs, of many differences all of the arguments', async () => {
    const long = (word: string) =>
      `${'It is on its way to you. '.repeat(10)}It comes ${word}. ${'Thank you. '.repeat(20)}`
    const many = (start: number) => Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`key_${i}`, start + i]))
    const script = (word: string, start: number): Script => [
      {
        user: `${'Please. '.repeat(40)}`,
        agent: [{ call: 'a', input: many(start) }, { call: 'b', input: start }, { say: long(word) }],
      },
    ]
    const { drift } = await play(rowOf(script('today', 0)), {
      agent: agentOf(script('tomorrow', 1)),
      onMiss: 'nearest',
    })
    expect(`${drift}`).toMatchInlineSnapshot(`
      "The replay of chat-17 has 3 differences from the recording (1 turn, 2 tool calls, 1 text):

      Turn 1, after the user said "Please. Please. Please. Please. Please. Please. Please. Please. Please. Please. Please. Please. Please. Please. Please. …":
        ~ a was called with other arguments
            key_0: 0 recorded, 1 now
            key_1: 1 recorded, 2 now
            key_2: 2 recorded, 3 now
            key_3: 3 recorded, 4 now
            key_4: 4 recorded, 5 now
            key_5: 5 recorded, 6 now
            key_6: 6 recorded, 7 now
            key_7: 7 recorded, 8 now
            and in 1 more place
        ~ b was called with other arguments
            all of it: 0 recorded, 1 now
        ~ another text
            recorded "…ou. It is on its way to you. It comes today. Thank you. Thank you. Thank you. Thank you. Thank you. Thank you. Thank you…"
            now      "…ou. It is on its way to you. It comes tomorrow. Thank you. Thank you. Thank you. Thank you. Thank you. Thank you. Thank …""
    `)
  })

  test('of none', async () => {
    const { drift } = await play(ROW, { agent: agentOf(SCRIPT) })
    expect(`${drift}`).toMatchInlineSnapshot(`"The replay of chat-17 is as recorded: 2 turns, 4 tool calls, 2 texts."`)
    const short = [{ user: 'x', agent: [LOOKUP, { say: 'y' }] }]
    expect(`${(await play(rowOf(short), { agent: agentOf(short) })).drift}`).toMatchInlineSnapshot(
      `"The replay of chat-17 is as recorded: 1 turn, 1 tool call, 1 text."`,
    )
  })
})

describe('what cannot be replayed', () => {
  const agent: Agent = () => ''

  test.each([
    [
      undefined,
      'row is undefined. Expected a conversation of a store, or a chat. Write replay(store.get("chat-1"), …).',
    ],
    [
      'chat-17',
      'row is "chat-17". Expected a conversation of a store, or a chat. Write replay(store.get("chat-1"), …).',
    ],
    [[ROW], expect.stringContaining('Expected a conversation of a store, or a chat.')],
    [{ conversation_id: 'a' }, expect.stringContaining('started_at is missing.')],
    [{ conversation_id: 'a', started_at: '2026-01-05', message_count: 2 }, expect.stringContaining('full=true')],
    [
      { conversation_id: 'a', started_at: '2026-01-05' },
      'The conversation "a" has no message of the user, so there is nothing to replay.',
    ],
  ])('the row %o', async (row, message) => {
    expect(await failure(play(row as never, { agent }))).toMatchObject({ message })
  })

  test.each([
    [{}, 'agent is undefined. Expected a function. Write agent: (text, { tools }) => "an answer".'],
    [
      { agent, onMiss: 'nearst' },
      'onMiss is "nearst". Expected "throw", "nearest" or a function. Did you mean "nearest"?',
    ],
    [{ agent, store: undefined }, 'store is undefined. Expected a ConversationStore.'],
    [{ agent, tools: 5 }, 'tools is 5. Expected functions by name. Write recordedTools(row).'],
    [{ agent, tools: { x: 1 } }, 'tools.x is 1. Expected a function.'],
    [{ agent, tool: {} }, 'replay has no option "tool". Did you mean "tools"?'],
    [{ agent: () => 5 }, 'What the agent returned in turn 1 is 5. Expected a string, an object { text }, or nothing.'],
    [
      { agent: () => ({ txt: 'x' }) },
      'What the agent returned in turn 1 is {"txt":"x"}. Expected a string, an object { text }, or nothing.',
    ],
  ])('the options %o', async (options, message) => {
    const error = await failure(play(ROW, options as never))
    expect(error).toBeInstanceOf(InvalidQueryError)
    expect(error).toMatchObject({ message })
  })

  test('recordedTools of what is no row, and with other options', () => {
    expect(() => recordedTools(undefined as never)).toThrow('Write recordedTools(store.get("chat-1"), …).')
    expect(() => recordedTools(ROW, { onmiss: 'nearest' } as never)).toThrow('Did you mean "onMiss"?')
    expect(() => recordedTools(ROW, { onMiss: 1 as never })).toThrow(
      'onMiss is 1. Expected "throw", "nearest" or a function.',
    )
  })
})
