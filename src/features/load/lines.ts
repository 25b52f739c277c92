/** NDJSON: one row a line. */
import type { RowSink } from './batch.ts'
import { utf8Decoder } from './codec.ts'
import { excerpt } from './fault.ts'
import { join } from './source.ts'
import { Utf8Encoder, utf8Length } from './utf8.ts'
import { Utf8Check } from './utf8-check.ts'

const NEWLINE = 10
const ONE_LINE = 'NDJSON has one whole conversation on each line.'
const SHAPES = 'Expected NDJSON, a JSON array, a page { results } or an import file { schema_version, conversations }.'
const NO_NAME = ' A string is read as what it says, not as the name of a file.'

/**
 * Reads rows from lines, in pieces cut anywhere. Lines end at \n alone (a \r before it is white space to JSON, and
 * U+2028 is a character like others); blank ones are passed over; a U+FEFF at the start of one, as joined files have
 * it, is dropped. Several objects on one line are as many rows, as files have it that were joined without a newline
 * between them. Holds one line at most.
 */
export class LineParser {
  readonly #sink: RowSink
  readonly #decoder = utf8Decoder(true)
  /** The number of the line under way, from 1. */
  #line: number
  /** The beginning of the line under way, from earlier pieces. */
  #held: Uint8Array[] = []
  #heldBytes = 0
  /** Whether the rest of the line under way is passed over, because it is too long. */
  #isTooLong = false
  readonly #canOpen: boolean
  /** The line that opens a document, and its number. */
  #opening: { readonly text: string; readonly line: number } | undefined
  #opened: { readonly bytes: Uint8Array; readonly line: number } | undefined

  /** @param canOpen Whether a line that is a lone `{` or `[` begins a document over several lines; else it is a bad row. */
  constructor(sink: RowSink, line: number, canOpen: boolean) {
    this.#sink = sink
    this.#line = line
    this.#canOpen = canOpen
  }

  /** What is to be read as documents instead, and the line where it begins; it holds until the next call. */
  get opened(): { readonly bytes: Uint8Array; readonly line: number } | undefined {
    return this.#opened
  }

  /** Takes the next piece; the memory stays the caller's. */
  write(piece: Uint8Array): void {
    let from = 0
    if (this.#isTooLong || this.#heldBytes > 0) {
      const end = piece.indexOf(NEWLINE)
      if (end < 0) {
        this.#hold(piece)
        return
      }
      this.#finish(piece.subarray(0, end))
      from = end + 1
      if (this.#open(piece.subarray(from))) return
    }
    const end = piece.lastIndexOf(NEWLINE) + 1
    if (end > from && this.#open(piece.subarray(from + this.#whole(piece.subarray(from, end))))) return
    if (Math.max(from, end) < piece.length) this.#hold(piece.subarray(Math.max(from, end)))
  }

  /** Gives what follows an opening line, if there was one, to be read as documents. */
  #open(rest: Uint8Array): boolean {
    if (this.#opening === undefined) return false
    const { text, line } = this.#opening
    this.#opened = { bytes: join([new Utf8Encoder().encode(`${text}\n`), rest]), line }
    return true
  }

  /** The source is at its end: what is held is the last line. */
  end(): void {
    this.#finish(new Uint8Array(0))
  }

  #hold(piece: Uint8Array): void {
    if (this.#isTooLong) return
    this.#held.push(new Uint8Array(piece))
    this.#heldBytes += piece.length
    // One more for the \r that may come last, which is not a part of the row.
    if (this.#heldBytes > this.#sink.maxRowBytes + 1) this.#giveUp()
  }

  #giveUp(): void {
    this.#held = []
    this.#heldBytes = 0
    this.#isTooLong = true
    this.#sink.refuseLong(this.#line)
  }

  /** Ends the line under way with its last bytes, without the newline. */
  #finish(rest: Uint8Array): void {
    if (this.#isTooLong) {
      this.#isTooLong = false
      this.#line++
      return
    }
    const line = this.#held.length > 0 ? join([...this.#held, rest]) : rest
    this.#held = []
    this.#heldBytes = 0
    this.#bytes(line)
  }

  /**
   * Whole lines, each with its newline: decoded at once, which is far faster than one by one. Gives how many bytes were
   * read: all, unless a line opens a document.
   */
  #whole(block: Uint8Array): number {
    let text: string | undefined
    if (block.length <= this.#sink.maxRowBytes) {
      try {
        text = this.#decoder.decode(block)
      } catch {
        // One of the lines is not UTF-8: which one is found below.
      }
    }
    if (text === undefined) {
      for (let from = 0; from < block.length; ) {
        const end = block.indexOf(NEWLINE, from)
        this.#bytes(block.subarray(from, end))
        from = end + 1
        if (this.#opening !== undefined) return from
      }
      return block.length
    }
    for (let from = 0; from < text.length; ) {
      const end = text.indexOf('\n', from)
      this.#text(text.slice(from, end))
      from = end + 1
      if (this.#opening !== undefined) return utf8Length(text.slice(0, from))
    }
    return block.length
  }

  /** One line without its newline. */
  #bytes(line: Uint8Array): void {
    const length = line[line.length - 1] === 13 ? line.length - 1 : line.length
    if (length > this.#sink.maxRowBytes) {
      this.#sink.refuseLong(this.#line++)
      return
    }
    let text: string
    try {
      text = this.#decoder.decode(line)
    } catch (error) {
      const check = new Utf8Check()
      const bad = check.find(line)
      // Sound UTF-8 that does not fit into a string.
      if (bad < 0 && !check.isInside) throw error
      const place = bad < 0 ? line.length : bad + 1
      const start = excerpt(utf8Decoder(false).decode(line.subarray(0, 200)))
      this.#sink.refuse(this.#line++, start, `is not UTF-8: its byte ${place} is wrong.`)
      return
    }
    this.#text(text)
  }

  #text(line: string): void {
    const text = line.charCodeAt(0) === 0xfeff ? line.slice(1) : line
    const number = this.#line++
    if (isBlank(text)) return
    this.#object(text, number, (why) => this.#broken(text, number, why))
  }

