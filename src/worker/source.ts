/** Sources on their way to the worker: a stream moves, all others are copied. */
import { transfer } from 'comlink'
import { InvalidSourceError, show } from '../base/errors.ts'
import type { AsyncSource } from '../features/async-store/contract.ts'
import type { ReadableStreamLike } from '../features/load/index.ts'
import { host } from './host.ts'
import type { Call } from './protocol.ts'

/** Marks the streams among the arguments of a call as moving with it. */
export function moveStreams(call: Call): void {
  const streams = call.args.filter(isStream)
  if (streams.length > 0) transfer(call, streams as never[])
}

/**
 * Loads a source through `load`, which sends it. Where streams cannot be moved between threads (Safari), one is still open
 * here after the attempt, and its content is sent.
 */
export async function loadThrough<Result>(
  load: (source: AsyncSource) => Promise<Result>,
  source: AsyncSource,
  isOver: () => boolean,
): Promise<Result> {
  if (!isSendable(source)) throw notSendable(source)
  return load(source).catch(async (error: unknown) => {
    if (!isStream(source) || source.locked !== false || isOver()) throw error
    return load(await contentOf(source).catch(() => Promise.reject(error)))
  })
}

async function contentOf(stream: ReadableStreamLike): Promise<AsyncSource> {
  return new host.Response(stream).blob()
}

function isSendable(source: unknown): boolean {
  return isStream(source) || ArrayBuffer.isView(source) || /^(String|Blob|File|ArrayBuffer)$/.test(kindOf(source))
}

function isStream(source: unknown): source is ReadableStreamLike & { readonly locked?: boolean } {
  return kindOf(source) === 'ReadableStream'
}

function kindOf(source: unknown): string {
  return Object.prototype.toString.call(source).slice(8, -1)
}

function notSendable(source: unknown): InvalidSourceError {
  const isRows = typeof Object(source).batches === 'function'
  const hint = isRows ? ' Add its rows by addMany.' : kindOf(source) === 'Response' ? ' Pass its body.' : ''
  const message = `The source is ${show(source)}, which cannot be sent to a worker. Expected a string, bytes, a Blob or a ReadableStream.${hint}`
  return new InvalidSourceError([{ parameter: 'source', value: source, code: 'INVALID_SOURCE', message }])
}
