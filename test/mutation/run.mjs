/**
 * Plants faults in one folder after the other, or in those that are named, and prints how many the tests noticed:
 * `npm run mutation`, `npm run mutation -- src/query src/engine/pages/after.ts`. The reports lie in test/mutation/report/.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { FOLDERS } from './folders.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const stryker = fileURLToPath(new URL('node_modules/@stryker-mutator/core/bin/stryker.js', import.meta.url))
const named = process.argv.slice(2).map((path) => path.replace(/\/+$/, ''))
const scores = {}

for (const path of named.length > 0 ? named : Object.keys(FOLDERS)) {
  const [folder] = Object.keys(FOLDERS)
    .filter((folder) => `${path}/`.startsWith(`${folder}/`))
    .sort((a, b) => b.length - a.length)
  if (folder === undefined) throw new Error(`${path} is in none of ${Object.keys(FOLDERS).join(', ')}.`)
  // The files of src/engine itself: its folders come with tests of their own.
  const mutate = path.endsWith('.ts') ? path : path === 'src/engine' ? `${path}/*.ts` : `${path}/**/*.ts`
  const report = `test/mutation/report/${path.replaceAll('/', '-')}.json`
  const tests = FOLDERS[folder].map((name) => `test/${name}.test.ts`).join(';')
  const args = [stryker, 'run', 'test/mutation/stryker.config.mjs', '--mutate', mutate]
  const env = { ...process.env, MUTATION_TESTS: tests, MUTATION_REPORT: report }
  const { status, signal } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env })
  scores[path] =
    status === 0 && existsSync(root + report)
      ? scoreOf(JSON.parse(readFileSync(root + report, 'utf8')))
      : `failed: ${signal ?? status}`
}
console.table(scores)

/** How many faults there were, and how many were noticed: by a test that failed or that did not end. */
function scoreOf({ files }) {
  const statuses = Object.values(files).flatMap(({ mutants }) => mutants.map(({ status }) => status))
  const count = (...which) => statuses.filter((status) => which.includes(status)).length
  const noticed = count('Killed', 'Timeout')
  const unnoticed = count('Survived', 'NoCoverage')
  const percent = Number(((100 * noticed) / (noticed + unnoticed)).toFixed(1))
  return { noticed, unnoticed, percent, ignored: count('Ignored') }
}
