/**
 * One JSON document that holds the rows in a list: an array, a page of the API, an import file.
 *
 * The kept streaming tokenizer says where each row begins and ends and checks what is around the rows; a row itself is
 * read by `JSON.parse`, so that it is the same value in every shape. (The tokenizer's own strings lose a U+FEFF, as of
 * its version 0.0.26.)
 */
import {
  type ParsedTokenInfo,
  Tokenizer,
  TokenizerError,
  TokenParser,
  TokenParserError,
  TokenType,
} from '@streamparser/json'
import { ConversationStoreError, show } from '../../base/errors.ts'
import type { RowSink } from './batch.ts'
import { excerpt, messageOf } from './fault.ts'
import { join } from './source.ts'
import { textOf, Utf8Check, utf8Decoder } from './utf8.ts'

/** What the document is. `rows`: none, but the first line of NDJSON, to be read again by lines. */
export type Shape = 'array' | 'page' | 'import' | 'rows'

/** The keys under which a page and an import file have their rows. */
const LISTS: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  ['results', 'page'],
  ['conversations', 'import'],
])
/** The key that every conversation has, and neither a page nor an import file. */
const ROW_KEY = 'conversation_id'
/** Keys that say of an object that it is a page or an import file, if it has a list of rows too. */
const ENVELOPE_KEYS: ReadonlySet<string> = new Set([
  'count',
  'page_size',
  'total_pages',
  'current_page',
  'next',
  'previous',
  'schema_version',
])

const SCHEMA_VERSION = 1

/** The senders of an import file, by what they are called there, in lower case. */
const SENDERS: ReadonlyMap<string, string> = new Map([
  ['user', 'end_user'],
  ['human', 'end_user'],
  ['customer', 'end_user'],
  ['end_user', 'end_user'],
  ['assistant', 'agent'],
  ['bot', 'agent'],
  ['ai', 'agent'],
  ['agent', 'agent'],
])

/**
 * Reads a document in pieces cut anywhere. Holds one row at most, and until the shape is known one more.
 *
 * An object is told from the first row of NDJSON by its own keys, as they come:
 * - `conversation_id`: it is a row.
 * - a list named `results` or `conversations`: a page or an import file, if a key that only those have comes too, if
 *   the object goes over several lines, if something in the list has a `conversation_id`, or if the object ends
 *   without one of its own. Until one of these is seen the list is read on, its rows held back.
 * - neither by its end: a (bad) row if it stands on one line, else an error.
 */
export class DocumentParser {
  readonly #sink: RowSink
  readonly #tokenizer = new Tokenizer()
  /** Checks the order of the tokens; a whole row is one `null` to it. */
  readonly #grammar = new TokenParser({ paths: [], keepStack: false })
  readonly #utf8 = new Utf8Check()
  readonly #decoder = utf8Decoder()
  readonly #firstLine: number
  #shape: Shape | undefined

  /** The piece that is being read, and the place of its first byte in the whole. */
  #piece: Uint8Array = new Uint8Array(0)
  #base = 0
  /** The place of the last token. */
  #at = 0
  /** The line of the place up to which newlines were counted. */
  #line: number
  #counted = 0

  #depth = 0
  /** How deep the rows stand: 1 in an array, 2 in an object; 0 before their list and after it. */
  #rowDepth = 0
  /** The key of the list of rows. */
  #list: string | undefined
  /** The last text, and the key of the object's member under way. */
  #text = ''
  #key: string | undefined
  #hasEnvelopeKey = false
  #version: { readonly value: unknown } | undefined

  /** The row under way: its place, its line, and its bytes from earlier pieces. */
  #row: { readonly from: number; readonly line: number; readonly pieces: Uint8Array[] } | undefined
  /** Rows of a list that may yet prove to be no list of conversations. */
  #waiting: { readonly value: unknown; readonly line: number; readonly bytes: number }[] = []

  /** @param isArray Whether the document begins with `[`; else it begins with `{`. */
  constructor(sink: RowSink, line: number, isArray: boolean) {
    this.#sink = sink
    this.#firstLine = line
    this.#line = line
    if (isArray) this.#shape = 'array'
    this.#tokenizer.onToken = (token) => {
      if (this.#shape !== 'rows') this.#take(token)
    }
    this.#grammar.onValue = () => {}
  }

  /** What the document is, once that is known. */
  get shape(): Shape | undefined {
    return this.#shape
  }

