/** The smoke suite in every runtime: `npm run test:runtimes`. A runtime that is missing fails. */
import { pathToFileURL } from 'node:url'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { HOSTS } from './hosts.ts'
import type { Outcome } from './smoke.ts'

const project = inject('project')
const { NAMES } = (await import(pathToFileURL(`${project}/smoke.js`).href)) as { NAMES: readonly string[] }

describe.each(Object.entries(HOSTS))('%s', (_, run) => {
  let outcomes: Promise<readonly Outcome[]>

  beforeAll(() => {
    // Awaited by each test, so that a runtime that is missing fails them; of tests after a hook that failed nothing is told.
    outcomes = run(project)
    outcomes.catch(() => {})
  })

  test.each(NAMES)('%s', async (name) => {
    expect((await outcomes).find(({ check }) => check === name)).toEqual({ check: name, fault: null })
  })
})
