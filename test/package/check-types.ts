/**
 * Compiles a consumer against the packed declarations, with library checks on: under DOM types, Node types and neither,
 * as ESM, as CommonJS, with a bundler's resolution and with the old one, by the oldest, this and the newest TypeScript.
 * `npm run build` must have run.
 */
import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { installIn, link, linkFrom, ROOT, withInstalled } from './packed.ts'

/** The compilers besides this repository's own, with packages of their own. */
const OTHERS = join(ROOT, 'test/types/compilers')

/** Where each compiler is. */
const COMPILERS = {
  'typescript-5.2': join(OTHERS, 'node_modules/typescript-5.2'),
  typescript: join(ROOT, 'node_modules/typescript'),
  'typescript-newest': join(OTHERS, 'node_modules/typescript-newest'),
}

const ENVIRONMENTS = {
  neither: { lib: ['ES2023'], types: [], sources: ['core', 'features'] },
  dom: {
    lib: ['ES2023', 'DOM', 'DOM.Iterable'],
    types: [],
    sources: ['core', 'features', 'web', 'testing', 'recording', 'arbitraries'],
  },
  node: {
    lib: ['ES2023'],
    types: ['node'],
    sources: ['core', 'features', 'web', 'testing', 'recording', 'arbitraries'],
  },
}

interface Mode {
  readonly extension: 'ts' | 'mts' | 'cts'
  readonly module: string
  readonly moduleResolution: string
  /** Compilers that do not know it. */
  readonly unknownTo?: readonly string[]
  /** Sources that import a package whose own types do not pass. */
  readonly without?: readonly string[]
}

const MODES: Readonly<Record<string, Mode>> = {
  'ESM, node16': { extension: 'mts', module: 'Node16', moduleResolution: 'Node16' },
  'ESM, nodenext': { extension: 'mts', module: 'NodeNext', moduleResolution: 'NodeNext' },
  'CommonJS, node16': { extension: 'cts', module: 'Node16', moduleResolution: 'Node16' },
  'CommonJS, node18': {
    extension: 'cts',
    module: 'Node18',
    moduleResolution: 'Node16',
    unknownTo: ['typescript-5.2'],
  },
  'CommonJS, nodenext': { extension: 'cts', module: 'NodeNext', moduleResolution: 'NodeNext' },
  bundler: { extension: 'ts', module: 'ESNext', moduleResolution: 'Bundler' },
  'CommonJS, node10': {
    extension: 'ts',
    module: 'CommonJS',
    moduleResolution: 'Node10',
    unknownTo: ['typescript-newest'],
    // The types of fast-check are not found in it.
    without: ['arbitraries'],
  },
}

/** The test runners whose `expect` gets the assertions, by folder: what each source is compiled with. */
const RUNNERS = join(ROOT, 'test/types/runners')
const RUNNER_SOURCES = {
  plain: { packages: [], types: ['node'] },
  vitest: { packages: ['vitest'], types: ['node'] },
  'jest-globals': { packages: ['@jest/globals', 'expect'], types: ['node'] },
  jest: { packages: ['@types/jest', 'expect'], types: ['node', 'jest'] },
}

installIn(OTHERS)
for (const folder of ['older', 'newer']) installIn(join(RUNNERS, folder))
await withInstalled(({ project }) => {
  for (const name of ['@types/node', '@types/react', 'react', 'fast-check', 'pure-rand']) link(project, name)
  let failures = 0
  for (const [compiler, folder] of Object.entries(COMPILERS)) {
    for (const [environment, { sources, ...environmentOptions }] of Object.entries(ENVIRONMENTS)) {
      for (const [mode, { extension, unknownTo, without, ...moduleOptions }] of Object.entries(MODES)) {
        if (unknownTo?.includes(compiler)) continue
        const compiled = sources.filter((source) => !without?.includes(source))
        const files = compiled.map((source) => {
          const file = `${source}-${mode.replace(/\W+/g, '-')}.${extension}`
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
          // Types of users' exports that are inferred have to be nameable.
          declaration: true,
          noEmit: true,
        }
        const config = join(project, 'tsconfig.json')
        writeFileSync(config, JSON.stringify({ compilerOptions, files }))
        failures += compile(`${compiler}, ${environment} types, ${mode}`, folder, config, project) ? 0 : 1
      }
    }
  }
  for (const folder of ['older', 'newer']) failures += checkRunners(project, folder)
  if (failures > 0) process.exitCode = 1
})

/** Compiles users of the assertions with the runners of a folder. Gives how many failed. */
function checkRunners(project: string, folder: string): number {
  let failures = 0
  for (const [source, { packages, types }] of Object.entries(RUNNER_SOURCES)) {
    const file = `${source}.ts`
    copyFileSync(join(ROOT, 'test/types/consumer/runners', file), join(project, file))
    for (const name of packages) {
      const own = join(RUNNERS, folder)
      linkFrom(existsSync(join(own, 'node_modules', name)) ? own : ROOT, project, name)
    }
    const compilerOptions = {
      ...{ target: 'ES2022', lib: ['ES2023', 'DOM'], module: 'ESNext', moduleResolution: 'Bundler', types },
      // The runners' own declarations do not pass.
      ...{ strict: true, skipLibCheck: true, noEmit: true },
    }
    const config = join(project, 'tsconfig.json')
    writeFileSync(config, JSON.stringify({ compilerOptions, files: [file] }))
    failures += compile(`${source}, ${folder} runners`, COMPILERS.typescript, config, project) ? 0 : 1
    for (const name of packages) rmSync(join(project, 'node_modules', name))
  }
  return failures
}

/** Whether it compiles; prints the outcome. */
function compile(name: string, compiler: string, config: string, cwd: string): boolean {
  try {
    execFileSync(process.execPath, [join(compiler, 'bin/tsc'), '-p', config], {
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
