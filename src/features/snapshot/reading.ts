/** What a store of either entry point opens a snapshot with: a chunk of its own, without what writes. */
export { openSnapshot, partReadOptions, type ReadSnapshotOptions } from './read.ts'
export {
  type BytesSource,
  isInParts,
  isRemote,
  joinParts,
  readSource,
  type SnapshotInParts,
  type SnapshotSource,
} from './source.ts'
