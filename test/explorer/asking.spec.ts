/** Asking with the keyboard and the mouse: every count is what the reference says of the rows that the page holds. */
import type { Part } from './judge.ts'
import { expect, shows, test } from './opened.ts'

const MOBILE: Part = { on: 'Device', says: (q) => q.device('mobile') }
const DEVICES: Part = { on: 'Device', says: (q) => q.device('mobile', 'tablet') }
const NO_REFUND: Part = {
  on: 'Failed actions',
  says: (q) => q.not((inside) => inside.action({ name: 'issue_refund', failed: true })),
}

test('all of them at first', async ({ visit }) => {
  await shows(await visit())
})

test('values are ticked, and left out', async ({ visit }) => {
  const person = await visit()
  await person.value('Device', 'mobile').click()
  await shows(person, MOBILE)
  await person.value('Device', 'tablet').click()
  await shows(person, DEVICES)
  await person.value('Failed actions', 'issue_refund').click({ modifiers: ['Shift'] })
  await shows(person, DEVICES, NO_REFUND)
  await person.value('Device', 'tablet').click()
  await shows(person, MOBILE, NO_REFUND)
})

test('null and missing are ticked', async ({ visit }) => {
  const person = await visit()
  await person.value('Environment', 'none').click()
  await shows(person, { on: 'Environment', says: (q) => q.where('environment', 'isnull', true) })
  await person.value('Environment', 'none').click()
  await shows(person)
  await person.openFacet('tenant')
  await person.value('tenant', 'not there').click()
  await shows(person, { on: 'tenant', says: (q) => q.where('metadata.tenant', 'exists', false) })
})

test('words are typed letter by letter', async ({ visit }) => {
  const person = await visit()
  await shows(person)
  await person.field.click()
  await person.field.pressSequentially('ref')
  await shows(person, { says: (q) => q.search('ref') })
  await person.field.pressSequentially('und')
  await shows(person, { says: (q) => q.search('refund') })
  expect((await person.drawn()).get(1)?.toLowerCase()).toContain('refund')
  await person.field.fill('')
  await shows(person)
})

test('back, forward and a reload give the same views', async ({ visit }) => {
  const person = await visit()
  await person.value('Device', 'mobile').click()
  await shows(person, MOBILE)
  await person.value('Failed actions', 'issue_refund').click({ modifiers: ['Shift'] })
  await shows(person, MOBILE, NO_REFUND)
  const { page } = person
  await page.goBack()
  await shows(person, MOBILE)
  await page.goBack()
  await shows(person)
  await page.goForward()
  await shows(person, MOBILE)
  await page.reload()
  await shows(person, MOBILE)
  await page.goForward()
  await shows(person, MOBILE, NO_REFUND)
})

test('typing makes one step of the history, not one a letter', async ({ visit }) => {
  const person = await visit()
  await person.value('Device', 'mobile').click()
  await shows(person, MOBILE)
  await person.field.click()
  await person.field.pressSequentially('refund')
  await shows(person, MOBILE, { says: (q) => q.search('refund') })
  await person.page.goBack()
  await shows(person)
})

test('a link gives the same view in a fresh profile', async ({ visit, profile }) => {
  const person = await visit()
  await person.value('Device', 'mobile').click()
  await person.field.click()
  await person.field.pressSequentially('order')
  await person.value('Failed actions', 'issue_refund').click({ modifiers: ['Shift'] })
  const asked: Part[] = [MOBILE, NO_REFUND, { says: (q) => q.search('order') }]
  await shows(person, ...asked)
  const { open } = await profile()
  const other = person.on(await open(person.page.url()))
  await shows(other, ...asked)
  expect(await other.pills()).toEqual(await person.pills())
})
