import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    root: import.meta.dirname,
    include: ['*.spec.ts'],
    // A browser and its worker take a core each.
    maxWorkers: 1,
    reporters: ['verbose'],
    // No test times anything: the limits only end what hangs.
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
