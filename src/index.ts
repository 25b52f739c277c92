/** What the package gives: the store with every feature as a method. */

export type {
  Aggregate,
  AggregateField,
  AggregateGroup,
  AggregateNumber,
  AggregateOptions,
  AggregateOrder,
  AggregateRequest,
  NumberFunction,
} from './features/aggregate/index.ts'
export type {
  AsyncQuery,
  AsyncSource,
  AsyncStore,
  AsyncSubscribe,
  AsyncSubscribeOptions,
  CallOptions,
  ExportOptions,
  PreviewOptions,
} from './features/async-store/contract.ts'
export { asAsyncStore } from './features/async-store/local.ts'
export type { Preview } from './features/async-store/preview.ts'
export type { ExplainedStep, Explanation } from './features/explain/index.ts'
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
} from './features/facets/index.ts'
export type { Highlight, HighlightRange } from './features/highlights/index.ts'
export type { HistogramBucket, HistogramField, HistogramOptions, HistogramUnit } from './features/histogram/index.ts'
export type { StoreStats, WarmAsyncOptions, WarmOptions } from './features/indexes/index.ts'
export type {
  CountNotice,
  CountOptions,
  PageNotice,
  PageOptions,
  RowChanges,
  SubscribeOptions,
  SubscribeSignal,
  Subscription,
} from './features/live/index.ts'
export type { MetadataKey, MetadataType } from './features/metadata/index.ts'
export type { WhyEmpty, WhyEmptyCondition, WhyEmptyNearest } from './features/why-empty/index.ts'
// These come before those of the same names in what follows.
export { Query, query } from './full/query.ts'
export { ConversationStore, type ConversationStoreOptions } from './full/store.ts'
export * from './store/index.ts'
