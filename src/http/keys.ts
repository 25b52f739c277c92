/** Keys, compared in a time that tells nothing of them. */
import { Refusal } from './answer.ts'

/** What a key may do. */
export type Role = 'read' | 'write'

/** A key, the agent that it opens and what it may do there. */
export interface KeyEntry<Agent> {
  readonly key: string
  readonly agent: Agent
  readonly role: Role
}

/** All keys of a handler. */
export class Keys<Agent> {
  readonly #entries: readonly { readonly units: Uint16Array; readonly entry: KeyEntry<Agent> }[]

  constructor(entries: readonly KeyEntry<Agent>[]) {
    this.#entries = entries.map((entry) => ({ units: unitsOf(entry.key), entry }))
  }

  /**
   * The entry of the key in an `Authorization: Api-Key KEY` header. Throws the 401s. Every key is compared to its end:
   * the time depends on the number of keys and on the length of the one that came.
   */
  find(header: string | null): KeyEntry<Agent> {
    const [scheme = '', ...rest] = (header ?? '').trim().split(/\s+/)
    const key = rest.join(' ')
    if (scheme.toLowerCase() !== 'api-key' || key === '')
      throw new Refusal(401, 'Authentication credentials were not provided.')
    const came = unitsOf(key)
    let found: KeyEntry<Agent> | undefined
    for (const { units, entry } of this.#entries) if (isSame(came, units)) found = entry
    if (found === undefined) throw new Refusal(401, 'Invalid API key.')
    return found
  }
}

function unitsOf(text: string): Uint16Array {
  return Uint16Array.from({ length: text.length }, (_, at) => text.charCodeAt(at))
}

/** Whether two strings are equal, in a time that depends on the first one's length alone. */
function isSame(came: Uint16Array, known: Uint16Array): boolean {
  let difference = came.length ^ known.length
  for (let at = 0; at < came.length; at++) difference |= came[at]! ^ known[at % known.length]!
  return difference === 0
}
