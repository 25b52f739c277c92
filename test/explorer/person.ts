/** The page as a person finds it: by role and by accessible name. What they see, and what they do. */
import type { Locator, Page } from 'playwright-core'

/** What is on the screen. */
export interface Seen {
  /** How many conversations match of how many, as the filter bar says. */
  readonly matching: readonly [count: number, of: number] | null
  /** How many rows the list has, by what it tells assistive technology. */
  readonly listed: number | null
  /** The open facets: their values with counts, in order. */
  readonly facets: Readonly<Record<string, readonly (readonly [value: string, count: number])[]>>
}

export class Person {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  // What is there

  get field(): Locator {
    return this.page.getByRole('combobox', { name: /search|filter/i }).first()
  }

  get filters(): Locator {
    return this.page.getByRole('region', { name: 'Filters' })
  }

  get list(): Locator {
    return this.page.getByRole('listbox', { name: 'Conversations that match' })
  }

  get rows(): Locator {
    return this.list.getByRole('option')
  }

  get conversation(): Locator {
    return this.page.getByRole('region', { name: 'Conversation', exact: true })
  }

  /** The list of a facet's values. */
  facet(label: string): Locator {
    return this.filters.getByRole('list', { name: label, exact: true })
  }

  /** The box of a value. Its name ends with the count. */
  value(label: string, value: string): Locator {
    return this.facet(label).getByRole('checkbox', { name: new RegExp(`^(not )?${escaped(value)} ?[\\d,]+$`) })
  }

  /** A facet's heading, which opens and closes it. */
  heading(label: string): Locator {
    return this.filters.getByRole('button', { name: label, exact: true })
  }

  /** The histogram, by what it is for who does not see it. */
  get slider(): Locator {
    return this.page.getByRole('slider', { name: /^Started/ })
  }

  /** The same in another tab. */
  on(page: Page): Person {
    return new Person(page)
  }

  // What is done

  async openFacet(label: string): Promise<void> {
    const heading = this.heading(label)
    await heading.waitFor()
    if ((await heading.getAttribute('aria-expanded')) === 'false') await heading.click()
  }

  // What is seen

  /** All counts on the screen, read at one moment. */
  seen(): Promise<Seen> {
    return this.page.evaluate(() => {
      const numberOf = (text: string | null | undefined) => {
        const digits = (text ?? '').replace(/[^\d]/g, '')
        return digits === '' ? null : Number(digits)
      }
      const bar = document.querySelector('search[aria-label="Filter conversations"]')
      const said = [...(bar?.querySelectorAll('[aria-hidden=true]') ?? [])].map(({ textContent }) => textContent ?? '')
      const [, count, of] = said.flatMap((text) => /^([\d,]+) of ([\d,]+)/.exec(text) ?? [])
      const list = document.querySelector('section[aria-label="Conversations"]')
      const facets = [...document.querySelectorAll('section[aria-label="Filters"] ul[aria-label]')].map((values) => [
        values.getAttribute('aria-label'),
        [...values.querySelectorAll('[role=checkbox]')].map((box) => {
          const label = box.querySelector('bdi')
          return [label?.textContent, numberOf(label?.nextElementSibling?.textContent)]
        }),
      ])
      const option = list?.querySelector('[role=option]')
      return {
        matching: count === undefined ? null : [numberOf(count), numberOf(of)],
        listed: numberOf(option?.getAttribute('aria-setsize') ?? '0'),
        facets: Object.fromEntries(facets),
      } as Seen
    })
  }

  /** The sentences of the pills. */
  pills(): Promise<string[]> {
    const pills = this.page.getByRole('toolbar', { name: 'Conditions' }).getByRole('group')
    return pills.evaluateAll((groups) => groups.map((group) => group.getAttribute('aria-label') ?? ''))
  }

  /** The pill with this sentence. */
  pill(sentence: string): Locator {
    return this.page.getByRole('toolbar', { name: 'Conditions' }).getByRole('group', { name: sentence })
  }

  /** Presses a pill's menu and one of its lines. */
  async changePill(sentence: string, line: string): Promise<void> {
    await this.pill(sentence)
      .getByRole('button', { name: /^Change:/ })
      .click()
    await this.page.getByRole('menuitem', { name: line, exact: true }).click()
  }

  /** The words of the rows that are drawn, by their place from 1. */
  async drawn(): Promise<Map<number, string>> {
    const rows = await this.rows.evaluateAll((elements) =>
      elements.map((element) => [Number(element.getAttribute('aria-posinset')), element.textContent ?? ''] as const),
    )
    return new Map(rows)
  }
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}
