/** The facets of metadata paths, and how well each splits the conversations that are shown. */
import type { FacetValue, MetadataKey, MetadataType } from 'conversation-store'
import type { Facet } from './fields.ts'

/** One facet a path, the most used first. Paths that lead to objects alone have none, nor those that no text can name. */
export function metadataFacets(keys: readonly MetadataKey[]): readonly Facet[] {
  const types = new Map<string, Set<MetadataType>>()
  for (const { path, type } of keys) {
    if (type === 'object' || typeof path !== 'string') continue
    types.set(path, (types.get(path) ?? new Set()).add(type))
  }
  return [...types].map(([path, found]) => {
    const others = [...found].filter((type) => type !== 'null')
    return {
      field: `metadata.${path}`,
      label: path,
      group: 'Metadata',
      none: 'null',
      isOfNumbers: others.length > 0 && others.every((type) => type === 'number'),
      ...(found.has('list') && { lists: others.length > 1 ? 'mixed' : 'always' }),
    } satisfies Facet
  })
}

/**
 * How well the values of a field split some rows, from 0 to 1: 0 where all rows have one value, or each a value of its
 * own; near 1 for few values of equal share.
 *
 *     score = evenness × (1 − log values / log rows)
 *
 * Evenness is the entropy of the counts over the greatest that so many values could have. The second factor is the
 * penalty: a tick of an id finds one row. `values` may be the most frequent ones only; the rows that they leave are taken
 * as values of the last count each. "Not there" counts as a value. O(values).
 */
export function splitScore(values: readonly FacetValue[], rows: number): number {
  const counts = values.map(({ count }) => count).filter((count) => count > 0)
  if (rows < 2 || counts.length < 2) return 0
  const listed = counts.reduce((sum, count) => sum + count, 0)
  const least = counts.at(-1)!
  const rest = Math.max(0, rows - listed)
  const more = Math.ceil(rest / least)
  const total = listed + rest
  const bits = (count: number) => -(count / total) * Math.log2(count / total)
  const entropy = counts.reduce((sum, count) => sum + bits(count), 0) + (more > 0 ? more * bits(rest / more) : 0)
  const distinct = counts.length + more
  const score = (entropy / Math.log2(distinct)) * (1 - Math.log(distinct) / Math.log(Math.max(total, distinct)))
  return Math.min(1, Math.max(0, score))
}

/** Facets by how well they split, the best first; those without a score keep their order after them. O(facets × log facets). */
export function bySplit(facets: readonly Facet[], scores: ReadonlyMap<string, number>): readonly Facet[] {
  const of = ({ field }: Facet) => scores.get(field) ?? -1
  return facets.toSorted((a, b) => of(b) - of(a))
}
