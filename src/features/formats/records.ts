/**
 * The JSON values of a source, one by one: lines, documents over several lines, and the items of lists, whatever they mean.
 *
 * If the first line is JSON the source is lines, else its documents are cut by their brackets. Of a list each item is a record
 * of its own, so a long list is never held whole, except on one line.
 */
import { parseJson } from '../../base/json.ts'
import { messageOf } from '../load/fault.ts'

/** One JSON value of a source. */
export interface SourceRecord {
  readonly value: unknown
  /** The line on which it begins, from 1. */
  readonly line: number
  /** Of an item of a list: which list of the source it is, from 1. */
  readonly list?: number
}

/** Text that is no JSON. */
export interface BrokenRecord {
  readonly broken: string
  readonly text: string
  readonly line: number
}

/** Documents without a newline are taken for one value up to so many characters; a list goes on in items. */
const LONGEST_FIRST_LINE = 4_194_304

/** Reads records in pieces of text cut anywhere. Holds one record at most. */
export class RecordParser {
  readonly #maxLength: number
  #held = ''
  #line = 1
  #mode: 'start' | 'lines' | 'documents' = 'start'
  #lists = 0
  readonly #out: (SourceRecord | BrokenRecord)[] = []
  /** Of documents: how far the text that is held was looked through, and what is open there. */
  #at = 0
  #depth = 0
  #isString = false
  /** Where the value under way begins, and its line; below 0 between values. */
  #from = -1
  #fromLine = 1
  #isList = false
  /** Where the text after the last value begins. */
  #gapFrom = 0

  /** @param maxLength The longest record, in UTF-16 units. */
  constructor(maxLength: number) {
    this.#maxLength = maxLength
  }

