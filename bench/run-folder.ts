/** A folder for what a benchmark makes. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** A folder of this run on the disk of the checkout (a temporary one may lie in memory), removed when the process ends. `of`: the folder of the benchmark. */
export function makeRunFolder(of: string): string {
  const cache = join(of, 'node_modules/.cache')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'run-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  process.once('SIGINT', () => process.exit(130))
  return folder
}
