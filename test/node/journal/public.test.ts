/** The journal as users have it: from the entry points, by the example of its documentation. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as http from 'conversation-store/http'
import * as node from 'conversation-store/node'
import { afterEach, beforeEach, expect, test } from 'vitest'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'conversation-store-public-'))
})

afterEach(() => rmSync(folder, { recursive: true }))

/** The example of `openJournal`, with the file in the folder of the test. */
function example(): string {
  const source = readFileSync(new URL('../../../src/node/journal/open.ts', import.meta.url), 'utf8')
  const [, code] = /@example\n((?: \* .*\n)+?) \*\//.exec(source)!
  return code!.replaceAll(/^ \* /gm, '').replace("'state.journal'", JSON.stringify(join(folder, 'state.journal')))
}

/** Runs the example and gives what it made. */
async function run(): Promise<{ handler: http.Handler; journal: node.Journal<http.RecordedEvent> }> {
  const AsyncFunction = run.constructor as new (...code: string[]) => (...values: unknown[]) => Promise<never>
  const names = ['AgentState', 'createHandler', 'openJournal']
  const made = new AsyncFunction(...names, `${example()}\nreturn { handler, journal }`)
  return made(http.AgentState, http.createHandler, node.openJournal)
}

test('three lines keep what a handler is told', async () => {
  expect(example().trim().split('\n').length).toBe(3)
  const first = await run()
  const body = JSON.stringify({ timestamp: '2026-01-05T10:00:00Z', conversation_id: 'kept' })
  const headers = { 'content-type': 'application/json' }
  const post = new Request('http://localhost/api/conversations/', { method: 'POST', headers, body })
  expect((await first.handler(post)).status).toBe(201)
  await first.journal.close()

  const second = await run()
  expect(second.journal.isNew).toBe(false)
  const list = await second.handler(new Request('http://localhost/api/conversations/'))
  expect(await list.json()).toMatchObject({ count: 1, results: [{ conversation_id: 'kept' }] })
  await second.journal.close()
  expect(readdirSync(folder)).toEqual(['state.journal'])
})

test('the types fit without a word of typing', async () => {
  const state = new http.AgentState()
  const journal = await node.openJournal(join(folder, 'state.journal'), state)
  http.createHandler(state.store, { state, persistence: journal })
  await journal.close()
})

test.each([undefined, null, {}, 'state', { apply() {} }])('%j is not a state', async (state) => {
  const opening = node.openJournal(join(folder, 'state.journal'), state as unknown as http.AgentState)
  await expect(opening).rejects.toMatchObject({ code: 'INVALID_VALUE', parameter: 'state' })
  expect(readdirSync(folder)).toEqual([])
})

test('errors have codes to switch on', async () => {
  const path = join(folder, 'notes.txt')
  writeFileSync(path, 'not a journal\n')
  const error = await node.openJournal(path, new http.AgentState()).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(node.JournalError)
  expect(error).toMatchObject({ code: 'NO_JOURNAL', file: path })
})

test('nothing of the file system is public', () => {
  expect(Object.keys(node).sort()).toEqual(['JournalError', 'listen', 'openJournal'])
})
