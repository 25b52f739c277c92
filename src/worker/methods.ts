/** How each method crosses between the threads. What it does stands in `asAsyncStore`. */

import { asyncSpec } from '../features/async-store/asked.ts'
import type { AsyncQuery, AsyncStore } from '../features/async-store/contract.ts'
import { printable } from '../features/explain/explanation.ts'
import { printable as printableWhy } from '../features/why-empty/why.ts'
import { withError, withPlainError } from './errors.ts'

/** The methods of a store that can be called from elsewhere. */
export type Method = Exclude<keyof AsyncStore, 'subscribe'> | 'warm'

/** How a method crosses. */
export interface Crossing {
  /**
   * - `ask`: reads. An abort rejects at once; a newer one of the same subscriber replaces one that has not begun.
   * - `write`: is dropped by an abort if it has not begun, else finished.
   * - `work`: takes long, and rejects once it has stopped.
   * - `iterate`: gives parts, each when it is asked for.
   */
  readonly does: 'ask' | 'write' | 'work' | 'iterate'
  /** The place of the options among the arguments. */
  readonly options: number
  /** The first argument as it is sent. */
  readonly send?: (first: never) => unknown
  /** The result as it is sent back. */
  readonly reply?: (result: never) => unknown
  /** The result as the caller gets it. */
  readonly receive?: (result: never) => unknown
  /** Items of a part. */
  readonly partSize?: number
}

const query = { send: (asked: AsyncQuery) => ({ spec: asyncSpec(asked) }) }
const ask = (options: number): Crossing => ({ does: 'ask', options })
const askOf = (options: number): Crossing => ({ does: 'ask', options, ...query })
const write = (options: number): Crossing => ({ does: 'write', options })

/** A result that lists rows with their errors; whatever else it has crosses as it is. */
interface Batch {
  readonly rejected: readonly object[]
}
const batch = {
  reply: (result: Batch): Batch => ({ ...result, rejected: result.rejected.map(withPlainError) }),
  receive: (result: Batch): Batch => ({ ...result, rejected: result.rejected.map(withError) }),
}

export const METHODS: Readonly<Record<Method, Crossing>> = {
  run: askOf(1),
  count: askOf(1),
  exists: askOf(1),
  ids: askOf(1),
  first: askOf(1),
  all: { does: 'iterate', options: 1, ...query, partSize: 100 },
  export: { does: 'iterate', options: 1, ...query, partSize: 1 },
  facets: askOf(2),
  histogram: askOf(2),
  aggregate: askOf(2),
  highlights: askOf(2),
  explain: { ...askOf(1), receive: printable },
  whyEmpty: { ...askOf(1), receive: printableWhy },
  metadataKeys: ask(0),
  metadataValues: ask(1),
  get: ask(1),
  add: write(1),
  addMany: { ...write(1), send: (rows: unknown) => (isIterable(rows) ? [...rows] : rows), ...batch },
  upsert: write(1),
  update: write(2),
  updateMetadata: write(2),
  rename: write(2),
  mark: write(2),
  delete: write(2),
  restore: write(1),
  purge: write(1),
  addMessage: write(2),
  addFeedback: write(2),
  load: { does: 'work', options: 1, ...batch },
  warm: { does: 'work', options: 0 },
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof Object(value)[Symbol.iterator] === 'function'
}
