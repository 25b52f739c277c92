import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { chromium } from 'playwright-core'
import { preview } from 'vite'

let server, browser, page, url

before(async () => {
  server = await preview({ preview: { port: 0 }, logLevel: 'error' })
  url = server.resolvedUrls.local[0]
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
  })
})
after(async () => {
  await browser.close()
  await server.close()
})
// A visitor with an empty profile.
beforeEach(async () => {
  page = await browser.newPage()
})

for (const path of ['', 'quick-start.html']) {
  test(`each key stroke narrows the list: /${path}`, async () => {
    await page.goto(url + path)
    await page.getByText('6 conversations').waitFor()
    await page.getByLabel('Search').fill('refund')
    await page.getByText('2 conversations').waitFor()
    assert.deepEqual(await page.getByRole('listitem').allTextContents(), [
      'I want a REFUND now!',
      'Where is my refund?',
    ])
  })
}

test('the second visit opens what the first one kept', async () => {
  const statuses = []
  page.context().on('response', (response) => {
    if (response.url().endsWith('.snap')) statuses.push(response.status())
  })
  await page.goto(url)
  await page.getByText(/^Opened from the network in \d+ ms\.$/).waitFor()
  await page.reload()
  await page.getByText(/^Opened from the cache in \d+ ms\.$/).waitFor()
  await page.getByText('6 conversations').waitFor()
  assert.deepEqual(statuses, [200, 304])
})

test('without a connection too', async () => {
  await page.goto(url)
  await page.getByText('Opened from the network').waitFor()
  await page.context().route('**/*.snap', (route) => route.abort())
  await page.reload()
  await page.getByText(/^Opened from the cache in \d+ ms, perhaps not the latest\.$/).waitFor()
  await page.getByText('6 conversations').waitFor()
})
