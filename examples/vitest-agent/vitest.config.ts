import { defineConfig } from 'vitest/config'

export default defineConfig({ test: { setupFiles: ['conversation-store/testing/vitest'] } })
