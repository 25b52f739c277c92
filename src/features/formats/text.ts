/** The text of a source: gzip undone, UTF-16 and UTF-8 read, a character never cut. */
import { utf8Decoder } from '../load/codec.ts'
import type { SourceFaults } from '../load/fault.ts'
import { readPieces } from '../load/read.ts'
import { join } from '../load/source.ts'
import { Utf16Reader } from '../load/utf16.ts'

/** A piece of text. */
export interface TextPiece {
  readonly text: string
  /** Whether bytes that are not UTF-8 stand in it as U+FFFD. */
  readonly isDamaged: boolean
}

/** So many bytes tell how a source is encoded. */
const ENCODING_BYTES = 4

/** Gives the text of bytes in pieces. Throws `INVALID_SOURCE` for gzip that is damaged or cut off. */
export async function* textOf(
  next: () => Promise<Uint8Array | undefined>,
  faults: SourceFaults,
): AsyncGenerator<TextPiece, void, undefined> {
  const [sound, lenient] = [utf8Decoder(true), utf8Decoder(false)]
  const decode = (bytes: Uint8Array): TextPiece => {
    try {
      return { text: sound.decode(bytes), isDamaged: false }
    } catch {
      return { text: lenient.decode(bytes), isDamaged: true }
    }
  }
  let utf16: Utf16Reader | null | undefined
  let held: Uint8Array = new Uint8Array(0)
  for await (const piece of readPieces(next, faults)) {
    let bytes: Uint8Array = held.length > 0 ? join([held, piece]) : piece
    if (utf16 === undefined) {
      if (bytes.length < ENCODING_BYTES) {
        held = bytes.slice()
        continue
      }
      utf16 = Utf16Reader.of(bytes[0]!, bytes[1]!) ?? null
      if (utf16 !== null) bytes = utf16.read(bytes)
    } else if (utf16 !== null) bytes = join([held, utf16.read(piece)])
    const end = wholeEnd(bytes)
    held = bytes.slice(end)
    if (end > 0) yield decode(bytes.subarray(0, end))
  }
  const rest = utf16 ? join([held, utf16.end()]) : held
  if (rest.length > 0) yield decode(rest)
}

/** Where the last character that is whole ends. */
function wholeEnd(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]!
    if (byte < 0x80) return bytes.length
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
      return needed > back ? bytes.length - back : bytes.length
    }
  }
  return bytes.length
}
