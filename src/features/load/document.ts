/** What one JSON document is, told by its keys as they come: a row, an array of rows, a page of the API or an import file. */
import { type ParsedTokenInfo, TokenParser, TokenParserError, TokenType } from '@streamparser/json'
import type { RowSink } from './batch.ts'
import { withCodecs } from './codec.ts'
import { excerpt } from './fault.ts'
import { checkKey, checkVersion, FILE_KEYS, renameSenders, unknownKey } from './import-file.ts'
import { wrappedText } from './wrapped.ts'

/** What a document is, once that is known. */
type Shape = 'array' | 'page' | 'import' | 'row'

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

/**
 * One document.
 *
 * An object is told by its own keys, as they come:
 * - `conversation_id`: it is a row.
 * - a list named `results` or `conversations`: a page or an import file, if a key that only those have comes too, if
 *   the object goes over several lines, if something in the list has a `conversation_id`, or if the object ends
 *   without one of its own. Until one of these is seen the list is read on, its rows held back.
 * - neither by its end: a (bad) row if it stands on one line or bad rows are left out, else an error.
 */
export class Document {
  readonly #sink: RowSink
  readonly #firstLine: number
  /** Checks the order of the tokens; a whole row of a list is one `null` to it. */
  readonly grammar = withCodecs(() => new TokenParser({ paths: [], keepStack: false }))
  /** How deep the rows stand: 1 in an array, 2 in an object; 0 before their list and after it. */
  rowDepth: 0 | 1 | 2 = 0
  #shape: Shape | undefined
  /** The key of the list of rows. */
  #list: string | undefined
  /** The last string, and the key of the object's member under way. */
  #string = ''
  #key: string | undefined
  #hasEnvelopeKey = false
  #version: { readonly value: unknown } | undefined
  /** Its first key that an import file does not have. */
  #strange: string | undefined
  /** Rows of a list that may yet prove to be no list of conversations. */
  #waiting: { readonly text: string; readonly line: number; readonly bytes: number }[] = []

  /** @param isArray Whether it begins with `[`; else it begins with `{`. */
  constructor(sink: RowSink, firstLine: number, isArray: boolean) {
    this.#sink = sink
    this.#firstLine = firstLine
    this.grammar.onValue = () => {}
    if (!isArray) return
    this.#shape = 'array'
    this.rowDepth = 1
  }

  /** Whether it is a row, or may be one. */
  get mayBeRow(): boolean {
    return this.#shape === undefined || this.#shape === 'row'
  }

  /** Whether it has a list that may be that of its rows. */
  get hasList(): boolean {
    return this.#list !== undefined
  }

  /** A token directly inside it, which the grammar has passed. `line` gives the line of that. */
  takeMember({ token: type, value }: ParsedTokenInfo, line: () => number): void {
    if (type === TokenType.COLON) {
      this.#key = this.#string
      if (this.#key === ROW_KEY) this.#becomeRow(line)
      else {
        if (!FILE_KEYS.includes(this.#key)) this.#strange ??= this.#key
        if (ENVELOPE_KEYS.has(this.#key)) {
          this.#hasEnvelopeKey = true
          this.decideByList()
        }
      }
    } else if (type === TokenType.COMMA) this.#key = undefined
    else if (this.#key === undefined) this.#string = String(value)
    else if (this.#shape === 'row') return
    else if (type === TokenType.LEFT_BRACKET && LISTS.has(this.#key)) this.#openList(this.#key, line)
    else if (this.#key === 'schema_version') this.#version = { value }
  }

  #becomeRow(line: () => number): void {
    if (this.mayBeRow) {
      this.#shape = 'row'
      this.#waiting = []
      return
    }
    const at = line()
    const list = this.#list
    const what = list === undefined ? 'a page or an import file' : `an object with a list "${list}" of rows`
    const help = `If it is a row of NDJSON, put its "${ROW_KEY}" first.`
    throw this.#sink.faults.at(`line ${at}`, ROW_KEY, `Line ${at}: ${what} has a "${ROW_KEY}" of its own. ${help}`)
  }

  #openList(key: string, line: () => number): void {
    if (this.#list !== undefined) {
      const at = line()
      const message = `Line ${at}: a list "${key}" comes after the list "${this.#list}". Expected one list of rows.`
      throw this.#sink.faults.at(`line ${at}`, key, message)
    }
    this.#list = key
    this.rowDepth = 2
    if (this.#hasEnvelopeKey) this.decideByList()
  }

  /** A row of its list begins on a line. */
  beginRow(line: number): void {
    this.grammar.write({ token: TokenType.NULL, value: null })
    if (line > this.#firstLine) this.decideByList()
  }

  /** A token directly inside a row of its list. */
  takeKeyOfRow({ token: type, value }: ParsedTokenInfo): void {
    if (this.#shape !== undefined) return
    if (type === TokenType.STRING) this.#string = String(value)
    else if (type === TokenType.COLON && this.#string === ROW_KEY) this.decideByList()
  }

  /** Settles by the key of its list, if it has one, what it is. Returns whether it is known now. */
  decideByList(): boolean {
    if (this.#shape !== undefined || this.#list === undefined) return this.#shape !== undefined
    this.#shape = LISTS.get(this.#list)!
    const waiting = this.#waiting
    this.#waiting = []
    if (this.#shape === 'import' && this.#version !== undefined) checkVersion(this.#version, this.#sink.faults)
    if (this.#shape === 'import' && this.#version !== undefined) checkKey(this.#strange, this.#sink.faults)
    for (const { text, line, bytes } of waiting) this.give(text, line, bytes)
    return true
  }

  /** Gives a row, or lets it wait until it is known what its list is. */
  give(text: string, line: number, bytes: number): void {
    if (this.#shape === undefined) {
      if (!isJson(text)) throw new TokenParserError('A row is not JSON.')
      this.#waiting.push({ text, line, bytes })
      return
    }
    const read = this.#sink.parse(text, line, (why) => {
      throw this.#sink.broken(line, excerpt(text), `is not JSON: ${why.replace(/\.$/, '')}.`)
    })
    if (read === undefined) return
    const wrong = this.#shape === 'import' ? unknownKey(read.value) : undefined
    if (wrong !== undefined) {
      this.#sink.refuse(line, excerpt(text), wrong)
      return
    }
    if (this.#shape === 'import') renameSenders(read.value)
    this.#sink.add(read.value, line, bytes)
  }

  /** It ends on a line. `text` gives the whole of it, if it may be a row. */
  end(line: number, text: () => string | undefined): void {
    if (!this.decideByList()) {
      if (line > this.#firstLine && !this.#sink.skips) {
        const wrapped = wrappedText(JSON.parse(text() ?? 'null'))
        const other = wrapped === undefined ? '' : ` It ${wrapped}`
        const message = `Line ${line}: the object ends here without a list "results" or "conversations" of rows.${other}`
        throw this.#sink.faults.at(`line ${line}`, '}', message)
      }
      this.#shape = 'row'
    }
    if (this.#shape !== 'import') return
    checkVersion(this.#version, this.#sink.faults)
    checkKey(this.#strange, this.#sink.faults)
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
