/** The facets of metadata paths, ordered by how well they split what is shown. Worked out while nothing else is asked. */
import type { FacetRequest, FacetValue } from 'conversation-store'
import type { Query } from 'conversation-store/core'
import type { ConnectedStore } from 'conversation-store/worker'
import { useEffect, useMemo, useRef, useState } from 'react'
import { NOTHING, queryOfRows } from '../asking/query.ts'
import { useExplorer } from '../asking/use-explorer.ts'
import type { Facet } from './fields.ts'
import { later } from './later.ts'
import { bySplit, splitScore } from './metadata.ts'
import { usePaths } from './use-paths.ts'

/** So many paths are scored, the most used ones; so many values of each are read. */
const MOST_SCORED = 60
const MOST_VALUES = 32
/** A path that splits less than this among all conversations is an id or a constant: it is not scored again. */
const HOPELESS = 0.03

type Scores = ReadonlyMap<string, number>
const NO_SCORES: Scores = new Map()

/**
 * Undefined until paths are known. They are ordered anew when what is asked has been the same for a while and `isBusy`
 * says that nobody is ticking, so facets never move under the pointer. Scores are kept by query.
 */
export function useMetadataFacets(query: Query, isBusy: () => boolean): readonly Facet[] | undefined {
  const { store, status } = useExplorer()
  const facets = usePaths()
  const [scores, setScores] = useState(NO_SCORES)
  const kept = useRef({ facets, scores: new Map<string, Scores>() })
  const isSettled = status.phase === 'ready'

  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says all of the query.
  useEffect(() => {
    if (store === null || facets === undefined || !isSettled) return
    return later(async (signal) => {
      // Other paths have other scores.
      if (kept.current.facets !== facets) kept.current = { facets, scores: new Map() }
      const { scores: before } = kept.current
      const known = before.get(query.key) ?? (await scoresOf(facets, query, store, before, signal))
      if (signal.aborted) return
      keep(before, query.key, known)
      if (!isBusy()) setScores(known)
    })
  }, [store, facets, query.key, isSettled])

  return useMemo(() => facets && bySplit(facets, scores), [facets, scores])
}

const EVERYTHING = queryOfRows(NOTHING)

/** Scores path by path, so that questions of the person come in between. At first among all conversations. */
async function scoresOf(
  facets: readonly Facet[],
  query: Query,
  store: ConnectedStore,
  kept: Map<string, Scores>,
  signal: AbortSignal,
): Promise<Scores> {
  const scored = facets.slice(0, MOST_SCORED)
  const [first] = kept.values()
  if (first === undefined && query.key !== EVERYTHING.key) {
    const all = await scoresOf(facets, EVERYTHING, store, kept, signal)
    if (signal.aborted) return all
    kept.set(EVERYTHING.key, all)
    return scoresOf(facets, query, store, kept, signal)
  }
  // In slices: an index that is built by a question holds up the next key stroke.
  if (first === undefined)
    await store.warm({ text: false, metadata: scored.map(({ field }) => field.slice('metadata.'.length)), signal })
  const rows = await store.count(query, { signal })
  const scores = new Map<string, number>(first)
  for (const { field } of scored) {
    if ((first?.get(field) ?? 1) < HOPELESS) continue
    const request = { [field]: { limit: MOST_VALUES } } as FacetRequest
    const counts = (await store.facets(query, request as never, { signal })) as Record<string, readonly FacetValue[]>
    scores.set(field, splitScore(counts[field]!, rows))
  }
  return scores
}

const MOST_KEPT = 20

/** The first one stays: it says which paths are not worth scoring. */
function keep(kept: Map<string, Scores>, key: string, scores: Scores): void {
  if (kept.size > MOST_KEPT) kept.delete([...kept.keys()][1]!)
  kept.set(key, scores)
}
