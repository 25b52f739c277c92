import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { utf8Decoder, utf8Encoder } from '../../../../src/features/load/codec.ts'
import { loadConversations } from '../../../../src/features/load/index.ts'

afterEach(() => vi.unstubAllGlobals())

/** The same as without, for what runs in Jest with jsdom. */
const without: readonly (readonly string[])[] = [['TextEncoder'], ['TextDecoder'], ['TextEncoder', 'TextDecoder']]

describe('a runtime without TextEncoder or TextDecoder', () => {
  for (const names of without) {
    it(`loads every shape without ${names.join(' and ')}`, async () => {
      const row = '{"conversation_id":"é 酒店 😀","started_at":"2026-01-05"}'
      const list = `[${row},\n${row}]`
      const texts = [`${row}\n${row}`, list, `{"results":${list}}`, `{"schema_version":1,"conversations":${list}}`]
      const bytes = texts.map((text) => new TextEncoder().encode(text))
      for (const name of names) vi.stubGlobal(name, undefined)
      for (const source of [...texts, ...bytes]) {
        const ids: unknown[] = []
        for await (const batch of loadConversations(source)) ids.push(...batch.map((it) => it.conversation_id))
        expect(ids).toEqual(['é 酒店 😀', 'é 酒店 😀'])
      }
      for (const name of names) expect(Reflect.get(globalThis, name)).toBeUndefined()
    })
  }

  it('encodes and decodes as they do', () => {
    const texts = fc.string({ unit: 'binary', maxLength: 20_000 })
    const bytes = fc.uint8Array({ maxLength: 20 })
    const native = { encode: utf8Encoder(), decode: utf8Decoder(true) }
    vi.stubGlobal('TextEncoder', undefined)
    vi.stubGlobal('TextDecoder', undefined)
    const plain = { encode: utf8Encoder(), decode: utf8Decoder(true) }
    fc.assert(
      fc.property(texts, (text) => {
        const encoded = native.encode.encode(text)
        expect(plain.encode.encode(text)).toEqual(encoded)
        expect(plain.decode.decode(encoded)).toBe(text)
      }),
    )
    const attempt = (decode: () => string) => {
      try {
        return decode()
      } catch {
        return undefined
      }
    }
    fc.assert(
      fc.property(bytes, (given) => {
        expect(attempt(() => plain.decode.decode(given))).toBe(attempt(() => native.decode.decode(given)))
      }),
    )
    expect(utf8Decoder(false).decode(Uint8Array.of(0x61, 0xff, 0x62))).toBe('a\ufffd')
  })
})
