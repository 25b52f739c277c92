/** The limits of requests, and of what an agent has. */
import { checkInteger } from '../base/options.ts'
import { checkNames } from './option-names.ts'

/** Limits of a request. Beyond one the answer has the status named, and nothing changes. */
export interface Limits {
  /** Bytes of a URL. 64 KiB; 414. */
  readonly urlBytes: number
  /** Parameters in a URL; with `files`, also the parts of a form. 1,000; 400 and 413. */
  readonly parameters: number
  /** Bytes of a body, counted while they come. 40 MiB; 413. */
  readonly bodyBytes: number
  /** Bytes of a body of JSON, except one with attachments or spans. 4 MiB; 413. */
  readonly jsonBytes: number
  /** Values in a body of JSON: objects, lists, keys and what is in them, counted while they come. 50,000; 413. */
  readonly jsonValues: number
  /** Bytes of all bodies that are in memory at a time. The largest that is still coming gets a 503. 64 MiB. */
  readonly bodyBytesInFlight: number
  /** Levels of objects and lists in JSON. 100; 400. */
  readonly jsonDepth: number
  /** Paths to values in one metadata document. 1,000; 400. */
  readonly metadataPaths: number
  /** Conditions in the parameter `where`, those within `or` and `not` too. 256; 400. */
  readonly conditions: number
  /** Files in one request. 10; 413. */
  readonly files: number
  /** Bytes of one file, decoded. 25 MiB; 413. */
  readonly fileBytes: number
  /** Bytes of all files that an agent has, decoded. 256 MiB; 413. */
  readonly attachmentBytes: number
  /** Bytes of the JSON of a batch of spans, counted while it is unpacked. 16 MiB; 413. */
  readonly ingestBytes: number
  /** Values in a batch of spans, counted as `jsonValues` are. 250,000; 413. */
  readonly ingestValues: number
  /** Spans that an agent has. 100,000; 413. */
  readonly spans: number
  /** Definitions of actions that an agent has when another one is declared. 10,000; 413. */
  readonly actions: number
  /** Tickets that an agent has. 10,000; 413. */
  readonly tickets: number
  /** Comments that a ticket has. 1,000; 413. */
  readonly comments: number
}

const MIB = 1_048_576

const LIMITS: Limits = {
  urlBytes: 65_536,
  parameters: 1_000,
  bodyBytes: 40 * MIB,
  jsonBytes: 4 * MIB,
  jsonValues: 50_000,
  bodyBytesInFlight: 64 * MIB,
  jsonDepth: 100,
  metadataPaths: 1_000,
  conditions: 256,
  files: 10,
  fileBytes: 25 * MIB,
  attachmentBytes: 256 * MIB,
  ingestBytes: 16 * MIB,
  ingestValues: 250_000,
  spans: 100_000,
  actions: 10_000,
  tickets: 10_000,
  comments: 1_000,
}

/** The limits, those that were given in place of the defaults. Throws `InvalidQueryError` naming the option. */
export function readLimits(given: Partial<Limits> = {}): Limits {
  checkNames(given, Object.keys(LIMITS))
  const limits = { ...LIMITS, ...given }
  for (const [name, value] of Object.entries(limits)) checkInteger(`limits.${name}`, value, 0)
  // The store holds nothing deeper.
  checkInteger('limits.jsonDepth', limits.jsonDepth, 0, LIMITS.jsonDepth)
  // A larger body would be refused each time that it is sent again.
  return { ...limits, bodyBytes: Math.min(limits.bodyBytes, limits.bodyBytesInFlight) }
}
