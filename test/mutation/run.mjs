/**
 * Plants faults in one folder after the other, or in those that are named, and prints how many the tests noticed:
 * `npm run mutation`, `npm run mutation -- src/query src/engine/pages/after.ts`. The reports lie in test/mutation/report/.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
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
  const files = path.endsWith('.ts') ? path : path === 'src/engine' ? `${path}/*.ts` : `${path}/**/*.ts`
  const { first, more, isIsolated = false } = FOLDERS[folder]
  const name = path.replaceAll('/', '-')
  const faults = plant([files], first, name, isIsolated)
  let left = faults?.filter(isLeft)
  if (more.length > 0 && left?.length > 0) {
    const again = plant(left.map(placeOf), more, `${name}-left`, isIsolated)
    const noticed = new Set(again?.filter(isNoticed).map(keyOf))
    left = again && left.filter((fault) => !noticed.has(keyOf(fault)))
  }
  scores[path] = left === undefined ? 'failed' : scoreOf(faults, left)
  for (const { status, file, location, mutatorName, replacement } of left ?? [])
    console.log(`${status} ${file}:${location.start.line}:${location.start.column} ${mutatorName}: ${replacement}`)
}
console.table(scores)

/** Plants the faults of files, or at places of files. Gives them with what became of each, `undefined` where that failed. */
function plant(mutate, names, report, isIsolated) {
  const fileName = `test/mutation/report/${report}.json`
  const tests = names.map((name) => `test/${name}.test.ts`).join(';')
  const args = [stryker, 'run', 'test/mutation/stryker.config.mjs', '--mutate', mutate.join()]
  const env = { ...process.env, MUTATION_TESTS: tests, MUTATION_REPORT: fileName, MUTATION_ISOLATED: `${isIsolated}` }
  rmSync(root + fileName, { force: true })
  if (spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env }).status !== 0) return undefined
  const { files } = JSON.parse(readFileSync(root + fileName, 'utf8'))
  return Object.entries(files).flatMap(([file, { mutants }]) => mutants.map((mutant) => ({ ...mutant, file })))
}

function isNoticed({ status }) {
  return status === 'Killed' || status === 'Timeout'
}

function isLeft({ status }) {
  return status === 'Survived' || status === 'NoCoverage'
}

/** A place as `--mutate` takes it: its columns begin at 0, those of a report at 1. */
function placeOf({ file, location: { start, end } }) {
  return `${file}:${start.line}:${start.column - 1}-${end.line}:${end.column - 1}`
}

function keyOf({ file, location, mutatorName, replacement }) {
  return JSON.stringify([file, location, mutatorName, replacement])
}

/** How many faults there were, and how many were noticed: by a test that failed or that did not end. */
function scoreOf(faults, left) {
  const ignored = faults.filter(({ status }) => status === 'Ignored').length
  const total = faults.length - ignored - faults.filter(({ status }) => status.endsWith('Error')).length
  const percent = Number(((100 * (total - left.length)) / total).toFixed(1))
  return { noticed: total - left.length, unnoticed: left.length, percent, ignored }
}
