/** A name for content: the same for the same content, on every machine. */

/** 104 bits of a string as 26 hexadecimal digits, by two runs of a multiplying hash. Not for secrets. O(length). */
export function hashOf(text: string): string {
  return half(text, 0x9e3779b1) + half(text, 0x85ebca6b)
}

function half(text: string, seed: number): string {
  let a = 0xdeadbeef ^ seed
  let b = 0x41c6ce57 ^ seed
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    a = Math.imul(a ^ unit, 2_654_435_761)
    b = Math.imul(b ^ unit, 1_597_334_677)
  }
  a = Math.imul(a ^ (a >>> 16), 2_246_822_507) ^ Math.imul(b ^ (b >>> 13), 3_266_489_909)
  b = Math.imul(b ^ (b >>> 16), 2_246_822_507) ^ Math.imul(a ^ (a >>> 13), 3_266_489_909)
  const number = 4_294_967_296 * (b & 0xfffff) + (a >>> 0)
  return number.toString(16).padStart(13, '0')
}
