/** UTF-8: text made into bytes without loss, and the first byte that is none. */
import { host } from './host.ts'

/** Decodes whole pieces of UTF-8; a byte that is none throws, a U+FEFF stays. */
export function utf8Decoder(): { decode(bytes: Uint8Array): string } {
  return new host.TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
}

/** Bytes as an error shows them: what is no UTF-8 becomes U+FFFD. */
export function textOf(bytes: Uint8Array): string {
  return new host.TextDecoder('utf-8', { fatal: false, ignoreBOM: true }).decode(bytes)
}

/**
 * Makes chunks of text into UTF-8. A pair of surrogates may be split between chunks. A lone surrogate, which UTF-8
 * cannot say, becomes its JSON escape, which stands for the same unit inside a JSON string.
 */
export class Utf8Encoder {
  readonly #encoder = new host.TextEncoder()
  /** A high surrogate that ended the chunk before. */
  #held = ''

  encode(chunk: string): Uint8Array {
    let text = this.#held + chunk
    this.#held = ''
    const last = text.charCodeAt(text.length - 1)
    if (last >= 0xd800 && last <= 0xdbff) {
      this.#held = text.slice(-1)
      text = text.slice(0, -1)
    }
    return this.#encoder.encode(escapeLoneSurrogates(text))
  }

  /** What is left when no more text comes. */
  end(): Uint8Array {
    const text = escapeLoneSurrogates(this.#held)
    this.#held = ''
    return this.#encoder.encode(text)
  }
}

function escapeLoneSurrogates(text: string): string {
  // With the u flag a pair is one character, so the class matches lone ones alone.
  return text.replace(/[\ud800-\udfff]/gu, (unit) => `\\u${unit.charCodeAt(0).toString(16)}`)
}

/** How many bytes a `Utf8Encoder` makes of a text. O(length), allocates nothing. */
export function utf8Length(text: string): number {
  let bytes = text.length
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) continue
    if (unit < 0x800) bytes += 1
    else if (unit < 0xd800 || unit > 0xdfff) bytes += 2
    else if (unit < 0xdc00 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      bytes += 2
      i++
    } else bytes += 5
  }
  return bytes
}

/** Looks through a stream of bytes for the first that is no UTF-8 (by the table 3-7 of the Unicode Standard). */
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
