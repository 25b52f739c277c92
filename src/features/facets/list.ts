/** The counted values of a facet as they are given out. */
import { bestN } from '../../base/best-n.ts'
import { compareBooleansFirst } from '../../base/scalars.ts'
import { fold } from '../../base/text/fold.ts'
import type { Scalar } from '../../query/spec.ts'
import type { Facet, FacetValue } from './request.ts'
import { MISSING, type Selected } from './scope.ts'
import type { Counted, Tally } from './tally.ts'

/** The values as they are given out: those that match, in order, up to the limit, and all selected ones. */
export function listValues(facet: Facet, { counts, dictionary, others }: Tally, selected: Selected): FacetValue[] {
  const { limit = Number.POSITIVE_INFINITY, match = '' } = facet
  const piece = fold(match)
  const matches = (value: Scalar) => piece === '' || (value !== null && fold(String(value)).includes(piece))
  const scalarOf = (term: number) => dictionary!.value(term) as Scalar
  const give = ({ value, count, missing }: Counted): FacetValue => {
    const is = {
      value: typeof value === 'number' ? value + 0 : value,
      count,
      selected: selected.has(missing ? MISSING : value),
    }
    return missing ? { ...is, missing } : is
  }
  const terms: number[] = []
  for (let term = 0; term < counts.length; term++) if (counts[term] !== 0 && matches(scalarOf(term))) terms.push(term)
  const first = bestN(terms, limit, (a, b) => counts[b]! - counts[a]! || compareBooleansFirst(scalarOf(a), scalarOf(b)))
  const listed = [
    ...first.map((term) => give({ value: scalarOf(term), count: counts[term]! })),
    ...others.filter(({ value, count }) => count > 0 && matches(value)).map(give),
  ]
  const given = bestN(listed, limit, compareGiven)
  for (const value of selected) {
    const isMissing = value === MISSING
    if (given.some((one) => one.selected && (isMissing ? one.missing : one.value === value && !one.missing))) continue
    const wanted = isMissing ? null : (value as Scalar)
    const count =
      others.find((one) => one.value === wanted && (one.missing === true) === isMissing)?.count ??
      counts[dictionary?.term(wanted) ?? -1] ??
      0
    given.push(give({ value: wanted, count, ...(isMissing && { missing: true }) }))
  }
  return given.sort(compareGiven)
}

function compareGiven(a: FacetValue, b: FacetValue): number {
  return b.count - a.count || compareBooleansFirst(a.value, b.value) || Number(a.missing ?? 0) - Number(b.missing ?? 0)
}