  /** A line that is not one JSON value: as many rows as it has objects, the beginning of a document, or a bad row. */
  #broken(text: string, number: number, why: string): void {
    const trimmed = text.trim()
    if (this.#canOpen && (trimmed === '{' || trimmed === '[')) {
      this.#opening = { text: trimmed, line: number }
      return
    }
    const objects = splitObjects(text)
    if (objects === undefined) this.#refuse(text, number, why)
    else for (const object of objects) this.#object(object, number, (wrong) => this.#refuse(object, number, wrong))
  }

  #object(text: string, number: number, broken: (why: string) => void): void {
    const read = this.#sink.parse(text, number, broken)
    if (read !== undefined) this.#sink.add(read.value, number, text.length)
  }

  #refuse(text: string, number: number, why: string): void {
    const start = excerpt(text.replace(/^[ \t]+/, '').replace(/\r$/, ''))
    const shapes = SHAPES + (this.#sink.faults.file === undefined ? NO_NAME : '')
    const hint = start.startsWith('{') ? ONE_LINE : `${kindOf(start)}${shapes}`
    this.#sink.refuse(
      number,
      start,
      `is not JSON: ${why.replace(/\.$/, '')}. It begins ${JSON.stringify(start)}. ${hint}`,
    )
  }
}

/** What a line that is not JSON looks like, if that is something that people have. */
function kindOf(start: string): string {
  if (start.startsWith('<')) return 'It looks like an HTML page. '
  return /^[\w" ]+([,;\t][\w" ]+)+$/.test(start) ? 'It looks like CSV. ' : ''
}

/** The objects that a line is made of, if it is made of several: what begins and ends with their outermost braces. */
function splitObjects(text: string): string[] | undefined {
  const objects: string[] = []
  const marks = /["{}\\]/g
  let depth = 0
  let from = 0
  let isString = false
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    if (mark[0] === '\\') marks.lastIndex++
    else if (mark[0] === '"') isString = !isString
    else if (!isString && mark[0] === '{') depth++
    else if (!isString && --depth === 0) {
      objects.push(text.slice(from, marks.lastIndex).trim())
      from = marks.lastIndex
    }
  }
  return objects.length > 1 && isBlank(text.slice(from)) ? objects : undefined
}

/** Whether a line has nothing but what JSON takes for white space. */
function isBlank(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit !== 32 && unit !== 13 && unit !== 9) return false
  }
  return true
}
