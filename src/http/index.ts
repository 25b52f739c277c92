/** The hosted API, answered from stores in memory: `conversation-store/http`. */
export type * from './events.ts'
export { FILE_CHUNK } from './events.ts'
export { type Fault, type FaultOptions, faults } from './faults.ts'
export { createHandler, type Handler } from './handler.ts'
export type { Role } from './keys.ts'
export type {
  AgentOptions,
  AgentsOptions,
  EnvironmentInput,
  HandlerOptions,
  Limits,
  OneAgentOptions,
} from './options.ts'
export type { Persistence } from './persistence.ts'
export { AgentState, type AnyStore } from './state.ts'
