/**
 * The web's globals that loading needs, declared by shape and read when they are called, so that neither the sources
 * nor the published types need DOM or Node types.
 */

/** The part of a stream's reader that loading uses. */
export interface StreamReaderLike {
  read(): Promise<{ readonly done: boolean; readonly value?: unknown }>
  cancel(reason?: unknown): Promise<unknown>
  releaseLock(): void
}

/** The part of `ReadableStream` that loading uses; its chunks are bytes or text. */
export interface ReadableStreamLike {
  getReader(): StreamReaderLike
}

/** The part of `TextEncoder` that loading uses. */
export interface TextEncoderLike {
  encode(text: string): Uint8Array
}

/** The part of `TextDecoder` that loading uses. */
export interface TextDecoderLike {
  decode(bytes: Uint8Array): string
}

export { nextTurn } from '../../base/turn.ts'

interface LoadHost {
  readonly TextDecoder?: new (
    label: 'utf-8',
    options: { readonly fatal: boolean; readonly ignoreBOM: boolean },
  ) => TextDecoderLike
  readonly TextEncoder?: new () => TextEncoderLike
}

/** The global object, as loading sees it. */
export const host: LoadHost = globalThis as unknown as LoadHost
