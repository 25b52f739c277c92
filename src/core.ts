/** The store alone: the entry point `conversation-store/core`. Each feature has an entry point of its own. */

export * from './store/index.ts'
