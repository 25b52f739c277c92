/** Asking a server for a snapshot, or whether there is a later one. */
import { abortReason, onAbort } from '../../../base/abort.ts'
import { ConversationStoreError, InvalidSourceError } from '../../../base/errors.ts'
import type { AbortSignalLike } from '../../../base/host.ts'
import type { ResponseLike } from '../../load/source.ts'
import type { Tag } from './contract.ts'
import { host, type RequestOptions } from './host.ts'

/** A `fetch`: that of the runtime, or one of the caller's. */
export type FetchLike = (url: string, options: RequestOptions) => Promise<ResponseLike>

/**
 * What the server said: that the file is the latest; a later one; no, to whoever asked (a status from 400 on); or nothing, or
 * that it cannot answer just now.
 */
export type Answer =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'changed'; readonly response: ResponseLike; readonly tag: Tag }
  | { readonly kind: 'refused'; readonly error: unknown }
  | { readonly kind: 'failed'; readonly error: unknown }

/** A request under way. */
export interface Asked {
  /** Never rejects. */
  readonly answer: Promise<Answer>
  /** Ends the request, and the body of its answer. */
  abort(): void
}

/** Statuses from 400 to 499 that ask for another try. */
const TRY_LATER = [408, 425, 429]

/** Asks for a file, or with a tag for a later one. `timeoutMs`: how long the answer may take to begin, 0 for ever. */
export function ask(
  { url, tag, timeoutMs }: { readonly url: string; readonly tag: Tag | null; readonly timeoutMs: number },
  fetch: FetchLike,
  signal: AbortSignalLike,
): Asked {
  const controller = new host.AbortController()
  const abort = (reason?: unknown) => controller.abort(reason)
  onAbort(signal, () => abort(abortReason(signal)))
  const timer = timeoutMs === 0 ? undefined : host.setTimeout(() => abort(late(url, timeoutMs)), timeoutMs)
  const headers: Record<string, string> = {}
  if (tag?.etag) headers['If-None-Match'] = tag.etag
  else if (tag?.lastModified) headers['If-Modified-Since'] = tag.lastModified
  const answer = Promise.resolve()
    .then(() => fetch(url, { headers, cache: 'no-store', signal: controller.signal }))
    .then((response) => answerOf(url, response, tag))
    .catch((error): Answer => ({ kind: 'failed', error }))
    .finally(() => host.clearTimeout(timer))
  return { answer, abort }
}

function answerOf(url: string, response: ResponseLike, tag: Tag | null): Answer {
  const { status = 200, headers } = response
  if (status === 304 && tag !== null) return { kind: 'unchanged' }
  if (status >= 200 && status < 300) {
    const [etag, lastModified] = ['etag', 'last-modified'].map((name) => headers?.get(name) ?? null)
    return { kind: 'changed', response, tag: { url, etag: etag!, lastModified: lastModified! } }
  }
  const isRefused = status >= 400 && status < 500 && !TRY_LATER.includes(status)
  return { kind: isRefused ? 'refused' : 'failed', error: noSnapshot(url, status) }
}

function noSnapshot(url: string, status: number): InvalidSourceError {
  const message = `${url} was answered with status ${status}. Expected a snapshot.`
  return new InvalidSourceError([{ parameter: 'url', value: status, code: 'INVALID_SOURCE', message }])
}

function late(url: string, timeoutMs: number): ConversationStoreError {
  const message = `${url} was not answered within ${timeoutMs} ms.`
  return new ConversationStoreError([{ parameter: 'timeoutMs', value: timeoutMs, code: 'ABORTED', message }])
}
