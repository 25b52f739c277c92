/** What a source holds, seen from its first characters: how it is encoded, and whether it is lines or documents. */
import type { RowSink } from './batch.ts'
import { DocumentParser } from './documents.ts'
import { LineParser } from './lines.ts'
import { join } from './source.ts'
import { Utf16Reader } from './utf16.ts'

const BOM = [0xef, 0xbb, 0xbf]
const [TAB, NEWLINE, RETURN, SPACE, BRACKET, BRACE] = [9, 10, 13, 32, 0x5b, 0x7b]

/** So many bytes tell how a source is encoded. */
const ENCODING_BYTES = 4

/** Whether a source that begins with these bytes is UTF-32: a byte order mark of it, or ASCII in four bytes. */
function isUtf32(a: number, b: number, c: number, d: number): boolean {
  if (b === 0 && c === 0) return a === 0 || d === 0
  return (a === 0xff && b === 0xfe && c === 0 && d === 0) || (a === 0 && b === 0 && c === 0xfe && d === 0xff)
}

/** Reads the rows of a source of any shape into a sink, in pieces cut anywhere. */
export class ContentParser {
  readonly #sink: RowSink
  /** Until it is known whether there is a reader: `null` where none is needed. */
  #utf16: Utf16Reader | null | undefined
  #lines: LineParser | undefined
  #documents: DocumentParser | undefined
  /** The beginning, until it is long enough to tell. */
  #held: Uint8Array = new Uint8Array(0)
  /** Whether a byte order mark may still come. */
  #isStart = true
  #line = 1

  constructor(sink: RowSink) {
    this.#sink = sink
  }

  /** Takes the next piece; the memory stays the caller's. */
  write(piece: Uint8Array): void {
    if (this.#utf16 === undefined) {
      const bytes = this.#withHeld(piece)
      if (bytes.length < ENCODING_BYTES) this.#held = new Uint8Array(bytes)
      else this.#decode(bytes)
    } else this.#writeUtf8(this.#utf16 === null ? piece : this.#utf16.read(piece))
  }

  /** Its first bytes tell how it is encoded. */
  #decode(bytes: Uint8Array): void {
    const [a = 1, b = 1, c = 1, d = 1] = bytes
    if (isUtf32(a, b, c, d)) {
      const message = 'The source is UTF-32. Expected UTF-8 or UTF-16: convert it, as with iconv -f UTF-32 -t UTF-8.'
      throw this.#sink.faults.at('source', 'UTF-32', message)
    }
    this.#utf16 = Utf16Reader.of(a, b) ?? null
    this.#writeUtf8(this.#utf16 === null ? bytes : this.#utf16.read(bytes))
  }

  /** The source is at its end. */
  end(): void {
    if (this.#utf16 === undefined && this.#held.length > 1) this.#decode(this.#withHeld())
    const rest = this.#utf16?.end()
    this.#utf16 ??= null
    this.#writeUtf8(rest ?? new Uint8Array(0))
    // The beginning of a byte order mark.
    if (this.#held.length > 0) this.#readLines([this.#withHeld()], false)
    if (this.#documents !== undefined) {
      this.#documents.end()
      this.#settle(this.#documents)
    }
    this.#lines?.end()
  }

  #writeUtf8(piece: Uint8Array): void {
    if (this.#lines !== undefined) this.#writeLines(this.#lines, piece)
    else if (this.#documents !== undefined) this.#writeDocuments(this.#documents, piece)
    else this.#begin(this.#withHeld(piece))
  }

  #withHeld(piece: Uint8Array = new Uint8Array(0)): Uint8Array {
    const bytes = this.#held.length > 0 ? join([this.#held, piece]) : piece
    this.#held = new Uint8Array(0)
    return bytes
  }

  /** Passes over a byte order mark and white space; the first other character tells. */
  #begin(piece: Uint8Array): void {
    let bytes = piece
    if (this.#isStart) {
      const isMark = BOM.every((byte, i) => i >= bytes.length || bytes[i] === byte)
      if (isMark && bytes.length < BOM.length) {
        this.#held = new Uint8Array(bytes)
        return
      }
      this.#isStart = false
      if (isMark) bytes = bytes.subarray(BOM.length)
    }
    let at = 0
    for (; at < bytes.length; at++) {
      const byte = bytes[at]
      if (byte === NEWLINE) this.#line++
      else if (byte !== SPACE && byte !== RETURN && byte !== TAB) break
    }
    if (at === bytes.length) return
    const rest = bytes.subarray(at)
    if (rest[0] === BRACKET || rest[0] === BRACE) {
      this.#documents = new DocumentParser(this.#sink, this.#line)
      this.#writeDocuments(this.#documents, rest)
    } else this.#readLines([rest], true)
  }

  #writeLines(lines: LineParser, piece: Uint8Array): void {
    lines.write(piece)
    if (lines.opened === undefined) return
    const { bytes, line } = lines.opened
    this.#lines = undefined
    this.#line = line
    this.#documents = new DocumentParser(this.#sink, line)
    this.#writeDocuments(this.#documents, bytes)
  }

  #writeDocuments(documents: DocumentParser, piece: Uint8Array): void {
    documents.write(piece)
    this.#settle(documents)
  }

  /** Reads again as lines what proves to be lines. */
  #settle(documents: DocumentParser): void {
    const { lines, isNdjson } = documents
    if (lines === undefined) return
    this.#documents = undefined
    this.#readLines(lines, isNdjson)
  }

  /** @param canOpen Whether a later line may begin a document: not where that was tried and failed. */
  #readLines(pieces: readonly Uint8Array[], canOpen: boolean): void {
    this.#lines = new LineParser(this.#sink, this.#line, canOpen)
    for (const piece of pieces) {
      if (this.#lines !== undefined) this.#writeLines(this.#lines, piece)
      else if (this.#documents !== undefined) this.#writeDocuments(this.#documents, piece)
    }
  }
}
