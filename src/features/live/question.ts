/** The options of a subscription, checked. */
import type { Fault } from '../../base/errors.ts'
import { isPlain } from '../../base/plain.ts'
import { invalidValue, raise, unknownName } from '../../query/faults.ts'
import type { Asked } from '../../store/inside.ts'
import { aggregate as aggregateRows } from '../aggregate/aggregate.ts'
import { readAggregate } from '../aggregate/request.ts'
import { facets as countFacets } from '../facets/count.ts'
import { readFacets } from '../facets/request.ts'
import { histogram as countOverTime } from '../histogram/count.ts'
import { readHistogram } from '../histogram/request.ts'
import type { LiveQuestion, PageOptions } from './types.ts'

const OPTIONS = ['select', 'facets', 'disjunctive', 'histogram', 'aggregate', 'hold', 'onWaiting', 'signal']
const LISTENER = { expected: 'a function that takes the answer: ({ page }) => render(page.results)' }
const OBJECT = { expected: "an object of options, { select: 'count' }" }
const SELECT = { expected: '"page" or "count"', choices: ['page', 'count'] }
const ON_WAITING = { expected: 'a function that takes a number: (waiting) => showBadge(waiting)' }
const SIGNAL = { expected: 'an AbortSignal' }
const HOLD = { expected: 'true or false; true for pages alone, a count is never held' }

/** Checks what a query was subscribed to with. Throws `InvalidQueryError` with what is wrong. */
export function readQuestion(listener: unknown, options: unknown, { spec, executor }: Asked): LiveQuestion {
  const faults: Fault[] = []
  if (typeof listener !== 'function') faults.push(invalidValue('listener', listener, LISTENER))
  if (!isPlain(options)) faults.push(invalidValue('subscribe', options, OBJECT))
  const given = (isPlain(options) ? options : {}) as Omit<PageOptions, 'select'> & {
    readonly select?: 'page' | 'count'
  }
  for (const name of Object.keys(given))
    if (!OPTIONS.includes(name)) faults.push(unknownName('option of subscribe', name, OPTIONS, 'subscribe'))
  const { select = 'page', hold = false, onWaiting, signal } = given
  if (!SELECT.choices.includes(select)) faults.push(invalidValue('select', select, SELECT))
  if (typeof hold !== 'boolean' || (hold && select === 'count')) faults.push(invalidValue('hold', hold, HOLD))
  if (onWaiting !== undefined && typeof onWaiting !== 'function')
    faults.push(invalidValue('onWaiting', onWaiting, ON_WAITING))
  if (signal !== undefined && typeof Object(signal).addEventListener !== 'function')
    faults.push(invalidValue('signal', signal, SIGNAL))
  raise(faults)
  const counted = readFacets(given.facets === undefined ? {} : given.facets, { disjunctive: given.disjunctive })
  const facets = given.facets && counted
  const { field = 'started_at', ...every } = given.histogram ?? {}
  const histogram =
    given.histogram === undefined ? undefined : readHistogram(field, given.histogram === null ? null : every)
  const aggregate = given.aggregate === undefined ? undefined : readAggregate(...aggregateOf(given.aggregate))
  return {
    listener: listener as LiveQuestion['listener'],
    select,
    hold,
    onWaiting,
    signal,
    facetFields: facets?.isDisjunctive ? facets.facets.map((facet) => facet.field) : [],
    ...((facets || histogram || aggregate) && {
      extras: () => ({
        ...(facets && { facets: countFacets(spec, facets, executor.engine) }),
        ...(histogram && { histogram: countOverTime(spec, histogram, executor.engine) }),
        ...(aggregate && { aggregate: aggregateRows(spec, aggregate, executor.engine) }),
      }),
    }),
  }
}

/** A request, and its options where it comes in a list. */
function aggregateOf(given: unknown): [request: unknown, options?: unknown] {
  return Array.isArray(given) ? [given[0], given[1]] : [given]
}
