/** What both entry points of a store give. The full one has its own `ConversationStore` and `Query` in place of these. */

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
} from '../base/errors.ts'
export type { Duration } from '../query/duration.ts'
export type { MetadataPathInput, MetadataPathOf, MetadataValueAt } from '../query/metadata-path.ts'
export type * from '../query/spec.ts'
export type { ConditionBuilder } from '../query/verbs.ts'
export type {
  ActionLog,
  Attachment,
  Conversation,
  ConversationInput,
  CountedConversation,
  ExtraOf,
  Feedback,
  GivenConversation,
  Json,
  JsonObject,
  LeanConversation,
  Message,
  Stated,
  WholeConversation,
} from '../row/conversation.ts'
export type { ConversationPatch } from '../row/read.ts'
export type { Envelope } from '../wire/envelope.ts'
export type { ConversationParameters } from '../wire/parameters.ts'
export type { Param, ReadOptions, WriteOptions } from '../wire/params.ts'
export type { Change, ChangeListener, ChangeType } from './changes.ts'
export { ConversationStore, Query, query } from './core.ts'
export type { OnDuplicate, RowWarning } from './ingest.ts'
export type { QueryLike, StoreLike } from './inside.ts'
export type { ConversationStoreOptions } from './options.ts'
export type { AnyConversation, StoreQuery } from './query.ts'
export type { AddManyOptions, AddManyResult, Ref, RejectedRow, StoreBase } from './store.ts'
