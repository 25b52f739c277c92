/** The query parameters of a request, judged by their names. */
import { raise, unknownName } from '../query/faults.ts'
import { nullFaults } from '../wire/nulls.ts'
import { Refusal } from './answer.ts'
import type { Options } from './options.ts'

/** What a route says of its parameters. */
export interface Parameters {
  /** The names that it knows; none when absent. */
  readonly parameters?: readonly string[]
  /** Whether it judges names and null characters itself, together with the values. */
  readonly judgesNames?: true
}

/** The most that a header says of ignored parameters: servers and clients take some 8 kB of headers in all. */
const MOST_UNITS = 1_000

/**
 * Checks the names of the parameters, and gives those that are ignored, none where they are refused, as a header says them: percent-encoded, joined by
 * commas. Throws a 400.
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
