/** A store of this thread as an `AsyncStore`. What a worker does with a call is this, too. */
import { throwIfAborted } from '../../base/abort.ts'
import type { AbortSignalLike } from '../../base/host.ts'
import { invalidValue, raise } from '../../query/faults.ts'
import type { MetadataPathInput } from '../../query/metadata-path.ts'
import { EVERYTHING, type QuerySpec } from '../../query/spec.ts'
import type { JsonObject } from '../../row/conversation.ts'
import { executorOf } from '../../store/inside.ts'
import type { AnyConversation, AnyQuery } from '../../store/query.ts'
import type { StoreBase } from '../../store/store.ts'
import { aggregate } from '../aggregate/index.ts'
import { explain } from '../explain/index.ts'
import { toCSV, toNDJSON } from '../export/index.ts'
import { type FacetCounts, type FacetRequest, facets } from '../facets/index.ts'
import { highlights } from '../highlights/index.ts'
import { histogram } from '../histogram/index.ts'
import { type PageOptions, subscribe } from '../live/index.ts'
import { nextTurn } from '../load/host.ts'
import { metadataKeys, metadataValues } from '../metadata/index.ts'
import { whyEmpty } from '../why-empty/index.ts'
import { asyncSpec, exportFormat } from './asked.ts'
import type { AsyncQuery, AsyncStore, AsyncSubscribe, AsyncSubscribeOptions } from './contract.ts'
import { previewed } from './preview.ts'

/** What `export` writes, by name. */
const FORMATS = { csv: toCSV, ndjson: toNDJSON }

/** Work between two turns of the event loop, in milliseconds: half of a frame. */
const SLICE_MS = 8

/** A store of either entry point, `conversation-store` or `conversation-store/core`. */
export interface LocalStore<Metadata = JsonObject> extends StoreBase<Metadata> {
  query(spec: QuerySpec): AnyQuery<Metadata, AnyConversation<Metadata>>
}

/** An aborted signal: a subscription with it is over from the beginning. */
const OVER = { aborted: true, addEventListener() {}, removeEventListener() {} }

/**
 * A store of this thread as code sees it that takes a store of any place. Answers are those of the store itself: made when
 * they are asked for, rows frozen. A signal is looked at when a call begins, and between the parts of an iteration.
 * Throws `INVALID_VALUE` for anything else than a store.
 *
 * @example
 * const store = asAsyncStore(ConversationStore.from(rows))
 * const { count } = await store.run(query().device('mobile'))
 */
