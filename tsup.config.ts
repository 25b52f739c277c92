import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { transform } from 'esbuild'
import { rollup } from 'rollup'
import { dts } from 'rollup-plugin-dts'
import { defineConfig, type Options } from 'tsup'
import { licensesOf, packageOf } from './src/explorer/licenses.ts'

/** The entry points of the package, as `exports` in package.json names them. */
const ENTRIES = {
  index: 'src/index.ts',
  core: 'src/core.ts',
  text: 'src/text.ts',
  snapshot: 'src/snapshot.ts',
  facets: 'src/features/facets/index.ts',
  histogram: 'src/features/histogram/index.ts',
  aggregate: 'src/features/aggregate/index.ts',
  highlights: 'src/features/highlights/index.ts',
  explain: 'src/features/explain/index.ts',
  live: 'src/features/live/index.ts',
  metadata: 'src/features/metadata/index.ts',
  indexes: 'src/features/indexes/index.ts',
  'why-empty': 'src/features/why-empty/index.ts',
  load: 'src/features/load/index.ts',
  'load/node': 'src/features/load/node.ts',
  formats: 'src/features/formats/index.ts',
  http: 'src/http/index.ts',
  node: 'src/node/index.ts',
  export: 'src/features/export/index.ts',
  worker: 'src/worker/index.ts',
  hosted: 'src/hosted/index.ts',
  react: 'src/react/index.ts',
  testing: 'src/testing/index.ts',
  'record/ai-sdk': 'src/record/ai-sdk.ts',
  'record/openai-agents': 'src/record/openai-agents.ts',
  'record/langchain': 'src/record/langchain.ts',
  'testing/assert': 'src/testing/assert.ts',
  'testing/vitest': 'src/testing/vitest.ts',
  'testing/jest': 'src/testing/jest.ts',
  'testing/arbitraries': 'src/testing/arbitraries/index.ts',
}

/** What a user brings along. */
const PEERS = ['fast-check', 'react', 'vitest', 'expect', '@jest/globals']

const COMMON: Options = {
  target: 'es2022',
  platform: 'neutral',
  removeNodeProtocol: false,
  external: PEERS,
  esbuildOptions: (options) => {
    options.mainFields = ['module', 'main']
    // It keeps the package under 4.5 MB. Names stay, so that stacks can be read.
    options.minifyWhitespace = true
    options.minifySyntax = true
  },
  tsconfig: 'tsconfig.node.json',
  // Entry points share their chunks, in CommonJS as well, so that an error class is one and the same object in all of them.
  format: 'esm',
  splitting: true,
}

/** Packages of which something was bundled, by their folders. */
const bundled = new Set<string>()

rmSync('dist', { recursive: true, force: true })
mkdirSync('dist')

export default defineConfig([
  {
    ...COMMON,
    entry: { ...ENTRIES, cli: 'src/cli/main.ts' },
    plugins: [declarations()],
    esbuildPlugins: [mnemonist(), halves(), nodeModules(), thirdPartyLicenses()],
  },
  {
    ...COMMON,
    entry: ENTRIES,
    outExtension: () => ({ js: '.cjs' }),
    plugins: [commonJs()],
    esbuildPlugins: [mnemonist(), halves(), nodeModules()],
  },
])

/**
 * Writes the declarations, bundled as the entry points are, without what is `@internal`: once, for those of CommonJS differ
 * in their file names alone.
 */
