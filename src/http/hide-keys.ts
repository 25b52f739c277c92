/** Keys that somebody pasted where they do not belong, hidden before a log or an answer shows them. */

/** What looks like a key, or the beginning of one. */
const FORM = /ags_[0-9a-f]{1,32}(?:_[0-9a-f]{0,6})?/g

/** Characters of a known key that are hidden where they stand without the rest. */
const LEAST = 4

/** A character that was read, and where it stands in the whole. */
interface Unit {
  readonly text: string
  readonly from: number
  readonly to: number
}

/**
 * A string without keys, each of them replaced by `***`: the known ones and what looks like one, in either case, whole or
 * cut off, plain or percent-encoded any number of times. Keys that overlap are hidden whole. O(length x keys).
 */
export function hideKeys(text: string, keys: readonly string[]): string {
  const known = keys.map((key) => meaningOf(decoded(key)))
  const hidden = new Uint8Array(text.length)
  // As it stands as well: "%4" before a key would take its first letter.
  for (const units of [plain(text), decoded(text)]) {
    const meant = meaningOf(units)
    const hide = (at: number, length: number) => {
      if (length > 0) hidden.fill(1, units[at]!.from, units[at + length - 1]!.to)
    }
    for (const { index, 0: found } of meant.matchAll(FORM)) hide(index, found.length)
    for (const key of known) {
      const head = key.slice(0, LEAST)
      for (let at = meant.indexOf(head); at >= 0; at = meant.indexOf(head, at + 1))
        hide(at, sharedLength(meant, at, key))
    }
  }
  let shown = ''
  for (let at = 0; at < text.length; at++) {
    if (hidden[at] === 0) shown += text[at]
    else if (hidden[at - 1] !== 1) shown += '***'
  }
  return shown
}

/** How much of a key stands at a place. */
function sharedLength(text: string, at: number, key: string): number {
  let length = 0
  while (length < key.length && text[at + length] === key[length]) length++
  return length
}

/** In small letters of ASCII; a plus sign is a space in a query. */
function meaningOf(units: readonly Unit[]): string {
  return units
    .map(({ text }) => (text === '+' ? ' ' : text))
    .join('')
    .replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}

function plain(text: string): Unit[] {
  return Array.from({ length: text.length }, (_, at) => ({ text: text[at]!, from: at, to: at + 1 }))
}

/** Decoded until no percent escape is left. Of other characters than ASCII the bytes do. */
function decoded(text: string): Unit[] {
  const units: Unit[] = []
  for (const unit of plain(text)) {
    units.push(unit)
    for (let meant = escapeAt(units); meant !== undefined; meant = escapeAt(units)) units.splice(-3, 3, meant)
  }
  return units
}

/** What the last three units are the escape of, if they are one. */
function escapeAt(units: readonly Unit[]): Unit | undefined {
  const [sign, high, low] = units.slice(-3)
  if (sign?.text !== '%' || low === undefined) return undefined
  const digits = high!.text + low.text
  if (!/^[0-9a-f]{2}$/i.test(digits)) return undefined
  return { text: String.fromCharCode(Number.parseInt(digits, 16)), from: sign.from, to: low.to }
}
