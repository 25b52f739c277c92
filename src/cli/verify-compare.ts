/** Compares what a service answers with what a store in memory does, and makes a query that differs small. */

import { show } from '../base/errors.ts'
import { isPlain } from '../base/plain.ts'
import type { Params } from './verify-queries.ts'

/** What is compared of an answer. */
export interface Compared {
  readonly status: number
  readonly body: unknown
}

/** Asks one side. */
export type Ask = (query: string) => Promise<Compared>

/** A query that is answered otherwise there than here. */
export interface Difference {
  readonly params: Params
  /** What differs first, in words. */
  readonly what: string
}

/** What differs first in two answers; undefined where they are equal. */
export function differenceOf(there: Compared, here: Compared): string | undefined {
  if (there.status !== here.status) return `the status is ${there.status}, expected ${here.status}`
  if (here.status !== 200 || !isPlain(there.body) || !isPlain(here.body)) return undefined
  for (const key of ['count', 'page_size', 'total_pages', 'current_page'])
    if (there.body[key] !== here.body[key])
      return `${key} is ${show(there.body[key])}, expected ${show(here.body[key])}`
  for (const key of ['next', 'previous'])
    if ((there.body[key] === null) !== (here.body[key] === null))
      return `${key} is ${show(there.body[key])}, expected ${here.body[key] === null ? 'null' : 'a URL'}`
  const [given, expected] = [rowsOf(there.body), rowsOf(here.body)]
  const at = expected.findIndex((row, i) => row.id !== given[i]?.id)
  if (at !== -1) return `row ${at + 1} of the page is ${nameOf(given[at])}, expected ${nameOf(expected[at])}`
  if (given.length !== expected.length) return `the page has ${given.length} rows, expected ${expected.length}`
  const lean = (row: Record<string, unknown> | undefined) => row !== undefined && !('messages' in row)
  if (lean(given[0]) !== lean(expected[0]))
    return lean(expected[0]) ? 'rows have messages, expected lean ones' : 'rows have no messages, expected whole ones'
  return undefined
}

const rowsOf = ({ results }: Record<string, unknown>) => results as Record<string, unknown>[]
const nameOf = (row: Record<string, unknown> | undefined) => (row === undefined ? 'missing' : show(row.conversation_id))

/**
 * The smallest query that differs, made of one that does: parameters are left out, then values cut, as long as it does.
 */
export async function smallest(
  difference: Difference,
  differ: (params: Params) => Promise<string | undefined>,
): Promise<Difference> {
  let least = difference
  for (let isSmaller = true; isSmaller; ) {
    isSmaller = false
    for (const params of smaller(least.params)) {
      const what = await differ(params)
      if (what === undefined) continue
      least = { params, what }
      isSmaller = true
      break
    }
  }
  return least
}

/** Queries that are a step smaller. */
function* smaller(params: Params): Generator<Params, void, undefined> {
  for (let i = 0; i < params.length; i++) {
    const [name, value] = params[i]!
    // Without an order rows need not come in one.
    if (name !== 'ordering') yield params.toSpliced(i, 1)
    else if (value !== 'id') yield params.with(i, [name, 'id'])
  }
  for (let i = 0; i < params.length; i++) {
    const [name, value] = params[i]!
    if (name === 'ordering' || value.length < 2) continue
    const half = value.length >> 1
    for (const cut of [value.slice(0, half), value.slice(half), value.slice(1), value.slice(0, -1)])
      yield params.with(i, [name, cut])
  }
}
