/**
 * Words of one hash, for a hash that goes letter by letter and begins the same way in every store (FNV-1a, begun with
 * the length). From each state two pieces of four letters lead to one state: n pairs in a row make 2^n words.
 */
const LETTERS = 'abcdefghijklmnopqrstuvwxyz'
const PIECE = 4

/** So many words, all different, whose hashes would be one. */
export function collidingWords(many: number): string[] {
  const pairs = Math.ceil(Math.log2(many))
  let state = pairs * PIECE
  let words = ['']
  for (let i = 0; i < pairs; i++) {
    const [one, other, next] = pairFrom(state)
    words = words.flatMap((word) => [word + one, word + other])
    state = next
  }
  return words.slice(0, many)
}

/** Two pieces that lead from a state to the same one. */
function pairFrom(state: number): readonly [string, string, number] {
  const seen = new Map<number, string>()
  for (let number = 0; ; number++) {
    let piece = ''
    for (let rest = number, i = 0; i < PIECE; i++, rest = Math.floor(rest / 26)) piece += LETTERS[rest % 26]
    let hash = state
    for (let i = 0; i < PIECE; i++) hash = Math.imul(hash ^ piece.charCodeAt(i), 0x01000193)
    const other = seen.get(hash)
    if (other !== undefined) return [other, piece, hash]
    seen.set(hash, piece)
    if (number === 26 ** PIECE) throw new Error('No two pieces of four letters lead to one state.')
  }
}
