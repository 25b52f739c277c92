/** A Chromium with an empty profile, and pages in it that are watched: what must never happen fails the test. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { test as base, expect } from 'vitest'
import { launch } from './chromium.ts'
import { type Server, serveFolder } from './server.ts'

/** One profile of the browser: what it keeps, others do not see. */
export interface Profile {
  readonly context: BrowserContext
  /** Opens a tab. */
  open(url: string): Promise<Page>
}

interface Fixtures {
  readonly browser: Browser
  /** The built page on a static host, with the policy that `explore` sends. */
  readonly host: Server
  /** Opens a fresh profile. It is closed at the end of the test, which fails if anything happened in it that must not. `allowed`: an event that may. */
  readonly profile: (options?: BrowserContextOptions, allowed?: RegExp) => Promise<Profile>
}

export const test = base.extend<Fixtures>({
  browser: [
    // biome-ignore lint/correctness/noEmptyPattern: what a fixture needs is read from its first parameter.
    async ({}, use) => {
      const browser = await launch()
      await use(browser)
      await browser.close()
    },
    { scope: 'file' },
  ],
  host: [
    // biome-ignore lint/correctness/noEmptyPattern: what a fixture needs is read from its first parameter.
    async ({}, use) => {
      const server = await serveFolder()
      await use(server)
      await server.close()
    },
    { scope: 'file' },
  ],
  profile: async ({ browser }, use) => {
    const opened: { context: BrowserContext; events: string[] }[] = []
    await use(async (options, allowed) => {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB', ...options })
      // Conditions are waited for as long as a slow machine needs.
      context.setDefaultTimeout(60_000)
      const events = watch(context, allowed)
      opened.push({ context, events })
      return {
        context,
        open: async (url) => {
          const page = await context.newPage()
          await page.goto(url)
          return page
        },
      }
    })
    for (const { context } of opened) await context.close()
    expect(opened.flatMap(({ events }) => events)).toEqual([])
  },
})

/** What happens in a profile and must not: errors, warnings of the policy, dialogs, requests that leave the machine. */
function watch(context: BrowserContext, allowed?: RegExp): string[] {
  const events: string[] = []
  context.on('console', (message) => {
    const event = `console: ${message.text()} (${message.location().url})`
    if (message.type() === 'error' && !allowed?.test(event)) events.push(event)
  })
  context.on('weberror', (error) => events.push(`error: ${error.error().stack ?? error.error().message}`))
  context.on('dialog', (dialog) => {
    events.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  const origins = new Set<string>()
  context.on('request', (request) => {
    const url = new URL(request.url())
    if (request.isNavigationRequest() && origins.size === 0) origins.add(url.origin)
    const isLocal = ['blob:', 'data:'].includes(url.protocol) || origins.has(url.origin)
    if (!isLocal) events.push(`request: ${request.method()} ${request.url()}`)
  })
  return events
}

export { expect }
