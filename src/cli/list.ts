/** Several values in one argument: `mobile,tablet`, and in double quotes what holds a comma: `"a,b",c`. */
import { InvalidArgumentError } from 'commander'

/** An item in double quotes, in which `""` is a quote, or one without commas; then a comma or the end. */
const ITEM = /\s*(?:"((?:[^"]|"")*)"\s*|([^,]*))(,|$)/y

/** The values of a list. Those without quotes are trimmed. Throws where one is empty, or its quote does not end. */
export function readList(text: string): string[] {
  const items: string[] = []
  ITEM.lastIndex = 0
  for (let separator = ','; separator === ','; ) {
    const [, quoted, plain = '', next] = ITEM.exec(text)!
    const item = quoted?.replaceAll('""', '"') ?? plain.trim()
    if (item === '') throw new InvalidArgumentError('One of its values is empty: leave it out.')
    if (quoted === undefined && item.startsWith('"'))
      throw new InvalidArgumentError('A double quote begins a value that holds commas, and must end it: "a,b",c.')
    items.push(item)
    separator = next!
  }
  return items
}
