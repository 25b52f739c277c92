/** Why a journal cannot be opened, or takes no more. */

/** What went wrong with a journal, as a word to switch on. */
export type JournalErrorCode = (typeof CODES)[number]

const CODES = [
  /** Another process has the journal open. */
  'JOURNAL_LOCKED',
  /** The file cannot be locked: its directory cannot be written, or the machine has no `flock`. */
  'JOURNAL_NOT_LOCKABLE',
  /** The system does not let the file be opened, read or made. */
  'JOURNAL_UNREADABLE',
  /** The file is not a journal. */
  'NO_JOURNAL',
  /** The file is a journal of another version of the format. */
  'JOURNAL_VERSION',
  /** Lines in the middle of the file are damaged; `line` is the first. Opening with `repair` keeps a copy and the rest. */
  'JOURNAL_DAMAGED',
  /** The file could not be written, now or before: the journal takes no more events until it is opened again. */
  'JOURNAL_FAILED',
  /** `close` was called. */
  'JOURNAL_CLOSED',
  /** An event is not JSON, or too long. */
  'INVALID_EVENT',
] as const

/**
 * An error of a journal; its message names the file, what is wrong and what can be done. Told from other errors by its
 * `code`: two copies of the package in one process have two classes.
 */
export class JournalError extends Error {
  readonly code: JournalErrorCode
  /** The journal's path. */
  readonly file: string
  /** Where the file is damaged: the number of the first such line, from 1. */
  readonly line?: number

  constructor(
    code: JournalErrorCode,
    file: string,
    text: string,
    { line, cause }: { line?: number; cause?: unknown } = {},
  ) {
    super(`${file}: ${text}`, cause === undefined ? undefined : { cause })
    this.name = 'JournalError'
    this.code = code
    this.file = file
    if (line !== undefined) this.line = line
  }
}

/** Whether this is an error of a journal, of whatever copy of the package. */
export function isJournalError(error: unknown): error is JournalError {
  return (CODES as readonly unknown[]).includes(codeOf(error))
}

/** The code of a system error, such as `ENOSPC`; undefined for any other value. */
export function codeOf(cause: unknown): string | undefined {
  const code = (cause as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : undefined
}
