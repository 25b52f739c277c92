import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    root: import.meta.dirname,
    include: ['*.spec.ts'],
    globalSetup: ['setup.ts'],
    // A browser and its worker take a core each.
    maxWorkers: 2,
    reporters: ['verbose'],
    // No test times anything: the limits only end what hangs.
    expect: { poll: { timeout: 60_000 } },
    testTimeout: 240_000,
    hookTimeout: 120_000,
  },
})
