/** A journal of events in one file: locked, checksummed, synced before anything is answered for, folded when it has grown. */
export { JournalError, type JournalErrorCode } from './errors.ts'
export { openJournal } from './open.ts'
export type { Journal, JournaledState, JournalOptions } from './types.ts'
