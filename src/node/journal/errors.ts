/** Why a journal cannot be opened, or takes no more. */

/** What went wrong with a journal, as a word to switch on. */
export type JournalErrorCode =
  | 'JOURNAL_LOCKED'
  | 'JOURNAL_NOT_LOCKABLE'
  | 'JOURNAL_UNREADABLE'
  | 'NO_JOURNAL'
  | 'JOURNAL_VERSION'
  | 'JOURNAL_DAMAGED'
  | 'JOURNAL_FAILED'
  | 'JOURNAL_CLOSED'
  | 'INVALID_EVENT'

/** An error of a journal; its text names the file, what is wrong and what can be done. */
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

/** What a caught value says, without a full stop. */
export function messageOf(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).replace(/\.$/, '')
}

/** The system's word for a fault, such as `ENOSPC`; undefined where there is none. */
export function codeOf(cause: unknown): string | undefined {
  const code = (cause as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : undefined
}
