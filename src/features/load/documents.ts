/**
 * JSON documents, one after another, each of which is a row or holds rows in a list.
 *
 * The kept streaming tokenizer says where each row begins and ends and checks what is around the rows; a row itself is
 * read by `JSON.parse`, so that it is the same value in every shape. (The tokenizer's own strings lose a U+FEFF, as of
 * its version 0.0.26.)
 */
import { type ParsedTokenInfo, Tokenizer, TokenizerError, TokenParserError, TokenType } from '@streamparser/json'
import { ConversationStoreError, show } from '../../base/errors.ts'
import { NAN_ADVICE } from '../../base/json.ts'
import type { RowSink } from './batch.ts'
import { utf8Decoder, withCodecs } from './codec.ts'
import { Document } from './document.ts'
import { excerpt } from './fault.ts'
import { join } from './source.ts'
import { Utf8Check } from './utf8-check.ts'

/** A value of which the bytes are kept until its end: a row, or an object that may be one. */
interface Kept {
  readonly from: number
  readonly line: number
  /** Its bytes from earlier pieces. */
  readonly pieces: Uint8Array[]
}

/**
 * Reads documents in pieces cut anywhere. Holds one row at most, and until the shape is known one more.
 */
export class DocumentParser {
  readonly #sink: RowSink
  readonly #tokenizer = withCodecs(() => new Tokenizer())
  readonly #utf8 = new Utf8Check()
  readonly #decoder = utf8Decoder(true)
  /** What is to be read by lines instead: all that was written, from the first character on. */
  #lines: readonly Uint8Array[] | undefined

  /** The piece that is being read, the UTF-8 at its beginning, and the place of its first byte in the whole. */
  #given: Uint8Array = new Uint8Array(0)
  #piece = this.#given
  #base = 0
  /** The place of the last token. */
  #at = 0
  /** The line of the place up to which newlines were counted. */
  #line: number
  #counted = 0

  #depth = 0
  #document: Document | undefined
  /** Whether the document under way, or the row that waits, is the first. */
  #isFirst = true
  /** The object under way, while it may be a row. */
  #object: Kept | undefined
  /** The row of a list that is under way. */
  #row: Kept | undefined
  /** The first document, a row on one line, until the next token tells whether others are on lines of their own. */
  #first:
    | { readonly document: Document; readonly text: string; readonly line: number; readonly bytes: number }
    | undefined

  constructor(sink: RowSink, line: number) {
    this.#sink = sink
    this.#line = line
    this.#tokenizer.onToken = (token) => {
      if (this.#lines === undefined) this.#take(token)
    }
  }

  /** What is to be read by lines instead, once that is known; it holds until the next call. */
  get lines(): readonly Uint8Array[] | undefined {
    return this.#lines
  }

  /** Whether that is because the first document is a row on a line of its own, not because it is broken. */
  get isNdjson(): boolean {
    return this.#first !== undefined
  }

