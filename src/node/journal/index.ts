/** A journal of events in one file: locked, checksummed, synced before anything is answered for, folded when it has grown. */
export { JournalError, type JournalErrorCode } from './errors.ts'
export { type FileLayer, type OpenFile, realFiles } from './files.ts'
export type { Journal, JournalOptions } from './journal.ts'
export type { Unlock } from './lock.ts'
export { openJournal } from './open.ts'
