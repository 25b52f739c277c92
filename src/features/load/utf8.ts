/** UTF-8: strings made into bytes without loss. */
import { utf8Encoder } from './codec.ts'

/**
 * Makes chunks of text into UTF-8. A pair of surrogates may be split between chunks. A lone surrogate, which UTF-8
 * cannot say, becomes its JSON escape, which stands for the same unit inside a JSON string.
 */
export class Utf8Encoder {
  readonly #encoder = utf8Encoder()
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

/** How many bytes a `Utf8Encoder` makes of a string. O(length), allocates nothing. */
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
