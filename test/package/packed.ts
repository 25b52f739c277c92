/** The package as its users get it: packed, unpacked into an empty project. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of this repository. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** A project that has the packed package installed. */
export interface Installed {
  /** The project's folder; its `node_modules/conversation-store` is the package. */
  readonly project: string
  readonly tarball: string
  /** Paths of the packed files. */
  readonly files: readonly string[]
}

/** Packs what `npm run build` left in `dist`, hands it to `check` as installed, and removes it again. */
export async function withInstalled(check: (installed: Installed) => Promise<void> | void): Promise<void> {
  const project = mkdtempSync(join(tmpdir(), 'conversation-store-'))
  try {
    const output = execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', project], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const packed = JSON.parse(output) as unknown
    // npm 11 gives an object by name where npm 10 gives a list.
    const [{ filename, files }] = Object.values(packed as object) as [{ filename: string; files: { path: string }[] }]
    const tarball = join(project, filename)
    const folder = join(project, 'node_modules', 'conversation-store')
    mkdirSync(folder, { recursive: true })
    execFileSync('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1'])
    await check({ project, tarball, files: files.map(({ path }) => path) })
  } finally {
    rmSync(project, { recursive: true, force: true })
  }
}

/** Puts a package of this repository beside the installed one, as one that a user has. */
export function link(project: string, name: string): void {
  linkFrom(ROOT, project, name)
}

/** The same for a package that is installed in some folder. */
export function linkFrom(folder: string, project: string, name: string): void {
  const target = join(project, 'node_modules', name)
  mkdirSync(dirname(target), { recursive: true })
  symlinkSync(join(folder, 'node_modules', name), target, 'dir')
}

/** `npm ci` in a folder with packages of its own, on first use and when the list of them has changed. */
export function installIn(folder: string): void {
  const done = join(folder, 'node_modules/.package-lock.json')
  const lock = join(folder, 'package-lock.json')
  if (existsSync(done) && statSync(done).mtimeMs >= statSync(lock).mtimeMs) return
  console.log(`Installing the packages of ${relative(ROOT, folder)}...`)
  run('npm', ['ci', '--no-audit', '--no-fund'], folder)
}

/** Runs a command and shows what it printed only when it fails. */
export function run(command: string, args: readonly string[], cwd: string): void {
  try {
    execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string }
    throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}${stderr}`)
  }
}
