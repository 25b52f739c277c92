/** What reading a row takes. */
import type { Engine } from './engine.ts'
import { rowsOf, UNITS } from './meter.ts'
import type { Segment } from './segments/segment.ts'

/** So many rows are looked at to know how long they are. */
const SAMPLED = 64

/** Units of work that reading a row's messages takes, on the average of some rows; found once a query. O(1). */
export function readingOf(segments: readonly Segment[], { documents, shared }: Engine): number {
  return shared.of(readingOf, segments.length === 1 ? segments[0] : segments, () => {
    let units = 0
    let rows = 0
    const step = Math.max(1, Math.floor(rowsOf(segments) / SAMPLED))
    for (const segment of segments) {
      for (let slot = 0; slot < segment.size; slot += step) {
        if (!segment.live.has(slot)) continue
        rows++
        for (const { content } of documents.read(segment.rows[slot]!).messages ?? []) units += content.length
      }
    }
    return UNITS.document + (rows === 0 ? 0 : (units / rows) * UNITS.read)
  })
}
