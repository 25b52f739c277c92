/** Testing agents offline: the entry point `conversation-store/testing`. Assertions have entry points of their own. */
export * from '../features/recording/index.ts'
