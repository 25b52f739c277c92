/**
 * Compiles a consumer against the packed declarations, with library checks on: under DOM types, Node types and neither,
 * as ESM and as CommonJS, and with a bundler's resolution. `npm run build` must have run.
 */
import { execFileSync } from 'node:child_process'
import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT, withInstalled } from './packed.ts'

const ENVIRONMENTS = {
  neither: { lib: ['ES2023'], types: [], sources: ['core'] },
  dom: { lib: ['ES2023', 'DOM', 'DOM.Iterable'], types: [], sources: ['core', 'web'] },
  node: { lib: ['ES2023'], types: ['node'], sources: ['core', 'web'] },
}

const MODULES = {
  esm: { extension: 'mts', module: 'NodeNext', moduleResolution: 'NodeNext' },
  cjs: { extension: 'cts', module: 'NodeNext', moduleResolution: 'NodeNext' },
  bundler: { extension: 'ts', module: 'ESNext', moduleResolution: 'Bundler' },
}

await withInstalled(({ project }) => {
  let failures = 0
  for (const [environment, { sources, ...environmentOptions }] of Object.entries(ENVIRONMENTS)) {
    for (const [kind, { extension, ...moduleOptions }] of Object.entries(MODULES)) {
      const files = sources.map((source) => {
        const file = `${source}-${kind}.${extension}`
        copyFileSync(join(ROOT, 'test/types/consumer', `${source}.ts`), join(project, file))
        return file
      })
      const compilerOptions = {
        ...environmentOptions,
        ...moduleOptions,
        target: 'ES2022',
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        skipLibCheck: false,
        noEmit: true,
      }
      const config = join(project, `tsconfig.${environment}-${kind}.json`)
      writeFileSync(config, JSON.stringify({ compilerOptions, files }))
      failures += compile(`${environment} types, ${kind}`, config, project) ? 0 : 1
    }
  }
  if (failures > 0) process.exitCode = 1
})

/** Whether it compiles; prints the outcome. */
function compile(name: string, config: string, cwd: string): boolean {
  try {
    execFileSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', config], {
      cwd,
      encoding: 'utf8',
    })
    console.log(`ok    ${name}`)
    return true
  } catch (error) {
    console.log(`FAIL  ${name}\n${(error as { stdout: string }).stdout}`)
    return false
  }
}
