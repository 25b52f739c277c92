/**
 * Runs and seed of all property tests, from the environment: `FC_RUNS=100000 FC_SEED=42 npm test`.
 *
 * Without `FC_SEED` the seed is the fixed one in `global-setup.ts`; `npm run soak` draws a fresh one and prints it, so that
 * any failure can be replayed.
 */
import { configureGlobal } from 'fast-check'
import { inject } from 'vitest'

const { runs, seed } = inject('properties')

configureGlobal({ numRuns: runs, seed, includeErrorInReport: true })
