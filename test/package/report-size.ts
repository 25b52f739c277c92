/** Tells what weighs in `import { ConversationStore }`: minified bytes by room, gzip of the whole, dynamic chunks apart. */
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { ROOT } from './packed.ts'

const { metafile, outputFiles } = await build({
  stdin: { contents: `export { ConversationStore } from './src/index.ts'`, resolveDir: ROOT },
  absWorkingDir: ROOT,
  tsconfig: 'tsconfig.json',
  outdir: 'size',
  bundle: true,
  splitting: true,
  write: false,
  metafile: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
})

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
