/**
 * UTF-8 where the runtime has no `TextEncoder` or `TextDecoder`, as in Jest with jsdom: those of the runtime where they
 * exist, looked for when they are needed, else plain ones of the same shape.
 */
import { host, type TextDecoderLike, type TextEncoderLike } from './host.ts'
import { Utf8Check } from './utf8-check.ts'

/** Makes strings into UTF-8. */
export function utf8Encoder(): TextEncoderLike {
  const { TextEncoder = PlainEncoder } = host
  return new TextEncoder()
}

/** Decodes whole pieces of UTF-8. With `fatal` a byte that is not UTF-8 throws, else it reads as U+FFFD. A U+FEFF stays. */
export function utf8Decoder(fatal: boolean): TextDecoderLike {
  const { TextDecoder = PlainDecoder } = host
  return new TextDecoder('utf-8', { fatal, ignoreBOM: true })
}

/** Runs something that needs both as globals, which it finds while it runs. */
export function withCodecs<Result>(run: () => Result): Result {
  const { TextEncoder, TextDecoder } = host
  if (TextEncoder !== undefined && TextDecoder !== undefined) return run()
  try {
    Object.assign(host, { TextEncoder: TextEncoder ?? PlainEncoder, TextDecoder: TextDecoder ?? PlainDecoder })
    return run()
  } finally {
    Object.assign(host, { TextEncoder, TextDecoder })
  }
}

class PlainEncoder implements TextEncoderLike {
  encode(text: string): Uint8Array {
    const bytes = new Uint8Array(text.length * 3)
    let length = 0
    for (let i = 0; i < text.length; i++) {
      const point = text.codePointAt(i)!
      if (point < 0x80) bytes[length++] = point
      else {
        const more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3
        bytes[length++] = ([0, 0xc0, 0xe0, 0xf0][more]! | (point >> (6 * more))) & 0xff
        for (let rest = more - 1; rest >= 0; rest--) bytes[length++] = 0x80 | ((point >> (6 * rest)) & 0x3f)
        if (more === 3) i++
      }
    }
    return bytes.slice(0, length)
  }
}

/** So many UTF-16 units are made into a string at once. */
const UNITS = 8_192

class PlainDecoder implements TextDecoderLike {
  readonly #fatal: boolean

  constructor(_label: 'utf-8', { fatal = false }: { readonly fatal?: boolean } = {}) {
    this.#fatal = fatal
  }

  decode(bytes: Uint8Array): string {
    const check = new Utf8Check()
    const bad = check.find(bytes)
    const isSound = bad < 0 && !check.isInside
    if (!isSound && this.#fatal) throw new TypeError('The encoded data was not valid for encoding utf-8')
    // What an error shows of bytes that are not UTF-8: those before the bad one.
    const end = isSound ? bytes.length : Math.max(0, bad)
    let text = ''
    let units: number[] = []
    for (let at = 0; at < end; ) {
      const byte = bytes[at++]!
      const more = byte < 0xc0 ? 0 : byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3
      let point = more === 0 ? byte : byte & (0x3f >> more)
      for (let i = 0; i < more; i++) point = (point << 6) | (bytes[at++]! & 0x3f)
      if (point > 0xffff) units.push(0xd7c0 + (point >> 10), 0xdc00 | (point & 0x3ff))
      else units.push(point)
      if (units.length < UNITS && at < end) continue
      text += String.fromCharCode(...units)
      units = []
    }
    return isSound ? text : `${text}\ufffd`
  }
}
