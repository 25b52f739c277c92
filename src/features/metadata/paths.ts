/** Going through the values of a metadata document. A list is a value, and so is an empty object. */

/** Hears of a value and of the keys that lead to it, which it copies to keep. Where it gives `false` the walk ends. */
export type FoundValue = (path: readonly string[], value: unknown) => unknown

/** Calls `found` with each value of a document, in order; with none for anything but an object. O(values). */
export function walkValues(document: unknown, found: FoundValue): void {
  walk(document, keysOf(document), [], found)
}

/** Documents are at most 100 levels deep, so this may call itself. Whether the walk goes on. */
function walk(object: unknown, keys: readonly string[], path: string[], found: FoundValue): boolean {
  for (const key of keys) {
    const value = (object as Record<string, unknown>)[key]
    const inner = keysOf(value)
    path.push(key)
    const goesOn = inner.length === 0 ? found(path, value) !== false : walk(value, inner, path, found)
    path.pop()
    if (!goesOn) return false
  }
  return true
}

const NONE: readonly string[] = []

/** The keys of an object. Without the values: pairs take seconds for millions. */
function keysOf(value: unknown): readonly string[] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : NONE
}
