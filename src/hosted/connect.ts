/** The hosted API as a store elsewhere. */
import type { AbortSignalLike } from '../base/host.ts'
import { asyncSpec, exportFormat } from '../features/async-store/asked.ts'
import type { AsyncQuery, AsyncStore, CallOptions } from '../features/async-store/contract.ts'
import type { ExportRow } from '../features/export/columns.ts'
import { csvPieces, ndjsonPieces } from '../features/export/pieces.ts'
import { inSlices } from '../features/export/slices.ts'
import { highlightsOf } from '../features/highlights/highlights.ts'
import { fieldCondition } from '../query/canonical.ts'
import { pathOf, writePath } from '../query/metadata-path.ts'
import type { QuerySpec, Scalar } from '../query/spec.ts'
import type { Conversation, JsonObject } from '../row/conversation.ts'
import type { Ref } from '../store/store.ts'
import type { Envelope } from '../wire/envelope.ts'
import { type HostedOptions, type HostedSettings, readHostedOptions } from './options.ts'
import { readPage, readPages, type ServedRow } from './pages.ts'
import { IN_MEMORY, notOnTheWire } from './refuse.ts'
import { send } from './requests.ts'
import { writesOf } from './writes.ts'

/** Values that the API gives at most. */
const MOST_VALUES = 200

/** The hosted API as an `AsyncStore`. It cannot tell of changes. */
export type HostedStore<Metadata = JsonObject> = AsyncStore<Metadata>

/**
 * The hosted API, or a server of `conversation-store serve`, as a store elsewhere: the same queries, answered there.
 *
 * What the API's parameters can say is sent; all else rejects with `NOT_ON_THE_WIRE` before anything is sent, and nothing is
 * approximated. Rows come as the API serves them: with `agent`, `environment_id` and the like. A page has no `next_cursor`
 * to go on by: it is null, and `after` is refused. `all`, `ids` and `export` walk the pages in order, `pageSize` rows a
 * request: a row whose place changes meanwhile may be missed, or come twice.
 *
 * Rejects with `NOT_ANSWERED` where the API cannot be reached, refuses the key or fails. A read is tried again after a lost
 * connection, a 5xx and a 429, a write after a 429 alone, as `Retry-After` says. Redirects are not followed.
 *
 * @example
 * const hosted = connectHosted({ url: 'https://api.example.com', key: process.env.AGENTSIGHT_API_KEY })
 * const { count } = await hosted.run(query().device('mobile').messageContains('refund'))
 * await store.load(hosted.all(query().startedWithin({ days: 7 })))
 */
export function connectHosted<Metadata = JsonObject>(options: HostedOptions): HostedStore<Metadata> {
  const settings = readHostedOptions(options)
  /** The page of one row that tells how many there are. */
  const one = (query: AsyncQuery, more: Partial<QuerySpec>, { signal }: CallOptions = {}) =>
    readPage({ ...withoutPage(asyncSpec(query)), ...more, pageSize: 1 }, settings, signal)
  const rows = (query: AsyncQuery, more: Partial<QuerySpec>, signal: AbortSignalLike | undefined) =>
    rowsOf({ ...withoutPage(asyncSpec(query)), ...more }, settings, signal)
  const get = (ref: Ref, call: CallOptions = {}) => getRow(ref, settings, call.signal)
  return {
    run: async <Row>(query: AsyncQuery<Row>, call?: CallOptions) => {
      const page = await readPage(asyncSpec(query), settings, call?.signal)
      const { count, page_size, total_pages, current_page, next, previous, results } = page
      const envelope = { count, page_size, total_pages, current_page, next, previous, results, next_cursor: null }
      return envelope as unknown as Envelope<Row>
    },
    count: async (query, call) => (await one(query, { lean: true }, call)).count,
    exists: async (query, call) => (await one(query, { lean: true }, call)).count > 0,
    first: async <Row>(query: AsyncQuery<Row>, call?: CallOptions) =>
      (await one(query, {}, call)).results[0] as Row | undefined,
    ids: async (query, { signal } = {}) => {
      const ids: number[] = []
      for await (const { id } of rows(query, { lean: true }, signal)) ids.push(id)
      return ids
    },
    all: <Row>(query: AsyncQuery<Row>, { signal }: CallOptions = {}) => rows(query, {}, signal) as AsyncIterable<Row>,
    async *export(query, options = {}) {
      const format = exportFormat(options)
      const all: ServedRow[] = []
      for await (const row of rows(query, {}, options.signal)) {
        if (format === 'csv') all.push(row)
        else yield* ndjsonPieces([row], (it) => it)
      }
      // The columns of CSV are those of all rows.
      if (format === 'csv') yield* inSlices(csvPieces(all as unknown as ExportRow[]))
    },
    highlights: async (query, row) => highlightsOf(asyncSpec(query), row),
    metadataValues: async (path, { signal } = {}) => {
      const key = writePath(pathOf('path', path))
      if (key === undefined) throw notOnTheWire('metadataValues', path, IN_MEMORY)
      const query = `key=${encodeURIComponent(key)}`
      const { values } = (await send({ path: 'conversations/metadata-values/', query, signal }, settings)) as {
        values: Scalar[]
      }
      if (values.length < MOST_VALUES) return values
      throw notOnTheWire('metadataValues', path, `It gives ${MOST_VALUES} values at most. ${IN_MEMORY}`)
    },
    facets: refuses('facets'),
    histogram: refuses('histogram'),
    aggregate: refuses('aggregate'),
    explain: refuses('explain'),
    whyEmpty: refuses('whyEmpty'),
    metadataKeys: refuses('metadataKeys'),
    get: (ref, call) => get(ref, call) as Promise<Conversation<Metadata> | undefined>,
    ...(writesOf(settings, get) as unknown as Pick<AsyncStore<Metadata>, keyof ReturnType<typeof writesOf>>),
  }
}

/** A question that the API has no route for. */
function refuses(name: string): (...asked: unknown[]) => Promise<never> {
  return async (...asked) => {
    throw notOnTheWire(name, asked[0], IN_MEMORY)
  }
}

/** A query without its page. */
function withoutPage({ page: _, after: __, pageSize: ___, ...spec }: QuerySpec): QuerySpec {
  return spec
}

async function* rowsOf(
  spec: QuerySpec,
  settings: HostedSettings,
  signal: AbortSignalLike | undefined,
): AsyncGenerator<ServedRow, void, undefined> {
  for await (const { results } of readPages(spec, settings, signal)) yield* results
}

/** The row of an id or a conversation id, deleted ones too. */
async function getRow(
  ref: Ref,
  settings: HostedSettings,
  signal: AbortSignalLike | undefined,
): Promise<ServedRow | undefined> {
  if (typeof ref === 'string') {
    const where = [fieldCondition('conversation_id', 'exact', ref)]
    return (await readPage({ where, includeDeleted: true, pageSize: 1 }, settings, signal)).results[0]
  }
  try {
    return (await send({ path: `conversations/${ref}/`, signal, of: ref }, settings)) as ServedRow
  } catch (error) {
    if ((error as { code?: string }).code === 'NOT_FOUND') return undefined
    throw error
  }
}
