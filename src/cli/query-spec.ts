/** What the options of a query ask for. */
import type { Fault } from '../base/errors.ts'
import { Query } from '../index.ts'
import { invalidValue, raise } from '../query/faults.ts'
import { PARAMETER_NAMES, PARAMETERS } from '../query/filters.ts'
import { MAX_PAGE_SIZE, order, pageSize } from '../query/paging.ts'
import type { QuerySpec } from '../query/spec.ts'
import { UsageError } from './failure.ts'
import { optionName } from './wire-options.ts'

const PAGE_SIZE = { expected: `a whole number from 1 to ${MAX_PAGE_SIZE} (--all prints all rows)` }

/** The spec of the options, by the rules of the wire, except that values which the wire ignores are errors. */
export function readSpec(options: Readonly<Record<string, unknown>>): QuerySpec {
  const given = PARAMETER_NAMES.flatMap((name): [string, string][] => {
    const value = options[name]
    return typeof value === 'string' ? [[name, value]] : []
  })
  const { ordering, page_size: size, metadata_key: key, metadata_value: value } = Object.fromEntries(given)
  const terms = ordering?.split(',').map((term) => term.trim())
  if (terms !== undefined && order.fromCode(terms) === undefined) raise([invalidValue('ordering', terms, order)])
  if (size !== undefined && !isPageSize(size)) raise([invalidValue('page_size', size, PAGE_SIZE)])
  if ((key === undefined) !== (value === undefined)) {
    const missing = key === undefined ? '--metadata-key' : '--metadata-value'
    throw new UsageError(`${missing} is missing: a pair is --metadata-key KEY --metadata-value VALUE.`)
  }
  const lists = PARAMETER_NAMES.flatMap((name): [string, readonly string[]][] => {
    const values = options[name]
    return Array.isArray(values) ? [[name, values]] : []
  })
  raise(lists.flatMap(([name, values]) => unknownChoices(name, values)))
  const { where, ...settings } = Query.fromSearchParams(given).spec
  return { ...settings, where: [...where, ...Query.fromObject(Object.fromEntries(lists)).spec.where] }
}

/** The faults of values that the wire does not know, such as a misspelt environment. */
function unknownChoices(name: string, values: readonly string[]): Fault[] {
  const type = PARAMETERS.get(name)!.value
  const expectation = {
    ...type,
    expected: `one of ${type.choices?.join(', ')} (another by ${optionName(name)}--exact)`,
  }
  return values
    .filter((value) => type.fromText(value, 'exact', []) === undefined)
    .map((value) => invalidValue(name, value, expectation))
}

function isPageSize(text: string): boolean {
  return /^\d+$/.test(text.trim()) && pageSize.fromCode(Number(text)) !== undefined && Number(text) <= MAX_PAGE_SIZE
}
