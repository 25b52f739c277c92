/**
 * By which rules strings were cut and folded: an index that others made would answer wrongly. Runtimes differ in their version
 * of Unicode, so a file says of each character that is in it how it was cut, and is as good wherever these are cut alike: one
 * written by Node is opened by browsers and edge runtimes with its text indexes.
 */
import { fold } from '../../base/text/fold.ts'
import { type CharacterClass, classOf } from '../../engine/text/substring.ts'

/** The rules that no runtime brings. The number is raised with every change of `engine/text/substring.ts` that cuts otherwise. */
export const TEXT_RULES = 'cutting 1, folding of Unicode 17.0'

/** Characters by their class, those beyond ASCII: all runtimes cut ASCII alike. */
export type CharacterClasses = Readonly<Partial<Record<CharacterClass, string>>>

/** The characters of some strings. */
export class Characters {
  readonly #seen = new Uint8Array(0x11_0000)

  /** Adds those of a string. O(units). */
  add(text: string): void {
    for (let at = 0; at < text.length; at++) {
      if (text.charCodeAt(at) < 0x80) continue
      const point = text.codePointAt(at)!
      this.#seen[point] = 1
      if (point > 0xffff) at++
    }
  }

  /** The class of each, folded and not, as this runtime has it. O(characters of Unicode). */
  classes(): CharacterClasses {
    for (const character of this.#each()) this.add(fold(character))
    const classes: Partial<Record<CharacterClass, string>> = {}
    for (const character of this.#each()) classes[classOf(character)] = (classes[classOf(character)] ?? '') + character
    return classes
  }

  *#each(): Generator<string> {
    for (let point = 0; point < this.#seen.length; point++)
      if (this.#seen[point] === 1) yield String.fromCodePoint(point)
  }
}

/** Whether this runtime has the same classes. O(characters). */
export function isCutAlike(classes: unknown): boolean {
  if (typeof classes !== 'object' || classes === null) return false
  return Object.entries(classes).every(([kind, characters]) => {
    if (typeof characters !== 'string') return false
    for (const each of characters) if (String(classOf(each)) !== kind) return false
    return true
  })
}
