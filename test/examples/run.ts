/**
 * Runs every example as its reader would: beside the packed tarball, `npm install`, then its own `npm test`. Packs what
 * `npm run build` left in `dist`. `npm run test:examples -- node-file` runs one.
 */
import { execFileSync } from 'node:child_process'
import { copyFileSync, cpSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { ROOT, withInstalled } from '../package/packed.ts'

const examples = readdirSync(join(ROOT, 'examples'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
const chosen = process.argv.length > 2 ? process.argv.slice(2) : examples

await withInstalled(({ project, tarball }) => {
  cpSync(join(ROOT, 'examples'), join(project, 'examples'), {
    recursive: true,
    filter: (path) => !['node_modules', '.next', 'dist'].includes(basename(path)),
  })
  // Where the examples' own manifests look for it: at the top of the project.
  if (basename(tarball) !== 'conversation-store-0.1.0.tgz')
    copyFileSync(tarball, join(project, 'conversation-store-0.1.0.tgz'))
  for (const name of chosen) {
    const folder = join(project, 'examples', name)
    try {
      npm(['install', '--no-package-lock', '--no-audit', '--no-fund'], folder)
      npm(['test'], folder)
      console.log(`ok    ${name}`)
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string }
      console.log(`FAIL  ${name}\n${stdout}${stderr}`)
      process.exitCode = 1
    }
  }
})

function npm(args: readonly string[], cwd: string): void {
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1' }
  execFileSync('npm', args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}
