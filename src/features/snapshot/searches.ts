/**
 * What the terms of an index are searched in, as a section: joined strings, so that whoever opens a snapshot and asks at once need
 * not wait until they are joined again.
 */
import type { Taken } from '../../engine/image/numbers.ts'
import type { BlockImage, SearchImage } from '../../engine/terms/dictionary.ts'
import { decoded } from './values.ts'

/** How strings are joined. The number is raised with every change of `engine/text/` that joins or sieves otherwise: others are left out. */
export const SEARCH_RULES = 'joined 1'

/** What `writeSearch` was given. Throws `Damage`; the arrays are checked when they are restored. O(units). */
export function readSearch(taken: Taken): SearchImage {
  const spaces = taken.next('u32')
  const blocks: BlockImage[] = []
  while (!taken.isEnd) {
    const text = decoded(taken.next('u8'))
    blocks.push({ text, starts: taken.next('u32'), terms: taken.next('u32'), masks: taken.next('i32') })
  }
  return { spaces, blocks }
}
