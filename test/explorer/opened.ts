/** The page with the usual rows open, and whether all that it shows is right. */
import type { BrowserContextOptions } from 'playwright-core'
import { test as base, expect } from './browser.ts'
import { Judge, type Part } from './judge.ts'
import { Person } from './person.ts'
import { linesOf, makeRows } from './rows.ts'

export const rows = makeRows()
export const judge = new Judge(rows)

/** Opens the page in a fresh profile: `?` and `#` of its address, after `?src=`. */
export type Visit = (place?: string, options?: BrowserContextOptions) => Promise<Person>

export const test = base.extend<{ visit: Visit }>({
  visit: async ({ host, profile }, use) => {
    host.files.set('rows.ndjson', linesOf(rows))
    await use(async (place = '', options = {}) => {
      const { open } = await profile(options)
      const [search = '', hash] = place.replace(/^\?/, '').split('#')
      const address = `${host.url}?src=rows.ndjson${search && `&${search}`}${hash === undefined ? '' : `#${hash}`}`
      return new Person(await open(address))
    })
  },
})

/** Waits until every count on the screen is what the reference says of what is asked. */
export async function shows(person: Person, ...asked: Part[]): Promise<void> {
  await showsBy(judge, person, ...asked)
}

/** The same over other rows. */
export async function showsBy(judge: Judge, person: Person, ...asked: Part[]): Promise<void> {
  await expect.poll(async () => judge.differences(asked, await person.seen())).toEqual([])
}

export { expect }