  /** Takes a piece of the text, and gives the records that are whole. */
  write(text: string): (SourceRecord | BrokenRecord)[] {
    this.#held += this.#line === 1 && this.#held === '' && this.#mode === 'start' ? text.replace(/^\ufeff/, '') : text
    if (this.#mode === 'start') this.#begin(false)
    if (this.#mode === 'lines') this.#lines(text)
    if (this.#mode === 'documents') this.#documents()
    return this.#out.splice(0)
  }

  /** The source is at its end. */
  end(): (SourceRecord | BrokenRecord)[] {
    if (this.#mode === 'start') this.#begin(true)
    if (this.#mode === 'documents') this.#documents()
    const rest = this.#held.slice(Math.max(0, this.#from))
    if (this.#mode === 'lines') this.#record(this.#held, this.#line)
    else if (rest.trim() !== '') this.#record(rest, this.#from < 0 ? this.#line : this.#fromLine)
    this.#held = ''
    return this.#out.splice(0)
  }

  /** The first line tells whether the source is lines. */
  #begin(isEnd: boolean): void {
    for (;;) {
      const end = this.#held.indexOf('\n')
      if (end < 0 && !isEnd) {
        if (this.#held.length > LONGEST_FIRST_LINE && this.#held.trimStart().startsWith('[')) this.#mode = 'documents'
        else this.#checkLength()
        return
      }
      const first = end < 0 ? this.#held : this.#held.slice(0, end)
      if (first.trim() !== '') {
        this.#mode = isJson(first) || !isOpen(first) || this.#secondIsJson(end) ? 'lines' : 'documents'
        return
      }
      if (end < 0) return
      this.#held = this.#held.slice(end + 1)
      this.#line++
    }
  }

  /** Whether the first line is a broken one of lines: the second is a whole object. */
  #secondIsJson(end: number): boolean {
    if (end < 0 || /^\s*[[{]\s*$/.test(this.#held.slice(0, end))) return false
    const next = this.#held.indexOf('\n', end + 1)
    const second = this.#held.slice(end + 1, next < 0 ? undefined : next)
    return second.startsWith('{') && isJson(second)
  }

  #lines(added: string): void {
    if (!added.includes('\n') && this.#held.indexOf('\n') < 0) {
      this.#checkLength()
      return
    }
    let from = 0
    for (let end = this.#held.indexOf('\n'); end >= 0; end = this.#held.indexOf('\n', from)) {
      this.#record(this.#held.slice(from, end), this.#line++)
      from = end + 1
    }
    this.#held = this.#held.slice(from)
  }

  #documents(): void {
    const marks = /["{}[\]\\\n]/g
    marks.lastIndex = this.#at
    let resume = this.#at
    for (let mark = marks.exec(this.#held); mark !== null; mark = marks.exec(this.#held)) {
      const [sign] = mark
      if (sign === '\n') this.#line++
      else if (sign === '\\') {
        // What is escaped may come with the next piece.
        resume = ++marks.lastIndex
        if (resume > this.#held.length) break
      } else if (sign === '"') this.#isString = !this.#isString
      else if (!this.#isString && (sign === '{' || sign === '[')) this.#open(sign, mark.index)
      else if (!this.#isString) this.#close(marks.lastIndex)
    }
    this.#at = Math.max(this.#held.length, resume)
    // What is read is dropped.
    const drop = this.#from < 0 ? this.#held.length : this.#from
    if (this.#from < 0) this.#gap(drop)
    this.#gapFrom = 0
    this.#held = this.#held.slice(drop)
    this.#at -= drop
    if (this.#from >= 0) this.#from = 0
    this.#checkLength()
  }

  /** Between values is nothing but white space, and in a list commas. */
  #gap(to: number): void {
    const text = this.#held.slice(this.#gapFrom, to).trim()
    if (!/^[\s,[\]]*$/.test(text)) this.#out.push({ broken: 'Unexpected text between values', text, line: this.#line })
  }

  #open(sign: string, at: number): void {
    if (this.#depth === 0) {
      this.#isList = sign === '['
      if (this.#isList) this.#lists++
    }
    if (this.#from < 0 && this.#depth === (this.#isList ? 1 : 0)) {
      this.#gap(at)
      this.#from = at
      this.#fromLine = this.#line
    }
    this.#depth++
  }

  #close(end: number): void {
    if (this.#depth === 0) return
    this.#depth--
    if (this.#from < 0 || this.#depth > (this.#isList ? 1 : 0)) return
    this.#record(this.#held.slice(this.#from, end), this.#fromLine, this.#isList ? this.#lists : undefined)
    this.#from = -1
    this.#gapFrom = end
  }

  #record(text: string, line: number, list?: number): void {
    const own = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
    if (own.trim() === '') return
    let value: unknown
    try {
      value = parseJson(own, 'string')
    } catch (error) {
      this.#out.push({ broken: messageOf(error), text: own, line })
      return
    }
    if (list !== undefined) this.#out.push({ value, line, list })
    else if (Array.isArray(value)) {
      this.#lists++
      for (const item of value) this.#out.push({ value: item, line, list: this.#lists })
    } else this.#out.push({ value, line })
  }

  #checkLength(): void {
    if (this.#held.length <= this.#maxLength) return
    const line = this.#from < 0 ? this.#line : this.#fromLine
    throw new RecordTooLong(line)
  }
}

/** A record that is longer than may be. */
export class RecordTooLong extends Error {
  readonly line: number

  constructor(line: number) {
    super(`Line ${line}: the value that begins here is too long.`)
    this.line = line
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

/** Whether a first line opens more than it closes and is not one of lines: an object or list over several lines. */
function isOpen(line: string): boolean {
  let depth = 0
  let isString = false
  const marks = /["{}[\]\\]/g
  for (let mark = marks.exec(line); mark !== null; mark = marks.exec(line)) {
    const [sign] = mark
    if (sign === '\\') marks.lastIndex++
    else if (sign === '"') isString = !isString
    else if (!isString) depth += sign === '{' || sign === '[' ? 1 : -1
  }
  return depth > 0 && !isString
}