function declarations(): NonNullable<Options['plugins']>[number] {
  return {
    name: 'declarations',
    async buildEnd() {
      const compilerOptions = { stripInternal: true, noEmit: false }
      const plugins = [dts({ tsconfig: 'tsconfig.node.json', compilerOptions })]
      const bundle = await rollup({ input: ENTRIES, external: [/^node:/, ...PEERS], plugins })
      const { output } = await bundle.write({
        dir: 'dist',
        entryFileNames: '[name].d.ts',
        chunkFileNames: 'types-[hash].d.ts',
      })
      await bundle.close()
      for (const file of output) {
        if (file.type !== 'chunk') continue
        const code = file.code.replace(/((?:from|import)\s+|import\()(['"]\.\.?\/[^'"]+)\.js(['"])/g, '$1$2.cjs$3')
        writeFileSync(join('dist', file.fileName.replace(/\.ts$/, '.cts')), code)
      }
    },
  }
}

/**
 * Reads mnemonist's single files as ESM, so that the functions that are used are bundled and no others: they are CommonJS,
 * but each does nothing but `exports.name = function ...`.
 */
function mnemonist(): NonNullable<Options['esbuildPlugins']>[number] {
  return {
    name: 'mnemonist',
    setup({ onLoad }) {
      onLoad({ filter: /node_modules[\\/]mnemonist[\\/]utils[\\/]binary-search\.js$/ }, ({ path }) => ({
        contents: readFileSync(path, 'utf8').replace(/^exports\.(\w+) = /gm, 'export const $1 = '),
      }))
    },
  }
}

/** What packs and what unpacks are chunks apart: fflate, one module of both, is bundled once for each, without the other. */
function halves(): NonNullable<Options['esbuildPlugins']>[number] {
  return {
    name: 'halves',
    setup({ onResolve, resolve }) {
      onResolve({ filter: /^fflate$/ }, async ({ path, importer, pluginData, ...options }) => {
        if (pluginData === 'found') return undefined
        const found = await resolve(path, { importer, ...options, pluginData: 'found' })
        return { ...found, suffix: importer.endsWith('packed.ts') ? '?inflate' : '?deflate' }
      })
    },
  }
}

/**
 * Leaves out Node's modules. Where a bundled package of CommonJS requires one, which only those of the command do, ESM has
 * no `require`: one is made.
 */
function nodeModules(): NonNullable<Options['esbuildPlugins']>[number] {
  const made = `import { createRequire } from 'node:module'\nexport const made = createRequire(import.meta.url)`
  return {
    name: 'node-modules',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^#require$/ }, () => ({ path: 'require', namespace: 'node' }))
      onResolve({ filter: /./ }, ({ kind, path }) => {
        if (!isBuiltin(path)) return undefined
        return kind === 'require-call' ? { path, namespace: 'node' } : { path, external: true }
      })
      onLoad({ filter: /./, namespace: 'node' }, ({ path }) => ({
        contents: path === 'require' ? made : `module.exports = require('#require').made(${JSON.stringify(path)})`,
      }))
    },
  }
}

/**
 * Turns each chunk of the split ESM build into CommonJS. tsup's own way rewrites `?.` and `??` into calls with closures,
 * which hot loops must not have; and `import()` becomes `require`, since Jest knows no `import()` in CommonJS.
 */
function commonJs(): NonNullable<Options['plugins']>[number] {
  return {
    name: 'common-js',
    async renderChunk(code, { path }) {
      if (!path.endsWith('.cjs')) return undefined
      return transform(code, {
        format: 'cjs',
        platform: 'node',
        target: 'es2022',
        supported: { 'dynamic-import': false },
        minifyWhitespace: true,
        minifySyntax: true,
        sourcefile: path,
      })
    },
  }
}

/**
 * Writes `dist/THIRD-PARTY-LICENSES.txt`: each package of which something was bundled, with its licence as published.
 *
 * Packages are bundled, not depended on, so that an install is one package: of date-fns alone, 28 MB, a few functions are
 * used.
 */
function thirdPartyLicenses(): NonNullable<Options['esbuildPlugins']>[number] {
  return {
    name: 'third-party-licenses',
    setup(build) {
      build.onEnd((result) => {
        for (const output of Object.values(result.metafile?.outputs ?? {})) {
          for (const [input, { bytesInOutput }] of Object.entries(output.inputs)) {
            const folder = packageOf(input)
            if (folder !== undefined && bytesInOutput > 0) bundled.add(folder)
          }
        }
        if (bundled.size > 0) writeFileSync('dist/THIRD-PARTY-LICENSES.txt', licensesOf(bundled))
      })
    },
  }
}
