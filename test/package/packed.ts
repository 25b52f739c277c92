/** The package as its users get it: packed, unpacked into an empty project, beside its dependencies and nothing else. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
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
    const { dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { dependencies: object }
    for (const name of [...Object.keys(dependencies), '@types/node']) link(project, name)
    await check({ project, tarball, files: files.map(({ path }) => path) })
  } finally {
    rmSync(project, { recursive: true, force: true })
  }
}

function link(project: string, name: string): void {
  const target = join(project, 'node_modules', name)
  mkdirSync(dirname(target), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules', name), target, 'dir')
}
