/** One source, read: its format found, its records given to the reader of that, the rows that come out. */
import { onAbort, throwIfAborted } from '../../base/abort.ts'
import { counted } from '../../base/text/counted.ts'
import type { ConversationInput } from '../../row/conversation.ts'
import { BATCH_ROWS, batchOf, type LoadedBatch, type RowCounter } from '../load/batch.ts'
import { excerpt, SourceFaults } from '../load/fault.ts'
import { nextTurn } from '../load/host.ts'
import { renameSenders } from '../load/import-file.ts'
import type { LoadOptions } from '../load/read.ts'
import { type ByteInput, type LoadSource, openSource } from '../load/source.ts'
import { rowsOf } from './drafts.ts'
import type { FormatReader } from './format.ts'
import { describe, enveloped, FORMATS, type FormatName, formatOf, OWN, READ } from './formats.ts'
import { type BrokenRecord, RecordParser, RecordTooLong, type SourceRecord } from './records.ts'
import { textOf } from './text.ts'

/** What was read, and what of it is not understood. */
export interface FormatReport {
  /** The format; undefined for a source without records. */
  readonly format: FormatName | undefined
  /** The file that was read, where it is known. */
  readonly file?: string
  readonly conversations: number
  /** JSON values of the source. */
  readonly records: number
  /** How many records there were of each type that the reader does not know. They are kept, unless `lossy`. */
  readonly unknown: Readonly<Record<string, number>>
  /** Lines of a session that are no JSON, and were left out. */
  readonly broken: number
  /** Whether the last line is half a line: the session is being written. */
  readonly isUnfinished: boolean
}

/** How one source is read. */
export interface SourceOptions {
  readonly format: FormatName | 'auto'
  readonly lossy: boolean
  readonly file?: string | undefined
  readonly counter?: RowCounter
  readonly onReport?: ((report: FormatReport) => void) | undefined
}

/** So many records are looked at for one that tells the format. */
const MOST_UNTOLD = 1_000
/** The longest record, in UTF-16 units, where nothing is said. */
const MAX_LENGTH = 67_108_864
const SLICE_MS = 8

/** Reads one source to its end, then gives its rows in batches. Rejects with `INVALID_SOURCE`, `ROW_TOO_LONG`, or the signal's reason. */
export async function* readSource(
  source: LoadSource | readonly object[] | object,
  options: SourceOptions,
  load: LoadOptions = {},
): AsyncGenerator<LoadedBatch, void, undefined> {
  const { signal } = load
  const faults = new SourceFaults(options.file)
  throwIfAborted(signal, 'load')
  const reading = new Reading(options, load, faults)
  const given = valuesIn(source)
  if (given !== undefined) for (const record of given) reading.take(record)
  else await readText(openSource(source as LoadSource, faults), reading, load, faults)
  const rows = reading.end()
  for (let from = 0; from < rows.length; from += BATCH_ROWS) {
    throwIfAborted(signal, 'load')
    const part = rows.slice(from, from + BATCH_ROWS)
    const at = (i: number) => (options.counter === undefined ? from + i : options.counter.rows++)
    yield batchOf(
      part.map(({ row }) => row),
      part.map(({ line }) => line),
      part.map((_, i) => at(i)),
      options.file,
    )
    await nextTurn()
  }
}

/** The records of a source that is values already: a list of them, or one. */
function valuesIn(source: unknown): SourceRecord[] | undefined {
  const isObject = (value: unknown) => typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)
  if (Array.isArray(source))
    return source.length > 0 && source.every(isObject)
      ? source.map((value, i) => ({ value, line: i + 1, list: 1 }))
      : undefined
  if (!isObject(source) || source instanceof ArrayBuffer) return undefined
  const { getReader, stream, body } = source as Record<string, unknown>
  const isStream = (value: unknown) =>
    typeof value === 'object' && value !== null && ('getReader' in value || Symbol.asyncIterator in value)
  if (Symbol.asyncIterator in (source as object) || Symbol.iterator in (source as object)) return undefined
  if (
    typeof getReader === 'function' ||
    typeof stream === 'function' ||
    isStream(body) ||
    'bodyUsed' in (source as object)
  )
    return undefined
  return [{ value: source, line: 1 }]
}

