import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { transform } from 'esbuild'
import { defineConfig, type Options } from 'tsup'

/** The entry points of the package, as `exports` in package.json names them. */
const ENTRIES = {
  index: 'src/index.ts',
  load: 'src/features/load/index.ts',
  'load/node': 'src/features/load/node.ts',
  http: 'src/http/index.ts',
  node: 'src/node/index.ts',
  export: 'src/features/export/index.ts',
  worker: 'src/worker/index.ts',
  react: 'src/react/index.ts',
}

const COMMON: Options = {
  target: 'es2022',
  platform: 'neutral',
  external: [/^node:/],
  removeNodeProtocol: false,
  tsconfig: 'tsconfig.node.json',
  sourcemap: true,
  // Entry points share their chunks, in CommonJS as well, so that an error class is one and the same object in all of them.
  format: 'esm',
  splitting: true,
}

rmSync('dist', { recursive: true, force: true })
mkdirSync('dist')

export default defineConfig([
  {
    ...COMMON,
    entry: { ...ENTRIES, cli: 'src/cli/main.ts' },
    dts: { entry: ENTRIES },
    esbuildPlugins: [thirdPartyLicenses()],
  },
  {
    ...COMMON,
    entry: ENTRIES,
    outExtension: () => ({ js: '.cjs' }),
    plugins: [commonJs()],
  },
  { ...COMMON, format: 'cjs', entry: ENTRIES, dts: { only: true, entry: ENTRIES } },
])

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
        sourcemap: true,
        sourcefile: path,
      })
    },
  }
}

/**
 * Writes `dist/THIRD-PARTY-LICENSES.txt`: each package of which something was bundled, with its licence as published.
 *
 * mnemonist is bundled, not depended on: its `exports` offer nothing but its root to ESM, and its root costs 6.6 kB
 * (min+gzip) for any one structure, its single files less than half of that.
 */
function thirdPartyLicenses(): NonNullable<Options['esbuildPlugins']>[number] {
  return {
    name: 'third-party-licenses',
    setup(build) {
      build.onEnd((result) => {
        const folders = new Set<string>()
        for (const output of Object.values(result.metafile?.outputs ?? {})) {
          for (const [input, { bytesInOutput }] of Object.entries(output.inputs)) {
            const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0]
            if (folder !== undefined && bytesInOutput > 0) folders.add(folder)
          }
        }
        const texts = [...folders].sort().map(licenseText)
        if (texts.length > 0) writeFileSync('dist/THIRD-PARTY-LICENSES.txt', texts.join(`\n${'-'.repeat(80)}\n\n`))
      })
    },
  }
}

function licenseText(folder: string): string {
  const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, string>
  const file = ['LICENSE', 'LICENSE.txt', 'LICENSE.md']
    .map((each) => join(folder, each))
    .find((each) => existsSync(each))
  if (file === undefined) throw new Error(`${name} is bundled, but ${folder} has no licence text.`)
  return `${name} ${version}\n\n${readFileSync(file, 'utf8').trim()}\n`
}
