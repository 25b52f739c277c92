/** The tests that are to notice faults of a folder, in this process, with few runs of each property. */
import { defineConfig } from 'vitest/config'
import project from '../../vitest.config.ts'

process.env.FC_RUNS ??= '25'

export default defineConfig((env) => {
  const { test, ...rest } = project(env)
  return {
    ...rest,
    test: {
      ...test,
      include: process.env.MUTATION_TESTS?.split(';') ?? [],
      setupFiles: [...[test?.setupFiles ?? []].flat(), 'test/mutation/no-fault.ts'],
      // Loading the modules anew takes longer than most tests.
      isolate: process.env.MUTATION_ISOLATED === 'true',
      reporters: ['default'],
    },
  }
})
