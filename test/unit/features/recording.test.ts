/** Recording an agent: what the rows have, what comes back, and what is refused. */
import { describe, expect, test } from 'vitest'
import { ConversationStore as CoreStore } from '../../../src/core.ts'
import { FILES_ALONE } from '../../../src/features/recording/parts.ts'
import { ConversationStore } from '../../../src/index.ts'
import type { Conversation } from '../../../src/row/conversation.ts'
import { counter, createRecorder, steps, transcriptOf } from '../../../src/testing/index.ts'

/** A recorder of an empty store, whose clock goes on by a second with each call. */
function recording() {
  const store = new ConversationStore()
  const recorder = createRecorder(store, { now: steps('2026-01-05T10:00:00Z', 1_000), ids: counter() })
  return { store, recorder, chat: recorder.start() }
}

const time = (second: number) => `2026-01-05T10:00:${String(second).padStart(2, '0')}Z`

/** The runs of all tools of a row, in order. */
const runsIn = ({ messages }: Conversation) => messages.flatMap(({ action_logs }) => action_logs ?? [])

describe('a conversation', () => {
  test('starts as the hosted API makes it', () => {
    const { store, recorder } = recording()
    const chat = recorder.start({
      conversation_id: 'c',
      device: 'mobile',
      environment: ' PROD ',
      metadata: { plan: 'pro' },
    })

    expect(chat.conversation_id).toBe('c')
    expect(chat.store).toBe(store)
    expect(chat.toConversation()).toBe(store.get('c'))
    expect(chat.toConversation()).toEqual({
      id: 2,
      conversation_id: 'c',
      name: null,
      customer_id: null,
      customer_ip_address: null,
      device: 'mobile',
      language: null,
      environment: 'production',
      is_marked: false,
      is_deleted: false,
      is_used: true,
      started_at: time(1),
      ended_at: time(1),
      deleted_at: null,
      metadata: { plan: 'pro' },
      geo_location: null,
      messages: [],
      feedbacks: [],
    })
  })

  test('is named by the ids, and not like one that is there', () => {
    const store = ConversationStore.from([{ conversation_id: 'chat-1', started_at: '2026-01-01' }])
    const recorder = createRecorder(store, { ids: counter() })
    expect([recorder.start(), recorder.start()].map((chat) => chat.conversation_id)).toEqual(['chat-2', 'chat-3'])
    expect(createRecorder(store).start().conversation_id).toMatch(/^[0-9a-f]{32}$/)
  })

  test('that is there is taken up, and stays as it was', () => {
    const { store, chat, recorder } = recording()
    chat.user('Hello')
    const before = store.get(chat.conversation_id)
    const again = recorder.start({ conversation_id: chat.conversation_id, device: 'tablet' })
    expect(store.get(chat.conversation_id)).toBe(before)
    again.agent('Hi')
    expect(store.size).toBe(1)
    expect(chat.toConversation().messages.map(({ content }) => content)).toEqual(['Hello', 'Hi'])
  })

  test('ends with its latest message, and one that is earlier is put in its place', () => {
    const { chat } = recording()
    chat.user('first').agent('third').agent('second', { at: '2026-01-05T11:00:01.5+01:00' })
    const { messages, ended_at } = chat.toConversation()
    expect(messages.map(({ content, timestamp }) => [content, timestamp])).toEqual([
      ['first', time(1)],
      ['second', '2026-01-05T10:00:01.500000Z'],
      ['third', time(2)],
    ])
    expect(ended_at).toBe(time(2))
  })
})

