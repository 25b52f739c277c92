/** Where a string may be cut: between two characters as a reader sees them and, where there is such a place near, between two words. */

/** Units that a cut moves at most to stand between two words. */
const WORD_UNITS = 20

/** Units on either side of a cut that are looked at, so that a cut costs the same in a long string. */
const CONTEXT_UNITS = 500

/**
 * Two code points that may belong to one character: the second extends, or the first prepends itself, joins or is half of
 * a syllable. Wider than the rules of Unicode (UAX #29), so whatever it does not match is a boundary for sure.
 */
const JOINED =
  /^(?:\r\n|.[\p{M}\p{Cf}\p{Emoji_Modifier}\u0e33\u0eb3\u1160-\u11ff\ud7b0-\ud7ff\uff9e\uff9f]|[\p{Cf}\u1100-\u115f\ua960-\ua97f\u0d4e\u{111c2}\u{111c3}\u{113d1}\u{1193f}\u{11941}\u{11a3a}\u{11a84}-\u{11a89}\u{11d46}\u{11f02}].|\p{M}\p{Lo})$/su

/** Answers whether there is a boundary at a place. */
type Boundaries = (at: number) => boolean

/**
 * The place near `at` where the string is cut: between two words within 20 units, else between two characters. It is looked
 * for inwards first (1: the cut begins a piece, -1: it ends one), never beyond `bound`, then outwards. O(500), however
 * long the string.
 */
export function cutNear(text: string, at: number, inwards: 1 | -1, bound: number): number {
  if (at <= 0 || at >= text.length) return at
  const [isCharacter, isWord] = boundariesNear(text, at)
  const find = (most: number, fits: Boundaries): number | undefined => {
    const inner = Math.min(most, Math.abs(bound - at))
    for (let by = 0; by <= inner; by++) if (fits(at + by * inwards)) return at + by * inwards
    for (let by = 1; by <= most; by++) if (fits(at - by * inwards)) return at - by * inwards
    return undefined
  }
  // The ends of the string are left aside: a piece is to be a piece where its size asks for one.
  const isBetweenWords = (place: number) => place > 0 && place < text.length && isWord(place) && isCharacter(place)
  const isShown = (place: number) => text.charAt(inwards > 0 ? place : place - 1).trim() !== ''
  return (
    // White space at the end of a piece shows nothing.
    find(WORD_UNITS, (place) => isShown(place) && isBetweenWords(place)) ??
    find(WORD_UNITS, isBetweenWords) ??
    find(CONTEXT_UNITS, isCharacter) ??
    (cutsPair(text, at) ? at - inwards : at)
  )
}

/** Whether a surrogate pair has one half before this place and one after it. */
export function cutsPair(text: string, at: number): boolean {
  return (text.charCodeAt(at - 1) & 0xfc00) === 0xd800 && (text.charCodeAt(at) & 0xfc00) === 0xdc00
}

/** Whether a character ends here and another begins. Says no where only the whole of a rare script could tell. */
export function isBetweenCharacters(text: string, at: number): boolean {
  if (at <= 0 || at >= text.length) return true
  if (cutsPair(text, at)) return false
  const before = cutsPair(text, at - 1) ? at - 2 : at - 1
  const pair = text.slice(before, at) + String.fromCodePoint(text.codePointAt(at)!)
  if (!isFlagLetter(text, at) || !isFlagLetter(text, before)) return !JOINED.test(pair)
  // Flags are pairs of letters from the first letter on.
  let first = before
  while (isFlagLetter(text, first - 2)) first -= 2
  return (at - first) % 4 === 0
}

/** Whether one of the letters that stand for flags in pairs begins here. */
function isFlagLetter(text: string, at: number): boolean {
  return text.charCodeAt(at) === 0xd83c && text.charCodeAt(at + 1) >= 0xdde6 && text.charCodeAt(at + 1) <= 0xddff
}

/** The boundaries of characters and of words near a place. */
function boundariesNear(text: string, at: number): readonly [Boundaries, Boundaries] {
  const [characters, words] = segmenters()
  if (characters === undefined || words === undefined) {
    const isSpace = (place: number) => text.charAt(place).trim() === ''
    return [
      (place) => isBetweenCharacters(text, place),
      (place) => place === 0 || place === text.length || isSpace(place - 1) !== isSpace(place),
    ]
  }
  // A segment tells its beginning rightly if the piece that is segmented begins at a boundary.
  const least = Math.max(0, at - 2 * CONTEXT_UNITS)
  let from = Math.max(0, at - CONTEXT_UNITS)
  while (from > least && !isBetweenCharacters(text, from)) from--
  const piece = text.slice(from, at + 2 * CONTEXT_UNITS)
  const boundariesOf = (segmenter: Intl.Segmenter): Boundaries => {
    const segments = segmenter.segment(piece)
    return (place) => place === text.length || segments.containing(place - from)?.index === place - from
  }
  return [boundariesOf(characters), boundariesOf(words)]
}

let made: readonly Intl.Segmenter[] | undefined

/** The segmenters of characters and of words, in the rules of no particular language. None where the runtime has none. */
function segmenters(): readonly Intl.Segmenter[] {
  const { Segmenter } = Intl as Partial<typeof Intl>
  if (Segmenter === undefined) return []
  made ??= (['grapheme', 'word'] as const).map((granularity) => new Segmenter('en', { granularity }))
  return made
}
