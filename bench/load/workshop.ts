/** What must be there before anything is measured: the packages, the servers as bundles, the rows as files. */
import { execFileSync } from 'node:child_process'
import { existsSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { type GeneratedConversation, generate } from '../../src/features/generate/index.ts'
import { makeRunFolder } from '../run-folder.ts'

/** The folder of the load test, with a package.json of its own. */
const HERE = dirname(fileURLToPath(import.meta.url))
const ROOT = join(HERE, '../..')
/** Where results are written. */
export const RESULTS = join(ROOT, 'bench/results')

/** Installs the client and the rival, on first use and when their list has changed. */
export function install(): void {
  const done = join(HERE, 'node_modules/.package-lock.json')
  if (existsSync(done) && statSync(done).mtimeMs >= statSync(join(HERE, 'package-lock.json')).mtimeMs) return
  console.error('Installing autocannon and json-server...')
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: HERE, stdio: ['ignore', 'inherit', 'inherit'] })
}

/** A folder of this run; see `makeRunFolder`. */
export const makeFolder = () => makeRunFolder(HERE)

/** The command with the library's sources, the rival, and what is loaded beside the command; as a build would make them. */
export async function bundle(folder: string): Promise<void> {
  await build({
    entryPoints: {
      cli: join(ROOT, 'src/cli/main.ts'),
      rival: join(HERE, 'rival.ts'),
      hold: join(HERE, 'hold.ts'),
    },
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    outExtension: { '.js': '.mjs' },
    tsconfig: join(ROOT, 'tsconfig.node.json'),
    // A bundled CommonJS module asks for it.
    banner: {
      js: `import { createRequire as createRequire_ } from 'node:module'; const require = createRequire_(import.meta.url);`,
    },
    logLevel: 'warning',
  })
}

/** Rows of which none is deleted, oldest first: json-server would show deleted ones. */
export function makeRows(count: number): GeneratedConversation[] {
  const rows: GeneratedConversation[] = []
  for (const row of generate({ count: Math.ceil(count * 1.1), seed: 5 })) {
    if (row.is_deleted !== true && rows.push(row) === count) return rows
  }
  throw new Error(`There are only ${rows.length} rows that are not deleted.`)
}

/** The rows as `serve` reads them. */
export function writeLines(file: string, rows: Iterable<GeneratedConversation>): string {
  writeFileSync(file, '')
  let lines: string[] = []
  const flush = () => {
    writeFileSync(file, lines.join(''), { flag: 'a' })
    lines = []
  }
  for (const row of rows) if (lines.push(`${JSON.stringify(row)}\n`) === 1_000) flush()
  flush()
  return file
}

/** The rows as json-server reads them: newest first, the order in which the API lists them, so that it need not sort. */
export function writeDatabase(file: string, rows: readonly GeneratedConversation[]): string {
  writeFileSync(file, JSON.stringify({ conversations: rows.toReversed() }))
  return file
}

/** A package of this folder. The root of the project knows none of their types. */
export async function load<T>(name: string): Promise<T> {
  return (await import(name)) as T
}