describe('what is said', () => {
  test('is a message of the user or the agent, with metadata and files', () => {
    const { chat } = recording()
    const metadata = { intent: 'lost', list: [1] }
    const files = [
      { filename: 'a.png', mime_type: 'image/png', data: new Uint8Array(5) },
      { filename: 'b', data: 'YWJj' },
    ]
    expect(chat.user('Where is it?', { files, metadata })).toBe(chat)
    metadata.list.push(2)
    expect(chat.toConversation().messages).toEqual([
      {
        id: 1,
        timestamp: time(1),
        sender: 'end_user',
        content: 'Where is it?',
        action_name: null,
        metadata: { intent: 'lost', list: [1] },
        attachments: [
          { id: 1, type: 'image', filename: 'a.png', mime_type: 'image/png', size_bytes: 5 },
          { id: 2, type: 'document', filename: 'b', mime_type: 'application/octet-stream', size_bytes: 3 },
        ],
        action_logs: [],
        button: null,
      },
    ])
    expect(Object.isFrozen(metadata)).toBe(false)
  })

  test('may be empty where files come with it', () => {
    const { chat } = recording()
    chat.user('', { files: [{ filename: 'b', data: 'YWJj' }] })
    expect(chat.toConversation().messages).toMatchObject([
      { sender: 'end_user', content: FILES_ALONE, attachments: [{ id: 1 }] },
    ])
  })

  test('buttons, files, tokens and feedback have the shapes of the hosted API', () => {
    const { chat } = recording()
    chat.button('Yes', { button_event: 'confirm', value: { yes: true }, metadata: { a: 1 } })
    chat.button({ label: 'No' })
    chat.attachment({ filename: 'a.txt', mime_type: 'text/plain', data: 'YQ==' }, { sender: 'agent' })
    chat.tokens({ prompt_tokens: 5, completion_tokens: 7 })
    chat.tokens({ prompt_tokens: 1, embedding_tokens: 2, total_tokens: 9 })
    chat.feedback('negative', { comment: 'too slow', metadata: { stars: 1 } })
    chat.feedback({ sentiment: 'positive' })
    const { messages, feedbacks } = chat.toConversation()
    expect(messages).toMatchObject([
      {
        sender: 'end_user',
        content: 'Yes',
        button: { button_event: 'confirm', label: 'Yes', value: { yes: true } },
        metadata: { a: 1 },
      },
      { sender: 'end_user', content: 'No', button: { button_event: null, label: 'No', value: null } },
      { sender: 'agent', content: FILES_ALONE, attachments: [{ type: 'text', filename: 'a.txt', size_bytes: 1 }] },
      {
        action_name: 'token_usage',
        content: 'Action token_usage performed',
        metadata: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12, embedding_tokens: 0 },
      },
      {
        action_name: 'token_usage',
        metadata: { prompt_tokens: 6, completion_tokens: 7, total_tokens: 21, embedding_tokens: 2 },
      },
    ])
    expect(runsIn(chat.toConversation())).toMatchObject([
      { started_at: null, action: 1 },
      { action: 1, id: 2 },
    ])
    expect(feedbacks).toEqual([
      {
        id: 1,
        sentiment: 'negative',
        source: 'customer',
        comment: 'too slow',
        metadata: { stars: 1 },
        created_at: time(6),
      },
      { id: 2, sentiment: 'positive', source: 'customer', comment: null, metadata: null, created_at: time(7) },
    ])
  })
})

