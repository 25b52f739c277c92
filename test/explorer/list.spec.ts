/** The list and the conversation beside it. */

import { query } from '../../src/index.ts'
import { expect, judge, shows, test } from './opened.ts'

test('the last row can be reached, and each is where the reference has it', async ({ visit }) => {
  const person = await visit()
  await shows(person)
  const names = judge.ids(query()).map((id) => judge.store.get(id)!)
  await person.list.focus()
  await person.page.keyboard.press('End')
  const last = names.at(-1)!
  await expect.poll(async () => (await person.drawn()).get(names.length)).toContain(titleOf(last))
  await person.page.keyboard.press('Home')
  await expect.poll(async () => (await person.drawn()).get(1)).toContain(titleOf(names[0]!))
  await person.list.hover()
  await person.page.mouse.wheel(0, 5_000)
  await expect.poll(async () => Math.min(...(await person.drawn()).keys())).toBeGreaterThan(20)
  for (const [place, words] of await person.drawn()) {
    if (words !== '') expect(words).toContain(titleOf(names[place - 1]!))
  }
})

test('any order', async ({ visit }) => {
  const person = await visit()
  await person.page.getByRole('combobox', { name: 'Order by' }).selectOption({ label: 'Turns' })
  const rows = judge.ids(query().orderBy('-message_count')).map((id) => judge.store.get(id)!)
  await expect.poll(async () => (await person.drawn()).get(1)).toContain(titleOf(rows[0]!))
  for (const [place, words] of await person.drawn()) expect(words).toContain(titleOf(rows[place - 1]!))
  await person.page.getByRole('button', { name: /Turn the order round/ }).click()
  const turned = judge.ids(query().orderBy('message_count')).map((id) => judge.store.get(id)!)
  await expect.poll(async () => (await person.drawn()).get(1)).toContain(titleOf(turned[0]!))
})

test('a conversation is read: a tool call unfolds, matches are stepped through, the next one follows', async ({
  visit,
}) => {
  const person = await visit('?search=zebra')
  await shows(person, { says: (q) => q.search('zebra') })
  await person.rows.first().click()
  const { conversation } = person
  await conversation.getByRole('heading', { name: 'A long talk about zebras' }).waitFor()
  const call = conversation.getByRole('button', { name: /lookup_order · 120 ms · ok/ })
  await call.click()
  await conversation.getByText('zebra', { exact: true }).first().waitFor()
  // The user's words are plain, the agent's are Markdown.
  await conversation.getByText('Where is my **zebra**? <b>Tell</b> me.').waitFor()
  expect(await conversation.getByRole('link', { name: 'link' }).getAttribute('href')).toBe('https://zebra.example/')
  expect(await conversation.getByRole('listitem').filter({ hasText: 'one zebra' }).count()).toBeGreaterThan(0)
  const bar = conversation.getByRole('toolbar', { name: 'Matches' })
  await bar.getByText(/^1 of \d+/).waitFor()
  await person.page.keyboard.press('n')
  await bar.getByText(/^2 of \d+/).waitFor()
  await person.page.keyboard.press('p')
  await bar.getByText(/^1 of \d+/).waitFor()
  expect(await conversation.locator('mark[data-current]').count()).toBe(1)
})

test('j and k go through the conversations of the filtered set', async ({ visit }) => {
  const person = await visit('?device=mobile')
  await shows(person, { on: 'Device', says: (q) => q.device('mobile') })
  const rows = judge.ids(query().device('mobile')).map((id) => judge.store.get(id)!)
  await person.rows.first().click()
  const heading = person.conversation.getByRole('heading', { level: 2 })
  await expect.poll(() => heading.textContent()).toBe(rows[0]!.name ?? rows[0]!.conversation_id)
  for (const at of [1, 2, 3]) {
    await person.page.keyboard.press('j')
    await expect.poll(() => heading.textContent()).toBe(rows[at]!.name ?? rows[at]!.conversation_id)
  }
  await person.page.keyboard.press('k')
  await expect.poll(() => heading.textContent()).toBe(rows[2]!.name ?? rows[2]!.conversation_id)
})

function titleOf({
  name,
  conversation_id,
  messages,
}: {
  name: string | null
  conversation_id: string
  messages: readonly { content: string }[]
}): string {
  return name ?? messages[0]?.content.slice(0, 40) ?? conversation_id
}
