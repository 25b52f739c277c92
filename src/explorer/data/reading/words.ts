/** What the library says of a row, for a person who has no code in hand. */

/** A sentence ends at a full stop or question mark that white space follows, except in a string. */
const SENTENCES = /(?:"(?:[^"\\]|\\.)*"|[^.?]|[.?](?!\s|$))+(?:[.?]|$)\s*/gs
const STRINGS = /"(?:[^"\\]|\\.)*"/g
const SPEAKS_OF_CALLS = /\w\(|`|=>|conversation-store\//

/** A message without its place, and without sentences that advise on calls of the library. The first sentence stays. */
export function plainMessage(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const sentences = message.replace(/^Line [\d,]+(?: \(row [\d,]+\))?:? /, '').match(SENTENCES) ?? [message]
  const plain = sentences.filter((sentence, i) => i === 0 || !SPEAKS_OF_CALLS.test(sentence.replace(STRINGS, '')))
  const text = plain.join('').trim().replace(/^is /, 'It is ')
  // The name of a field stays as it is.
  return /^[a-z]+\b(?!_)/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text
}

/** The line that an error of the loader names. */
export function lineOf(error: unknown): number | null {
  const { parameter } = Object(error) as { readonly parameter?: unknown }
  const digits = /^line (\d+)$/.exec(String(parameter))?.[1]
  return digits === undefined ? null : Number(digits)
}
