/** Prints `N passed, N failed` from the JSON report of the tests, and fails when any did. Plain JavaScript: runs without a build. */
import { readFileSync } from 'node:fs'

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'))
// A file that cannot even be loaded has no tests in it that could fail.
const broken = report.testResults.filter(
  ({ status, assertionResults }) => status === 'failed' && !assertionResults.some(hasFailed),
)
const failed = report.numFailedTests + broken.length
console.log(`${report.numPassedTests} passed, ${failed} failed`)
process.exitCode = failed > 0 || report.numPassedTests === 0 ? 1 : 0

function hasFailed({ status }) {
  return status === 'failed'
}
