/** The options of a store, checked. */

import { checkInteger, checkMaxWork, checkOptions, invalidOption } from '../base/options.ts'
import type { EngineOptions } from '../engine/engine.ts'
import { THRESHOLDS, type Thresholds } from '../engine/segments/segments.ts'
import type { TextIndex } from '../engine/terms/text-index.ts'
import { MAX_PAGE_SIZE } from '../query/paging.ts'
import type { PageSettings } from './page.ts'

/** Where the engine changes its form: for tests, which cross with a few rows what takes millions. No option of users. */
export const thresholds: unique symbol = Symbol.for('conversation-store.thresholds')

/** How a store pages and links, and where errors of listeners go. */
export interface ConversationStoreOptions {
  /** Rows a page when a query does not say. 10. */
  readonly defaultPageSize?: number
  /** The most rows a page. A larger `pageSize` is an error; in a URL it is cut to this. 100. */
  readonly maxPageSize?: number
  /** The URL of the list, for the links of an answer. `http://localhost/api/conversations/`. */
  readonly baseUrl?: string
  /** Gets what a listener throws. Without it, that becomes an unhandled rejection. */
  readonly onListenerError?: (error: unknown) => void
  /**
   * What finds strings by a piece of them: `textIndex` of `conversation-store/text`. Without it `messageContains`, `name`,
   * `search` and the lookups that compare parts of strings look at each string that the other conditions leave.
   */
  readonly text?: TextIndex
  /**
   * The most work that a query may be expected to take, in units of about a microsecond; beyond it throws `TOO_COSTLY` before it
   * runs. For a store that answers queries of others, in a worker for instance. No limit when absent.
   */
  readonly maxWork?: number
  /** @internal */
  readonly [thresholds]?: Partial<Thresholds>
}

/** The names of the options of a store. */
export const STORE_OPTIONS = ['defaultPageSize', 'maxPageSize', 'baseUrl', 'onListenerError', 'text', 'maxWork']
const FROM_ROWS = ' For a store with rows write ConversationStore.from(rows).'

/** The same options, if there are all of them. Throws `UNKNOWN_PARAMETER`, and `INVALID_VALUE` for a list of rows. */
export function checkStoreOptions<Options extends object>(options: Options): Options {
  checkOptions('ConversationStore', options, STORE_OPTIONS, FROM_ROWS)
  return options
}

/** What the options say about pages. Throws `INVALID_VALUE`. */
export function readPageSettings(options: ConversationStoreOptions): PageSettings {
  const { defaultPageSize = 10, maxPageSize = MAX_PAGE_SIZE, baseUrl } = options
  checkInteger('defaultPageSize', defaultPageSize, 1)
  checkInteger('maxPageSize', maxPageSize, 1)
  return { defaultPageSize, maxPageSize, baseUrl }
}

/** What the options say about the engine. Throws `INVALID_VALUE`. */
export function readEngineOptions({ text, maxWork, [thresholds]: given }: ConversationStoreOptions): EngineOptions {
  checkMaxWork(maxWork)
  if (text !== undefined && text?.name !== 'text index')
    throw invalidOption('text', text, 'textIndex of conversation-store/text')
  return { thresholds: { ...THRESHOLDS, ...given }, text, maxWork }
}
