/** What was found in a journal, in words and as errors. */
import { counted } from '../../base/text/counted.ts'
import { JournalError } from './errors.ts'
import type { Found } from './found.ts'
import type { HeaderFault } from './read.ts'

/** Damaged lines that an error names one by one. */
const LINES_NAMED = 5

/** The error of a damaged journal, `JOURNAL_DAMAGED`. */
export function damagedError(path: string, found: Found): JournalError {
  const hint = `Repairing it keeps a copy and every line that is sound (${counted(found.events, 'event')}).`
  return new JournalError('JOURNAL_DAMAGED', path, `it is damaged: ${listed(found)}. ${hint}`, {
    line: found.damage[0]!.line,
  })
}

/** The error of a file that is not a journal, `NO_JOURNAL`, or is one of another version, `JOURNAL_VERSION`. */
export function headerError(path: string, { fault }: HeaderFault): JournalError {
  if (fault === 'foreign')
    return new JournalError('NO_JOURNAL', path, 'it is not a journal. Name a new file, or one that a journal wrote.')
  if (fault === 'compressed')
    return new JournalError('NO_JOURNAL', path, 'it is compressed with gzip. Unpack it first: gunzip FILE.')
  const text = `it is a journal of version ${fault.version}; this release reads version ${fault.known}.`
  return new JournalError('JOURNAL_VERSION', path, text)
}

/** All that is wrong, in one line. */
export function listed({ damage, torn }: Found): string {
  const named = damage.slice(0, LINES_NAMED).map(({ line, text }) => `line ${line} ${text}`)
  if (damage.length > LINES_NAMED) named.push(`and ${damage.length - LINES_NAMED} more`)
  if (torn !== undefined) named.push(`its last write, from line ${torn.line} on, was cut off`)
  return named.join('; ')
}
