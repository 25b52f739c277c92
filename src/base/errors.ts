/** Every error class of the library. One base class, a code each, and the faults one by one. */

/** What went wrong, as a word to switch on. */
export type ErrorCode =
  | 'UNKNOWN_PARAMETER'
  | 'INVALID_VALUE'
  | 'INVALID_PAGE'
  | 'INVALID_CURSOR'
  | 'EMPTY_GROUP'
  | 'NOT_ON_THE_WIRE'
  | 'TOO_COSTLY'
  | 'NO_STORE'
  | 'INVALID_ROW'
  | 'DUPLICATE_ID'
  | 'NOT_FOUND'
  | 'INVALID_SOURCE'
  | 'INVALID_SNAPSHOT'
  | 'ROW_TOO_LONG'
  | 'NOT_RECORDED'
  | 'NOT_ANSWERED'
  | 'NOT_KEPT'
  | 'ABORTED'

/** One thing that is wrong. */
export interface Fault {
  /** The wire parameter, builder call or place in the row (`messages[3].sender`) that is wrong. */
  readonly parameter: string
  /** What came. */
  readonly value: unknown
  readonly code: ErrorCode
  /** What came, what was expected and, for a misspelt name, the nearest known one. */
  readonly message: string
  /** What the HTTP API says of it; `message` where that has no text of its own. */
  readonly wire?: string
}

/** A JSON body of an error, as the HTTP API answers it. Keyed by parameter, without a prototype. */
export type ErrorBody = { readonly detail: string } | { readonly [parameter: string]: readonly string[] }

/** The base of all errors that the library throws on purpose. */
export class ConversationStoreError extends Error {
  /** The code of the first fault. */
  readonly code: ErrorCode
  /** All that was wrong, not only the first. Never empty. */
  readonly faults: readonly Fault[]

  constructor(faults: readonly [Fault, ...Fault[]], message = faults.map((fault) => fault.message).join('\n')) {
    super(message)
    this.name = new.target.name
    this.code = faults[0].code
    this.faults = Object.freeze(faults.slice())
  }

  /** What was wrong with the first fault: a wire parameter, a builder call or a place in a row. */
  get parameter(): string {
    return this.faults[0]!.parameter
  }

  /** What came, of the first fault. */
  get value(): unknown {
    return this.faults[0]!.value
  }

  /** The body that the HTTP API answers: a map from parameter to a list of texts, without a prototype. */
  toJSON(): ErrorBody {
    const body: Record<string, string[]> = Object.create(null)
    for (const fault of this.faults) {
      body[fault.parameter] ??= []
      body[fault.parameter]!.push(fault.wire ?? fault.message)
    }
    return body
  }
}

/**
 * Whether something thrown is an error of this library, of whatever copy of it there is in the process: told by what it
 * has, since an ES module and a CommonJS one, or two module registries, have a class each. `code` says which it is.
 */
export function isStoreError(error: unknown): error is ConversationStoreError {
  const { code, faults, toJSON } = Object(error) as Partial<ConversationStoreError>
  return typeof code === 'string' && Array.isArray(faults) && typeof toJSON === 'function'
}

/** A query that cannot be asked: an unknown parameter, a bad value, an empty group, a condition that a URL cannot say, too much work. */
export class InvalidQueryError extends ConversationStoreError {}

/** A page that does not exist: past the end, or no page number at all. */
export class InvalidPageError extends ConversationStoreError {
  constructor(value: unknown, message: string) {
    super([{ parameter: 'page', value, code: 'INVALID_PAGE', message }])
  }

  override toJSON(): ErrorBody {
    return { detail: 'Invalid page.' }
  }
}

/** A row, message, feedback or change that cannot be stored. `faults` has every place that is wrong. */
export class InvalidRowError extends ConversationStoreError {}

/** A row whose `id` or `conversation_id` another row has, a deleted one too. */
export class DuplicateIdError extends ConversationStoreError {}

/** A write to a row that is not in the store. */
export class NotFoundError extends ConversationStoreError {
  constructor(ref: number | string) {
    const parameter = typeof ref === 'number' ? 'id' : 'conversation_id'
    const message = `No conversation with ${parameter} ${show(ref)} is in the store.`
    super([{ parameter, value: ref, code: 'NOT_FOUND', message }])
  }

  override toJSON(): ErrorBody {
    return { detail: 'Not found.' }
  }
}

/** Input that is no conversations: broken JSON, cut-off gzip, a row that is too long. */
export class InvalidSourceError extends ConversationStoreError {}

/** A value as an error text shows it: short, on one line, with its type plain to see. */
export function show(value: unknown): string {
  let text: string | undefined
  try {
    text = typeof value === 'bigint' ? `${value}n` : typeof value === 'string' ? JSON.stringify(value) : undefined
    text ??= typeof value === 'object' && value !== null ? JSON.stringify(value, sayWhatJsonCannot) : String(value)
  } catch {
    // A cycle, or a method of the value that throws: its kind is all that can be said.
  }
  text ??= Object.prototype.toString.call(value)
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}

/** JSON makes null of NaN, and throws at a bigint. */
function sayWhatJsonCannot(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
}

/** The end of an error text that names the nearest of the known names, empty where none is near. O(known x lengths). */
export function didYouMean(name: unknown, known: Iterable<string>): string {
  const near = typeof name === 'string' ? nearest(name, known) : undefined
  return near === undefined ? '' : ` Did you mean ${show(near)}?`
}

/**
 * The candidate that is the fewest edits away from `name`, if it is near enough to be meant: a third of its letters, or
 * `most` edits. O(candidates x lengths).
 */
export function nearest(
  name: string,
  candidates: Iterable<string>,
  most = Math.max(2, Math.floor(name.length / 3)),
): string | undefined {
  let best: string | undefined
  let bestDistance = most + 1
  if (name.length > 64) return undefined
  for (const candidate of candidates) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase())
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance]
  }
  return best
}

/** How many UTF-16 units are inserted, removed, replaced or swapped with the next one. O(product of the lengths). */
export function editDistance(a: string, b: string): number {
  let before: readonly number[] = []
  let row: readonly number[] = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const swap = isSwap ? before[j - 2]! + 1 : substitution
      next.push(Math.min(substitution, swap, row[j]! + 1, next[j - 1]! + 1))
    }
    before = row
    row = next
  }
  return row[b.length]!
}
