/**
 * Rows as the JSON that is served. A stored row never changes (a write replaces it), so its JSON is made once and kept for
 * a while: completing and writing ten whole rows is four fifths of the work of their page. A long row is not kept.
 */
import type { Conversation, Message } from '../row/conversation.ts'
import { hasItem } from '../row/grown.ts'
import { isLong, jsonParts } from './json-pieces.ts'
import type { Scene } from './scene.ts'

/** UTF-16 units of the JSON that is kept: a thousand whole rows, some thousands of lean ones. */
const MOST_UNITS = 4_194_304

/** The JSON, in one shape, of the rows of one agent that were served last. */
export class RowJson {
  readonly #shape: (row: Conversation, scene: Scene) => object
  readonly #most: number
  /** Least recently served first. */
  readonly #kept = new Map<Conversation, string>()
  #units = 0

  constructor(shape: (row: Conversation, scene: Scene) => object, most: number = MOST_UNITS) {
    this.#shape = shape
    this.#most = most
  }

  /** The JSON of a row, of a long one in parts. O(1) while it is kept. */
  of(row: Conversation, scene: Scene): string | Iterable<string> {
    const known = this.#kept.get(row)
    if (known === undefined) return this.#made(row, scene)
    this.#kept.delete(row)
    this.#kept.set(row, known)
    return known
  }

  #made(row: Conversation, scene: Scene): string | Iterable<string> {
    const shape = this.#shape(row, scene)
    if (isLong(shape)) return jsonParts(shape)
    const json = JSON.stringify(shape)
    // The URLs of files begin with the address of the request.
    if (hasFiles(row)) return json
    this.#kept.set(row, json)
    this.#units += json.length
    for (const [oldest, { length }] of this.#kept) {
      if (this.#units <= this.#most) break
      this.#kept.delete(oldest)
      this.#units -= length
    }
    return json
  }
}

function hasFiles(row: Conversation): boolean {
  return hasItem(row, 'messages', hasAttachments)
}

function hasAttachments({ attachments }: Message): boolean {
  return (attachments ?? []).length > 0
}
