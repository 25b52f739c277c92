/** Replaying recorded conversations with an agent of today. */
export type { Difference } from './differences.ts'
export type { Drift } from './drift.ts'
export type { DriftAction, DriftArguments, DriftLists, DriftOrder, DriftPlace, DriftText } from './drift-lists.ts'
export { type Agent, type AgentAnswer, type Replay, type ReplayOptions, type ReplayTurn, replay } from './replay.ts'
export type { Replayable } from './subject.ts'
export { type Miss, type OnMiss, type RecordedToolsOptions, recordedTools, type Tools } from './tools.ts'
