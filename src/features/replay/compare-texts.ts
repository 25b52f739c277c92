/** Which texts of two lists are equal, and what stands in place of the others. */
import { commonOf } from './common.ts'
import type { DriftText } from './drift-lists.ts'

/**
 * The texts of a turn that differ: those between two that both sides have, in their order, one against the other. The fewest
 * differ that can. O(recorded x replayed).
 */
export function compareTexts(turn: number, recorded: readonly string[], replayed: readonly string[]): DriftText[] {
  const drift: DriftText[] = []
  let [from, to] = [0, 0]
  for (const [a, b] of [
    ...commonOf(recorded, replayed, (a, b) => a === b),
    [recorded.length, replayed.length] as const,
  ]) {
    for (; from < a || to < b; from++, to++)
      drift.push({ turn, recorded: from < a ? recorded[from]! : null, replayed: to < b ? replayed[to]! : null })
    ;[from, to] = [a + 1, b + 1]
  }
  return drift
}
