/**
 * Rows as the JSON that is served. A stored row never changes (a write puts another in its stead), so its text is made
 * once and kept for a while: of a page of ten whole rows, completing and writing them is four fifths of the work.
 */
import type { Conversation } from '../row/conversation.ts'
import type { Scene } from './shapes.ts'

/** UTF-16 units that are kept of one shape of an agent's rows: a thousand whole ones, some thousands of lean ones. */
const MOST_UNITS = 4_194_304

/** The texts, in one shape, of the rows of one agent that were served last. */
export class RowTexts {
  readonly #shape: (row: Conversation, scene: Scene) => object
  readonly #most: number
  /** The one that was served last stands at the end. */
  readonly #kept = new Map<Conversation, string>()
  #units = 0

  constructor(shape: (row: Conversation, scene: Scene) => object, most: number = MOST_UNITS) {
    this.#shape = shape
    this.#most = most
  }

  /** The JSON of a row. O(1) for one that is kept. */
  text(row: Conversation, scene: Scene): string {
    const known = this.#kept.get(row)
    if (known === undefined) return this.#made(row, scene)
    this.#kept.delete(row)
    this.#kept.set(row, known)
    return known
  }

  #made(row: Conversation, scene: Scene): string {
    const text = JSON.stringify(this.#shape(row, scene))
    // The URLs of files begin with what the request was sent to.
    if (hasFiles(row)) return text
    this.#kept.set(row, text)
    this.#units += text.length
    for (const [oldest, { length }] of this.#kept) {
      if (this.#units <= this.#most) break
      this.#kept.delete(oldest)
      this.#units -= length
    }
    return text
  }
}

function hasFiles({ messages }: Conversation): boolean {
  return (messages ?? []).some(({ attachments }) => (attachments ?? []).length > 0)
}
