/** UTF-8 is looked through for bytes that cannot be. */

/** Looks through a stream of bytes for the first that cannot be UTF-8 (by the table 3-7 of the Unicode Standard). */
export class Utf8Check {
  /** How many bytes of the character under way are still to come. */
  #missing = 0
  /** The bounds of the next of them; only the first is narrower than 80..BF. */
  #low = 0x80
  #high = 0xbf

  /** Whether a character is under way: at the end of the stream, it was cut off. */
  get isInside(): boolean {
    return this.#missing > 0
  }

  /** The place of the first bad byte in this piece, or -1. Nothing may be asked after a bad byte. */
  find(bytes: Uint8Array): number {
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i]!
      if (this.#missing > 0) {
        if (byte < this.#low || byte > this.#high) return i
        this.#missing--
        this.#low = 0x80
        this.#high = 0xbf
      } else if (byte >= 0x80) {
        if (byte < 0xc2 || byte > 0xf4) return i
        this.#missing = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3
        if (byte === 0xe0) this.#low = 0xa0
        else if (byte === 0xed) this.#high = 0x9f
        else if (byte === 0xf0) this.#low = 0x90
        else if (byte === 0xf4) this.#high = 0x8f
      }
    }
    return -1
  }
}
