/** What waits while a page is held. */

import { compareKeys, keyOf } from '../../engine/pages/order-key.ts'
import type { Row } from '../../engine/segments/documents.ts'
import type { OrderTerm } from '../../query/spec.ts'
import { changesBetween } from './differences.ts'
import type { Step } from './run.ts'

/** What a commit as a whole did to each row, by id: one that left and came back has stayed. */
export function netOf(steps: readonly Step[]): ReadonlyMap<number, Step> {
  const net = new Map<number, Step>()
  for (const { before, after } of steps) {
    const { id } = (after ?? before)!
    const first = net.get(id)
    net.set(id, { before: first === undefined ? before : first.before, after })
  }
  return net
}

/** The rows that a held page does not show in their places, by id. */
export class Waiting {
  /** Rows that have come since the page stands still, whether it would show them or not. */
  readonly #arrived = new Set<number>()
  /** Rows that were there, and have another place by their own change. */
  #displaced: ReadonlySet<number> = new Set()

  get size(): number {
    return this.#arrived.size + this.#displaced.size
  }

  /** Lets all in; gives the ids that waited. */
  end(): ReadonlySet<number> {
    const waited = new Set([...this.#arrived, ...this.#displaced])
    this.#arrived.clear()
    this.#displaced = new Set()
    return waited
  }

  /** Notes what a commit did, where the page shows some rows and would have others now. */
  note(net: ReadonlyMap<number, Step>, shown: readonly Row[], now: readonly Row[], terms: readonly OrderTerm[]): void {
    const displaced = new Set(this.#displaced)
    for (const [id, { before, after }] of net) {
      if (after === null) {
        this.#arrived.delete(id)
        displaced.delete(id)
      } else if (before === null) this.#arrived.add(id)
      else if (!this.#arrived.has(id) && compareKeys(keyOf(before, terms), keyOf(after, terms), terms) !== 0)
        displaced.add(id)
    }
    const { inserted, removed, moved } = changesBetween(shown, now, displaced)
    // Those that are back in their place wait no more.
    this.#displaced = new Set([...inserted, ...removed, ...moved].filter((id) => displaced.has(id)))
  }
}