export function asAsyncStore<Metadata = JsonObject>(
  store: LocalStore<Metadata>,
): AsyncStore<Metadata> & { readonly subscribe: AsyncSubscribe } {
  executorOf(store)
  const of = <Row>(query: AsyncQuery<Row>) => store.query(asyncSpec(query)) as unknown as AnyQuery<Metadata, Row>
  return {
    run: async (query, options) => ask(options, () => of(query).fetch()),
    count: async (query, options) => ask(options, () => of(query).count()),
    exists: async (query, options) => ask(options, () => of(query).exists()),
    ids: async (query, options) => ask(options, () => of(query).ids()),
    first: async (query, options) => ask(options, () => of(query).first()),
    facets: async (query, request, options) =>
      ask(options, (others) => facets(of(query), request as FacetRequest, others) as FacetCounts<typeof request>),
    histogram: async (query, field, options) => ask(options, (others) => histogram(of(query), field, others)),
    aggregate: async (query, request, options) => ask(options, (others) => aggregate(of(query), request, others)),
    highlights: async (query, row, options) => ask(options, () => highlights(of(query), row)),
    explain: async (query, options) => ask(options, () => explain(of(query))),
    whyEmpty: async (query, options) => ask(options, () => whyEmpty(of(query))),
    metadataKeys: async (options) => ask(options, () => metadataKeys(store)),
    metadataValues: async (path, options) =>
      ask(options, () => metadataValues<unknown, MetadataPathInput>(store, path as MetadataPathInput)),

    async *all<Row>(query: AsyncQuery<Row>, options: { readonly signal?: AbortSignalLike | undefined } = {}) {
      const { page: _, after: __, pageSize: ___, ...spec } = asyncSpec(query)
      throwIfAborted(options.signal)
      let end = Date.now() + SLICE_MS
      for (const { results } of store.query(spec).pages()) {
        for (const row of results) {
          throwIfAborted(options.signal)
          yield row as Row
        }
        if (Date.now() < end) continue
        await nextTurn()
        end = Date.now() + SLICE_MS
      }
    },
    async *export(query, options = {}) {
      const format = exportFormat(options)
      const { signal } = options
      throwIfAborted(signal)
      for await (const chunk of FORMATS[format](of(query))) {
        throwIfAborted(signal)
        yield chunk
      }
    },

    subscribe(
      query: AsyncQuery,
      listener: (notice: never) => void,
      { onError, preview = false, ...options }: AnySubscribeOptions = {},
    ) {
      const asked = of(query)
      if (typeof listener !== 'function') raise([invalidValue('listener', listener, LISTENER)])
      try {
        if (typeof preview !== 'boolean' || (preview && options.select === 'count'))
          raise([invalidValue('preview', preview, PREVIEW)])
        if (!preview) return subscribe(asked, listener as () => void, options as PageOptions)
        const { lean: _, ...whole } = asked.spec
        return subscribe(
          store.query(whole),
          previewed(asked.spec, listener as () => void) as () => void,
          options as PageOptions,
        )
      } catch (error) {
        void Promise.resolve().then(() => onError?.(error))
        return subscribe(store.query(EVERYTHING), () => {}, { signal: OVER })
      }
    },

    get: async (ref, options) => ask(options, () => store.get(ref)),
    add: async (row, options) => ask(options, () => store.add(row)),
    addMany: async (rows, options) => ask(options, (others) => store.addMany(rows, others)),
    upsert: async (row, options) => ask(options, (others) => store.upsert(row, others)),
    update: async (ref, patch, options) => ask(options, () => store.update(ref, patch)),
    updateMetadata: async (ref, changes, options) =>
      ask(options, (others) => store.updateMetadata(ref, changes, others)),
    rename: async (ref, name, options) => ask(options, () => store.rename(ref, name)),
    mark: async (ref, yes, options) => ask(options, () => store.mark(ref, yes)),
    delete: async (ref, at, options) => ask(options, () => store.delete(ref, at)),
    restore: async (ref, options) => ask(options, () => store.restore(ref)),
    purge: async (ref, options) => ask(options, () => store.purge(ref)),
    addMessage: async (ref, message, options) => ask(options, () => store.addMessage(ref, message)),
    addFeedback: async (ref, feedback, options) => ask(options, () => store.addFeedback(ref, feedback)),
    load: async (source, options) => (await import('../load/index.ts')).loadInto(store, source, options),
  }
}

/** The options of either kind of subscription. */
type AnySubscribeOptions = Omit<PageOptions, 'select'> &
  AsyncSubscribeOptions & { readonly select?: 'page' | 'count' | undefined; readonly preview?: boolean | undefined }

const PREVIEW = { expected: 'true or false; true for pages alone, a count has no rows' }
const LISTENER = { expected: 'a function that takes the answer' }

/** Runs a call unless it is aborted, with the options that the store's own method takes. Invalid options go to that as they are. */
function ask<Options extends object, Result>(
  options: Options | undefined,
  run: (others: Omit<Options, 'signal'>) => Result,
): Result {
  if (options === undefined) return run({} as Options)
  const { signal, ...others } = Object(options) as Options & { readonly signal?: AbortSignalLike }
  throwIfAborted(signal)
  return run(Object(options) === options ? (others as Omit<Options, 'signal'>) : options)
}