  /** Takes the next piece; the memory stays the caller's. */
  write(piece: Uint8Array): void {
    const bad = this.#utf8.find(piece)
    this.#piece = bad < 0 ? piece : piece.subarray(0, bad)
    const end = this.#base + this.#piece.length
    try {
      this.#tokenizer.write(this.#piece)
    } catch (error) {
      this.#fail(error)
    }
    if (this.shape === 'rows') return
    const line = this.#lineAt(end)
    if (bad >= 0) {
      if (this.#mayBeLines(line)) {
        this.#decide(undefined)
        return
      }
      const message = `Line ${line} is no UTF-8: byte ${end + 1} of the text is wrong.`
      throw this.#sink.faults.at(`line ${line}`, excerpt(textOf(piece.subarray(bad, bad + 60))), message)
    }
    const { maxRowBytes } = this.#sink
    if (this.#row !== undefined) {
      this.#row.pieces.push(new Uint8Array(this.#piece.subarray(Math.max(0, this.#row.from - this.#base))))
      if (end - this.#row.from > maxRowBytes) throw this.#sink.tooLong(this.#row.line)
    } else if (this.#shape === undefined) {
      if (end > maxRowBytes) this.#decide(this.#list)
    } else if (end - this.#at > maxRowBytes) throw this.#sink.tooLong(line)
    this.#base = end
    this.#piece = new Uint8Array(0)
  }

  /** The source is at its end, and so must the document be. */
  end(): void {
    if (this.#grammar.isEnded) return
    if (this.#mayBeLines(this.#line)) {
      this.#decide(undefined)
      return
    }
    const message = `Line ${this.#line}: the JSON ends here, at byte ${this.#base}, before it is whole.`
    throw this.#sink.faults.at(`line ${this.#line}`, '', message)
  }

  #take(token: ParsedTokenInfo): void {
    const { token: type, offset } = token
    this.#at = offset
    const opens = type === TokenType.LEFT_BRACE || type === TokenType.LEFT_BRACKET
    if (type === TokenType.RIGHT_BRACE || type === TokenType.RIGHT_BRACKET) {
      this.#depth--
      if (this.#row === undefined) this.#close(token)
      else if (this.#depth === this.#rowDepth) this.#endRow(this.#row, offset + 1)
    } else if (this.#row !== undefined) {
      if (opens) this.#depth++
      else if (this.#shape === undefined && this.#depth === this.#rowDepth + 1) this.#takeKeyOfWaiting(token)
    } else if (this.#rowDepth > 0 && this.#depth === this.#rowDepth && isValue(type)) {
      this.#beginRow(token, opens)
    } else {
      this.#grammar.write(token)
      if (this.#depth === 1) this.#takeMember(token)
      if (opens) this.#depth++
      if (this.#shape === 'array') this.#rowDepth = 1
    }
  }

  /** The end of a list or object around the rows. */
  #close(token: ParsedTokenInfo): void {
    this.#grammar.write(token)
    if (this.#depth < this.#rowDepth) this.#rowDepth = 0
    if (this.#depth > 0) return
    if (this.#shape === undefined) {
      const line = this.#lineAt(token.offset)
      if (this.#list === undefined && line > this.#firstLine) {
        const message = `Line ${line}: the object ends here without a list "results" or "conversations" of rows.`
        throw this.#sink.faults.at(`line ${line}`, '}', message)
      }
      this.#decide(this.#list)
    }
    if (this.#shape === 'import') this.#checkVersion()
  }

  /** A token directly inside the object around the rows, which the grammar has passed. */
  #takeMember({ token: type, value }: ParsedTokenInfo): void {
    if (type === TokenType.COLON) {
      this.#key = this.#text
      if (this.#key === ROW_KEY) {
        if (this.#shape !== undefined) throw this.#ambiguous()
        this.#decide(undefined)
      } else if (ENVELOPE_KEYS.has(this.#key)) {
        this.#hasEnvelopeKey = true
        if (this.#shape === undefined && this.#list !== undefined) this.#decide(this.#list)
      }
    } else if (type === TokenType.COMMA) this.#key = undefined
    else if (this.#key === undefined) this.#text = String(value)
    else if (type === TokenType.LEFT_BRACKET && LISTS.has(this.#key)) this.#openList(this.#key)
    else if (this.#key === 'schema_version') this.#version = { value }
  }

  #openList(key: string): void {
    if (this.#list !== undefined) {
      const line = this.#lineAt(this.#at)
      const message = `Line ${line}: a list "${key}" comes after the list "${this.#list}". Expected one list of rows.`
      throw this.#sink.faults.at(`line ${line}`, key, message)
    }
    this.#list = key
    this.#rowDepth = 2
    if (this.#hasEnvelopeKey) this.#decide(key)
  }

  #beginRow(token: ParsedTokenInfo, opens: boolean): void {
    this.#grammar.write({ token: TokenType.NULL, value: null })
    const line = this.#lineAt(token.offset)
    if (this.#shape === undefined && line > this.#firstLine) this.#decide(this.#list)
    if (opens) {
      this.#row = { from: token.offset, line, pieces: [] }
      this.#depth++
    } else this.#give(token.value, line, 0)
  }

  #takeKeyOfWaiting({ token: type, value }: ParsedTokenInfo): void {
    if (type === TokenType.STRING) this.#text = String(value)
    else if (type === TokenType.COLON && this.#text === ROW_KEY) this.#decide(this.#list)
  }

  #endRow({ from, line, pieces }: { from: number; line: number; pieces: Uint8Array[] }, end: number): void {
    this.#row = undefined
    if (end - from > this.#sink.maxRowBytes) throw this.#sink.tooLong(line)
    const last = this.#piece.subarray(Math.max(0, from - this.#base), end - this.#base)
    const text = this.#decoder.decode(pieces.length > 0 ? join([...pieces, last]) : last)
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch (error) {
      if (this.#shape === undefined) throw new TokenParserError(messageOf(error))
      throw this.#sink.broken(line, excerpt(text), `is no JSON: ${messageOf(error)}.`)
    }
    this.#give(value, line, end - from)
  }

  #give(value: unknown, line: number, bytes: number): void {
    if (this.#shape === undefined) {
      this.#waiting.push({ value, line, bytes })
      return
    }
    if (this.#shape === 'import') renameSenders(value)
    this.#sink.add(value, line, bytes)
  }

  /** Settles the shape: that of the list, or rows on lines. */
  #decide(list: string | undefined): void {
    this.#shape = list === undefined ? 'rows' : LISTS.get(list)!
    const waiting = this.#waiting
    this.#waiting = []
    if (this.#shape === 'rows') return
    if (this.#shape === 'import' && this.#version !== undefined) this.#checkVersion()
    for (const { value, line, bytes } of waiting) this.#give(value, line, bytes)
  }

  #checkVersion(): void {
    if (this.#version?.value === SCHEMA_VERSION) return
    const came = this.#version === undefined ? 'no schema_version' : `schema_version ${show(this.#version.value)}`
    const message = `The import file has ${came}. Expected schema_version ${SCHEMA_VERSION}.`
    throw this.#sink.faults.at('schema_version', this.#version?.value, message)
  }

  #ambiguous(): ConversationStoreError {
    const line = this.#lineAt(this.#at)
    const what = this.#list === undefined ? 'a page or an import file' : `an object with a list "${this.#list}" of rows`
    const help = `If it is a row of NDJSON, put its "${ROW_KEY}" first.`
    return this.#sink.faults.at(`line ${line}`, ROW_KEY, `Line ${line}: ${what} has a "${ROW_KEY}" of its own. ${help}`)
  }

  /** Throws what the tokenizer threw, as an error with its line, or takes the text for lines, which tell more. */
  #fail(error: unknown): void {
    if (this.#shape === 'rows') return
    if (error instanceof ConversationStoreError) throw error
    if (!(error instanceof TokenizerError || error instanceof TokenParserError)) throw error
    const place = placeOf(error) ?? this.#at
    const line = this.#lineAt(place)
    if (this.#mayBeLines(line)) {
      this.#decide(undefined)
      return
    }
    const rest = excerpt(textOf(this.#piece.subarray(Math.max(0, place - this.#base)).subarray(0, 200)))
    const message = `Line ${line}: the JSON is broken at byte ${place + 1}, where it goes on with ${show(rest)}.`
    throw this.#sink.faults.at(`line ${line}`, rest, message)
  }

  /** Whether a document that is broken on this line may be lines after all, of which the first is broken. */
  #mayBeLines(line: number): boolean {
    return this.#shape === undefined && (this.#sink.skips || line === this.#firstLine)
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

/** The place that the tokenizer names in its text, the only place where it does. */
function placeOf(error: Error): number | undefined {
  const digits = /absolute position "(\d+)"/.exec(error.message)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

/** Gives the senders of an import file the names that they have elsewhere. The row is changed: it is ours. */
function renameSenders(row: unknown): void {
  const messages: unknown = isObject(row) ? row.messages : undefined
  if (!Array.isArray(messages)) return
  for (const message of messages as unknown[]) {
    if (!isObject(message) || typeof message.sender !== 'string') continue
    const sender = SENDERS.get(message.sender.toLowerCase())
    if (sender !== undefined) message.sender = sender
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