async function readText(
  input: ByteInput,
  reading: Reading,
  { signal, onProgress, maxRowBytes = MAX_LENGTH }: LoadOptions,
  faults: SourceFaults,
): Promise<void> {
  let reason: unknown
  let forget = () => {}
  try {
    const aborted = new Promise<undefined>((resolve) => {
      if (signal !== undefined) forget = onAbort(signal, () => resolve(undefined))
    })
    const parser = new RecordParser(maxRowBytes)
    let bytes = 0
    const next = async () => {
      const chunk = await Promise.race([input.next(), aborted])
      throwIfAborted(signal, 'load')
      bytes += chunk?.length ?? 0
      return chunk
    }
    let sliceEnd = Date.now() + SLICE_MS
    for await (const { text, isDamaged } of textOf(next, faults)) {
      if (isDamaged) reading.damaged()
      for (const record of parser.write(text)) reading.take(record)
      if (Date.now() < sliceEnd) continue
      onProgress?.({ bytes, rows: 0, ...(input.totalBytes !== undefined && { totalBytes: input.totalBytes }) })
      await nextTurn()
      throwIfAborted(signal, 'load')
      sliceEnd = Date.now() + SLICE_MS
    }
    for (const record of parser.end()) reading.take(record)
    onProgress?.({ bytes, rows: 0, ...(input.totalBytes !== undefined && { totalBytes: input.totalBytes }) })
  } catch (error) {
    reason = error
    throw error instanceof RecordTooLong ? tooLong(error.line, maxRowBytes, faults) : error
  } finally {
    forget()
    await input.close(reason)
  }
}

function tooLong(line: number, most: number, faults: SourceFaults): Error {
  const message = `Line ${line}: the value that begins here is longer than ${most} bytes. A larger \`maxRowBytes\` lets it in.`
  return faults.at(`line ${line}`, most, message, 'ROW_TOO_LONG')
}

type Made = { readonly row: ConversationInput; readonly line: number }

/** The records of a source on their way to its reader. */
class Reading {
  readonly #options: SourceOptions
  readonly #load: LoadOptions
  readonly #faults: SourceFaults
  readonly #unknown: Record<string, number> = Object.create(null)
  #format: FormatName | undefined
  #reader: FormatReader | undefined
  #own: Made[] = []
  /** Records before one that tells the format. */
  #waiting: (SourceRecord | BrokenRecord)[] = []
  #records = 0
  #broken = 0
  /** Whether the last record was a broken line, which is one that is being written if no other follows. */
  #endsBroken = false
  #isDamaged = false

  constructor(options: SourceOptions, load: LoadOptions, faults: SourceFaults) {
    this.#options = options
    this.#load = load
    this.#faults = faults
    if (options.format !== 'auto') this.#open(options.format)
  }

