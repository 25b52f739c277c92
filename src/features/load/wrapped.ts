/** An object that is not a conversation but holds a list of them, as other APIs wrap their answers. */

/** A wrapper is looked for so many levels deep. */
const DEPTH = 3

/**
 * What to say of an object that holds a list of conversations, to follow "The object "; `undefined` for any other value.
 * O(keys of the object and of those in it).
 */
export function wrappedText(value: unknown): string | undefined {
  const keys = wrappedList(value, DEPTH)
  if (keys === undefined) return undefined
  const path = keys.map((key) => `[${JSON.stringify(key)}]`).join('')
  const name = JSON.stringify(keys.join('.'))
  const expected = `Expected that list alone, or under the key "results". On a command line: jq '.${path}' FILE.`
  return `has a list of conversations, ${name}. ${expected} In code: store.addMany(object${path}).`
}

/** The keys by which a list of conversations is reached. */
function wrappedList(value: unknown, depth: number): string[] | undefined {
  if (depth === 0 || !isObject(value) || Array.isArray(value)) return undefined
  for (const [key, inner] of Object.entries(value)) {
    if (Array.isArray(inner) && inner.some((item) => isObject(item) && 'conversation_id' in item)) return [key]
    const keys = wrappedList(inner, depth - 1)
    if (keys !== undefined) return [key, ...keys]
  }
  return undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
