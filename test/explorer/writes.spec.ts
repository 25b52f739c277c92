/** Changes by a person: they show in all panes and in other tabs, and can be taken back. */

import { query } from '../../src/index.ts'
import { expect, judge, shows, test } from './opened.ts'
import { Person } from './person.ts'

test('mark, rename, rate, delete, restore', async ({ visit }) => {
  const person = await visit('', { permissions: [] })
  const { page, conversation } = person
  await shows(person)
  await person.openFacet('Marked')
  const marked = () => person.value('Marked', 'Yes').textContent()
  const before = judge.count(query().marked())
  await person.rows.first().click()
  await conversation.getByRole('heading', { name: 'A long talk about zebras' }).waitFor()

  await conversation.getByRole('button', { name: 'Mark (m)' }).click()
  await person.rows.first().getByRole('img', { name: 'Marked' }).waitFor()
  await expect.poll(marked).toContain(String(before + 1))

  await conversation.getByRole('button', { name: 'Rename' }).click()
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Another <b>name</b>')
  await page.keyboard.press('Enter')
  await expect.poll(() => person.rows.first().textContent()).toContain('Another <b>name</b>')

  const positive = judge.count(query().feedbackSentiment('positive'))
  await conversation.getByRole('button', { name: 'Positive', exact: true }).click()
  await conversation.getByRole('textbox', { name: 'Comment' }).fill('Well done')
  await conversation.getByRole('button', { name: 'Give positive feedback' }).click()
  await conversation.getByText('Well done').waitFor()
  await expect.poll(() => person.value('Sentiment', 'Positive').textContent()).toContain(String(positive + 1))

  await conversation.getByRole('button', { name: 'More for this conversation' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await expect.poll(async () => (await person.seen()).matching?.[0]).toBe(judge.total - 1)
  await page.getByRole('button', { name: 'Undo' }).last().click()
  await expect.poll(async () => (await person.seen()).matching?.[0]).toBe(judge.total)
})

test('two tabs', async ({ visit }) => {
  const one = await visit()
  await shows(one)
  const page = await one.page.context().newPage()
  await page.goto(one.page.url())
  const two = new Person(page)
  await shows(two)
  await one.rows.first().click()
  await one.conversation.getByRole('button', { name: 'Mark (m)' }).click()
  await two.rows.first().getByRole('img', { name: 'Marked' }).waitFor()
})
