/** What a person opens: nothing, a broken file, a folder, and what is kept in the browser. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { onTestFinished } from 'vitest'
import { generate } from '../../src/features/generate/index.ts'
import { expect, type Profile, test } from './browser.ts'
import { drop } from './drag.ts'
import { Judge } from './judge.ts'
import { showsBy } from './opened.ts'
import { Person } from './person.ts'
import { linesOf, makeRows } from './rows.ts'
import type { Server } from './server.ts'

const rows = makeRows(90)

function folderOf(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'explorer-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [name, contents] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), contents)
  }
  return folder
}

/** The page with few rows open, so that the next ones come at once. */
async function few(host: Server, { open }: Profile): Promise<Person> {
  host.files.set('few.ndjson', linesOf(makeRows(3)))
  const person = new Person(await open(`${host.url}?src=few.ndjson`))
  await person.rows.first().waitFor()
  return person
}

test('nothing: 100,000 generated ones, to the last row', { timeout: 240_000 }, async ({ host, profile }) => {
  const person = new Person(await (await profile()).open(host.url))
  // While they come, what is there can be asked.
  await person.rows.first().waitFor()
  const all = [...generate({ count: 100_000 })].filter(({ is_deleted }) => !is_deleted)
  await expect.poll(async () => (await person.seen()).matching, { timeout: 200_000 }).toEqual([all.length, all.length])
  const seen = await person.seen()
  expect(seen.listed).toBe(all.length)
  expect(new Map(seen.facets.Device).get('mobile')).toBe(all.filter(({ device }) => device === 'mobile').length)
  // Newest first: the oldest is the last.
  all.sort((a, b) => (a.started_at < b.started_at ? 1 : a.started_at > b.started_at ? -1 : b.id - a.id))
  const titleAt = (place: number) => all[place - 1]!.name ?? all[place - 1]!.messages[0]!.content.slice(0, 40)
  await person.list.focus()
  await person.page.keyboard.press('End')
  await expect.poll(async () => (await person.drawn()).get(all.length) ?? '').toContain(titleAt(all.length))
  // Somewhere in the middle, by the scroll bar.
  await person.list.evaluate((element) => {
    element.scrollTop = element.scrollHeight / 2
  })
  await expect
    .poll(async () => {
      const drawn = [...(await person.drawn())]
      return (
        drawn.length > 5 &&
        drawn.every(([place, words]) => place > 20_000 && place < 80_000 && words.includes(titleAt(place)))
      )
    })
    .toBe(true)
  await person.field.fill('warranty')
  const found = all.filter(({ name, conversation_id, customer_id, messages }) =>
    [name, conversation_id, customer_id, ...messages.map(({ content }) => content)].some((text) =>
      text?.toLowerCase().includes('warranty'),
    ),
  )
  await expect.poll(async () => (await person.seen()).matching?.[0]).toBe(found.length)
})

test('a broken file names the line and keeps the rest', async ({ host, profile }) => {
  const lines = linesOf(rows).split('\n')
  lines.splice(3, 0, 'not a row', '{"conversation_id": "no time"}')
  const folder = folderOf({ 'broken.ndjson': lines.join('\n') })
  const person = await few(host, await profile())
  await drop(person.page, [join(folder, 'broken.ndjson')])
  await showsBy(new Judge(rows), person)
  await person.page.getByText('2 places could not be read').waitFor()
  await person.page.getByRole('button', { name: 'Show all' }).click()
  await person.page.getByText('broken.ndjson, line 4').waitFor()
  await person.page.getByText('broken.ndjson, line 5').waitFor()
})

test('a folder with folders in it', async ({ host, profile }) => {
  const folder = folderOf({
    'a.ndjson': linesOf(rows.slice(0, 30)),
    'deep/b.json': JSON.stringify(rows.slice(30, 60)),
    'deep/er/c.ndjson.gz': gzipSync(linesOf(rows.slice(60))),
    'read me.txt': 'No rows here.',
  })
  const person = await few(host, await profile())
  await drop(person.page, [folder])
  await showsBy(new Judge(rows), person)
})

test('files that are picked, and kept in this browser', async ({ host, profile }) => {
  const folder = folderOf({ 'rows.ndjson': linesOf(rows) })
  const one = await profile()
  const { context } = one
  // Where there are none, files are asked for.
  host.files.set('none.ndjson', '')
  const first = new Person(await one.open(`${host.url}?src=none.ndjson`))
  await first.page.locator('input[data-open=files]').first().setInputFiles(join(folder, 'rows.ndjson'))
  await showsBy(new Judge(rows), first)
  await first.page.getByRole('button', { name: 'Keep', exact: true }).click()
  await first.page.getByText('Kept in this browser').waitFor()
  await first.page.close()
  const again = await context.newPage()
  await again.goto(host.url)
  await showsBy(new Judge(rows), new Person(again))
})
