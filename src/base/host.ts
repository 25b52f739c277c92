/**
 * The few globals beyond the language itself, declared by shape, so that the sources and the published types need
 * neither DOM nor Node types. Nothing is called at import.
 */

/** The part of `URLSearchParams` that the library uses; the real one of every runtime fits. */
export interface SearchParamsLike extends Iterable<[string, string]> {
  append(name: string, value: string): void
  get(name: string): string | null
  sort(): void
  toString(): string
}

/** The runtime's own `URLSearchParams` type where DOM or Node types are loaded, else the part that the library uses. */
export type SearchParams = typeof globalThis extends { URLSearchParams: { prototype: infer T } } ? T : SearchParamsLike

/** The part of `AbortSignal` that the library uses. */
export interface AbortSignalLike {
  readonly aborted: boolean
  readonly reason?: unknown
}

interface Host {
  readonly URLSearchParams: new (init?: string | Iterable<readonly [string, string]>) => SearchParamsLike
  readonly setTimeout: (task: () => void, ms: number) => unknown
  readonly clearTimeout: (timer: unknown) => void
  readonly URL: new (url: string) => object
  readonly console?: { warn(...what: unknown[]): void }
  readonly fetch: (
    url: string,
    init: { method: string; headers: Record<string, string>; body: string },
  ) => Promise<{ readonly ok: boolean; readonly status: number; text(): Promise<string> }>
  readonly btoa: (text: string) => string
  readonly crypto?: { getRandomValues(numbers: Uint32Array): Uint32Array }
}

/** The global object, seen as the few things that the core reads from it when it is called. */
export const host: Host = globalThis as unknown as Host
