/** Keys that were probably meant to be known ones: an unknown key is kept, so a misspelt one vanishes from all answers. */
import { editDistance, show } from '../base/errors.ts'
import { placeOf } from '../base/place.ts'
import { STORED_FIELDS } from './fields.ts'
import { type Bag, isObject } from './json.ts'

/** The keys that an object of the API may have, and of these the ones that others are compared with. */
class Keys {
  readonly #known: ReadonlySet<string>
  readonly #meant: readonly string[]

  constructor(meant: readonly string[], others: readonly string[]) {
    this.#known = new Set([...meant, ...others])
    this.#meant = meant
  }

  /** The known key that an unknown one was probably meant to be, if the object lacks that. */
  meantBy(key: string, object: Bag): string | undefined {
    if (this.#known.has(key)) return undefined
    return this.#meant.find((known) => !Object.hasOwn(object, known) && isNear(key, known))
  }
}

const ROW = new Keys(
  STORED_FIELDS.map(([key]) => key),
  ['agent', 'environment_id', 'message_count', 'feedback_count', 'tickets', 'token_usage', 'source'],
)
const MESSAGE = new Keys(
  ['id', 'timestamp', 'sender', 'content', 'action_name', 'metadata', 'attachments', 'action_logs', 'button'],
  ['conversation', 'feedback'],
)
const FEEDBACK = new Keys(
  ['id', 'sentiment', 'source', 'comment', 'metadata', 'created_at'],
  ['kind', 'agent', 'conversation', 'conversation_id', 'user', 'environment', 'environment_id', 'category', 'message'],
)

/**
 * What to say of the unknown keys of a row, its messages and its feedbacks that are one or two letters away from a known
 * key which is absent; of a short key, one letter. Each key is told once a row, in its first place. `given` is the row
 * as it came, whose values are not read, `row` the same as it was read. O(keys).
 */
export function misspellings(given: Bag, row: Bag): string[] {
  const found = new Map<string, string>()
  const look = (object: unknown, keys: Keys, ...steps: (string | number)[]) => {
    if (!isObject(object)) return
    for (const key in object) {
      const meant = keys.meantBy(key, object)
      if (meant === undefined || !Object.hasOwn(object, key) || found.has(`${steps[0]} ${key}`)) continue
      const place = placeOf([...steps, key])
      found.set(
        `${steps[0]} ${key}`,
        `${place} is an unknown key and kept as it is. Did you mean ${show(meant)}? That one is absent.`,
      )
    }
  }
  look(given, ROW)
  for (const [name, keys] of [
    ['messages', MESSAGE],
    ['feedbacks', FEEDBACK],
  ] as const) {
    const list: unknown = row[name]
    if (Array.isArray(list)) for (let i = 0; i < list.length; i++) look(list[i], keys, name, i)
  }
  return [...found.values()]
}

/** The key that a missing one was probably written as: an unknown key of the object near enough. */
export function writtenAs(
  missing: string,
  object: Bag,
  known: readonly { readonly key: string }[],
): string | undefined {
  return Object.keys(object).find((key) => isNear(key, missing) && !known.some((one) => one.key === key))
}

/** Whether two keys differ by at most two letters, case aside, and by less than half of the known one. */
function isNear(key: string, known: string): boolean {
  if (Math.abs(key.length - known.length) > 2) return false
  const distance = editDistance(key.toLowerCase(), known.toLowerCase())
  return distance <= 2 && distance < known.length / 2
}
