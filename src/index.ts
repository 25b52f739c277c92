/** What the package gives. */

export {
  ConversationStoreError,
  DuplicateIdError,
  type ErrorBody,
  type ErrorCode,
  type Fault,
  InvalidPageError,
  InvalidQueryError,
  InvalidRowError,
  InvalidSourceError,
  NotFoundError,
} from './base/errors.ts'
export type { StoreStats } from './engine/stats.ts'
export type { WarmAsyncOptions, WarmOptions } from './engine/warm.ts'
export type { ExplainedStep, Explanation } from './features/explain/explanation.ts'
export type {
  FacetBinsOptions,
  FacetCounts,
  FacetField,
  FacetListing,
  FacetOptions,
  FacetRange,
  FacetRangesOptions,
  FacetRequest,
  FacetValue,
  FacetValuesOptions,
  NoOtherFacets,
} from './features/facets/request.ts'
export type { Highlight, HighlightRange } from './features/highlights/highlights.ts'
export type { HistogramBucket, HistogramField, HistogramOptions, HistogramUnit } from './features/histogram/request.ts'
export type {
  CountNotice,
  CountOptions,
  PageNotice,
  PageOptions,
  RowChanges,
  SubscribeOptions,
  SubscribeSignal,
  Subscription,
} from './features/live/types.ts'
export type { MetadataKey, MetadataType } from './features/metadata/census.ts'
export { type AnyConversation, Query, query } from './query/builder.ts'
export type { Duration } from './query/duration.ts'
export type { Envelope } from './query/envelope.ts'
export type { MetadataPathInput, MetadataPathOf, MetadataValueAt } from './query/metadata-path.ts'
export type * from './query/spec.ts'
export type { ConditionBuilder } from './query/verbs.ts'
export type {
  ActionLog,
  Attachment,
  Conversation,
  ConversationInput,
  Feedback,
  Json,
  JsonObject,
  LeanConversation,
  Message,
} from './row/conversation.ts'
export type { ConversationPatch } from './row/read.ts'
export type { Change, ChangeListener, ChangeType } from './store/changes.ts'
export {
  type AddManyOptions,
  type AddManyResult,
  ConversationStore,
  type ConversationStoreOptions,
  type Ref,
  type RejectedRow,
} from './store/store.ts'
export type { Param, ReadOptions, WriteOptions } from './wire/params.ts'
