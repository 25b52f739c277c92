/** UTF-16, as PowerShell's `>` writes it, made into UTF-8. */
import { Utf8Encoder } from './utf8.ts'

/** So many UTF-16 units are made into a string at once. */
const UNITS = 8_192

/** Makes pieces of UTF-16 that are cut anywhere into pieces of UTF-8. */
export class Utf16Reader {
  /** Where the higher byte of a unit stands. */
  readonly #high: 0 | 1
  readonly #encoder = new Utf8Encoder()
  /** The first byte of a unit whose second is still to come. */
  #half: number | undefined

  /**
   * The reader for a source that begins with these two bytes, if it is UTF-16. JSON begins with ASCII, so of its first unit
   * one byte is zero where there is no byte order mark.
   */
  static of(first: number, second: number): Utf16Reader | undefined {
    if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return new Utf16Reader(1)
    if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0)) return new Utf16Reader(0)
    return undefined
  }

  private constructor(high: 0 | 1) {
    this.#high = high
  }

  /** The next piece as UTF-8. A character that it cuts comes with the next. */
  read(piece: Uint8Array): Uint8Array {
    let text = ''
    let units: number[] = []
    for (const byte of piece) {
      if (this.#half === undefined) {
        this.#half = byte
        continue
      }
      units.push(this.#high === 1 ? this.#half | (byte << 8) : (this.#half << 8) | byte)
      this.#half = undefined
      if (units.length < UNITS) continue
      text += String.fromCharCode(...units)
      units = []
    }
    return this.#encoder.encode(text + String.fromCharCode(...units))
  }

  /** What is left at the end; half a unit becomes a byte that is not UTF-8, so that it is told like one. */
  end(): Uint8Array {
    return this.#half === undefined ? this.#encoder.end() : Uint8Array.of(...this.#encoder.end(), 0xff)
  }
}
