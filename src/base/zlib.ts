/**
 * The runtime's own compression, several times as fast as ours, where it has one: Node, Bun, Deno. It is not imported, nor is a
 * global named: a bundler for elsewhere would replace that, or fail.
 */

/** What is used of the module `zlib`. Older versions lack some of it. */
export interface Zlib {
  crc32?(bytes: Uint8Array, before: number): number
  deflateRawSync?(bytes: Uint8Array, options: object): Uint8Array
  inflateRawSync?(bytes: Uint8Array, options: object): Uint8Array
}

interface Runtime {
  getBuiltinModule?(name: string): Zlib | undefined
}

/** The runtime's `zlib`; an empty object where there is none. */
export function nativeZlib(): Zlib {
  const runtime = Reflect.get(globalThis, 'process') as Runtime | undefined
  return runtime?.getBuiltinModule?.('zlib') ?? {}
}
