/** `conversation-store explore` with files of a person: the page, writes of the page and of the API, keys, reading only. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { test as base, expect } from './browser.ts'
import { type Exploring, explore } from './command.ts'
import { Judge } from './judge.ts'
import { showsBy } from './opened.ts'
import { Person } from './person.ts'
import { linesOf, makeRows } from './rows.ts'

const rows = makeRows(120)

const test = base.extend<{ serve: (...options: string[]) => Promise<Exploring> }>({
  // biome-ignore lint/correctness/noEmptyPattern: what a fixture needs is read from its first parameter.
  serve: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'explorer-'))
    const running: Exploring[] = []
    const [one, two] = [join(folder, 'one.ndjson'), join(folder, 'two.ndjson.gz')]
    writeFileSync(one, `${linesOf(rows.slice(0, 60))}{"conversation_id": "broken"\n`)
    writeFileSync(two, gzipSync(linesOf(rows.slice(60))))
    await use(async (...options) => {
      running.push(await explore(one, two, ...options))
      return running.at(-1)!
    })
    for (const { stop } of running) await stop()
    rmSync(folder, { recursive: true })
  },
})

const HEADERS = { 'content-type': 'application/json', authorization: 'Api-Key secret' }

test('the files are shown, and what is wrong with them; writes of the API and of a tab reach every tab', async ({
  serve,
  profile,
}) => {
  const { url, api } = await serve()
  const judge = new Judge(rows)
  const { open } = await profile()
  const [one, two] = [new Person(await open(url)), new Person(await open(url))]
  await showsBy(judge, one)
  await showsBy(judge, two)
  await one.page.getByText(/1 place could not be read/).waitFor()

  // An agent records.
  const message = {
    conversation_id: 'live',
    sender: 'end_user',
    content: 'Hello from an agent',
    timestamp: '2025-06-01T00:00:00Z',
  }
  const answer = await fetch(`${api}/track/`, { method: 'POST', headers: HEADERS, body: JSON.stringify(message) })
  expect(answer.ok).toBe(true)
  await expect.poll(async () => (await one.seen()).matching?.[0]).toBe(judge.total + 1)
  await expect.poll(async () => (await two.seen()).matching?.[0]).toBe(judge.total + 1)

  // A person marks in one tab: the other shows it, and the server has it.
  await one.rows.first().click()
  await one.conversation.getByRole('button', { name: 'Mark (m)' }).click()
  await two.rows.first().getByRole('img', { name: 'Marked' }).waitFor()
  const marked = (await (
    await fetch(`${api}/conversations/?is_marked=true&page_size=100`, { headers: HEADERS })
  ).json()) as {
    results: { conversation_id: string }[]
  }
  expect(marked.results.map(({ conversation_id }) => conversation_id)).toContain('live')
})

test('with --read-only nothing can be changed', async ({ serve, profile }) => {
  const { url } = await serve('--read-only')
  const person = new Person(await (await profile()).open(url))
  await showsBy(new Judge(rows), person)
  await person.rows.first().click()
  await person.conversation.getByRole('heading', { level: 2 }).waitFor()
  for (const name of ['Mark (m)', 'Rename']) {
    expect(await person.conversation.getByRole('button', { name }).count()).toBe(0)
  }
})

test('a key is asked for once', async ({ serve, profile }) => {
  const { url } = await serve('--key', 'secret')
  // The browser itself says that the first request was refused.
  const { open } = await profile({}, /status of 401 .*session\.json/)
  const page = await open(url)
  const person = new Person(page)
  await page.getByLabel('Key', { exact: true }).fill('secret')
  await page.getByRole('button', { name: 'Open', exact: true }).click()
  await showsBy(new Judge(rows), person)
  await page.reload()
  await showsBy(new Judge(rows), person)
})
