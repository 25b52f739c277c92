/** Random numbers that hashes begin from: without them, someone could choose strings whose hashes are equal. */
import { host } from './host.ts'

/** What a hash begins with, and what it multiplies by: odd, and not small. */
export interface Seed {
  readonly first: number
  readonly factor: number
}

/** The seed while none can be drawn: it protects against nothing. */
export const NO_SEED: Seed = { first: 0, factor: 0x85ebca6b }

/** Draws a seed. `undefined` where there are no random values, as while a Worker of Cloudflare loads its modules. O(1). */
export function drawSeed(): Seed | undefined {
  try {
    const [first, factor] = host.crypto!.getRandomValues(new Uint32Array(2)) as Iterable<number>
    return { first: first! | 0, factor: factor! | 0x1000_0001 }
  } catch {
    return undefined
  }
}

/**
 * The hash after another number of 16 bits. What two numbers do to it differs by a value that depends on the factor, and
 * that the next number cannot take back, since that value has 32 bits: so no pair of strings has one hash for every seed.
 */
export function mixed(hash: number, number: number, factor: number): number {
  const product = Math.imul(hash ^ number, factor)
  return product ^ (product >>> 15)
}
