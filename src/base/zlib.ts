/** The runtime's own compression, several times as fast as ours, where it has one: Node, Bun, Deno. It is not imported: a bundler for elsewhere would fail. */

/** What is used of `node:zlib`. Older versions lack some of it. */
export interface Zlib {
  crc32?(bytes: Uint8Array, before: number): number
  deflateRawSync?(bytes: Uint8Array, options: object): Uint8Array
  inflateRawSync?(bytes: Uint8Array, options: object): Uint8Array
}

/** `node:zlib`; an empty object where the runtime lacks it. */
export function nativeZlib(): Zlib {
  const { process } = globalThis as { readonly process?: { getBuiltinModule?(name: string): Zlib | undefined } }
  return process?.getBuiltinModule?.('node:zlib') ?? {}
}
