/** Which characters the rows of a snapshot have, and how they are cut: see `unicode.ts`. */
import { fold } from '../../base/text/fold.ts'
import { type CharacterClass, classOf } from '../../engine/text/substring.ts'
import type { CharacterClasses } from './unicode.ts'

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
