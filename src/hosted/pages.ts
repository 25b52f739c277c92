/** Pages of the hosted API's list of conversations. */

import { ConversationStoreError, show } from '../base/errors.ts'
import type { AbortSignalLike } from '../base/host.ts'
import { host } from '../base/host.ts'
import { isPlain } from '../base/plain.ts'
import type { QuerySpec } from '../query/spec.ts'
import { writeParams } from '../wire/params.ts'
import type { HostedSettings } from './options.ts'
import { send } from './requests.ts'

/** A row as the API serves it: with keys that stores do not have, such as `agent`. */
export interface ServedRow {
  readonly id: number
  readonly conversation_id: string
  readonly [key: string]: unknown
}

/** A page as the API serves it. It has no cursors. */
export interface ServedPage {
  readonly count: number
  readonly page_size: number
  readonly total_pages: number
  readonly current_page: number
  readonly next: string | null
  readonly previous: string | null
  readonly results: readonly ServedRow[]
}

/** One page. Throws `NOT_ON_THE_WIRE` before anything is sent. */
export async function readPage(
  spec: QuerySpec,
  settings: HostedSettings,
  signal?: AbortSignalLike,
): Promise<ServedPage> {
  const query = String(new host.URLSearchParams(writeParams(spec, { hosted: true })))
  const answer = await send({ path: 'conversations/', query, signal }, settings)
  const { count, results } = Object(answer) as Partial<ServedPage>
  if (Number.isSafeInteger(count) && Array.isArray(results) && results.every(isRow)) return answer as ServedPage
  const message = `GET ${settings.api}conversations/ was answered with ${show(answer)}. Expected a page: { count, results }.`
  throw new ConversationStoreError([{ parameter: 'url', value: settings.api, code: 'NOT_ANSWERED', message }])
}

function isRow(row: unknown): boolean {
  return isPlain(row) && Number.isSafeInteger(row.id) && typeof row.conversation_id === 'string'
}

/**
 * All pages of a query that names none, one after the other, each asked for when it is wanted. A row that moves to an earlier page while
 * they are read is missed, and one that moves to a later page comes twice: page numbers shift while rows are written.
 */
export async function* readPages(
  spec: QuerySpec,
  settings: HostedSettings,
  signal?: AbortSignalLike,
): AsyncGenerator<ServedPage, void, undefined> {
  for (let page = 1; ; page++) {
    const answer = await readPage({ ...spec, pageSize: settings.pageSize, ...(page > 1 && { page }) }, settings, signal)
    yield answer
    if (answer.next === null || answer.results.length === 0) return
  }
}
