/** For everyone: axe in every state, the keyboard alone, no focus lost, large text, small windows, no motion. */
import type { Page } from 'playwright-core'
import { describe } from 'vitest'
import { faultsOf } from './axe.ts'
import { expect, shows, test } from './opened.ts'
import { prepare, STATES } from './states.ts'

describe.each(['light', 'dark'] as const)('axe finds nothing, %s', (colorScheme) => {
  for (const [name, bring] of Object.entries(STATES)) {
    test(name, async ({ host, profile }) => {
      prepare(host)
      const { context } = await profile({ colorScheme })
      const page = await context.newPage()
      await bring({ page, host })
      expect(await faultsOf(page)).toEqual([])
    })
  }
})

test('axe finds nothing on a phone', async ({ host, profile }) => {
  prepare(host)
  const { context } = await profile({ viewport: { width: 360, height: 740 }, hasTouch: true })
  const page = await context.newPage()
  for (const name of ['first view', 'facets are ticked', 'a conversation, a tool call unfolded']) {
    await STATES[name]!({ page, host })
    expect(await faultsOf(page)).toEqual([])
  }
})

test('the keyboard alone is enough', async ({ visit }) => {
  const person = await visit()
  const { page } = person
  const { keyboard } = page
  await shows(person)
  await keyboard.press('/')
  await expect.poll(() => focused(page)).toMatch(/combobox/)
  await keyboard.type('refund')
  await shows(person, { says: (q) => q.search('refund') })
  await keyboard.press('Escape')
  // A list of values is one stop: arrows move in it.
  await tabTo(page, /checkbox.*desktop/i)
  await keyboard.press('ArrowDown')
  expect(await focused(page)).toMatch(/checkbox.*mobile/i)
  await keyboard.press('Space')
  await shows(person, { says: (q) => q.search('refund') }, { on: 'Device', says: (q) => q.device('mobile') })
  await tabTo(page, /listbox Conversations that match/)
  await keyboard.press('ArrowDown')
  await keyboard.press('Enter')
  await person.conversation.getByRole('heading', { level: 2 }).waitFor()
  await tabTo(page, /button More for this conversation/)
  await keyboard.press('Enter')
  await page.getByRole('menu').waitFor()
  await keyboard.press('Escape')
  await expect.poll(() => focused(page)).toMatch(/More for this conversation/)
})

test('every stop of the Tab key is seen, and leads on', async ({ visit }) => {
  const person = await visit('', { viewport: { width: 1440, height: 900 } })
  const { page } = person
  await shows(person)
  const stops: string[] = []
  for (let i = 0; i < 120; i++) {
    await page.keyboard.press('Tab')
    const stop = await focused(page)
    if (stop === 'body' || stop === stops[0]) break
    stops.push(stop)
    // A ring, or another mark of the focus.
    expect(await page.evaluate(() => document.activeElement?.matches(':focus-visible')), stop).toBe(true)
  }
  for (const wanted of [/combobox/, /checkbox/, /slider/, /listbox/]) {
    expect(
      stops.some((stop) => wanted.test(stop)),
      `${wanted} of ${stops.join('; ')}`,
    ).toBe(true)
  }
})

test('the focus stays when the list changes', async ({ visit }) => {
  const person = await visit()
  const { page } = person
  await shows(person)
  // A value moves in its list, and nothing matches any more.
  await person.value('Device', 'desktop').focus()
  await page.keyboard.press('Space')
  await shows(person, { on: 'Device', says: (q) => q.device('desktop') })
  expect(await focused(page)).toMatch(/checkbox.*desktop/)
  await person.list.focus()
  await page.keyboard.press('End')
  await page.goBack()
  await shows(person)
  expect(await focused(page)).not.toBe('body')
  await person.list.focus()
  await page.evaluate(() => history.pushState(null, '', location.href.replace('#', '&search=zzzqq#')))
  await page.goBack()
  await shows(person)
  expect(await focused(page)).not.toBe('body')
})

test('200 % zoom: nothing is cut, all can be used', async ({ visit }) => {
  const person = await visit('', { viewport: { width: 720, height: 450 }, deviceScaleFactor: 2 })
  const { page } = person
  await person.rows.first().waitFor()
  expect(await overflow(page)).toBe(0)
  await person.rows.first().click()
  await person.conversation.getByRole('heading', { level: 2 }).waitFor()
  expect(await overflow(page)).toBe(0)
})

test('text of twice the size fits', async ({ visit }) => {
  const person = await visit()
  const { page } = person
  await person.rows.first().waitFor()
  await page.evaluate(() => {
    document.documentElement.style.fontSize = '200%'
  })
  expect(await overflow(page)).toBe(0)
  await shows(person)
})

test('360 px: one pane at a time, all of it there', async ({ visit }) => {
  const person = await visit('', { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true })
  const { page } = person
  const tabs = page.getByRole('navigation', { name: 'Panes' })
  await person.rows.first().waitFor()
  expect(await overflow(page)).toBe(0)
  await tabs.getByRole('button', { name: 'Filters' }).tap()
  await person.value('Device', 'mobile').tap()
  expect(await overflow(page)).toBe(0)
  await tabs.getByRole('button', { name: 'Conversations' }).tap()
  await shows(person, { on: 'Device', says: (q) => q.device('mobile') })
  await person.rows.first().tap()
  await person.conversation.getByRole('heading', { level: 2 }).waitFor()
  expect(await overflow(page)).toBe(0)
  await page.goBack()
  await person.rows.first().waitFor()
})

test('nothing moves where less motion is wanted', async ({ visit }) => {
  const person = await visit('', { reducedMotion: 'reduce' })
  await person.rows.first().waitFor()
  const moving = await person.page.evaluate(() =>
    [...document.querySelectorAll('*')].flatMap((element) => {
      const { transitionDuration, animationDuration, animationName } = getComputedStyle(element)
      const longest = (text: string) => Math.max(...text.split(',').map((part) => Number.parseFloat(part)))
      const isMoving =
        longest(transitionDuration) > 0.01 || (animationName !== 'none' && longest(animationDuration) > 0.01)
      return isMoving ? [`${element.tagName} ${element.className}`] : []
    }),
  )
  expect(moving).toEqual([])
})

/** The element that has the focus: its role and its name, or `body`. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement
    if (element === null || element === document.body) return 'body'
    const role = element.getAttribute('role') ?? element.tagName.toLowerCase()
    const name = element.getAttribute('aria-label') ?? element.textContent ?? ''
    return `${role} ${name.trim().slice(0, 80)}`
  })
}

async function tabTo(page: Page, wanted: RegExp): Promise<void> {
  const passed: string[] = []
  for (let i = 0; i < 150; i++) {
    const stop = await focused(page)
    if (wanted.test(stop)) return
    passed.push(stop)
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab never came to ${wanted}: ${passed.join('; ')}`)
}

/** How many pixels of the page lie beside the window. */
function overflow(page: Page): Promise<number> {
  return page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - innerWidth))
}
