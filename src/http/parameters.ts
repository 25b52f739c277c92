/** The query parameters of a request, judged by their names. */
import { raise, unknownName } from '../query/faults.ts'
import { nullFaults } from '../wire/nulls.ts'
import { Refusal } from './answer.ts'
import type { Options } from './options.ts'

/** What a route says of its parameters. */
export interface Parameters {
  /** The known names. No name is known when absent. */
  readonly parameters?: readonly string[]
  /** Whether it judges names and null characters itself, together with the values. */
  readonly judgesNames?: true
}

/** The most characters of the header: servers and clients take some 8 kB of headers in all. */
const MOST_UNITS = 1_000

/**
 * Checks the names of the parameters. Gives the ignored ones as a header lists them, percent-encoded, with commas between;
 * `''` where unknown names are refused. Throws a 400.
 */
export function checkParameters(query: URLSearchParams, route: Parameters, { limits, isStrict }: Options): string {
  const { parameters = [], judgesNames = false } = route
  const names = [...query.keys()]
  if (names.length > limits.parameters)
    throw new Refusal(400, `Too many parameters. A URL may have ${limits.parameters}.`)
  const unknown = [...new Set(names)].filter((name) => !parameters.includes(name))
  if (!judgesNames) {
    const strange = isStrict ? unknown.map((name) => unknownName('parameter', name, parameters)) : []
    raise([...strange, ...nullFaults(query)])
  }
  return isStrict ? '' : listed(unknown)
}

function listed(names: readonly string[]): string {
  let list = ''
  for (const name of names.filter((given) => given !== '')) {
    const longer = list === '' ? encodeURIComponent(name) : `${list}, ${encodeURIComponent(name)}`
    if (longer.length > MOST_UNITS) return list === '' ? '...' : `${list}, ...`
    list = longer
  }
  return list
}
