/** What a format is: a line of the table, which opens a reader that makes drafts of conversations of records. */
import type { Feedback, JsonObject } from '../../row/conversation.ts'
import type { Part, Turn } from '../turns/index.ts'
import type { SourceRecord } from './records.ts'

/** One conversation as a reader gives it, before it is a row. */
export interface Draft {
  /** The id that the source has for it; without one it is named by what is in it. */
  readonly id?: string | undefined
  readonly turns: readonly Turn[]
  readonly name?: string | null | undefined
  readonly customer_id?: string | null | undefined
  readonly environment?: string | null | undefined
  /** ISO 8601; the time of the first turn and of the last where absent. */
  readonly started_at?: string | undefined
  readonly ended_at?: string | undefined
  readonly feedbacks?: readonly Feedback[] | undefined
  /** Metadata that its users gave it. */
  readonly metadata?: JsonObject | undefined
  /** Facts that have no place in a row, for `metadata.source`. */
  readonly source?: JsonObject | undefined
  /** Everything else. */
  readonly extra?: JsonObject | undefined
  readonly line: number
  /** Whether it may be one of several requests that each repeat the history before. */
  readonly isHistory?: boolean
  /** The ids of the answer that it goes on from, and of its own. */
  readonly continues?: string | undefined
  readonly answers?: string | undefined
}

/** What a reader is given. */
export interface FormatContext {
  /** Whether what has no place in a row is kept. */
  readonly keepsAll: boolean
  /** Takes note of a record of a type that the reader does not know. */
  note(type: string): void
}

/** Reads the records of one source. */
export interface FormatReader {
  /** Takes a record. Returns false where it is not of this format. */
  read(record: SourceRecord): boolean
  /** The conversations of all records, in the order of their first ones. */
  end(): Iterable<Draft>
}

/** A format. */
export interface Format {
  /** What content of it is called in errors. */
  readonly title: string
  /** Whether records of unknown types and lines that are broken are counted instead of refused. */
  readonly isTolerant?: boolean
  /** Whether a record tells that its source is of this format. */
  detect(value: Part): boolean
  open(context: FormatContext): FormatReader
}

/** A reader of records each of which is a whole conversation. `draft` gives `undefined` for a record of another kind. */
export function wholeReader(draft: (value: Part, line: number) => Draft | readonly Draft[] | undefined): FormatReader {
  const drafts: Draft[] = []
  return {
    read({ value, line }) {
      const made = draft(Object(value) as Part, line)
      if (made === undefined) return false
      drafts.push(...[made].flat())
      return true
    },
    end: () => drafts,
  }
}
