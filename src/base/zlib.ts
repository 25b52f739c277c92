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

/** The runtime's `zlib`, or an empty object. */
export function nativeZlib(): Zlib {
  const runtime = Reflect.get(globalThis, 'process') as Runtime | undefined
  return runtime?.getBuiltinModule?.('zlib') ?? {}
}

const WORD = Uint8Array.of(97, 98, 99, 100, 101, 102, 103, 104)
/** The word, packed with itself as the dictionary. */
const PACKED = Uint8Array.of(75, 132, 210, 0)

let asked: Zlib | undefined
let takesThem = false

/** The runtime's `zlib` if its raw DEFLATE takes dictionaries, which is tried once: that of Deno ignores them. Else an empty object. */
export function zlibWithDictionaries(): Zlib {
  const zlib = nativeZlib()
  if (zlib !== asked) {
    asked = zlib
    takesThem = takesDictionaries(zlib)
  }
  return takesThem ? zlib : {}
}

function takesDictionaries({ inflateRawSync }: Zlib): boolean {
  try {
    const found = inflateRawSync?.(PACKED, { dictionary: WORD, maxOutputLength: WORD.length })
    return found?.length === WORD.length && WORD.every((byte, at) => byte === found[at])
  } catch {
    return false
  }
}
