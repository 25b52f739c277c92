/** The tests that notice faults of the mutated folders in this process, with few runs of each property. */
import { defineConfig } from 'vitest/config'
import project from '../../vitest.config.ts'

process.env.FC_RUNS ??= '25'

export default defineConfig((env) => {
  const { test, ...rest } = project(env)
  const include = [
    'unit/{engine,query}/**/*',
    'unit/features/{async-store,explain,facets,histogram,live,metadata}',
    'unit/*',
    'property/*',
    'worker/*',
    'node/journal/*',
  ].map((path) => `test/${path}.test.ts`)
  return { ...rest, test: { ...test, include, reporters: ['default'] } }
})
