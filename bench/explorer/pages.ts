/** The pages that are measured: how a person finds in them what is used. */
import { FACETS } from '../../src/explorer/facets/fields.ts'
import { Person } from '../../test/explorer/person.ts'
import type { Measurable } from './drive.ts'

type Described = Omit<Measurable, 'url'>

export const PLAIN: Described = {
  reader: 'peer',
  field: (page) => page.getByRole('textbox', { name: 'Search' }),
  value: (page, facet, value) => page.locator(`[data-facet="${facet}"] input[value="${value}"]`),
}

/** Its histogram and the six facets are on as it opens. */
export const EXPLORER: Described = {
  reader: 'explorer',
  field: (page) => new Person(page).field,
  value(page, field, value) {
    const { label, words } = FACETS.find((facet) => facet.field === field)!
    return new Person(page).value(label, words?.[value] ?? value)
  },
}
