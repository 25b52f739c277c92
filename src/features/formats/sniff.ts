/** Which format a source is of, by its first records, without reading on. */
import { SourceFaults } from '../load/fault.ts'
import { enveloped, type FormatName, formatOf } from './formats.ts'
import { RecordParser, RecordTooLong } from './records.ts'
import { textOf } from './text.ts'

/** So many records are looked at. */
const MOST_RECORDS = 1_000
/** The longest record that is waited for, in UTF-16 units. */
const MAX_LENGTH = 67_108_864

/** What content looks like: a format, JSON of another kind, nothing at all, or no JSON. */
export type Sniffed = FormatName | 'json' | 'empty' | 'other'

/** Reads bytes until they tell a format. Throws `INVALID_SOURCE` for gzip that is damaged. */
export async function sniffFormat(next: () => Promise<Uint8Array | undefined>): Promise<Sniffed> {
  const parser = new RecordParser(MAX_LENGTH)
  let records = 0
  let isJson = false
  const look = (found: ReturnType<RecordParser['write']>): FormatName | undefined => {
    for (const record of found) {
      records++
      if ('broken' in record) continue
      isJson ||= typeof record.value === 'object'
      const format = formatOf(record.value) ?? enveloped(record.value)?.format
      if (format !== undefined) return format
    }
    return undefined
  }
  try {
    for await (const { text } of textOf(next, new SourceFaults())) {
      const format = look(parser.write(text))
      if (format !== undefined) return format
      if (records > MOST_RECORDS) break
    }
    const format = look(parser.end())
    if (format !== undefined) return format
  } catch (error) {
    if (!(error instanceof RecordTooLong)) throw error
  }
  return isJson ? 'json' : records === 0 ? 'empty' : 'other'
}
