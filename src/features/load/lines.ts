/** NDJSON: one row a line. */
import type { RowSink } from './batch.ts'
import { excerpt, messageOf } from './fault.ts'
import { join } from './source.ts'
import { textOf, Utf8Check, utf8Decoder } from './utf8.ts'

const NEWLINE = 10
const ONE_LINE = 'NDJSON has one whole conversation on each line.'
const SHAPES =
  'Expected NDJSON, a JSON array, a page { results } or an import file { schema_version, conversations }. ' +
  'A text is read as it stands; files are read by conversation-store/load/node.'

/**
 * Reads rows from lines, in pieces cut anywhere. Lines end at \n alone (a \r before it is white space to JSON, and
 * U+2028 is a character like others); blank ones are passed over; a U+FEFF at the start of one, as joined files have
 * it, is dropped. Holds one line at most.
 */
export class LineParser {
  readonly #sink: RowSink
  readonly #decoder = utf8Decoder()
  /** The number of the line under way, from 1. */
  #line: number
  /** The beginning of the line under way, from earlier pieces. */
  #held: Uint8Array[] = []
  #heldBytes = 0
  /** Whether the rest of the line under way is passed over, because it is too long. */
  #isTooLong = false

  constructor(sink: RowSink, line: number) {
    this.#sink = sink
    this.#line = line
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
    }
    const end = piece.lastIndexOf(NEWLINE) + 1
    if (end > from) this.#whole(piece.subarray(from, end))
    if (Math.max(from, end) < piece.length) this.#hold(piece.subarray(Math.max(from, end)))
  }

  /** The source is at its end: what is held is the last line. */
  end(): void {
    this.#finish(new Uint8Array(0))
  }

  #hold(piece: Uint8Array): void {
    if (this.#isTooLong) return
    this.#held.push(new Uint8Array(piece))
    this.#heldBytes += piece.length
    // One more for the \r that may come last and is none of the row.
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

  /** Whole lines, each with its newline: decoded at once, which is far faster than one by one. */
  #whole(block: Uint8Array): void {
    let text: string | undefined
    if (block.length <= this.#sink.maxRowBytes) {
      try {
        text = this.#decoder.decode(block)
      } catch {
        // One of the lines is no UTF-8: which, is found below.
      }
    }
    if (text === undefined) {
      for (let from = 0; from < block.length; ) {
        const end = block.indexOf(NEWLINE, from)
        this.#bytes(block.subarray(from, end))
        from = end + 1
      }
      return
    }
    for (let from = 0; from < text.length; ) {
      const end = text.indexOf('\n', from)
      this.#text(text.slice(from, end))
      from = end + 1
    }
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
      const start = excerpt(textOf(line.subarray(0, 200)))
      this.#sink.refuse(this.#line++, start, `is no UTF-8: its byte ${place} is wrong.`)
      return
    }
    this.#text(text)
  }

  #text(line: string): void {
    const text = line.charCodeAt(0) === 0xfeff ? line.slice(1) : line
    const number = this.#line++
    if (isBlank(text)) return
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch (error) {
      const start = excerpt(text.replace(/^[ \t]+/, '').replace(/\r$/, ''))
      const hint = start.startsWith('{') ? ONE_LINE : SHAPES
      this.#sink.refuse(number, start, `is no JSON: ${messageOf(error)}. It begins ${JSON.stringify(start)}. ${hint}`)
      return
    }
    this.#sink.add(value, number, text.length)
  }
}

/** Whether a line has nothing but what JSON takes for white space. */
function isBlank(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit !== 32 && unit !== 13 && unit !== 9) return false
  }
  return true
}
