import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig(({ mode }) => {
  const isSoak = mode === 'soak'
  if (isSoak) {
    // `npm run soak`: long histories too, and as many runs as a night has.
    process.env.SOAK ??= '1'
    process.env.FC_RUNS ??= '100000'
  }
  return {
    resolve: {
      alias: [
        // As readers of the documentation import it, without a build.
        { find: /^conversation-store$/, replacement: inProject('src/index.ts') },
        { find: /^conversation-store\/load\/node$/, replacement: inProject('src/features/load/node.ts') },
        { find: /^conversation-store\/(core|text|snapshot)$/, replacement: inProject('src/$1.ts') },
        {
          find: /^conversation-store\/(aggregate|explain|export|facets|formats|highlights|histogram|indexes|live|load|metadata|why-empty)$/,
          replacement: inProject('src/features/$1/index.ts'),
        },
        {
          find: /^conversation-store\/(http|node|worker|react|hosted|testing)$/,
          replacement: inProject('src/$1/index.ts'),
        },
        {
          find: /^conversation-store\/testing\/(arbitraries)$/,
          replacement: inProject('src/testing/$1/index.ts'),
        },
        { find: /^conversation-store\/record\/(.*)$/, replacement: inProject('src/record/$1.ts') },
        { find: /^conversation-store\/testing\/(\w+)$/, replacement: inProject('src/testing/$1.ts') },
        // The same road to mnemonist's single files as `paths` in tsconfig.json.
        { find: /^mnemonist\/(.*)$/, replacement: inProject('node_modules/mnemonist/$1.js') },
      ],
    },
    test: {
      include: ['test/**/*.test.ts'],
      globalSetup: ['test/global-setup.ts'],
      setupFiles: ['test/setup.ts'],
      // Left alone, the runner keeps a core free: of two that is half of the time.
      maxWorkers: '100%',
      // `TEST_REPORT=file.json npm test` also writes the results for machines; `.ci/run` counts from it.
      reporters: process.env.TEST_REPORT ? ['default', ['json', { outputFile: process.env.TEST_REPORT }]] : ['default'],
      // No test times anything: the limits only end what hangs, and a soak is ended by whoever started it.
      testTimeout: isSoak ? 0 : 120_000,
      hookTimeout: isSoak ? 0 : 120_000,
    },
  }
})

function inProject(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}
