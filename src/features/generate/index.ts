/** Conversations made up for tests: the same ones for the same seed. */
export type { GeneratedConversation } from './conversation.ts'
export { generate, generateConversations } from './generate.ts'
export type {
  GeneratedMetadata,
  GeneratedRun,
  GenerateOptions,
  GenerateOptionsWith,
  MetadataMaker,
  ToolMaker,
} from './options.ts'
export { type Draw, Random } from './random.ts'
export { ACTIONS } from './tables.ts'
export { vocabulary } from './vocabulary.ts'
