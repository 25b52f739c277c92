/** What all shapes depend on besides what they show, and what they share. */
import type { Environment } from './environments.ts'
import type { AgentState } from './state.ts'

/** What the shapes depend on besides the row. */
export interface Scene {
  readonly agent: { readonly id: number; readonly state: AgentState }
  readonly environments: readonly Environment[]
  /** The URL of the API, `http://localhost/api/`. */
  readonly api: string
}

/** What becomes JSON. */
export type Shape = Record<string, unknown>

/** A value, or the default of a missing one. Null is a value. */
export function given(value: unknown, missing: unknown): unknown {
  return value === undefined ? missing : value
}

/** The id of an environment's slug, null for one that the handler does not know. */
export function environmentId(slug: unknown, { environments }: Pick<Scene, 'environments'>): number | null {
  return environments.find((environment) => environment.slug === slug)?.id ?? null
}
