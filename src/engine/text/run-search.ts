/**
 * The search of the runs of messages. Stretches of white space are kept apart: there are few of them, and no run has white
 * space, so a pattern of white space is not looked for among all runs.
 */
import { fold } from '../../base/text/fold.ts'
import type { Place, SearchImage } from '../terms/dictionary.ts'
import { DictionarySearch } from './search.ts'
import { classOf, SPACE } from './substring.ts'

const fits: Readonly<Record<Place, (stretch: string, piece: string) => boolean>> = {
  anywhere: (stretch, piece) => stretch.includes(piece),
  start: (stretch, piece) => stretch.startsWith(piece),
  end: (stretch, piece) => stretch.endsWith(piece),
}

/** A piece is part of a run, or white space alone. */
export class RunSearch extends DictionarySearch {
  readonly #stretches = new Map<number, string>()

  /** As for other strings; of white space O(units of all distinct stretches). */
  override containing(piece: string, place: Place): readonly number[] {
    if (classOf(piece) !== SPACE) return super.containing(piece, place)
    this.prepare()
    const found: number[] = []
    for (const [term, stretch] of this.#stretches) if (fits[place](stretch, piece)) found.push(term)
    return found
  }

  override reach(piece: string, place: Place): number {
    return classOf(piece) === SPACE ? this.#stretches.size : super.reach(piece, place)
  }

  image(): SearchImage {
    const anew = new RunSearch(this.dictionary)
    const blocks = anew.blocks()
    return { spaces: Uint32Array.from(anew.#stretches.keys()), blocks }
  }

  restore({ spaces, blocks }: SearchImage): void {
    this.takeBlocks(blocks)
    for (const term of spaces) this.take(term, fold(String(this.dictionary.value(term))))
  }

  protected override take(term: number, folded: string): void {
    if (classOf(folded) === SPACE) this.#stretches.set(term, folded)
    else super.take(term, folded)
  }

  protected override forget(): void {
    super.forget()
    this.#stretches.clear()
  }

  override get bytes(): number {
    let units = 0
    for (const stretch of this.#stretches.values()) units += stretch.length
    return super.bytes + this.#stretches.size * 40 + units
  }
}
