/** What `explore` says of the conversations that it serves: `session.json` beside the page. */
import type { ReadFault } from './contract.ts'

export interface ServedSession {
  /** `generated`: the server has none, and the page makes its own. */
  readonly source: { readonly kind: 'served' | 'generated'; readonly name: string }
  readonly rows: number
  readonly isReadOnly: boolean
  readonly faults: readonly ReadFault[]
  readonly faultCount?: number
  /** The prefix of `api/`, relative to the page. */
  readonly api: string
  /** Where the rows are, relative to the page: a snapshot, or NDJSON. */
  readonly data?: string | null
  /** The number of the last change. */
  readonly sequence?: number | null
}

/** Whether this is such a file. A static host may have any other, or none. */
export function isServedSession(value: unknown): value is ServedSession {
  const { source, api } = Object(value) as Partial<ServedSession>
  return typeof api === 'string' && ['served', 'generated'].includes(String(Object(source).kind))
}

/** The headers of a request that the server asks a key for. */
export function withKey(key: string | null): Record<string, string> {
  return key === null ? {} : { authorization: `Api-Key ${key}` }
}
