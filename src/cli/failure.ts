/** How a command fails: its errors, their exit codes, and the line that is printed for each. */
import { CommanderError } from 'commander'
import type { ConversationStoreError, Fault } from '../base/errors.ts'
import { systemText } from '../base/system-text.ts'
import { isJournalError } from '../node/journal/errors.ts'
import { OutputError } from './streams.ts'
import { optionName } from './wire-options.ts'

/** A command that cannot be done as it was typed; the message is for the person who typed it. */
export class UsageError extends Error {}

/** A command that began well and had to stop; the message is for the person who started it. */
export class StopError extends Error {}

/** A command that found what it looks for: answers that differ. */
export class DifferError extends Error {}

/** The exit code of a command that did what it was asked. */
export const DONE = 0
/** The exit code of a command that began well and had to stop. */
export const STOPPED = 1
/** The exit code of what cannot be done as it was typed: an unknown option, a bad value, a file that cannot be read. */
export const BAD_INPUT = 2
/** The exit code of `verify` where answers differ. */
export const DIFFERS = 3

/** How a command ended: its exit code, and a line of why unless that goes without saying. */
export interface End {
  readonly code: number
  readonly line?: string
}

/** How a command ends with this error; `undefined` where the fault is our own. */
export function endOf(error: unknown): End | undefined {
  if (error instanceof CommanderError) return endOfCommander(error)
  if (error instanceof OutputError) {
    // A reader that has seen enough, as `head` has.
    if (codeOf(error.cause) === 'EPIPE') return { code: DONE }
    return { code: STOPPED, line: `standard output cannot be written: ${systemText(error.cause)}.` }
  }
  if (error instanceof StopError) return { code: STOPPED, line: error.message }
  if (error instanceof DifferError) return { code: DIFFERS, line: error.message }
  if (error instanceof UsageError) return { code: BAD_INPUT, line: error.message }
  if (isJournalError(error)) {
    const hint = error.code === 'JOURNAL_DAMAGED' ? ' To repair it: conversation-store serve --save FILE --repair.' : ''
    return { code: BAD_INPUT, line: error.message + hint }
  }
  if (isLibraryError(error)) return { code: BAD_INPUT, line: lineOf(error) }
  // Of the system, such as standard input that is a directory.
  const { syscall } = Object(error) as NodeJS.ErrnoException
  return syscall === undefined ? undefined : { code: BAD_INPUT, line: `cannot ${syscall}: ${systemText(error)}.` }
}

/** Whether the library threw it: by its faults, not by its class, of which each copy of the package has one. */
export function isLibraryError(error: unknown): error is ConversationStoreError {
  return Array.isArray((Object(error) as Partial<ConversationStoreError>).faults)
}

function lineOf({ code, faults, message }: ConversationStoreError): string {
  return OF_OPTIONS.has(code) ? faults.map(faultLine).join(' ') : withoutCalls(message)
}

/** The codes of faults in what was asked, whose parameters are options here. */
const OF_OPTIONS: ReadonlySet<string> = new Set([
  'UNKNOWN_PARAMETER',
  'INVALID_VALUE',
  'INVALID_PAGE',
  'INVALID_CURSOR',
  'EMPTY_GROUP',
])

/** A fault with the option's name where it has the parameter's. */
function faultLine({ parameter, message }: Fault): string {
  const text = withoutCalls(message)
  const rest = text.slice(parameter.length)
  return text.startsWith(parameter) && /^[:.[]/.test(rest) ? optionName(parameter) + rest : text
}

/**
 * A message without examples of calls, and without sentences that advise on calls of the library, which nobody has typed.
 * The first sentence says what is wrong, and stays.
 */
export function withoutCalls(message: string): string {
  // A sentence ends at a full stop or question mark that white space follows, except in a string.
  const plain = message.replace(/, \.\w+\(\(q\) => .*?\)\)/g, '')
  const sentences = plain.match(/(?:"(?:[^"\\]|\\.)*"|[^.?]|[.?](?!\s|$))+(?:[.?]|$)\s*/gs) ?? [plain]
  return sentences
    .filter((sentence, i) => i === 0 || !SPEAKS_OF_CALLS.test(sentence.replace(/"(?:[^"\\]|\\.)*"/g, '')))
    .join('')
    .trim()
}

const SPEAKS_OF_CALLS = /\w\(|`|=>|conversation-store\/|\bthe call\b/

/** The code of a system error, such as `ENOSPC`. */
export function codeOf(error: unknown): unknown {
  return (Object(error) as { code?: unknown }).code
}

function endOfCommander(error: CommanderError): End {
  if (error.exitCode === 0) return { code: DONE }
  // Without arguments commander would print its help, which answers nothing that was asked.
  if (error.code === 'commander.help')
    return {
      code: BAD_INPUT,
      line: 'say what to do: query, stats, build, inspect, import, explore, pull, verify or serve. See conversation-store --help.',
    }
  return { code: BAD_INPUT, line: error.message.replace(/^error: /, '') }
}
