import zlib from 'node:zlib'
import { afterEach, expect, test, vi } from 'vitest'
import { nativeZlib, zlibWithDictionaries } from '../../../src/base/zlib.ts'

afterEach(() => vi.restoreAllMocks())

test('that of Node is found, and takes dictionaries', () => {
  expect(nativeZlib().inflateRawSync).toBe(zlib.inflateRawSync)
  expect(zlibWithDictionaries().inflateRawSync).toBe(zlib.inflateRawSync)
})

test.each<[string, (packed: Uint8Array) => Uint8Array]>([
  // As Deno does.
  ['ignores dictionaries', (packed) => zlib.inflateRawSync(packed)],
  ['gives other bytes', () => new Uint8Array(8)],
  ['gives fewer bytes', () => new Uint8Array(0)],
])('one that %s is not used with one', (_, inflateRawSync) => {
  vi.spyOn(process, 'getBuiltinModule').mockReturnValue({ inflateRawSync } as never)
  expect(nativeZlib().inflateRawSync).toBe(inflateRawSync)
  expect(zlibWithDictionaries()).toEqual({})
})

test('where there is none, there is none', () => {
  vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined as never)
  expect(nativeZlib()).toEqual({})
  expect(zlibWithDictionaries()).toEqual({})
})
