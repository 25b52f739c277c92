const { ConversationStore, query } = require('conversation-store')
const { counter, createRecorder, recordedTools, replay, steps } = require('conversation-store/testing')
const { answer } = require('./agent.js')
const { calls, model, says } = require('./model.js')

const ORDERS = {
  17: { status: 'lost', total: 12 },
  18: { status: 'on its way', total: 30 },
}

let store
let chat

beforeEach(() => {
  store = new ConversationStore()
  const recorder = createRecorder(store, { now: steps('2026-01-05T10:00:00Z', 1_000), ids: counter() })
  chat = recorder.start({ device: 'mobile', customer_id: 'kim' })
})

/** The tools, recorded: what a test expects of them is in the chat. */
const tools = () => ({
  lookup_order: chat.tool(
    'lookup_order',
    async ({ order }) => ORDERS[order] ?? Promise.reject(new Error('No such order.')),
  ),
  issue_refund: chat.tool('issue_refund', async ({ amount }) => ({ refunded: amount })),
})

/** The conversation so far, as the model gets it. */
const messagesOf = (row) =>
  row.messages
    .filter(({ action_name }) => !action_name)
    .map(({ sender, content }) => ({ role: sender === 'agent' ? 'assistant' : 'user', content }))

/** The customer says something, and the agent answers by these steps of the model. */
async function say(text, ...told) {
  chat.user(text)
  chat.agent(await answer(model(...told), tools(), messagesOf(chat.toConversation())))
}

const refund = () =>
  say(
    'Where is order 17?',
    calls('lookup_order', { order: 17 }),
    calls('issue_refund', { order: 17, amount: 12 }),
    says('Order 17 was lost. A refund of € 12 is on its way.'),
  )

describe('a lost order', () => {
  beforeEach(refund)

  test('is looked up and refunded, once, in this order', () => {
    expect(chat).toHaveAction('lookup_order', { input: { order: 17 }, times: 1, before: 'issue_refund' })
    expect(chat).toHaveAction('issue_refund', { input: { order: 17, amount: 12 }, times: 1, after: 'lookup_order' })
    expect(chat).toHaveTrajectory(['lookup_order', 'issue_refund'])
  })

  test('nothing fails, and nothing else is done', () => {
    expect(chat).not.toHaveAction('issue_refund', { failed: true })
    expect(chat).toHaveTrajectory(['lookup_order', 'issue_refund', 'send_email'], { mode: 'subset' })
  })

  test('the customer hears of the amount', () => {
    expect(chat).toHaveMessage(/refund of €\s?12/, { sender: 'agent', turn: 'last' })
  })

  test('the tool’s answer is what the model goes by', () => {
    expect(chat).toHaveAction('lookup_order', { output: { status: 'lost', total: expect.any(Number) } })
  })

  test('is not refunded again in the next turn', async () => {
    await say('Thank you!', says('You are welcome.'))

    expect(chat.lastTurn()).toHaveMessage('welcome')
    expect(chat.lastTurn()).toHaveTrajectory([])
    expect(chat).toHaveAction('issue_refund', { times: 1 })
  })

  test('is a conversation like this', () => {
    expect(chat).toMatchConversation({
      device: 'mobile',
      messages: [
        { sender: 'end_user' },
        { action_name: 'lookup_order' },
        { action_name: 'issue_refund' },
        { sender: 'agent', content: expect.stringContaining('on its way') },
      ],
    })
  })

  test('reads like this', () => {
    expect(chat.transcript()).toMatchInlineSnapshot(`
      "user: Where is order 17?
      agent: lookup_order({"order":17}) -> {"status":"lost","total":12}
      agent: issue_refund({"order":17,"amount":12}) -> {"refunded":12}
      agent: Order 17 was lost. A refund of € 12 is on its way."
    `)
  })
})

describe('an order that is not lost', () => {
  test('is not refunded', async () => {
    await say('Where is order 18?', calls('lookup_order', { order: 18 }), says('It is on its way.'))

    expect(chat).toHaveAction('lookup_order', { output: { status: 'on its way', total: 30 } })
    expect(chat).not.toHaveAction('issue_refund')
  })

  test('may not be there at all: the failure is recorded, and the agent goes on', async () => {
    await say('Where is order 99?', calls('lookup_order', { order: 99 }), says('I cannot find order 99.'))

    expect(chat).toHaveAction('lookup_order', { failed: true, error: 'No such order.' })
    expect(chat).toHaveMessage('cannot find', { sender: 'agent' })
  })
})

test('the store is asked over all conversations', async () => {
  await refund()
  chat = createRecorder(store, { ids: counter('other-') }).start({ device: 'desktop' })
  await say('Hello', says('How can I help?'))

  expect(store).toHaveConversation(query().customerId('kim').action('issue_refund'))
  expect(store.query().device('mobile')).toHaveCount(1)
  expect(store).not.toHaveConversation(query().device('desktop').hasAction())
})

describe('a conversation of yesterday', () => {
  const replayed = async (...told) => {
    await refund()
    const row = chat.toConversation()
    const today = model(...told)
    return replay(row, {
      store,
      tools: recordedTools(row, { onMiss: 'nearest' }),
      agent: (_, turn) => answer(today, turn.tools, messagesOf(turn.chat.toConversation())),
    })
  }

  test('goes the same way today', async () => {
    const { drift } = await replayed(
      calls('lookup_order', { order: 17 }),
      calls('issue_refund', { amount: 12, order: 17 }),
      says('Order 17 was lost. A refund of € 12 is on its way.'),
    )
    expect(String(drift)).toMatch('is as recorded')
    expect(drift.isEmpty).toBe(true)
  })

  test('goes another way with a model that refunds too much, and says how', async () => {
    const { drift } = await replayed(
      calls('issue_refund', { order: 17, amount: 120 }),
      says('Order 17 was lost. A refund of € 12 is on its way.'),
    )
    expect(String(drift)).toMatchInlineSnapshot(`
      "The replay of chat-1 has 2 differences from the recording (1 turn, 2 tool calls, 1 text):

      Turn 1, after the user said "Where is order 17?":
        - lookup_order({"order":17}) was recorded, but not called now
        ~ issue_refund was called with other arguments
            amount: 12 recorded, 120 now"
    `)
  })
})