describe('a tool', () => {
  test('is timed, and its input and result are recorded', () => {
    const { chat } = recording()
    const lookup = chat.tool('lookup_order', ({ order }: { order: number }) => ({ order, status: 'lost' }))
    expect(lookup({ order: 17 })).toEqual({ order: 17, status: 'lost' })
    expect(chat.toConversation().messages).toEqual([
      {
        id: 1,
        timestamp: time(1),
        sender: 'agent',
        content: 'Action lookup_order performed',
        action_name: 'lookup_order',
        metadata: {},
        attachments: [],
        action_logs: [
          {
            id: 1,
            action: 1,
            started_at: time(1),
            ended_at: time(2),
            duration_ms: 1_000,
            tools_used: { order: 17 },
            response: { order: 17, status: 'lost' },
            error_message: '',
            metadata: {},
          },
        ],
        button: null,
      },
    ])
  })

  test('that throws is recorded, and throws the same', async () => {
    const { chat } = recording()
    const error = new TypeError('No such order')
    const fail = () => {
      throw error
    }
    expect(chat.tool('sync', fail)).toThrow(error)
    await expect(chat.tool('async', async () => fail())()).rejects.toBe(error)
    for (const thrown of ['text', undefined, { code: 7 }, new Error('')])
      expect(() =>
        chat.tool('odd', () => {
          throw thrown
        })(),
      ).toThrow()
    expect(runsIn(chat.toConversation()).map(({ error_message, response }) => [error_message, response])).toEqual([
      ['No such order', null],
      ['No such order', null],
      ['text', null],
      ['undefined', null],
      ['{"code":7}', null],
      ['Error', null],
    ])
  })

  test('keeps its this, its arguments, its name and its promise', async () => {
    const { chat } = recording()
    const api = {
      base: 2,
      times: chat.tool('times', async function (this: { base: number }, a: number, b: number) {
        return this.base * a * b
      }),
    }
    expect(api.times).toHaveLength(2)
    expect(api.times.name).toBe('times')
    await expect(api.times(3, 4)).resolves.toBe(24)
    expect(runsIn(chat.toConversation())).toMatchObject([{ tools_used: [3, 4], response: 24 }])
  })

  test('input is the argument, {} for none; what frameworks add after it is left out', () => {
    const { chat } = recording()
    const tool = chat.tool('any', (..._: unknown[]) => undefined)
    const calls = [
      [],
      ['order-1'],
      [{ a: 1 }],
      [[1, 2]],
      [{ a: 1 }, { b: 2 }],
      [{ a: 1 }, { toolCallId: 'x', messages: [] }],
      [{ a: 1 }, new (class Context {})()],
      [null],
      [undefined, 2],
    ]
    for (const args of calls) tool(...args)
    expect(runsIn(chat.toConversation()).map(({ tools_used }) => tools_used)).toEqual([
      ...[{}, 'order-1', { a: 1 }, [1, 2], [{ a: 1 }, { b: 2 }], { a: 1 }, { a: 1 }, null, [{}, 2]],
    ])
  })

  test('is recorded as it was called, whatever it does to its input', () => {
    const { chat } = recording()
    const input = { items: [1] }
    chat.tool('clear', (given: { items: number[] }) => void given.items.pop())(input)
    expect(input).toEqual({ items: [] })
    expect(runsIn(chat.toConversation())).toMatchObject([{ tools_used: { items: [1] }, response: null }])
  })

  test('may give anything: what is not JSON is kept in words', () => {
    const { chat } = recording()
    const cycle: Record<string, unknown> = { name: 'x' }
    cycle.self = cycle
    let deep: unknown = 1
    for (let i = 0; i < 200; i++) deep = [deep]
    const given = {
      date: new Date('2026-01-05'),
      map: new Map([['a', 1]]),
      set: new Set([1]),
      big: 12n,
      bytes: new Uint8Array(3),
      nan: Number.NaN,
      zero: -0,
      error: new RangeError('no'),
      lost: undefined,
      fn: () => 1,
      list: [undefined, () => 1],
      cycle,
      get bad() {
        throw new Error('x')
      },
    }
    const tool = chat.tool('odd', (value: unknown) => value)
    expect(tool(given)).toBe(given)
    expect(tool(deep)).toBe(deep)
    const [odd, nested] = runsIn(chat.toConversation()).map(({ response }) => response)
    expect(odd).toBe('[unreadable]')
    expect(JSON.stringify(nested)).toBe(`${'['.repeat(32)}"[...]"${']'.repeat(32)}`)
    const { bad, ...readable } = Object.getOwnPropertyDescriptors(given)
    tool(Object.defineProperties({}, readable))
    expect(runsIn(chat.toConversation()).at(-1)?.response).toEqual({
      date: '2026-01-05T00:00:00.000Z',
      map: { a: 1 },
      set: [1],
      big: '12',
      bytes: '[3 bytes]',
      nan: null,
      zero: 0,
      error: { name: 'RangeError', message: 'no' },
      list: [null, null],
      cycle: { name: 'x', self: '[cycle]' },
    })
  })

  test('runs beside others, in any number of conversations, and each has its own times', async () => {
    const { recorder } = recording()
    const chats = [recorder.start(), recorder.start()]
    const gates: (() => void)[] = []
    const wait = (input: string) => new Promise<string>((resolve) => gates.push(() => resolve(`${input}!`)))
    const runs = chats.flatMap((chat) =>
      ['a', 'b'].map((name) => chat.tool(name, wait)(`${name} of ${chat.conversation_id}`)),
    )
    expect(chats.flatMap((chat) => runsIn(chat.toConversation())).every(({ ended_at }) => ended_at === null)).toBe(true)
    for (const open of gates.toReversed()) open()
    await Promise.all(runs)
    const rows = chats.map((chat) => chat.toConversation())
    expect(rows.map((row) => row.messages.map(({ action_name }) => action_name))).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ])
    expect(rows.flatMap(runsIn).map(({ tools_used, response }) => [tools_used, response])).toEqual(
      ['a of chat-2', 'b of chat-2', 'a of chat-3', 'b of chat-3'].map((text) => [text, `${text}!`]),
    )
    // The last one to begin was the first to end.
    expect(rows.flatMap(runsIn).map(({ duration_ms }) => duration_ms)).toEqual([7_000, 5_000, 3_000, 1_000])
  })

  test('that never ends is a run without an end', () => {
    const { store, chat } = recording()
    chat.tool('wait', () => new Promise(() => {}))()
    chat.agent('Please wait.')
    expect(runsIn(chat.toConversation())).toMatchObject([
      { started_at: time(1), ended_at: null, duration_ms: null, error_message: '' },
    ])
    expect(store.query().action('wait').count()).toBe(1)
    expect(chat.transcript()).toBe('agent: wait({}) has not ended\nagent: Please wait.')
  })

  test('of an async generator gives the same values, and its result is the last', async () => {
    const { chat } = recording()
    const tool = chat.tool('count', async function* (to: number) {
      for (let i = 1; i <= to; i++) yield i
    })
    const seen: number[] = []
    for await (const value of tool(3)) seen.push(value)
    for await (const value of tool(3)) if (value === 2) break
    expect(seen).toEqual([1, 2, 3])
    expect(runsIn(chat.toConversation()).map(({ response }) => response)).toEqual([3, 2])
  })

  test('of an async generator reaches it with what is sent, and gives what it returns', async () => {
    const { chat } = recording()
    let isClosed = false
    const tool = chat.tool('ask', async function* (): AsyncGenerator<string, string, number> {
      try {
        const one = yield 'one?'
        try {
          yield 'two?'
        } catch (error) {
          return `${one}, ${error}`
        }
        return 'not reached'
      } finally {
        isClosed = true
      }
    })
    const answers = tool()
    expect(await answers.next()).toEqual({ done: false, value: 'one?' })
    expect(await answers.next(1)).toEqual({ done: false, value: 'two?' })
    expect(await answers.throw('no')).toEqual({ done: true, value: '1, no' })
    expect(isClosed).toBe(true)
    const other = tool()
    await other.next()
    isClosed = false
    await other.return('enough')
    expect(isClosed).toBe(true)
    expect(runsIn(chat.toConversation()).map(({ response }) => response)).toEqual(['1, no', 'one?'])
  })

  test('calls then once, of a promise that works when it is asked', async () => {
    const { chat } = recording()
    let asked = 0
    // biome-ignore lint/suspicious/noThenProperty: such promises are what is tested.
    const lazy = () => ({ then: (resolve: (value: number) => void) => resolve(++asked) }) as PromiseLike<number>
    await chat.tool('lazy', lazy)()
    expect(asked).toBe(1)
  })

  test('ends without a trace where its conversation is gone by then', async () => {
    const { store, chat } = recording()
    let open = () => {}
    const run = chat.tool(
      'wait',
      () =>
        new Promise<void>((resolve) => {
          open = resolve
        }),
    )()
    store.purge(chat.conversation_id)
    open()
    await expect(run).resolves.toBeUndefined()
    expect(store.size).toBe(0)
    expect(() => chat.user('Hello')).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }))
    expect(() => chat.toConversation()).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }))
  })

  test('that is called elsewhere is begun and ended once', () => {
    const { chat } = recording()
    const end = chat.run('search', { q: 'x' })
    end({ output: ['hit'] })
    end({ error: 'too late' })
    chat.run('search', { q: 'y' })({ error: new Error('down') })
    expect(runsIn(chat.toConversation())).toMatchObject([
      { tools_used: { q: 'x' }, response: ['hit'], error_message: '' },
      { tools_used: { q: 'y' }, response: null, error_message: 'down' },
    ])
  })
})

