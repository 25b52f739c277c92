/** Spec to plan: each group of conditions becomes predicates, then the groups within it. Planning reads no documents. */

import { fold } from '../base/text/fold.ts'
import { decidingTerms } from '../base/text/search-terms.ts'
import type { Condition, Group } from '../query/spec.ts'
import type { Engine } from './engine.ts'
import type { Branch, GroupPlan } from './group.ts'
import { predicateOf } from './kinds.ts'
import { COST, opposite, type Predicate } from './predicate.ts'
import { SEARCHED, SearchTerm } from './search-term.ts'
import type { Segment } from './segments/segment.ts'
import type { RowSet } from './sets/rowset.ts'

/** Plans a group. O(conditions), and what their look-ups cost once for all segments. */
export function plan(group: Group, engine: Engine): GroupPlan {
  const ranges: Predicate[] = []
  const sets: Predicate[] = []
  const checks: Branch[] = []
  const groups = new Set<Branch>()
  for (const condition of expanded(group)) {
    if (typeof condition === 'string') {
      groups.add(searchOf(condition, engine))
    } else if ('or' in condition) {
      const [first, ...others] = condition.or.map((branch) => plan(branch, engine))
      if (others.length > 0) groups.add({ or: [first!, ...others] })
      else {
        ranges.push(...first!.ranges)
        sets.push(...first!.sets)
        for (const branch of first!.branches) {
          if ('check' in branch) checks.push(branch)
          else groups.add(branch)
        }
      }
    } else if ('not' in condition) {
      const inner = plan(condition.not, engine)
      const [only] = inner.sets
      const isOne = only !== undefined && inner.sets.length === 1 && inner.ranges.length + inner.branches.length === 0
      if (isOne) sets.push(opposite(only))
      else groups.add({ not: inner })
    } else {
      const made = predicateOf(condition, engine)
      if (made.range !== undefined) ranges.push(made)
      else if (made.isExact) sets.push(made)
      else checks.push({ check: made })
    }
  }
  sets.sort((a, b) => a.cost - b.cost)
  // Groups before checks: a set costs microseconds, a document several each.
  return { ranges, sets, branches: [...groups, ...checks], isOrdered: false }
}

/**
 * The exact conditions of a group, cheapest first: keys, then what an index has by how many rows it has in all segments,
 * then what must be computed, which an empty set before it saves. Once a run: O(lookups × segments), where there are
 * several.
 */
export function cheapestFirst(group: GroupPlan, segments: readonly Segment[]): readonly Predicate[] {
  const { sets } = group
  if (group.isOrdered) return sets
  group.isOrdered = true
  // Beside a few rows, or a single lookup, it does not matter which set is asked first.
  if (sets.length < 2 || sets[0]!.cost !== COST.lookup || sets[1]!.cost !== COST.lookup) return sets
  const sizes = new Map<Predicate, number>()
  for (const it of sets) if (it.cost === COST.lookup) sizes.set(it, lookUp(it, segments))
  return sets.sort((a, b) => a.cost - b.cost || (sizes.get(a) ?? 0) - (sizes.get(b) ?? 0))
}

/** Looks up the rows of all segments, dead ones too. Returns how many there are. */
function lookUp(it: Predicate, segments: readonly Segment[]): number {
  const known: (RowSet | undefined)[] = []
  let size = 0
  for (const segment of segments) {
    const rows = it.rows(segment)
    known[segment.number] = rows
    size += sizeIn(it, rows, segment)
  }
  it.known = known
  return size
}

/** For how many rows of a segment an exact condition holds that has these rows there. */
export function sizeIn(it: Predicate, rows: RowSet | undefined, segment: Segment): number {
  const size = rows?.count ?? segment.size
  return it.isNegated ? segment.size - size : size
}

/** Rewrites conditions that concern a whole group into conditions that stand alone, and terms of a search. */
function expanded(group: Group): readonly (Condition | string)[] {
  const sentiments = group.filter((it) => 'field' in it && it.field === 'feedback_sentiment')
  const sources = group.filter((it) => 'field' in it && it.field === 'feedback_source')
  const arePaired = sentiments.length > 0 && sources.length > 0
  const conditions: (Condition | string)[] = []
  for (const condition of group) {
    if (!('field' in condition)) conditions.push(condition)
    else if (condition.field === 'search') conditions.push(...decidingTerms(condition.value))
    else if (condition.field === 'feedback_source' && arePaired) continue
    else if (condition.field === 'feedback_sentiment' && arePaired) {
      for (const source of sources as readonly { value: 'customer' | 'platform' }[]) {
        const value = { sentiment: condition.value, source: source.value }
        conditions.push({ field: 'feedback', lookup: 'exact', value })
      }
    } else conditions.push(condition)
  }
  return conditions
}

/** One term of a search, once a query for terms that are equal ignoring case. */
function searchOf(value: string, engine: Engine): SearchTerm {
  const alternatives = () => SEARCHED.map((field) => plan([{ field, lookup: 'icontains', value }], engine))
  return engine.shared.of(searchOf, fold(value), () => new SearchTerm(value, alternatives, engine))
}
