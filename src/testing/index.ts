/** Testing agents offline: the entry point `conversation-store/testing`. */
export * from '../features/recording/index.ts'
