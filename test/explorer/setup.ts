/** Builds the page and the command, once for all files. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import type { TestProject } from 'vitest/node'
import { ROOT, run } from '../package/packed.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The command as one file. */
    readonly command: string
  }
}

export default async function setup(vitest: TestProject): Promise<void> {
  run('npx', ['vite', 'build', 'src/explorer', '--logLevel', 'error'], ROOT)
  // It looks for the page from the folder of the package that it lies in.
  const folder = join(ROOT, 'node_modules/.cache/explorer')
  mkdirSync(folder, { recursive: true })
  const command = join(folder, 'cli.mjs')
  await build({
    entryPoints: [join(ROOT, 'src/cli/main.ts')],
    outfile: command,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    tsconfig: join(ROOT, 'tsconfig.node.json'),
    // A bundled CommonJS module asks for it.
    banner: {
      js: `import { createRequire as createRequire_ } from 'node:module'; const require = createRequire_(import.meta.url);`,
    },
    logLevel: 'warning',
  })
  vitest.provide('command', command)
}
