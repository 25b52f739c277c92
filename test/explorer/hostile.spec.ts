/** Words that try to be more than words: they are shown, and never run. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { onTestFinished } from 'vitest'
import { query } from '../../src/index.ts'
import { expect, test } from './browser.ts'
import { drop } from './drag.ts'
import { FILE_NAMES, hostileRows, hugeRow, MARKUP } from './hostile.ts'
import { Judge } from './judge.ts'
import { Person } from './person.ts'
import { linesOf, makeRows } from './rows.ts'

const rows = hostileRows()
const judge = new Judge(rows)

/** Nothing ran, nothing was loaded, nothing took the page over. What leaves the origin or says an error fails every test. */
async function isSafe(page: Page): Promise<void> {
  const found = await page.evaluate(() => ({
    hacked: 'hacked' in globalThis,
    polluted: 'polluted' in {},
    base: new URL('.', document.baseURI).href === new URL('.', location.href).href,
    loaded: [...document.querySelectorAll('iframe, object, embed, base, video, audio, meta[http-equiv], style, img')]
      .length,
    handlers: [...document.querySelectorAll('*')].filter((element) =>
      element.getAttributeNames().some((name) => name.startsWith('on')),
    ).length,
    links: [...document.querySelectorAll('a, area, [*|href], form')].map((element) => {
      const address = element.getAttribute('href') ?? element.getAttribute('action') ?? ''
      return address === '' ? 'none:' : new URL(address, location.href).protocol
    }),
  }))
  expect(found).toMatchObject({ hacked: false, polluted: false, base: true, loaded: 0, handlers: 0 })
  expect(found.links.filter((protocol) => !['http:', 'https:', 'mailto:', 'none:'].includes(protocol))).toEqual([])
}

test('every conversation is read, in every pane', async ({ host, profile }) => {
  host.files.set('hostile.ndjson', linesOf(rows))
  const person = new Person(await (await profile()).open(`${host.url}?src=hostile.ndjson`))
  const { page, conversation } = person
  await expect.poll(async () => (await person.seen()).matching?.[0]).toBe(rows.length)
  for (const label of ['Customer', 'Name', 'Conversation ID', 'Senders', 'note', 'url']) await person.openFacet(label)
  await isSafe(page)
  await person.rows.first().click()
  for (const id of judge.ids(query())) {
    const row = judge.store.get(id)!
    const piece = row.messages[0]!.content
    await expect.poll(() => isOpen(page, id)).toBe(true)
    // The user's words are all there, as they stand.
    if (MARKUP.includes(piece)) await conversation.getByText(piece, { exact: true }).first().waitFor()
    // What is folded is unfolded: tool calls, and branches of JSON.
    const folded = conversation.locator('button[aria-expanded=false]:not([aria-haspopup])')
    for (let left = 12; left > 0 && (await folded.count()) > 0; left--) await folded.first().click()
    await isSafe(page)
    await page.keyboard.press('j')
  }
})

test('what is typed and linked is no more than words', async ({ host, profile }) => {
  host.files.set('hostile.ndjson', linesOf(rows))
  const { open } = await profile()
  const person = new Person(await open(`${host.url}?src=hostile.ndjson`))
  await person.field.fill(MARKUP[1]!)
  await expect.poll(async () => (await person.seen()).matching?.[0]).toBe(judge.count(query().search(MARKUP[1]!)))
  await isSafe(person.page)
  const words = encodeURIComponent(MARKUP[0]!)
  const other = new Person(
    await open(
      `${host.url}?src=hostile.ndjson&device=${words}&metadata=${words}:${words}#open=${words}&numbers=${words}&by=${words}&off=0~name=${words}`,
    ),
  )
  await expect.poll(async () => (await other.seen()).matching).not.toBe(null)
  await isSafe(other.page)
})

test('names of files', async ({ host, profile }) => {
  const folder = mkdtempSync(join(tmpdir(), 'explorer-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const some = makeRows(30)
  FILE_NAMES.forEach((name, at) => {
    writeFileSync(
      join(folder, name),
      `${linesOf(some.slice(at * 10, at * 10 + 10))}<script>globalThis.hacked=1</script>\n`,
    )
  })
  host.files.set('few.ndjson', linesOf(makeRows(3)))
  const person = new Person(await (await profile()).open(`${host.url}?src=few.ndjson`))
  await person.rows.first().waitFor()
  await drop(person.page, [folder])
  const notice = person.page.getByText(/3 places could not be read/)
  await notice.waitFor()
  await person.page.getByRole('button', { name: 'Show all' }).click()
  await person.page.getByText('<img src=x onerror=globalThis.hacked=1>.ndjson').first().waitFor()
  await isSafe(person.page)
})

test('ten million characters in one message', async ({ host, profile }) => {
  host.files.set('huge.ndjson', linesOf([hugeRow(), ...makeRows(5)]))
  const person = new Person(await (await profile()).open(`${host.url}?src=huge.ndjson&search=needle`))
  await expect.poll(async () => (await person.seen()).matching?.[0]).toBe(1)
  await person.list.locator('mark').first().waitFor()
  await person.rows.first().click()
  await person.conversation.getByRole('toolbar', { name: 'Matches' }).getByText('1 of 1+').waitFor()
  await person.conversation.locator('mark[data-current]').waitFor()
  // Marks stand in its beginning alone. All of it is searched.
  await person.field.fill('haystack')
  await expect.poll(async () => (await person.seen()).matching?.[0]).toBe(1)
  await person.field.fill('haystacks')
  await expect.poll(async () => (await person.seen()).matching?.[0]).toBe(0)
  await isSafe(person.page)
})

/** Whether the address says that this conversation is open. */
async function isOpen(page: Page, id: string): Promise<boolean> {
  return new URLSearchParams(new URL(page.url()).hash.slice(1)).get('open') === id
}
