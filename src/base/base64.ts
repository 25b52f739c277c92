/** Base64 as `atob` and `btoa` read and write it, from and to bytes. */
import { host } from './host.ts'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** The value of each character by its code; absent ones are never read, since strings are checked first. */
const VALUES = Uint8Array.from({ length: 123 }, (_, code) => Math.max(0, ALPHABET.indexOf(String.fromCharCode(code))))

/**
 * The one spelling of a base64 string: without white space, padded. `undefined` where `atob` would refuse: other
 * characters, padding elsewhere than at the end or too much of it, a length that no bytes have. O(length).
 */
export function canonicalBase64(text: string): string | undefined {
  const dense = /[\t\n\f\r ]/.test(text) ? text.replace(/[\t\n\f\r ]+/g, '') : text
  const bare = dense.length % 4 === 0 ? dense.replace(/={1,2}$/, '') : dense
  if (!/^[A-Za-z0-9+/]*$/.test(bare) || bare.length % 4 === 1) return undefined
  return bare.padEnd(Math.ceil(bare.length / 4) * 4, '=')
}

/** How many bytes a canonical string encodes. O(1). */
export function decodedSize(text: string): number {
  return (text.length / 4) * 3 - (text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0)
}

/** The bytes of canonical strings, one after the other. Only the last may be padded. O(bytes). */
export function decodeBase64(texts: readonly string[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(texts.reduce((size, text) => size + decodedSize(text), 0))
  let to = 0
  for (const text of texts) {
    const value = (at: number) => VALUES[text.charCodeAt(at)]!
    // Writes past the end, of padding, go nowhere.
    for (let at = 0; at < text.length; at += 4, to += 3) {
      const bits = (value(at) << 18) | (value(at + 1) << 12) | (value(at + 2) << 6) | value(at + 3)
      bytes[to] = bits >> 16
      bytes[to + 1] = bits >> 8
      bytes[to + 2] = bits
    }
  }
  return bytes
}

/** The canonical base64 of bytes. O(bytes). */
export function encodeBase64(bytes: Uint8Array): string {
  // Of a multiple of three bytes, so that the pieces join; few enough to be arguments of one call.
  const piece = 12_288
  let text = ''
  for (let at = 0; at < bytes.length; at += piece) {
    // A fifth of the time of spreading the bytes.
    text += host.btoa(Reflect.apply(String.fromCharCode, null, bytes.subarray(at, at + piece)))
  }
  return text
}
