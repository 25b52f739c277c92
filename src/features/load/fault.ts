/** What is wrong with a source, as errors. */
import { type ErrorCode, InvalidSourceError, show } from '../../base/errors.ts'

/** Makes the errors of one source; where it is a file, each names it. */
export class SourceFaults {
  /** The file that is read, as errors name it. */
  readonly file: string | undefined

  constructor(file?: string) {
    this.file = file
  }

  /**
   * @param place Where: `line 17`, `byte 812`, or `source` for the whole.
   * @param value What came: for a row, the beginning of its text.
   * @param message A sentence that begins with the place.
   */
  at(place: string, value: unknown, message: string, code: ErrorCode = 'INVALID_SOURCE'): InvalidSourceError {
    const prefix = this.file === undefined ? '' : `${this.file}: `
    return new InvalidSourceError([{ parameter: prefix + place, value, code, message: prefix + message }])
  }
}

/** The beginning of a string, as an error carries it. */
export function excerpt(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

/** What an error says, of whatever realm or kind it is; long ones are cut. */
export function messageOf(error: unknown): string {
  const { message } = Object(error) as { message?: unknown }
  const text = typeof message === 'string' ? message : show(error)
  return text.length > 200 ? `${text.slice(0, 197)}...` : text
}
