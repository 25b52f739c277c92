/** Errors on their way between threads: taken apart on one side, put together as the library's own classes on the other. */
import {
  ConversationStoreError,
  DuplicateIdError,
  type ErrorCode,
  type Fault,
  InvalidPageError,
  InvalidQueryError,
  InvalidRowError,
  InvalidSourceError,
  isStoreError,
  NotFoundError,
  show,
} from '../base/errors.ts'
import { host } from './host.ts'

/** An error as data that can be cloned. */
export type PlainError =
  | { readonly message: string; readonly faults: readonly [Fault, ...Fault[]] }
  | { readonly other: unknown }

type ErrorClass = abstract new (...args: never[]) => ConversationStoreError

/** The class of each code. Two copies of the package share the codes, not the classes. */
const CLASSES: Readonly<Record<ErrorCode, ErrorClass>> = {
  UNKNOWN_PARAMETER: InvalidQueryError,
  INVALID_VALUE: InvalidQueryError,
  INVALID_PAGE: InvalidPageError,
  INVALID_CURSOR: InvalidQueryError,
  EMPTY_GROUP: InvalidQueryError,
  NOT_ON_THE_WIRE: InvalidQueryError,
  TOO_COSTLY: InvalidQueryError,
  NO_STORE: ConversationStoreError,
  INVALID_ROW: InvalidRowError,
  DUPLICATE_ID: DuplicateIdError,
  NOT_FOUND: NotFoundError,
  INVALID_SOURCE: InvalidSourceError,
  INVALID_SNAPSHOT: InvalidSourceError,
  ROW_TOO_LONG: InvalidSourceError,
  NOT_RECORDED: ConversationStoreError,
  NOT_ANSWERED: ConversationStoreError,
  NOT_KEPT: ConversationStoreError,
  ABORTED: ConversationStoreError,
}

/** An error as it crosses: one of the library's with all faults, of another what can be cloned. */
export function toPlainError(error: unknown): PlainError {
  if (!isStoreError(error)) return { other: cloneable(error) }
  const faults = error.faults.map((fault) => ({ ...fault, value: cloneable(fault.value) }))
  return { message: error.message, faults: faults as [Fault, ...Fault[]] }
}

/** The error that was taken apart, of the class of its code, with a stack of this side. */
export function fromPlainError(plain: PlainError): unknown {
  if ('other' in plain) return plain.other
  const { faults, message } = plain
  const own = CLASSES[faults[0].code] ?? ConversationStoreError
  // The base's constructor alone: those of the classes take other arguments each.
  return Reflect.construct(ConversationStoreError, [faults, message], own as never)
}

/** A row that was left out, and what `onSkip` hears, with its error taken apart. */
export function withPlainError<Row>(row: Row): Row {
  return isObject(row) && isStoreError(row.error) ? { ...row, error: toPlainError(row.error) } : row
}

/** The same put together. */
export function withError<Row>(row: Row): Row {
  return isObject(row) && isObject(row.error) ? { ...row, error: fromPlainError(row.error as PlainError) } : row
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** The value, or what an error text shows of it where it cannot be cloned. */
function cloneable(value: unknown): unknown {
  try {
    return host.structuredClone(value)
  } catch {
    return value instanceof Error ? new Error(value.message) : show(value)
  }
}
