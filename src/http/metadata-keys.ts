/** How often each metadata path, and each value at a path, is in use: counted as rows come and go. */

import { bestN } from '../base/best-n.ts'
import { compareStringsFirst } from '../base/scalars.ts'
import { compareCodePoints } from '../base/text/compare.ts'
import { valueAt } from '../engine/terms/fields.ts'
import { walkValues } from '../features/metadata/paths.ts'
import { writePath } from '../query/metadata-path.ts'
import type { MetadataPath, Scalar } from '../query/spec.ts'
import type { Conversation } from '../row/conversation.ts'
import { differing } from '../row/grown.ts'
import type { View } from './view.ts'

/** How many rows, or messages, have a value at each path. Rows that are deleted softly do not count. */
export class MetadataCensus implements View {
  readonly #conversations = new Map<string, number>()
  readonly #messages = new Map<string, number>()

  change(before: Conversation | null, after: Conversation | null): void {
    const [was, is] = [before?.is_deleted === true ? null : before, after?.is_deleted === true ? null : after]
    if (was?.metadata !== is?.metadata) {
      count(was?.metadata, -1, this.#conversations)
      count(is?.metadata, 1, this.#conversations)
    }
    const { gone, come } = differing(was, is, 'messages')
    for (const message of gone) count(message.metadata, -1, this.#messages)
    for (const message of come) count(message.metadata, 1, this.#messages)
  }

  /** The paths in conversations, at most so many, the most used first, then by code point. O(paths x log most). */
  conversationKeys(most: number): string[] {
    return mostUsed(this.#conversations, most, compareCodePoints)
  }

  /** The same for messages. */
  messageKeys(most: number): string[] {
    return mostUsed(this.#messages, most, compareCodePoints)
  }
}

/** Counts the paths of a document, as strings. A path that no string can say cannot be asked for, and is left out. */
function count(document: unknown, by: number, counts: Map<string, number>): void {
  walkValues(document, (path) => {
    const text = writePath(path)
    if (text !== undefined) add(counts, text, by)
  })
}

/** How many rows have each scalar at a path. Rows that are deleted softly do not count. */
export class ValueCensus implements View {
  readonly #path: MetadataPath
  readonly #values = new Map<Scalar, number>()

  constructor(path: MetadataPath) {
    this.#path = path
  }

  change(before: Conversation | null, after: Conversation | null): void {
    if (before?.metadata === after?.metadata && before?.is_deleted === after?.is_deleted) return
    this.#count(before, -1)
    this.#count(after, 1)
  }

  /** The values, at most so many, the most used first, then strings by code point, numbers, booleans, null. */
  mostUsed(most: number): Scalar[] {
    return mostUsed(this.#values, most, compareStringsFirst)
  }

  #count(row: Conversation | null, by: number): void {
    if (row === null || row.is_deleted === true) return
    const value = valueAt(row, this.#path)
    if (value !== undefined && (typeof value !== 'object' || value === null)) add(this.#values, value as Scalar, by)
  }
}

function add<Key>(counts: Map<Key, number>, key: Key, by: number): void {
  const now = (counts.get(key) ?? 0) + by
  if (now === 0) counts.delete(key)
  else counts.set(key, now)
}

function mostUsed<Key>(counts: ReadonlyMap<Key, number>, most: number, compare: (a: Key, b: Key) => number): Key[] {
  return bestN(counts, most, ([a, n], [b, m]) => m - n || compare(a, b)).map(([key]) => key)
}
