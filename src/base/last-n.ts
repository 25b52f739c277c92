/** A map of the entries that were used last. Beyond `most` entries, the least recently used one goes. */
export class LastN<Key, Value extends object> {
  readonly #most: number
  /** Least recently used first. */
  readonly #entries = new Map<Key, Value>()

  constructor(most: number) {
    this.#most = most
  }

  /** The value of a key, which counts as used now. O(1). */
  get(key: Key): Value | undefined {
    const value = this.#entries.get(key)
    if (value === undefined) return undefined
    this.#entries.delete(key)
    this.#entries.set(key, value)
    return value
  }

  /** Sets the value of a key, which counts as used now, and returns the value. O(1). */
  set(key: Key, value: Value): Value {
    this.#entries.delete(key)
    this.#entries.set(key, value)
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#most) break
      this.#entries.delete(oldest)
    }
    return value
  }

  /** Whether a key has a value. It does not count as used. O(1). */
  has(key: Key): boolean {
    return this.#entries.has(key)
  }

  /** Removes a key. O(1). */
  delete(key: Key): void {
    this.#entries.delete(key)
  }

  /** Removes all keys. */
  clear(): void {
    this.#entries.clear()
  }

  /** The keys, least recently used first. */
  keys(): Iterable<Key> {
    return this.#entries.keys()
  }

  /** The values, least recently used first. */
  values(): Iterable<Value> {
    return this.#entries.values()
  }

  get size(): number {
    return this.#entries.size
  }
}