  /** Bytes came that are not UTF-8. */
  damaged(): void {
    this.#isDamaged = true
    if (this.#format !== undefined && !this.#isTolerant) this.#refuse(1, '', 'The source is not UTF-8.')
  }

  get #isTolerant(): boolean {
    return (
      this.#format !== undefined &&
      this.#format !== OWN &&
      (FORMATS[this.#format] as { readonly isTolerant?: boolean }).isTolerant === true
    )
  }

  #open(format: FormatName): void {
    this.#format = format
    if (format === OWN) return
    const note = (type: string) => {
      this.#unknown[type] = (this.#unknown[type] ?? 0) + 1
    }
    this.#reader = FORMATS[format].open({ keepsAll: !this.#options.lossy, note })
  }

  take(record: SourceRecord | BrokenRecord): void {
    if (this.#format !== undefined) {
      this.#give(record)
      return
    }
    const found = 'broken' in record ? undefined : (formatOf(record.value) ?? enveloped(record.value)?.format)
    this.#waiting.push(record)
    if (found === undefined && this.#waiting.length < MOST_UNTOLD) return
    if (found === undefined) throw this.#untold()
    this.#open(found)
    if (this.#isDamaged) this.damaged()
    for (const waiting of this.#waiting.splice(0)) this.#give(waiting)
  }

  #give(record: SourceRecord | BrokenRecord): void {
    this.#records++
    if (this.#endsBroken) this.#broken++
    this.#endsBroken = false
    if ('broken' in record) {
      this.#giveBroken(record)
      return
    }
    const { value, line } = record
    try {
      if (this.#takes(record)) return
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      if (this.#isTolerant) this.#broken++
      else this.#refuse(line, describe(value), `Line ${line} is nested too deeply.`)
      return
    }
    const inner = enveloped(value, this.#format)
    if (inner !== undefined) {
      for (const each of inner.records) {
        const item = { value: each, line, list: -line }
        if (!this.#takes(item)) this.#refuseRecord(item)
      }
    } else this.#refuseRecord(record)
  }

  #takes(record: SourceRecord): boolean {
    if (this.#reader !== undefined) {
      // A record of a session that names its type is none, whatever lists it has.
      const isRecord = this.#isTolerant && typeof Object(record.value).type === 'string'
      const isEnvelope =
        !isRecord &&
        !FORMATS[this.#format as keyof typeof FORMATS].detect(Object(record.value)) &&
        enveloped(record.value, this.#format) !== undefined
      return !isEnvelope && typeof record.value === 'object' && record.value !== null && this.#reader.read(record)
    }
    const { value, line } = record
    const { schema_version, conversations, results } = Object(value) as Record<string, unknown>
    const list = schema_version !== undefined ? conversations : results
    if (Array.isArray(list) && formatOf(value) === OWN && !('conversation_id' in (value as object))) {
      for (const row of list) {
        if (schema_version !== undefined) renameSenders(row)
        this.#own.push({ row: row as ConversationInput, line })
      }
      return true
    }
    if (formatOf(value) !== OWN) return false
    this.#own.push({ row: value as ConversationInput, line })
    return true
  }

  #giveBroken({ broken, text, line }: BrokenRecord): void {
    if (this.#isTolerant) {
      this.#endsBroken = true
      return
    }
    const start = excerpt(text.trim())
    this.#refuse(
      line,
      start,
      `Line ${line} is not JSON: ${broken.replace(/\.$/, '')}. It begins ${JSON.stringify(start)}.`,
    )
  }

  #refuseRecord({ value, line }: SourceRecord): void {
    if (this.#isTolerant) {
      this.#unknown.none = (this.#unknown.none ?? 0) + 1
      return
    }
    const title = this.#format === OWN ? 'rows of the store' : FORMATS[this.#format as keyof typeof FORMATS].title
    this.#refuse(line, describe(value), `Line ${line} is ${describe(value)}. Expected ${title}.`)
  }

  #refuse(line: number, value: string, message: string): void {
    const error = this.#faults.at(`line ${line}`, value, message)
    if (this.#load.onInvalid !== 'skip') throw error
    const { file } = this.#options
    const index = this.#options.counter === undefined ? this.#records - 1 : this.#options.counter.rows++
    this.#load.onSkip?.({ line, index, error, ...(file !== undefined && { file }) })
  }

  #untold(): Error {
    const first = this.#waiting.find((record): record is SourceRecord => !('broken' in record))
    if (first === undefined) {
      const broken = this.#waiting[0] as BrokenRecord
      const start = excerpt(broken.text.trim())
      const message = `Line ${broken.line} is not JSON: ${broken.broken.replace(/\.$/, '')}. It begins ${JSON.stringify(start)}. ${READ}`
      return this.#faults.at(`line ${broken.line}`, start, message)
    }
    const { value, line } = first
    const message = `The content is of no known format: line ${line} is ${describe(value)}. ${READ}`
    return this.#faults.at(`line ${line}`, describe(value), message)
  }

  #rowsOf(reader: FormatReader): readonly Made[] {
    try {
      return rowsOf(reader.end(), this.#format!, this.#options.lossy)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      throw this.#faults.at('source', '', 'A value of the source is nested too deeply.')
    }
  }

  /** The rows. */
  end(): readonly Made[] {
    if (this.#format === undefined && this.#waiting.length > 0) throw this.#untold()
    const { onReport, file } = this.#options
    const rows = this.#reader === undefined ? this.#own : this.#rowsOf(this.#reader)
    onReport?.({
      format: this.#format,
      ...(file !== undefined && { file }),
      conversations: rows.length,
      records: this.#records,
      unknown: { ...this.#unknown },
      broken: this.#broken,
      isUnfinished: this.#endsBroken,
    })
    return rows
  }
}

/** A line on what was not understood of a source; `undefined` where all was. */
export function reportText({ unknown, broken, records }: FormatReport): string | undefined {
  const types = Object.entries(unknown)
  const count = types.reduce((sum, [, each]) => sum + each, 0)
  const said = [
    ...(count > 0
      ? [
          `${counted(count, 'record')} of ${counted(records, 'record')} of unknown types: ${types.map(([type, each]) => `${type} (${each})`).join(', ')}`,
        ]
      : []),
    ...(broken > 0 ? [`${counted(broken, 'line')} that ${broken === 1 ? 'is' : 'are'} not JSON`] : []),
  ]
  return said.length === 0 ? undefined : said.join('; ')
}
