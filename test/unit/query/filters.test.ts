import { describe, expect, test } from 'vitest'
import { COMPARISONS, FILTERS, PARAMETER_NAMES, SETTINGS } from '../../../src/query/filters.ts'
import { FILTER_DOCS, LOOKUP_DOCS } from '../../../src/wire/filters.docs.ts'

describe('the table of filters', () => {
  test('has a line of documentation for every parameter, and no other', () => {
    const pairs = Object.entries(COMPARISONS).flatMap(([field, lookups]) =>
      Object.keys(lookups).map((lookup) => `${field}__${lookup}`),
    )
    const own = PARAMETER_NAMES.filter((name) => !pairs.includes(name) || name === 'action_name__exact')
    expect(Object.keys(FILTER_DOCS).sort()).toEqual([...own].sort())
    for (const lookup of Object.entries(COMPARISONS)
      .filter(([field]) => field !== 'metadata')
      .flatMap(([, lookups]) => Object.keys(lookups))) {
      expect(LOOKUP_DOCS).toHaveProperty(lookup)
    }
  })

  test('names each parameter once', () => {
    expect(new Set(PARAMETER_NAMES).size).toBe(PARAMETER_NAMES.length)
    const own = Object.values(FILTERS).flatMap((row) => ('parameter' in row ? [row.parameter] : []))
    expect(new Set([...own, ...Object.keys(SETTINGS)]).size).toBe(own.length + Object.keys(SETTINGS).length)
  })
})
