/** The pages that are measured: how a person finds in them what is used. */
import type { Measurable } from './drive.ts'

type Described = Omit<Measurable, 'url'>

export const PLAIN: Described = {
  reader: 'peer',
  field: (page) => page.getByRole('textbox', { name: 'Search' }),
  value: (page, facet, value) => page.locator(`[data-facet="${facet}"] input[value="${value}"]`),
}

export const EXPLORER: Described = PLAIN
