/** Errors on their way between threads: taken apart on one side, put together as the library's own classes on the other. */
import * as errors from '../base/errors.ts'
import { ConversationStoreError, type Fault, show } from '../base/errors.ts'

/** An error as data that can be cloned. */
export type PlainError =
  | { readonly kind: string; readonly message: string; readonly faults: readonly [Fault, ...Fault[]] }
  | { readonly other: unknown }

type ErrorClass = abstract new (...args: never[]) => ConversationStoreError

/** Every error class by its export's name, which minifying does not change. */
const CLASSES = Object.entries(errors).filter(
  ([, value]) => value === ConversationStoreError || Object(value).prototype instanceof ConversationStoreError,
) as unknown as readonly (readonly [string, ErrorClass])[]

/** An error as it crosses: of the library's with all faults, of others what can be cloned. */
export function toPlainError(error: unknown): PlainError {
  if (!(error instanceof ConversationStoreError)) return { other: cloneable(error) }
  const kind = CLASSES.find(([, one]) => error.constructor === one)?.[0] ?? 'ConversationStoreError'
  const faults = error.faults.map((fault) => ({ ...fault, value: cloneable(fault.value) }))
  return { kind, message: error.message, faults: faults as [Fault, ...Fault[]] }
}

/** The error that was taken apart, of its own class, with a stack of this side. */
export function fromPlainError(plain: PlainError): unknown {
  if ('other' in plain) return plain.other
  const one = CLASSES.find(([name]) => name === plain.kind)?.[1] ?? ConversationStoreError
  // The base's constructor alone: those of the classes take other arguments each.
  return Reflect.construct(ConversationStoreError, [plain.faults, plain.message], one as never)
}

/** The value, or what an error text shows of it where it cannot be cloned. */
function cloneable(value: unknown): unknown {
  try {
    return host.structuredClone(value)
  } catch {
    return value instanceof Error ? new Error(value.message) : show(value)
  }
}

const host = globalThis as unknown as { structuredClone(value: unknown): unknown }
