/** What the page holds: the types of a connected store. */
import type { AbortSignalLike } from '../base/host.ts'
import type { AsyncStore, AsyncSubscribe, CallOptions } from '../features/async-store/contract.ts'
import type { MetadataPath } from '../query/spec.ts'
import type { JsonObject } from '../row/conversation.ts'

/** How a connection is made. */
export interface ConnectOptions {
  /**
   * Milliseconds that calls wait for the worker to call `exposeStore`, from `connectStore` on: 10,000. Then they reject with
   * the code `NO_STORE`, until it does. 0 or Infinity: they wait for ever.
   */
  readonly timeoutMs?: number | undefined
}

/** How a question is asked. */
export interface AskOptions extends CallOptions {
  /**
   * Who asks, a name of your choice (`'search box'`). A newer question of the same method by the same subscriber drops its
   * older one that has not begun, whose promise rejects with the code `ABORTED`.
   */
  readonly subscriber?: string | undefined
}

/** How indexes are built there. */
export interface ConnectedWarmOptions {
  /** The text index over messages too. True. */
  readonly text?: boolean
  /** Metadata paths to index besides those that were asked for already. */
  readonly metadata?: readonly (string | MetadataPath)[]
  /** Milliseconds of work between two pauses, in which questions are answered. 8. */
  readonly sliceMs?: number
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void
  readonly signal?: AbortSignalLike
}

/**
 * A store in a worker. A query is sent as its `spec`, a batch of rows as one message, an iteration in parts; rows come back
 * as copies that are not frozen. Errors are of the library's own classes, by their codes.
 */
export interface ConnectedStore<Metadata = JsonObject> extends AsyncStore<Metadata, AskOptions> {
  /**
   * As `query.subscribe(listener, options)`, except that the first answer comes later and errors come to `onError`. What one
   * commit tells to several live queries is told in one turn of the page's event loop. One that is ended before its turn
   * has come is never run.
   */
  readonly subscribe: AsyncSubscribe
  /** Builds the indexes there, in slices between which questions are answered: see `store.warmAsync`. */
  warm(options?: ConnectedWarmOptions): Promise<void>
  /**
   * Ends all live queries and iterations, and rejects with `ABORTED` whatever is not yet answered or asked from now on. A
   * write that is under way may have been made. Does not end the worker.
   */
  close(): void
}
