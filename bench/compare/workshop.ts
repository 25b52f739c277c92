/** What must be there before anything is measured: the packages, the code as one bundle, the rows and the plan. */
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { PrepareOptions } from './prepare.ts'

const HERE = dirname(fileURLToPath(import.meta.url))
/** The folder of the benchmarks, with a package.json of its own. */
export const BENCH = dirname(HERE)
export const ROOT = dirname(BENCH)
/** Where results are written. */
export const RESULTS = join(BENCH, 'results')
export const PROFILES = join(RESULTS, 'profiles')
const CACHE = join(BENCH, 'node_modules/.cache/compare')
/** A run's own: another in the same checkout must not pull it away. */
const BUNDLE = join(CACHE, `code-${process.pid}`)
const ENTRIES = ['child', 'prepare', 'cold', 'building']

/** A script of the bundle. */
export function script(name: string): string {
  return join(BUNDLE, `${name}.js`)
}

/** A file that is kept between runs. */
export function cached(name: string): string {
  mkdirSync(CACHE, { recursive: true })
  return join(CACHE, name)
}

/**
 * Installs the packages of the benchmarks, on first use and when their list has changed. Some are native: where one can
 * neither be downloaded nor built, the others are measured and the reason is told in its place.
 */
export function install(): void {
  const path = join(BENCH, 'package.json')
  const done = join(BENCH, 'node_modules/.package-lock.json')
  if (existsSync(done) && statSync(done).mtimeMs >= statSync(path).mtimeMs) return
  console.error('Installing the packages that the library is compared with...')
  execFileSync('npm', ['install', '--no-audit', '--no-fund'], { cwd: BENCH, stdio: ['ignore', 'inherit', 'inherit'] })
  const { optionalDependencies } = JSON.parse(readFileSync(path, 'utf8')) as {
    optionalDependencies: Record<string, string>
  }
  const missing: Record<string, string> = {}
  for (const [name, version] of Object.entries(optionalDependencies)) {
    if (existsSync(join(BENCH, 'node_modules', name))) continue
    // npm leaves out what fails without a word; asked for this one alone, it says why.
    const args = ['install', '--no-save', '--no-audit', '--no-fund', `${name}@${version}`]
    const { stderr } = spawnSync('npm', args, { cwd: BENCH, encoding: 'utf8' })
    missing[name] = reasonOf(stderr)
  }
  writeFileSync(cached(MISSING), JSON.stringify(missing))
}

const MISSING = 'not-installed.json'

/** Why packages could not be installed, by name. */
export function notInstalled(): Readonly<Record<string, string>> {
  const path = cached(MISSING)
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>) : {}
}

function reasonOf(printed: string): string {
  const lines = printed.split('\n').filter((line) => /^npm (error|ERR!)/.test(line))
  const telling =
    lines.find((line) => /not ok|gyp ERR! stack|ENOTFOUND|E404|unsupported|prebuild/i.test(line)) ?? lines[0]
  return `could not be installed: ${(telling ?? 'npm did not say why').replace(/^npm (error|ERR!) /, '').slice(0, 200)}`
}

/**
 * Bundles the harness with the library's sources, as a user's bundler would. Running them through a loader instead would
 * measure that loader's helpers. The packages that are compared stay outside.
 */
export async function bundle(): Promise<void> {
  process.once('exit', () => rmSync(BUNDLE, { recursive: true, force: true }))
  process.once('SIGINT', () => process.exit(130))
  await build({
    entryPoints: ENTRIES.map((name) => join(HERE, `${name}.ts`)),
    outdir: BUNDLE,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    tsconfig: join(ROOT, 'tsconfig.node.json'),
    define: { 'process.env.NODE_ENV': '"production"' },
    // A bundled CommonJS module asks for it.
    banner: {
      js: `import { createRequire as createRequire_ } from 'node:module'; const require = createRequire_(import.meta.url);`,
    },
    loader: { '.c': 'text' },
    logLevel: 'warning',
  })
}

/** The rows and the plan of a run, made once for the same sources and options. */
export function prepared(name: string, what: Omit<PrepareOptions, 'rowsPath' | 'planPath'>): PreparedFiles {
  const hash = createHash('sha256').update(JSON.stringify(what))
  const sources = ['prepare', 'questions', 'profile', 'naive', 'ask'].map((file) => join(HERE, `${file}.ts`))
  const generator = join(ROOT, 'src/features/generate')
  for (const file of [...sources, ...readdirSync(generator).map((name) => join(generator, name))]) {
    hash.update(readFileSync(file))
  }
  const stem = `${name}-${hash.digest('hex').slice(0, 12)}`
  const files = { rowsPath: cached(`${stem}.ndjson`), planPath: cached(`${stem}.json`) }
  if (existsSync(files.planPath)) return files
  for (const old of readdirSync(CACHE)) if (old.startsWith(`${name}-`)) rmSync(join(CACHE, old))
  console.error(`Making the rows, the questions and their right answers (${name})...`)
  const planPath = `${files.planPath}.part`
  const options: PrepareOptions = { ...what, ...files, planPath }
  const { status } = spawnSync(process.execPath, [HEAP, script('prepare'), JSON.stringify(options)], {
    stdio: 'inherit',
  })
  if (status !== 0) throw new Error('The rows could not be made.')
  renameSync(planPath, files.planPath)
  return files
}

/** Where rows and plan are. */
export interface PreparedFiles {
  readonly rowsPath: string
  readonly planPath: string
}

/** Room for a million rows as objects, and copies of them. */
export const HEAP = '--max-old-space-size=14000'
