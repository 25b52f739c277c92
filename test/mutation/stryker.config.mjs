/** How faults are planted and looked for: see README.md. `run.mjs` says where, and by which tests. */
export default {
  testRunner: 'vitest',
  plugins: [import.meta.resolve('@stryker-mutator/vitest-runner')],
  vitest: { configFile: 'test/mutation/vitest.config.ts', related: false },
  coverageAnalysis: 'perTest',
  // A fault in what is made when a module is loaded, a table say, would need all tests each time.
  ignoreStatic: true,
  ignorePatterns: ['dist', 'bench', 'examples', 'docs', 'test/runtimes', 'test/mutation/report'],
  concurrency: 1,
  timeoutMS: 8_000,
  dryRunTimeoutMinutes: 30,
  reporters: ['progress-append-only', 'clear-text', 'json'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  jsonReporter: { fileName: process.env.MUTATION_REPORT },
  tempDirName: '.stryker-tmp',
}
