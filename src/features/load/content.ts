/** What a text is: lines or one document, seen from its first characters. */
import type { RowSink } from './batch.ts'
import { DocumentParser } from './document.ts'
import { LineParser } from './lines.ts'
import { join } from './source.ts'

const BOM = [0xef, 0xbb, 0xbf]
const [TAB, NEWLINE, RETURN, SPACE, BRACKET, BRACE] = [9, 10, 13, 32, 0x5b, 0x7b]

/** Reads the rows of a text of any shape into a sink, in pieces cut anywhere. */
export class ContentParser {
  readonly #sink: RowSink
  #lines: LineParser | undefined
  #document: DocumentParser | undefined
  /** What may have to be read again as lines. */
  #held: Uint8Array[] = []
  /** Whether a byte order mark may still come. */
  #isStart = true
  #line = 1

  constructor(sink: RowSink) {
    this.#sink = sink
  }

  /** Takes the next piece; the memory stays the caller's. */
  write(piece: Uint8Array): void {
    if (this.#lines !== undefined) this.#lines.write(piece)
    else if (this.#document !== undefined) this.#writeDocument(this.#document, piece)
    else this.#begin(piece)
  }

  /** The source is at its end. */
  end(): void {
    if (this.#lines === undefined && this.#document !== undefined) {
      this.#document.end()
      this.#settle(this.#document)
    } else if (this.#lines === undefined && this.#held.length > 0) this.#readLines()
    this.#lines?.end()
  }

  /** Passes over a byte order mark and white space; the first other character tells. */
  #begin(piece: Uint8Array): void {
    let bytes = this.#held.length > 0 ? join([...this.#held, piece]) : piece
    this.#held = []
    if (this.#isStart) {
      const isMark = BOM.every((byte, i) => i >= bytes.length || bytes[i] === byte)
      if (isMark && bytes.length < BOM.length) {
        this.#held = [new Uint8Array(bytes)]
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
      this.#document = new DocumentParser(this.#sink, this.#line, rest[0] === BRACKET)
      this.#writeDocument(this.#document, rest)
    } else {
      this.#held = [rest]
      this.#readLines()
    }
  }

  #writeDocument(document: DocumentParser, piece: Uint8Array): void {
    if (document.shape === undefined) this.#held.push(new Uint8Array(piece))
    document.write(piece)
    this.#settle(document)
  }

  /** Once it is known what an object is: reads it again as lines, or lets go of what was held for that. */
  #settle(document: DocumentParser): void {
    if (document.shape === 'rows') this.#readLines()
    else if (document.shape !== undefined) this.#held = []
  }

  #readLines(): void {
    const lines = new LineParser(this.#sink, this.#line)
    const held = this.#held
    this.#held = []
    this.#document = undefined
    this.#lines = lines
    for (const piece of held) lines.write(piece)
  }
}
