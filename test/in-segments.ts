/** Stores whose engine changes its form after a few rows, so that tests cross with ten what takes users millions. */
import type { ConversationStoreOptions } from '../src/index.ts'
import { thresholds } from '../src/store/options.ts'

/** The option that bounds the rows of a segment, and how many segments of one size become one. */
export function inSegments(segmentRows: number, fanOut: number): ConversationStoreOptions {
  return { [thresholds]: { segmentRows, fanOut } }
}