describe('the last turn', () => {
  test('is the last that the user said, and all after it', () => {
    const { chat } = recording()
    chat.user('Hello').agent('Hi').user('Where is it?').user('Order 17')
    chat.run('lookup_order', { order: 17 })({ output: 'lost' })
    const turn = chat.lastTurn()
    chat.agent('It is lost.')
    expect(turn.transcript()).toBe('user: Where is it?\nuser: Order 17\nagent: lookup_order({"order":17}) -> "lost"')
    expect(turn.toConversation()).toEqual({
      ...chat.toConversation(),
      ended_at: time(5),
      messages: chat.toConversation().messages.slice(2, 5),
    })
    expect(turn.conversation_id).toBe(chat.conversation_id)
    expect(chat.lastTurn().toConversation().messages).toHaveLength(4)
  })

  test('is all there is where the user said nothing', () => {
    const { chat } = recording()
    expect(chat.lastTurn().toConversation().messages).toEqual([])
    chat.agent('Welcome!')
    expect(chat.lastTurn().toConversation().messages).toHaveLength(1)
  })
})

describe('a transcript', () => {
  const recorded = () => {
    const { chat } = recording()
    chat.user('Where is order 17?\nI am waiting.', {
      files: [{ filename: 'a.png', mime_type: 'image/png', data: 'YWJj' }],
    })
    chat.run('lookup_order', { order: 17 })({ output: { status: 'lost' } })
    chat.run('refund', { order: 17 })({ error: new Error('Timeout') })
    chat.run('notify')({})
    chat.run('wait', {})
    chat.tokens({ prompt_tokens: 80, completion_tokens: 30 })
    chat.agent('It is lost.').button('Thanks').attachment({ filename: 'b.txt', mime_type: 'text/plain', data: '' })
    chat.feedback('negative', { comment: 'too slow' }).feedback('neutral')
    return chat
  }

  test('has neither ids nor times', () => {
    expect(recorded().transcript()).toMatchInlineSnapshot(`
      "user: Where is order 17?
        I am waiting.
      user: [file] a.png (image/png, 3 bytes)
      agent: lookup_order({"order":17}) -> {"status":"lost"}
      agent: refund({"order":17}) failed: Timeout
      agent: notify() -> null
      agent: wait({}) has not ended
      agent: [tokens] prompt 80, completion 30, total 110
      agent: It is lost.
      user: [button] Thanks
      user: [file] b.txt (text/plain, 0 bytes)
      [feedback] negative: too slow
      [feedback] neutral"
    `)
  })

  test('has them where they are asked for', () => {
    expect(recorded().transcript({ ids: true, times: true })).toMatchInlineSnapshot(`
      "2026-01-05T10:00:01Z #1 user: Where is order 17?
        I am waiting.
      2026-01-05T10:00:01Z #1 user: [file] a.png (image/png, 3 bytes)
      2026-01-05T10:00:02Z #2 agent: lookup_order({"order":17}) -> {"status":"lost"} (1000 ms)
      2026-01-05T10:00:04Z #3 agent: refund({"order":17}) failed: Timeout (1000 ms)
      2026-01-05T10:00:06Z #4 agent: notify() -> null (1000 ms)
      2026-01-05T10:00:08Z #5 agent: wait({}) has not ended
      2026-01-05T10:00:09Z #6 agent: [tokens] prompt 80, completion 30, total 110
      2026-01-05T10:00:10Z #7 agent: It is lost.
      2026-01-05T10:00:11Z #8 user: [button] Thanks
      2026-01-05T10:00:12Z #9 user: [file] b.txt (text/plain, 0 bytes)
      2026-01-05T10:00:13Z [feedback] negative: too slow
      2026-01-05T10:00:14Z [feedback] neutral"
    `)
  })

  test('is that of any row', () => {
    const row = ConversationStore.from([
      {
        conversation_id: 'a',
        started_at: '2026-01-05',
        messages: [
          { sender: 'agent', content: '', action_name: 'refund' },
          { sender: 'agent', content: '' },
        ],
      },
    ]).get('a')!
    expect(transcriptOf(row)).toBe('agent: refund() -> null\nagent: ')
    expect(transcriptOf(row, { ids: true, times: true })).toBe(
      'at no time #undefined agent: refund() -> null\nat no time #undefined agent: ',
    )
  })
})

