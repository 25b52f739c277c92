/** The hosted API, answered from stores in memory: `conversation-store/http`. */
export type { BigNumbers } from '../base/json.ts'
export type { EnvironmentInput } from './environments.ts'
export type * from './events.ts'
export { FILE_CHUNK } from './events.ts'
export { faults, type InjectedFault, type InjectedFaultOptions } from './faults.ts'
export { createHandler, type Handler } from './handler.ts'
export type { Role } from './keys.ts'
export type { Limits } from './limits.ts'
export type {
  AgentOptions,
  AgentsOptions,
  HandlerOptions,
  OneAgentOptions,
} from './options.ts'
export type { Persistence } from './persistence.ts'
export { AgentState, type AnyStore } from './state.ts'
