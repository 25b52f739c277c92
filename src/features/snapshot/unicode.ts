/**
 * By which rules strings were cut and folded: an index that others made would answer wrongly. Runtimes differ in their version
 * of Unicode, so a file says of each character that is in it how it was cut, and is as good wherever these are cut alike: one
 * written by Node is opened by browsers and edge runtimes with its text indexes.
 */
import { type CharacterClass, classOf } from '../../engine/text/substring.ts'

/** The rules that no runtime brings. The number is raised with every change of `engine/text/substring.ts` that cuts otherwise. */
export const TEXT_RULES = 'cutting 1, folding of Unicode 17.0'

/** Characters by their class, those beyond ASCII: all runtimes cut ASCII alike. */
export type CharacterClasses = Readonly<Partial<Record<CharacterClass, string>>>

/** Whether this runtime has the same classes. O(characters). */
export function isCutAlike(classes: unknown): boolean {
  if (typeof classes !== 'object' || classes === null) return false
  return Object.entries(classes).every(([kind, characters]) => {
    if (typeof characters !== 'string') return false
    for (const each of characters) if (String(classOf(each)) !== kind) return false
    return true
  })
}