test('the same history gives the same rows, in stores of both entry points', () => {
  const tell = (store: ConversationStore | CoreStore) => {
    const recorder = createRecorder(store, { now: steps('2026-01-05T10:00:00Z'), ids: counter() })
    const [a, b] = [recorder.start(), recorder.start({ device: 'mobile' })]
    a.user('Hello')
    b.run('search', { q: 'x' })({ output: 1 })
    a.run('find', {})({ error: 'no' })
    return [...store]
  }
  const rows = tell(new ConversationStore())
  expect(tell(new CoreStore())).toEqual(rows)
  expect(tell(new ConversationStore())).toEqual(rows)
})

test('two recorders of one store give no id twice', () => {
  const store = new ConversationStore()
  for (const id of ['a', 'b']) createRecorder(store).start({ conversation_id: id }).run(`tool ${id}`)
  expect([...store].flatMap(runsIn).map(({ id, ...log }) => [id, (log as { action?: unknown }).action])).toEqual([
    [1, 1],
    [2, 2],
  ])
})

describe('bad input changes nothing and is named', () => {
  const { store, chat, recorder } = recording()
  const file = (more: object) => chat.user('x', { files: [{ filename: 'a', data: '', ...more }] })
  test.each<[string, () => unknown]>([
    ['a list for a store', () => createRecorder([] as never)],
    ['an unknown option', () => createRecorder(store, { clock: Date.now } as never)],
    ['a clock that is not a function', () => createRecorder(store, { now: '2026-01-05' as never })],
    ['ids that are not a function', () => createRecorder(store, { ids: 'chat' as never })],
    ['a misspelt key', () => recorder.start({ conversation_ID: 'x' } as never)],
    ['an empty id', () => recorder.start({ conversation_id: '' })],
    ['a long id', () => recorder.start({ conversation_id: 'x'.repeat(256) })],
    ['a device that is not a string', () => recorder.start({ device: 5 as never })],
    ['metadata that is a list', () => recorder.start({ metadata: [1] })],
    ['a flag that is none', () => recorder.start({ is_used: 'yes' as never })],
    ['an empty environment', () => recorder.start({ environment: ' ' })],
    ['an empty message', () => chat.user('')],
    ['a message that is not a string', () => chat.agent(5 as never)],
    ['an unknown option of a message', () => chat.agent('x', { file: [] } as never)],
    ['a time that is none', () => chat.agent('x', { at: 'soon' })],
    ['a file for files', () => chat.user('x', { files: { filename: 'a', data: '' } as never })],
    ['a file without a name', () => file({ filename: undefined })],
    ['a file with a type that is none', () => file({ mime_type: 5 })],
    ['a file of what is not base64', () => file({ data: '*' })],
    ['no files', () => chat.attachment([])],
    ['files of nobody', () => chat.attachment({ filename: 'a', data: '' }, { sender: 'user' as never })],
    ['a tool without a name', () => chat.tool('', () => 1)],
    ['a tool without a function', () => chat.tool('x', {} as never)],
    ['a button without a label', () => chat.button({ value: 1 } as never)],
    ['tokens by another name', () => chat.tokens({ promptTokens: 1 } as never)],
    ['half a token', () => chat.tokens({ prompt_tokens: 0.5 })],
    ['a feeling that is none', () => chat.feedback('bad' as never)],
    ['an unknown option of a transcript', () => chat.transcript({ time: true } as never)],
    ['a start that is no time', () => steps('soon')],
    ['steps of half a millisecond', () => steps('2026-01-05', 0.5)],
    ['a prefix that is not a string', () => counter(1 as never)],
  ])('%s', (_, act) => {
    const before = [...store]
    expect(act).toThrowErrorMatchingSnapshot()
    expect([...store]).toEqual(before)
  })

  test('a clock and ids that give nothing are named as well', () => {
    expect(() => createRecorder(store, { now: () => 'soon' }).start()).toThrow('now gave "soon". Expected a Date')
    expect(() => createRecorder(store, { ids: () => null as never }).start()).toThrow(
      'ids gave null. Expected a string',
    )
    expect(() => createRecorder(store, { ids: () => 'chat-1' }).start()).toThrow('Expected a new one')
  })
})
