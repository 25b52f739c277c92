/** Keys that were probably meant to be known ones: an unknown key is kept, so a misspelt one vanishes from all answers. */
import { editDistance, show } from '../base/errors.ts'
import { placeOf } from '../base/place.ts'
import { STORED_FIELDS } from './fields.ts'
import { type Bag, isObject } from './json.ts'

/** So many keys are remembered with the known ones that are near them. */
const MOST_REMEMBERED = 1_000

/** The keys that an object of the API may have. */
class Keys {
  readonly #meant: readonly string[]
  /** By key: the known ones near it; none for a key that is known itself. */
  readonly #near = new Map<string, readonly string[]>()
  /** Unknown keys are compared with `meant`; `others` are known too. */
  constructor(meant: readonly string[], others: readonly string[]) {
    this.#meant = meant
    for (const key of [...meant, ...others]) this.#near.set(key, [])
  }

  /** The misspelt keys of an object, each with the known one that it lacks. Mostly a look-up a key and nothing else. */
  misspelt(object: Bag): readonly (readonly [key: string, meant: string])[] {
    let found: (readonly [string, string])[] | undefined
    for (const key in object) {
      const near = this.#near.get(key) ?? this.#nearTo(key)
      if (near.length === 0) continue
      const meant = near.find((known) => !Object.hasOwn(object, known))
      if (meant === undefined || !Object.hasOwn(object, key)) continue
      found ??= []
      found.push([key, meant])
    }
    return found ?? NONE
  }

  #nearTo(key: string): readonly string[] {
    const near = this.#meant.filter((known) => isNear(key, known))
    if (this.#near.size < MOST_REMEMBERED) this.#near.set(key, near)
    return near
  }
}

const NONE: readonly never[] = []

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
export function misspellings(given: Bag, row: Bag): readonly string[] {
  const found = new Map<string, string>()
  const look = (object: unknown, keys: Keys, list = '', index = 0) => {
    const misspelt = isObject(object) ? keys.misspelt(object) : NONE
    if (misspelt.length === 0) return
    for (const [key, meant] of misspelt) {
      const name = `${list} ${key}`
      const place = placeOf(list === '' ? [key] : [list, index, key])
      const message = `${place} is an unknown key and kept as it is. Did you mean ${show(meant)}? That one is absent.`
      if (!found.has(name)) found.set(name, message)
    }
  }
  look(given, ROW)
  const { messages, feedbacks } = row
  if (Array.isArray(messages)) for (let i = 0; i < messages.length; i++) look(messages[i], MESSAGE, 'messages', i)
  if (Array.isArray(feedbacks)) for (let i = 0; i < feedbacks.length; i++) look(feedbacks[i], FEEDBACK, 'feedbacks', i)
  return found.size === 0 ? NONE : [...found.values()]
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
