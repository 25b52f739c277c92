/** The longest piece that two strings have in common. */

/**
 * The longest string that both contain, longer than `least` units; `''` where there is none. Of several the first in `b`.
 * O(units of b x what finding one in a takes), and no more than one search a unit where `a` has nothing longer.
 */
export function longestPiece(a: string, b: string, least = 0): string {
  let best = ''
  let length = least + 1
  for (let from = 0; from + length <= b.length; from++) {
    while (from + length <= b.length && a.includes(b.slice(from, from + length))) {
      best = b.slice(from, from + length)
      length++
    }
  }
  return best
}
