/** What must be there before the runtimes start: their packages, the packed library, and the smoke suite as a module. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { installIn, ROOT, run, withInstalled } from '../package/packed.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder in which the packed package is installed, with the smoke suite as `smoke.js`. */
    readonly project: string
  }
}

const HERE = join(ROOT, 'test/runtimes')

/** Builds and packs once, provides the project's folder to the tests, and removes it at the end. */
export default async function setup(vitest: TestProject): Promise<() => Promise<void>> {
  installIn(HERE)
  run('npm', ['run', 'build'], ROOT)
  const { project, remove } = await installed()
  vitest.provide('project', project)
  return remove
}

/** A project that stays until `remove` is called. */
function installed(): Promise<{ project: string; remove: () => Promise<void> }> {
  return new Promise((resolve, reject) => {
    const removed = withInstalled(async ({ project }) => {
      await writeSmoke(project)
      await new Promise<void>((end) => {
        resolve({
          project,
          remove: () => {
            end()
            return removed
          },
        })
      })
    })
    removed.catch(reject)
  })
}

/** The suite as one module that imports the package by its name, and the package's manifest that Deno looks for. */
async function writeSmoke(project: string): Promise<void> {
  const { build } = await import('esbuild')
  await build({
    entryPoints: [join(HERE, 'smoke.ts')],
    outfile: join(project, 'smoke.js'),
    bundle: true,
    packages: 'external',
    loader: { '.snap': 'binary' },
    format: 'esm',
    target: 'es2022',
    tsconfigRaw: {},
    logLevel: 'warning',
  })
  const manifest = { type: 'module', dependencies: { 'conversation-store': '*' } }
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest))
}
