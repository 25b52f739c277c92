/** The page in the states that a person meets it in: axe looks at each, and so do people, in pictures. */
import type { Page } from 'playwright-core'
import { Person } from './person.ts'
import { linesOf, makeRows } from './rows.ts'
import type { Server } from './server.ts'

/** A page that is brought into a state: its host, and a way to go to an address on it. */
export interface Stage {
  readonly page: Page
  readonly host: Server
}

/** Files that the states open. */
export function prepare({ files }: Server): void {
  const rows = makeRows()
  const lines = linesOf(rows)
  files.set('rows.ndjson', lines)
  files.set('broken.ndjson', lines.replace('\n', '\n{"conversation_id": "broken", "started_at": \nnot a row at all\n'))
  const many = linesOf(makeRows(2_500))
  files.set('endless.ndjson', { begins: many, bytes: 4 * Buffer.byteLength(many) })
}

/** Opens rows at a place of the page: what follows `?src=rows.ndjson`. */
async function at({ page, host }: Stage, place = '', file = 'rows.ndjson'): Promise<Person> {
  await page.goto(`${host.url}?src=${file}${place}`)
  const person = new Person(page)
  return person
}

/** At some widths a pane is behind its tab. */
async function pane(person: Person, name: 'Filters' | 'Conversations' | 'Conversation'): Promise<void> {
  const tab = person.page.getByRole('navigation', { name: 'Panes' }).getByRole('button', { name, exact: true })
  if (await tab.isVisible()) await tab.click()
}

/** Brings a page into a state, and waits until it is there. */
type Bring = (stage: Stage) => Promise<void>

export const STATES: Readonly<Record<string, Bring>> = {
  async 'first view'(stage) {
    const person = await at(stage)
    await person.rows.first().waitFor()
    await person.slider.waitFor()
  },
  async 'typed, with matches'(stage) {
    const person = await at(stage)
    await person.field.click()
    await person.field.pressSequentially('refund')
    await person.page.keyboard.press('Enter')
    await person.list.locator('mark').first().waitFor()
  },
  async 'pills, one negated, one off, two joined'(stage) {
    const where = encodeURIComponent(
      JSON.stringify([
        { not: [{ field: 'language', lookup: 'exact', value: 'ja' }] },
        {
          or: [
            [{ field: 'action', lookup: 'matches', value: { name: 'issue_refund', failed: true } }],
            [{ field: 'message', lookup: 'matches', value: { sender: 'end_user', contains: 'refund' } }],
          ],
        },
      ]),
    )
    const person = await at(stage, `&device__in=mobile,tablet&where=${where}#off=1~metadata=plan:pro`)
    await person.rows.first().waitFor()
  },
  async 'the combobox is open'(stage) {
    const person = await at(stage)
    await person.rows.first().waitFor()
    await person.field.click()
    await person.field.pressSequentially('dev')
    await person.page
      .getByRole('option', { name: /device/i })
      .first()
      .waitFor()
  },
  async 'facets are ticked'(stage) {
    const person = await at(stage)
    await pane(person, 'Filters')
    await person.value('Device', 'mobile').click()
    await person.value('Language', 'ja').click({ modifiers: ['Shift'] })
    await person.openFacet('plan')
    await person.value('plan', 'pro').click()
  },
  async 'a range of time'(stage) {
    const person = await at(stage)
    await person.slider.focus()
    await person.page.keyboard.press('Home')
    for (let i = 0; i < 5; i++) await person.page.keyboard.press('Shift+ArrowRight')
    await person.page.keyboard.press('Enter')
    await person.page.getByRole('button', { name: 'Clear range' }).waitFor()
  },
  async 'a conversation, a tool call unfolded'(stage) {
    const person = await at(stage, '&search=zebra#open=long-one&pane=conversation')
    await person.conversation.getByRole('button', { name: /issue_refund/ }).click()
    await person.conversation.getByText('The zebra is too old.').last().waitFor()
  },
  async 'numbers by a field'(stage) {
    const person = await at(stage, '#numbers=p95&of=metadata.tokens.total&by=device')
    await person.page
      .getByRole('region', { name: /numbers/i })
      .getByText('mobile')
      .waitFor()
  },
  async 'no match'(stage) {
    const person = await at(stage, '&device=mobile&search=zzzqq')
    await person.page
      .getByText(/no conversation|no match|nothing/i)
      .first()
      .waitFor()
  },
  async 'a broken file'(stage) {
    const person = await at(stage, '', 'broken.ndjson')
    await person.rows.first().waitFor()
    await person.page
      .getByText(/could not be read|left out/i)
      .first()
      .waitFor()
  },
  async loading(stage) {
    const person = await at(stage, '', 'endless.ndjson')
    await person.rows.first().waitFor()
    await person.page.getByRole('progressbar').waitFor()
  },
  async help(stage) {
    const person = await at(stage)
    await person.rows.first().waitFor()
    await person.page.keyboard.press('?')
    await person.page.getByRole('dialog').waitFor()
  },
}
