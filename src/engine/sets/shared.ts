/** What the parts of one query share: made once each, void when the query is answered. */
import { Scratch } from './scratch.ts'

/** Things by who makes them and a key of theirs. */
export class Shared {
  /** For sets that are shared: nothing of it is given back before the query is answered. */
  readonly scratch: Scratch
  readonly #made = new Map<object, Map<unknown, unknown>>()
  /** Owners that make one thing, few of them, and what they made. */
  readonly #owners: object[] = []
  readonly #things: unknown[] = []

  /** `rows`: the most rows that a segment has. */
  constructor(rows: number) {
    this.scratch = new Scratch(rows)
  }

  /** What `make` gives, made for the first who asks: `owner` always makes the same kind of thing. */
  of<Value>(owner: object, key: unknown, make: () => Value): Value {
    let made = this.#made.get(owner) as Map<unknown, Value> | undefined
    if (made === undefined) {
      made = new Map()
      this.#made.set(owner, made)
    }
    let value = made.get(key)
    if (value === undefined) {
      value = make()
      made.set(key, value)
    }
    return value
  }

  /** The same of an owner that makes one thing. */
  only<Value>(owner: object, make: () => Value): Value {
    const at = this.#owners.indexOf(owner)
    if (at !== -1) return this.#things[at] as Value
    const thing = make()
    this.#owners.push(owner)
    this.#things.push(thing)
    return thing
  }

  /** Forgets all, for segments of up to so many rows. */
  reset(rows: number): void {
    this.#forget()
    this.scratch.reset(rows)
  }

  /** Forgets all, and gives back what is more than a short query needs. */
  trim(): void {
    this.#forget()
    this.scratch.trim()
  }

  #forget(): void {
    if (this.#made.size > 0) this.#made.clear()
    this.#owners.length = this.#things.length = 0
  }
}
