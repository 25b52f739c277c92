/**
 * The matches of queries that are asked together, with no write in between: what a page shows at once is a list, facets and a
 * histogram of one search. A query begins from the matches of another whose conditions it has, and asks only the rest.
 */
import type { Condition, Group } from '../query/spec.ts'
import type { Segment } from './segments/segment.ts'
import { listSet, type RowSet, wordSet } from './sets/rowset.ts'

/** The matches in one segment. */
interface Part {
  readonly segment: Segment
  readonly rows: RowSet
}

/** The matches of some conditions. */
interface KeptRun {
  readonly keys: ReadonlySet<string>
  readonly parts: readonly Part[]
}

/** Conditions that say something of one another, and stand or fall together; most stand alone. */
type Unit = readonly [key: string, where: Group]

/** Calls `act`, which writes nothing: queries in it share what their conditions have in common. */
export function sharingRuns<Result>(engine: { runs: KeptRuns | undefined }, act: () => Result): Result {
  if (engine.runs !== undefined) return act()
  engine.runs = new KeptRuns()
  try {
    return act()
  } finally {
    engine.runs = undefined
  }
}

export class KeptRuns {
  readonly #runs: KeptRun[] = []

  /** The matches that have the most of some conditions and no others, and the conditions that are left to ask. O(runs × conditions). */
  find(where: Group, includeDeleted: boolean): { readonly from: readonly Part[] | undefined; readonly rest: Group } {
    const units = unitsOf(where)
    const wanted = new Set([keyOf(includeDeleted), ...units.map(([key]) => key)])
    let best: KeptRun | undefined
    for (const run of this.#runs) {
      const { size } = run.keys
      if (size > (best?.keys.size ?? 0) && size <= wanted.size && [...run.keys].every((key) => wanted.has(key)))
        best = run
    }
    const rest = units.flatMap(([key, group]) => (best?.keys.has(key) ? [] : group))
    return { from: best?.parts, rest }
  }

  /** Keeps the matches of some conditions, copied: their sets are void once the run is over. */
  keep(where: Group, includeDeleted: boolean, parts: readonly Part[]): void {
    const keys = new Set([keyOf(includeDeleted), ...unitsOf(where).map(([key]) => key)])
    this.#runs.push({ keys, parts: parts.map(({ segment, rows }) => ({ segment, rows: copyOf(rows) })) })
  }
}

function keyOf(includeDeleted: boolean): string {
  return includeDeleted ? 'deleted ones too' : 'visible ones'
}

/** A feedback must meet the conditions on the sentiment and on the source both. */
function unitsOf(where: Group): Unit[] {
  const isOfFeedback = (it: Condition) =>
    'field' in it && (it.field === 'feedback_sentiment' || it.field === 'feedback_source')
  const ofFeedback = where.filter(isOfFeedback)
  const others = where.filter((it) => !isOfFeedback(it)).map((it): Unit => [JSON.stringify(it), [it]])
  return ofFeedback.length === 0 ? others : [...others, [JSON.stringify(ofFeedback), ofFeedback]]
}

function copyOf({ list, words, lo, hi, count }: RowSet): RowSet {
  if (list !== undefined) return listSet(list.slice(lo, hi))
  const own = new Int32Array(hi)
  own.set(words!.subarray(lo, hi), lo)
  return wordSet(own, count, lo, hi)
}
