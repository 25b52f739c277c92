/** What a plan is thought to take, condition by condition, before it runs. */
import type { Engine } from './engine.ts'
import type { GroupPlan } from './group.ts'
import { rowsOf, UNITS } from './meter.ts'
import type { Segment } from './segments/segment.ts'

/**
 * Tells the meter what each condition of a group is expected to take where `left` rows at most are left by those around it.
 * Throws `TOO_COSTLY` as soon as that is over the limit. Looks terms up, which the run need not do again; reads no rows.
 */
export function expect(group: GroupPlan, segments: readonly Segment[], left: number, engine: Engine): void {
  const { meter } = engine
  const words = rowsOf(segments) / 32
  const passing = (rows: number) => segments.length * UNITS.ask + Math.min(rows, words) * UNITS.slot
  let rows = left
  for (const { range } of group.ranges) {
    const within = segments
      .map((segment) => range!(segment))
      .reduce((sum, [from, to]) => sum + Math.max(0, to - from), 0)
    rows = Math.min(rows, within)
    meter.expect(passing(rows))
  }
  for (const it of group.sets) {
    const { work, rows: most } = it.estimate(segments, rows)
    meter.expect(work + passing(rows), it.condition)
    if (!it.isNegated) rows = Math.min(rows, most)
  }
  for (const branch of group.branches) {
    if ('check' in branch) {
      const { work, rows: most } = branch.check.estimate(segments, rows)
      meter.expect(work + passing(rows), branch.check.condition)
      rows = Math.min(rows, most)
      continue
    }
    if ('estimate' in branch && branch.estimate !== undefined) {
      meter.expect(branch.estimate(segments, rows).work + passing(rows), branch.leaf)
      continue
    }
    for (const inner of 'or' in branch ? branch.or : [branch.not]) {
      meter.expect(segments.length * UNITS.ask + 2 * words * UNITS.slot)
      expect(inner, segments, rows, engine)
    }
  }
}
