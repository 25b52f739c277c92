/** What a store elsewhere is asked, checked. */
import { checkOptions } from '../../base/options.ts'
import { invalidValue, raise } from '../../query/faults.ts'
import type { QuerySpec } from '../../query/spec.ts'
import type { AsyncQuery, ExportOptions } from './contract.ts'

const QUERY = { expected: "a query: query().device('mobile')" }
const FORMATS: readonly unknown[] = ['csv', 'ndjson']
const FORMAT = { expected: "'csv' or 'ndjson'", choices: ['csv', 'ndjson'] }

/** The spec of a query. A value without one is refused: it would ask for everything. */
export function asyncSpec(query: AsyncQuery): QuerySpec {
  const spec: unknown = Object(query).spec
  if (typeof spec !== 'object' || spec === null) raise([invalidValue('query', query, QUERY)])
  return spec as QuerySpec
}

/** The format of an export. Throws `INVALID_VALUE` for another one, `UNKNOWN_PARAMETER` for an unknown option. */
export function exportFormat(options: ExportOptions): 'csv' | 'ndjson' {
  checkOptions('export', options, ['format', 'signal'])
  const { format = 'ndjson' } = options
  if (!FORMATS.includes(format)) raise([invalidValue('format', format, FORMAT)])
  return format
}
