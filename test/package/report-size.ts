/**
 * Tells what the entry points weigh, minified and compressed: the core, the full one, snapshots beside it, each feature beside
 * the core, and all of the full one in one file; then what weighs in the core and in the full entry point, by room and by file.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, type Metafile, type Plugin } from 'esbuild'
import { ROOT } from './packed.ts'

const CORE = `export { ConversationStore, query } from './src/core.ts'`
const FULL = `export { ConversationStore, query } from './src/index.ts'`

/** What stands beside the core, by the entry point that has it. */
const BESIDE: Readonly<Record<string, string>> = {
  text: './src/text.ts',
  testing: './src/testing/index.ts',
  hosted: './src/hosted/index.ts',
  ...Object.fromEntries(
    ['ai-sdk', 'openai-agents', 'langchain'].map((name) => [`record/${name}`, `./src/record/${name}.ts`]),
  ),
  ...Object.fromEntries(
    [
      'facets',
      'histogram',
      'aggregate',
      'highlights',
      'explain',
      'live',
      'metadata',
      'indexes',
      'why-empty',
      'export',
      'load',
      'formats',
    ].map((name) => [name, `./src/features/${name}/index.ts`]),
  ),
}

/** A bundle of some code: what is loaded at once, and what only `import()` asks for. */
interface Bundle {
  readonly metafile: Metafile
  readonly gzip: number
  readonly minified: number
  /** The output files that are loaded at once. */
  readonly atOnce: ReadonlySet<string>
  readonly dynamic: readonly (readonly [path: string, gzip: number])[]
}

/** What `import()` asks for stays outside. */
const leaveDynamicImports: Plugin = {
  name: 'leave-dynamic-imports',
  setup({ onResolve }) {
    onResolve({ filter: /./ }, ({ kind, path }) => (kind === 'dynamic-import' ? { path, external: true } : undefined))
  },
}

const core = await bundle(CORE)
const full = await bundle(FULL)
const oneFile = await bundle(FULL, 'join')

print('min+gzip', [
  ['conversation-store/core', core.gzip],
  ['conversation-store', full.gzip],
  ['conversation-store in one file, with what import() asks for', oneFile.gzip],
  ...full.dynamic.map(([path, size]) => [`  import() chunk ${path}`, size] as const),
])
// Without what `import()` asks for, which would share a chunk with what is called at once.
const [alone, reading, snapshots] = await Promise.all([
  bundle(FULL, 'leave'),
  bundle(`${FULL}; export { readSnapshotSync } from './src/snapshot.ts'`, 'leave'),
  bundle(`${FULL}; export * from './src/snapshot.ts'`, 'leave'),
])
print('min+gzip beside the full entry', [
  ['readSnapshotSync of conversation-store/snapshot', reading.gzip - alone.gzip],
  ['conversation-store/snapshot', snapshots.gzip - alone.gzip],
])
print('min+gzip beside the core', [
  ...(await Promise.all(
    Object.entries(BESIDE).map(
      async ([name, file]) =>
        [`conversation-store/${name}`, (await bundle(`${CORE}; export * from '${file}'`)).gzip - core.gzip] as const,
    ),
  )),
])
weighExplorer()
weigh('conversation-store/core', core)
weigh('conversation-store', full)

/** `dynamic`: whether what `import()` asks for is a file of its own, part of the one file, or left out. */
async function bundle(code: string, dynamic: 'split' | 'join' | 'leave' = 'split'): Promise<Bundle> {
  const { metafile, outputFiles } = await build({
    stdin: { contents: code, resolveDir: ROOT },
    absWorkingDir: ROOT,
    tsconfig: 'tsconfig.json',
    outdir: 'size',
    bundle: true,
    splitting: dynamic === 'split',
    plugins: dynamic === 'leave' ? [leaveDynamicImports] : [],
    write: false,
    metafile: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    logLevel: 'error',
  })
  const entry = Object.keys(metafile.outputs).find((path) => metafile.outputs[path]!.entryPoint !== undefined)!
  const atOnce = reachable(metafile, entry)
  const gzip = (paths: ReadonlySet<string>) => {
    const texts = outputFiles.filter(({ path }) => [...paths].some((each) => path.endsWith(each)))
    return gzipSync(Buffer.concat(texts.map(({ contents }) => contents)), { level: 9 }).length
  }
  return {
    metafile,
    atOnce,
    gzip: gzip(atOnce),
    minified: [...atOnce].reduce((sum, path) => sum + metafile.outputs[path]!.bytes, 0),
    dynamic: Object.keys(metafile.outputs)
      .filter((path) => !atOnce.has(path))
      .map((path) => [path, gzip(new Set([path]))]),
  }
}

/** The output files that importing `path` loads at once. */
function reachable({ outputs }: Metafile, path: string, seen = new Set<string>()): Set<string> {
  if (seen.has(path)) return seen
  seen.add(path)
  for (const { path: imported, kind, external } of outputs[path]!.imports) {
    if (kind === 'import-statement' && !external) reachable({ inputs: {}, outputs }, imported, seen)
  }
  return seen
}

/** Prints what the files of the explorer's page weigh, where it is built: scripts and styles. */
function weighExplorer(): void {
  const folder = join(ROOT, 'dist/explorer/assets')
  if (!existsSync(folder)) return
  const sizes = readdirSync(folder).map(
    (name) => [name, gzipSync(readFileSync(join(folder, name)), { level: 9 }).length] as const,
  )
  const scripts = sizes.filter(([name]) => name.endsWith('.js')).reduce((sum, [, size]) => sum + size, 0)
  const heaviest = [...sizes].sort(([, a], [, b]) => b - a)
  print('the explorer, min+gzip', [
    ['all scripts', scripts],
    ...heaviest.map(([name, size]) => [`  ${name}`, size] as const),
  ])
}

/** Prints what weighs in a bundle: minified bytes by room, and of the heaviest files. */
function weigh(name: string, { metafile, atOnce, minified }: Bundle): void {
  const rooms = new Map<string, number>()
  const files = new Map<string, number>()
  for (const path of atOnce) {
    for (const [file, { bytesInOutput }] of Object.entries(metafile.outputs[path]!.inputs)) {
      add(rooms, roomOf(file), bytesInOutput)
      add(files, file, bytesInOutput)
    }
  }
  const heaviest = (sums: ReadonlyMap<string, number>, limit: number) =>
    [...sums].sort(([, a], [, b]) => b - a).slice(0, limit)
  print(`${name}: ${kilobytes(minified)} minified, by room`, heaviest(rooms, Number.POSITIVE_INFINITY))
  print(`${name}: the heaviest files`, heaviest(files, 15))
}

/** The folder of `src`, the file at its top, or the package. */
function roomOf(file: string): string {
  const external = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)
  const [, room = file, feature] = file.split('/')
  return external?.[1] ?? (room === 'features' ? `${room}/${feature}` : room)
}

function add(sums: Map<string, number>, key: string, bytes: number): void {
  sums.set(key, (sums.get(key) ?? 0) + bytes)
}

function print(title: string, sizes: readonly (readonly [name: string, bytes: number])[]): void {
  console.log(`\n${title}`)
  for (const [name, bytes] of sizes) console.log(`${kilobytes(bytes).padStart(10)}  ${name}`)
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(2)} kB`
}
