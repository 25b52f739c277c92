/** Which paths are in use in metadata, and which values at a path, and how often: counted as rows come and go. */

import { compareCodePoints } from '../base/text/compare.ts'
import { valueAt } from '../engine/terms/fields.ts'
import { compareScalars } from '../features/metadata/census.ts'
import type { Scalar } from '../query/spec.ts'
import type { Conversation, JsonObject } from '../row/conversation.ts'
import { differing } from './message-index.ts'
import type { View } from './views.ts'

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
    const [gone, come] = differing(was?.messages ?? [], is?.messages ?? [])
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

/**
 * The dotted paths to values of a document, each once. A list is a value, and so is an empty object. It stops at one more
 * than `most`. O(values).
 */
export function pathsOf(document: unknown, most = Number.POSITIVE_INFINITY): Set<string> {
  const paths = new Set<string>()
  addPaths(document, undefined, most, paths)
  return paths
}

/** `path` is where the value stands; undefined for the document itself. */
function addPaths(value: unknown, path: string | undefined, most: number, paths: Set<string>): void {
  // Without the values: a list of millions of pairs takes seconds.
  const keys = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : []
  if (keys.length === 0 && path !== undefined) paths.add(path)
  for (const key of keys) {
    if (paths.size > most) return
    addPaths((value as JsonObject)[key], path === undefined ? key : `${path}.${key}`, most, paths)
  }
}

function count(document: unknown, by: number, counts: Map<string, number>): void {
  for (const path of pathsOf(document)) add(counts, path, by)
}

/** How many rows have each scalar at a dotted path. Rows that are deleted softly do not count. */
export class ValueCensus implements View {
  readonly #path: readonly string[]
  /** A path whose keys have dots themselves is one key. */
  readonly #key: readonly string[]
  readonly #values = new Map<Scalar, number>()

  constructor(path: string) {
    this.#path = path.split('.')
    this.#key = [path]
  }

  change(before: Conversation | null, after: Conversation | null): void {
    if (before?.metadata === after?.metadata && before?.is_deleted === after?.is_deleted) return
    this.#count(before, -1)
    this.#count(after, 1)
  }

  /** The values, at most so many, the most used first, then texts by code point, numbers, booleans, null. */
  mostUsed(most: number): Scalar[] {
    return mostUsed(this.#values, most, compareScalars)
  }

  #count(row: Conversation | null, by: number): void {
    if (row === null || row.is_deleted === true) return
    const nested = valueAt(row, this.#path)
    const value = nested === undefined ? valueAt(row, this.#key) : nested
    if (value !== undefined && (typeof value !== 'object' || value === null)) add(this.#values, value as Scalar, by)
  }
}

function add<Key>(counts: Map<Key, number>, key: Key, by: number): void {
  const now = (counts.get(key) ?? 0) + by
  if (now === 0) counts.delete(key)
  else counts.set(key, now)
}

/** Keeps the best so far in order: few out of many get in, so that is cheaper than sorting all. O(keys x log most). */
function mostUsed<Key>(counts: ReadonlyMap<Key, number>, most: number, compare: (a: Key, b: Key) => number): Key[] {
  type Counted = readonly [key: Key, uses: number]
  const order = ([a, n]: Counted, [b, m]: Counted) => m - n || compare(a, b)
  const cut = (from: Counted[]) => from.sort(order).slice(0, most)
  let best: Counted[] = []
  let worst: Counted | undefined
  for (const counted of counts) {
    if (worst !== undefined && order(counted, worst) > 0) continue
    best.push(counted)
    if (best.length < 2 * most) continue
    best = cut(best)
    worst = best.at(-1)
  }
  return cut(best).map(([key]) => key)
}
