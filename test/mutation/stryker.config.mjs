/** Which faults are planted, and how they are looked for: see README.md. `--mutate` names other files. */
export default {
  mutate: ['engine', 'query', 'features/live', 'node/journal', 'worker'].map((folder) => `src/${folder}/**/*.ts`),
  testRunner: 'vitest',
  plugins: [import.meta.resolve('@stryker-mutator/vitest-runner')],
  vitest: { configFile: 'test/mutation/vitest.config.ts', related: false },
  coverageAnalysis: 'perTest',
  // A fault in a table that is made when a module is loaded needs all tests each time.
  ignoreStatic: true,
  // What does not concern the tests of these folders is not copied.
  ignorePatterns: ['dist', 'bench', 'examples', 'test/mutation/node_modules', 'test/mutation/report', 'test/runtimes'],
  concurrency: 1,
  timeoutMS: 20_000,
  reporters: ['clear-text', 'json', 'progress-append-only'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  jsonReporter: { fileName: 'test/mutation/report/mutation.json' },
  tempDirName: '.stryker-tmp',
}
