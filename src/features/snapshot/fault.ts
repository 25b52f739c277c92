/** What is wrong with a snapshot. */
import { InvalidSourceError } from '../../base/errors.ts'
import { grouped } from '../../base/text/counted.ts'

/** The error of a file that is no snapshot, or a damaged one. `place`: the section, or the row. */
export function invalidSnapshot(place: string, message: string): InvalidSourceError {
  return new InvalidSourceError([{ parameter: place, value: undefined, code: 'INVALID_SNAPSHOT', message }])
}

/** The error of damage: what was expected there, and where. */
export function damaged(section: string, at: number, what: string): InvalidSourceError {
  const place = `The snapshot is damaged in its section ${JSON.stringify(section)}, at byte ${grouped(at)}`
  return invalidSnapshot(section, `${place}: ${what}. Nothing was opened. Copy the file again, or build it anew.`)
}
