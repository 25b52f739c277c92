/**
 * What another message costs a long conversation: so many messages into one conversation, beside the same messages into a
 * thousand, in turn. `npm run bench:append`, or `npm run bench:append -- MESSAGES`.
 *
 * Each line is process CPU time and the ratio of the two; a question finds a word of the messages and counts. Over HTTP each
 * message is a POST, of which the answer is that message; the question asks for a page of rows without their messages.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AgentState, createHandler } from '../src/http/index.ts'
import { ConversationStore } from '../src/index.ts'
import { openJournal } from '../src/node/journal/index.ts'

const [argument] = process.argv.slice(2)
const MESSAGES = Number(argument ?? 100_000)
const CONVERSATIONS = 1_000
const ASKED_EACH = 100
const WORDS =
  'thanks your order was sent on monday please tell me where it is now because nobody answered the refund'.split(' ')
const START = Date.parse('2026-01-05T10:00:00Z')

function messageOf(i: number) {
  const content = Array.from({ length: 12 }, (_, at) => WORDS[(i * 7 + at * at) % WORDS.length]).join(' ')
  return {
    timestamp: new Date(START + i * 1_000).toISOString(),
    sender: 'end_user' as const,
    content: `${content} ${i}`,
  }
}

/** Runs the work for each number of conversations and prints what it took. */
async function compare(name: string, run: (conversations: number) => Promise<() => unknown>): Promise<void> {
  const times: number[] = []
  for (const conversations of [CONVERSATIONS, 1]) {
    const work = await run(conversations)
    const before = process.cpuUsage()
    await work()
    const { user, system } = process.cpuUsage(before)
    times.push((user + system) / 1_000)
  }
  const [many, one] = times as [number, number]
  const parts = [`${many.toFixed(0)} ms`, `${one.toFixed(0)} ms`, `${(one / many).toFixed(2)} times`]
  console.log(name.padEnd(44), ...parts.map((part) => part.padStart(12)))
}

const idOf = (i: number, conversations: number) => `c-${i % conversations}`

function filled(conversations: number): ConversationStore {
  const rows = Array.from({ length: conversations }, (_, i) => ({
    conversation_id: idOf(i, conversations),
    started_at: messageOf(0).timestamp,
  }))
  return ConversationStore.from(rows)
}

function live(isAsked: boolean) {
  return async (conversations: number) => () => {
    const store = filled(conversations)
    store.warm()
    const asked = store.query().messageContains('refund')
    for (let i = 0; i < MESSAGES; i++) {
      store.addMessage(idOf(i, conversations), messageOf(i))
      if (isAsked && i % ASKED_EACH === ASKED_EACH - 1) asked.count()
    }
  }
}

function posted(isAsked: boolean) {
  return async (conversations: number) => async () => {
    const state = new AgentState()
    const handler = createHandler(state.store, { state })
    const url = 'http://localhost/api/'
    for (let i = 0; i < MESSAGES; i++) {
      const body = JSON.stringify({ ...messageOf(i), conversation_id: idOf(i, conversations) })
      const headers = { 'content-type': 'application/json' }
      const answer = await handler(new Request(`${url}track/`, { method: 'POST', headers, body }))
      if (answer.status !== 201) throw new Error(`${answer.status}: ${await answer.text()}`)
      if (!isAsked || i % ASKED_EACH !== ASKED_EACH - 1) continue
      const found = await handler(new Request(`${url}conversations/?message_contains=refund&full=false`))
      if (found.status !== 200) throw new Error(await found.text())
    }
  }
}

async function restarted(conversations: number): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'append-'))
  const path = join(folder, 'state.journal')
  const state = new AgentState()
  // Never folded, so that each message is a record of its own.
  const journal = await openJournal(path, state, { foldBytes: Number.POSITIVE_INFINITY })
  const handler = createHandler(state.store, { state, persistence: journal })
  for (let from = 0; from < MESSAGES; from += 1_000) {
    const answers = Array.from({ length: Math.min(1_000, MESSAGES - from) }, (_, at) => {
      const body = JSON.stringify({ ...messageOf(from + at), conversation_id: idOf(from + at, conversations) })
      const headers = { 'content-type': 'application/json' }
      return handler(new Request('http://localhost/api/track/', { method: 'POST', headers, body }))
    })
    await Promise.all(answers)
  }
  await journal.close()
  return async () => {
    const again = new AgentState()
    const opened = await openJournal(path, again, { foldBytes: Number.POSITIVE_INFINITY })
    await opened.close()
    rmSync(folder, { recursive: true })
    if (again.store.size !== conversations) throw new Error(`${again.store.size} conversations came back.`)
  }
}

console.log(
  `${MESSAGES.toLocaleString('en')} messages into ${CONVERSATIONS.toLocaleString('en')} conversations, and into one\n`,
)
await compare('addMessage', live(false))
await compare(`addMessage, a question each ${ASKED_EACH}`, live(true))
await compare('POST', posted(false))
await compare(`POST, a question each ${ASKED_EACH}`, posted(true))
await compare('restart', restarted)
