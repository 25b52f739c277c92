/** The order of strings by code point. */

/**
 * The order of two strings by Unicode code point: negative where `a` is first, positive where `b` is, 0 where they are
 * equal. A string is ordered after its own beginning. JavaScript's `<` orders by UTF-16 unit instead, which puts the
 * characters from U+10000 on before those from U+E000 to U+FFFF. A lone surrogate counts as its own number.
 *
 * O(length of the common beginning), allocates nothing, never throws. Fit for `sort`.
 *
 * @example ['\u{1F600}', '\uFF5E'].sort(compareCodePoints) // ['\uFF5E', '\u{1F600}']
 */
export function compareCodePoints(a: string, b: string): number {
  if (a === b) return 0
  const end = Math.min(a.length, b.length)
  let at = 0
  while (at < end && a.charCodeAt(at) === b.charCodeAt(at)) at++
  if (at === end) return a.length - b.length
  const x = a.charCodeAt(at)
  const y = b.charCodeAt(at)
  if (x < 0xd800 || y < 0xd800) return x - y
  // Where both go on from one high surrogate, the character that differs began a unit ago.
  if (at > 0 && isHigh(a.charCodeAt(at - 1)) && (isLow(x) || isLow(y))) at--
  return a.codePointAt(at)! - b.codePointAt(at)!
}

function isHigh(unit: number): boolean {
  return (unit & 0xfc00) === 0xd800
}

function isLow(unit: number): boolean {
  return (unit & 0xfc00) === 0xdc00
}
