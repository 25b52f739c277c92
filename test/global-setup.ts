/** Reads the runs and the seed of the property tests once for all test files, and prints them. */
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    properties: { readonly runs: number; readonly seed: number }
  }
}

/** The seed of every run but a soak's: the same tests give the same result every time. */
const SEED = 20_260_105

/** Provides `properties` to every test file, and says at the end what was not run. */
export default function setup(project: TestProject): () => void {
  const runs = wholeNumber('FC_RUNS') ?? 200
  const seed = wholeNumber('FC_SEED') ?? (process.env.SOAK ? newSeed() : SEED)
  project.provide('properties', { runs, seed })
  console.log(`Properties: ${runs} runs each, seed ${seed} (replay with FC_RUNS=${runs} FC_SEED=${seed} npm test)`)
  return () => console.log(NOT_RUN)
}

/** They weigh 400 MB, which every install would pay for. */
const NOT_RUN =
  'Not run: Bun, Deno, workerd, the Vercel edge VM, Chromium and MSW. They are by: npm run test:runtimes. The explorer in Chromium is by: npm run test:explorer'

/** The seed of a soak. No run before had it: any 31 bits will do. */
function newSeed(): number {
  return (Date.now() ^ (process.pid << 15)) & 0x7fff_ffff
}

function wholeNumber(name: string): number | undefined {
  const text = process.env[name]
  if (text === undefined || text === '') return undefined
  if (!/^-?\d{1,10}$/.test(text)) throw new Error(`${name} must be a whole number, not ${JSON.stringify(text)}.`)
  return Number(text)
}
