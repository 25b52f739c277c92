/**
 * Tells what weighs in `import { ConversationStore }`: minified bytes by room, gzip of the whole, dynamic chunks apart,
 * and what would be left if a part of it weighed nothing.
 */
import { join, relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, type Plugin } from 'esbuild'
import { ROOT } from './packed.ts'

/** Parts of the core, by the files of `src` whose paths begin so. */
const METHODS = [
  'engine/facets',
  'query/facets',
  'engine/histogram',
  'query/histogram',
  'query/highlights',
  'query/cursor',
  'engine/after',
  'live/',
]
const PARTS: readonly (readonly [name: string, files: readonly string[]])[] = [
  ['facets, histogram, highlights, cursors, live queries', METHODS],
  ['the whole engine', ['engine/']],
  ['both', ['engine/', ...METHODS]],
]

const { metafile, outputFiles } = await bundle([])

const entry = Object.keys(metafile.outputs).find((path) => metafile.outputs[path]!.entryPoint !== undefined)!
const core = reachable(entry)

const rooms = new Map<string, number>()
const files = new Map<string, number>()
for (const path of core) {
  for (const [file, { bytesInOutput }] of Object.entries(metafile.outputs[path]!.inputs)) {
    add(rooms, roomOf(file), bytesInOutput)
    add(files, file, bytesInOutput)
  }
}

const minified = [...core].reduce((sum, path) => sum + metafile.outputs[path]!.bytes, 0)
console.log(`\nimport { ConversationStore }: ${kilobytes(gzip(core))} min+gzip, ${kilobytes(minified)} minified\n`)
print('By room (minified)', rooms, Number.POSITIVE_INFINITY)
print('Heaviest files (minified)', files, 15)

const dynamic = Object.keys(metafile.outputs).filter((path) => !core.has(path))
for (const path of dynamic) {
  console.log(
    `import() chunk ${path}: ${kilobytes(gzip(new Set([path])))} min+gzip, of ${Object.keys(metafile.outputs[path]!.inputs).join(', ')}`,
  )
}

console.log('\nLeft (min+gzip) if it weighed nothing')
for (const [name, files] of PARTS) {
  const { outputFiles } = await bundle([emptied(files)])
  const left = gzipSync(Buffer.concat(outputFiles.map(({ contents }) => contents)), { level: 9 }).length
  console.log(`${kilobytes(left).padStart(9)}  without ${name}`)
}

function bundle(plugins: Plugin[]) {
  return build({
    stdin: { contents: `export { ConversationStore } from './src/index.ts'`, resolveDir: ROOT },
    absWorkingDir: ROOT,
    tsconfig: 'tsconfig.json',
    outdir: 'size',
    bundle: true,
    splitting: plugins.length === 0,
    write: false,
    metafile: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    logLevel: 'error',
    plugins,
  })
}

/** Puts nothing in the place of files. */
function emptied(files: readonly string[]): Plugin {
  const unseen = new Set(files)
  return {
    name: 'emptied',
    setup({ onLoad, onResolve, onEnd }) {
      onResolve({ filter: /./ }, ({ kind, path }) => (kind === 'dynamic-import' ? { path, external: true } : undefined))
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const file = relative(join(ROOT, 'src'), path).replaceAll('\\', '/')
        const found = files.filter((start) => file.startsWith(start))
        for (const start of found) unseen.delete(start)
        // A module of CommonJS has every name.
        return found.length === 0 ? undefined : { contents: 'module.exports = {}', loader: 'js' }
      })
      onEnd(() => {
        if (unseen.size > 0) throw new Error(`No file of the core begins with ${[...unseen].join(', ')}`)
      })
    },
  }
}

/** The output files that importing `path` loads at once. */
function reachable(path: string, seen = new Set<string>()): Set<string> {
  if (seen.has(path)) return seen
  seen.add(path)
  for (const { path: imported, kind, external } of metafile.outputs[path]!.imports) {
    if (kind === 'import-statement' && !external) reachable(imported, seen)
  }
  return seen
}

function gzip(paths: ReadonlySet<string>): number {
  const texts = outputFiles.filter(({ path }) => [...paths].some((each) => path.endsWith(each)))
  return gzipSync(Buffer.concat(texts.map(({ contents }) => contents)), { level: 9 }).length
}

/** The folder of `src`, the file at its top, or the package. */
function roomOf(file: string): string {
  const external = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)
  return external?.[1] ?? file.split('/').slice(0, 2).join('/')
}

function add(sums: Map<string, number>, key: string, bytes: number): void {
  sums.set(key, (sums.get(key) ?? 0) + bytes)
}

function print(title: string, sums: ReadonlyMap<string, number>, limit: number): void {
  console.log(title)
  const sorted = [...sums].sort(([, a], [, b]) => b - a).slice(0, limit)
  for (const [name, bytes] of sorted)
    console.log(`${String(bytes).padStart(8)}  ${((100 * bytes) / minified).toFixed(1).padStart(5)} %  ${name}`)
  console.log('')
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(2)} kB`
}
