/**
 * Facets: how many of the rows that match have each value of a field. Only sets of rows are counted, no document is read.
 *
 * Few values in many rows are counted by `AND` and popcount of each value's bitmap with the matches. Many values, or few
 * matches, by one pass over the matches, slot by slot, through the inverse of the postings.
 */
import type { Engine } from '../../engine/engine.ts'
import type { QuerySpec } from '../../query/spec.ts'
import { listValues } from './list.ts'
import { countRanges } from './ranges.ts'
import type { FacetCounts, FacetPlan, FacetRange, FacetValue } from './request.ts'
import { withScope } from './scope.ts'
import { tally } from './tally.ts'

/**
 * Counts fields. The conditions that no counted field has to leave out are run once for all of them. O(matches) a field,
 * or O(words × values) where that is less; then O(distinct values), and the sorting of those listed.
 */
export function facets(spec: QuerySpec, asked: FacetPlan, engine: Engine): FacetCounts {
  return withScope(spec, asked, engine, ({ partsOf, selectedOf }) => {
    // Its keys are the caller's, so it has no prototype; with a constructor it still equals a plain object in `toStrictEqual`.
    const counts: Record<string, FacetValue[] | FacetRange[]> = Object.create(null, { constructor: { value: Object } })
    for (const facet of asked.facets) {
      const parts = partsOf(facet)
      const isOfNumbers = facet.ranges !== undefined || facet.bins !== undefined
      counts[facet.key] = isOfNumbers
        ? countRanges(facet, parts, engine)
        : listValues(facet, tally(facet, parts, engine), selectedOf(facet))
    }
    return counts
  })
}
