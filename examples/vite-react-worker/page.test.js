import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chromium } from 'playwright-core'
import { preview } from 'vite'

test('each key stroke narrows the list', async () => {
  const server = await preview({ preview: { port: 0 }, logLevel: 'error' })
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
  })
  try {
    const page = await browser.newPage()
    await page.goto(server.resolvedUrls.local[0])
    await page.getByText('6 conversations').waitFor()
    await page.getByLabel('Search').fill('refund')
    await page.getByText('2 conversations').waitFor()
    assert.deepEqual(await page.getByRole('listitem').allTextContents(), [
      'I want a REFUND now!',
      'Where is my refund?',
    ])
  } finally {
    await browser.close()
    await server.close()
  }
})
