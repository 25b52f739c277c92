/** What the package gives. */
export type { Change, ChangeListener, ChangeType } from './changes.ts'
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
} from './conversation.ts'
export type { StoreStats } from './engine/stats.ts'
export type { WarmAsyncOptions, WarmOptions } from './engine/warm.ts'
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
} from './errors.ts'
export type {
  CountNotice,
  CountOptions,
  PageNotice,
  PageOptions,
  RowChanges,
  SubscribeOptions,
  SubscribeSignal,
  Subscription,
} from './live/types.ts'
export type { MetadataKey, MetadataType } from './metadata-census.ts'
export { type AnyConversation, Query, query } from './query/builder.ts'
export type { Envelope } from './query/envelope.ts'
export type { ExplainedStep, Explanation } from './query/explanation.ts'
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
} from './query/facets.ts'
export type { Highlight, HighlightRange } from './query/highlights.ts'
export type { HistogramBucket, HistogramField, HistogramOptions, HistogramUnit } from './query/histogram.ts'
export type { MetadataPathInput, MetadataPathOf, MetadataValueAt } from './query/metadata-path.ts'
export type { Param, ReadOptions, WriteOptions } from './query/params.ts'
export type * from './query/spec.ts'
export type { ConditionBuilder } from './query/verbs.ts'
export type { ConversationPatch } from './read-conversation.ts'
export {
  type AddManyOptions,
  type AddManyResult,
  ConversationStore,
  type ConversationStoreOptions,
  type Ref,
  type RejectedRow,
} from './store.ts'