  /** Takes the next piece; the memory stays the caller's. */
  write(piece: Uint8Array): void {
    const bad = this.#utf8.find(piece)
    this.#given = piece
    this.#piece = bad < 0 ? piece : piece.subarray(0, bad)
    const end = this.#base + this.#piece.length
    try {
      this.#tokenizer.write(this.#piece)
    } catch (error) {
      this.#fail(error)
    }
    if (this.#lines !== undefined) return
    const line = this.#lineAt(end)
    if (this.#first !== undefined && line > this.#first.line && this.#readAsLines(line)) return
    if (bad >= 0) {
      if (this.#readAsLines(line)) return
      const message = `Line ${line} is not UTF-8: byte ${end + 1} of the text is wrong.`
      const text = utf8Decoder(false).decode(piece.subarray(bad, bad + 60))
      throw this.#sink.ended(line, excerpt(text), message)
    }
    for (const kept of [this.#object, this.#row]) kept?.pieces.push(new Uint8Array(this.#from(kept)))
    this.#checkLength(line, end)
    this.#base = end
    this.#piece = this.#given = new Uint8Array(0)
  }

  /** The source is at its end, and so must the document be. */
  end(): void {
    const line = this.#line
    if (this.#first !== undefined) this.#readAsLines(line)
    if (this.#lines !== undefined) return
    if (this.#document === undefined) {
      // A number or a part of a literal may have come that the tokenizer still takes for unfinished.
      try {
        this.#tokenizer.end()
      } catch (error) {
        this.#fail(error)
      }
      return
    }
    if (this.#readAsLines(line)) return
    const message = `Line ${line}: the JSON ends here, at byte ${this.#base}, before it is whole.`
    throw this.#sink.ended(line, '', message)
  }

  /** What the piece at hand has of a value. */
  #from({ from }: Kept): Uint8Array {
    return this.#given.subarray(Math.max(0, from - this.#base))
  }

  #checkLength(line: number, end: number): void {
    const { maxRowBytes } = this.#sink
    const document = this.#document
    if (this.#row !== undefined) {
      if (end - this.#row.from > maxRowBytes) throw this.#sink.tooLong(this.#row.line)
    } else if (this.#object !== undefined) {
      if (end - this.#object.from <= maxRowBytes) return
      if (document?.hasList) {
        document.decideByList()
        this.#object = undefined
      } else if (!(this.#isFirst && line === this.#object.line && this.#readAsLines(line))) {
        throw this.#sink.tooLong(this.#object.line)
      }
    } else if (document !== undefined && end - this.#at > maxRowBytes) throw this.#sink.tooLong(line)
  }

  #take(token: ParsedTokenInfo): void {
    const { token: type, offset } = token
    this.#at = offset
    const document = this.#document ?? this.#open(type, offset)
    if (document === undefined) return
    const opens = type === TokenType.LEFT_BRACE || type === TokenType.LEFT_BRACKET
    if (type === TokenType.RIGHT_BRACE || type === TokenType.RIGHT_BRACKET) {
      this.#depth--
      if (this.#row === undefined) this.#close(document, token)
      else if (this.#depth === document.rowDepth) this.#endRow(document, this.#row, offset + 1)
    } else if (this.#row !== undefined) {
      if (opens) this.#depth++
      else if (this.#depth === document.rowDepth + 1) document.takeKeyOfRow(token)
    } else if (document.rowDepth > 0 && this.#depth === document.rowDepth && isValue(type)) {
      document.beginRow(this.#lineAt(offset))
      if (opens) {
        this.#row = { from: offset, line: this.#line, pieces: [] }
        this.#depth++
      } else document.give(JSON.stringify(token.value), this.#line, 0)
    } else {
      document.grammar.write(token)
      if (this.#depth === 1) document.takeMember(token, () => this.#lineAt(offset))
      if (opens) this.#depth++
    }
    if (!document.mayBeRow) this.#object = undefined
  }

  /** The first token of a document, unless it tells that the text is lines. */
  #open(type: TokenType, offset: number): Document | undefined {
    const line = this.#lineAt(offset)
    if (this.#first !== undefined) {
      if (line > this.#first.line) {
        this.#readAsLines(line)
        return undefined
      }
      const { document, text, bytes } = this.#first
      document.give(text, this.#first.line, bytes)
    }
    this.#isFirst = offset === 0
    this.#first = this.#object = undefined
    if (type !== TokenType.LEFT_BRACE && type !== TokenType.LEFT_BRACKET) {
      throw new TokenParserError('Neither an object nor a list.')
    }
    const document = new Document(this.#sink, line, type === TokenType.LEFT_BRACKET)
    if (document.mayBeRow) this.#object = { from: offset, line, pieces: [] }
    this.#document = document
    return document
  }

  /** The end of a list or object around the rows, or of a row that is in no list. */
  #close(document: Document, token: ParsedTokenInfo): void {
    document.grammar.write(token)
    if (this.#depth < document.rowDepth) document.rowDepth = 0
    if (this.#depth > 0) return
    const line = this.#lineAt(token.offset)
    const object = this.#object
    document.end(line, () => object && this.#textOf(object, token.offset + 1))
    this.#document = undefined
    if (this.#object !== undefined && document.mayBeRow) this.#endObject(document, this.#object, line, token.offset + 1)
  }

  /** The end of a row that is in no list. */
  #endObject(document: Document, object: Kept, endLine: number, end: number): void {
    const text = this.#textOf(object, end)
    const { from, line } = object
    if (this.#isFirst && endLine === line) {
      this.#first = { document, text, line, bytes: end - from }
      return
    }
    this.#object = undefined
    if (end - from > this.#sink.maxRowBytes) throw this.#sink.tooLong(line)
    document.give(text, line, end - from)
  }

  #endRow(document: Document, row: Kept, end: number): void {
    this.#row = undefined
    if (end - row.from > this.#sink.maxRowBytes) throw this.#sink.tooLong(row.line)
    document.give(this.#textOf(row, end), row.line, end - row.from)
  }

  #textOf({ from, pieces }: Kept, end: number): string {
    const last = this.#piece.subarray(Math.max(0, from - this.#base), end - this.#base)
    return this.#decoder.decode(pieces.length > 0 ? join([...pieces, last]) : last)
  }

  /** Throws what the tokenizer threw, as an error with its line, or takes the text for lines, which tell more. */
  #fail(error: unknown): void {
    if (this.#lines !== undefined) return
    if (error instanceof ConversationStoreError) throw error
    if (!(error instanceof TokenizerError || error instanceof TokenParserError)) throw error
    const place = placeOf(error) ?? this.#at
    const line = this.#lineAt(place)
    if (this.#readAsLines(line)) return
    const rest = this.#piece.subarray(Math.max(0, place - this.#base)).subarray(0, 200)
    const text = excerpt(utf8Decoder(false).decode(rest))
    // No JSON goes on with one of these letters, and the piece may end after it.
    const hint = /^-?(N(a(N|$)|$)|I)/.test(text) ? ` ${NAN_ADVICE}` : ''
    const message = `Line ${line}: the JSON is broken at byte ${place + 1}, where it goes on with ${show(text)}.${hint}`
    throw this.#sink.ended(line, text, message)
  }

  /**
   * Takes the text for lines, if it may be: the first document is a row on one line, or is broken and an object whose
   * first line has more than its brace, as pretty-printed ones do not.
   */
  #readAsLines(line: number): boolean {
    const object = this.#object
    if (object === undefined || !this.#isFirst) return false
    const bytes = [...object.pieces, this.#from(object)]
    const mayBe = this.#first !== undefined || this.#sink.skips || line === object.line || !isBraceAlone(join(bytes))
    if (mayBe) this.#lines = bytes
    return mayBe
  }

  /** The line of a place in the piece. Places are asked for in ascending order. */
  #lineAt(place: number): number {
    const end = place - this.#base
    let at = Math.max(0, this.#counted - this.#base)
    for (;;) {
      at = this.#piece.indexOf(10, at) + 1
      if (at === 0 || at > end) break
      this.#line++
      this.#counted = this.#base + at
    }
    return this.#line
  }
}

/** Whether a token that closes nothing begins a value. */
function isValue(type: TokenType): boolean {
  return type !== TokenType.COMMA && type !== TokenType.COLON
}

/** Whether the first line of an object has nothing but its brace. */
function isBraceAlone(bytes: Uint8Array): boolean {
  const rest = bytes.subarray(1)
  return rest[rest.findIndex((byte) => byte !== 32 && byte !== 9 && byte !== 13)] === 10
}

/** The place that the tokenizer names in its text, the only place where it does. */
function placeOf(error: Error): number | undefined {
  const digits = /absolute position "(\d+)"/.exec(error.message)?.[1]
  return digits === undefined ? undefined : Number(digits)
}
