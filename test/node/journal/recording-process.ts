/** A process that records numbers as fast as it can, four at a time, and says which are safe: `tsx recording-process.ts FILE`. */
import { type JournaledState, openJournal } from '../../../src/node/journal/index.ts'

let next = 0
const state: JournaledState<{ n: number }> = {
  apply: ({ n }) => {
    next = Math.max(next, n + 1)
  },
  *snapshot() {
    // As it is now: what is recorded while this is gone through comes after it.
    const end = next
    for (let n = 0; n < end; n++) yield { n }
  },
}
const journal = await openJournal(process.argv[2]!, state, { foldBytes: 20_000 })
process.stdout.write('open\n')

async function record(): Promise<never> {
  for (;;) {
    const n = next++
    await journal.append([{ n }])
    process.stdout.write(`${n}\n`)
  }
}
await Promise.all([record(), record(), record(), record()])
