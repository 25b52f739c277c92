/** Testing agents offline: the entry point `conversation-store/testing`. Assertions have entry points of their own. */

export {
  type Draw,
  type GeneratedConversation,
  type GeneratedMetadata,
  type GeneratedRun,
  type GenerateOptions,
  type GenerateOptionsWith,
  generate,
  generateConversations,
  type MetadataMaker,
  type ToolMaker,
} from '../features/generate/index.ts'
export * from '../features/recording/index.ts'
export * from '../features/replay/index.ts'
export { type CreateFetchOptions, createFetch, type Fetch } from './fetch.ts'
