/** Snapshots as bytes: what `conversation-store/snapshot` writes with, and opens with for a store of either entry point. */
export { type CompactOptions, compact } from './compact.ts'
export type { SnapshotManifest } from './manifest.ts'
export * from './reading.ts'
export { type SnapshotPart, type SplitOptions, splitSnapshot } from './split.ts'
export type { WriteSnapshotOptions } from './write.ts'
export { writeSnapshot, writeSnapshotStream } from './writing.ts'
