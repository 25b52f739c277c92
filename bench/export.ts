/**
 * How many rows a second an export writes, beside `JSON.stringify` of the same documents in one go, and the longest time
 * for which the thread was held meanwhile.
 *
 * `npm run bench:export`, `npm run bench:export -- ROWS`
 */
import { toCSV, toNDJSON } from '../src/features/export/index.ts'
import { generate } from '../src/features/generate/index.ts'
import { ConversationStore } from '../src/index.ts'
import { timeOf } from './timing.ts'

const ROUNDS = 5
const rows = Number(process.argv[2] ?? 100_000)
const store = ConversationStore.from(generate({ count: rows }), { own: true })
const query = store.query().includeDeleted()
const { format } = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

console.log(`${format(rows)} generated conversations, the median of ${ROUNDS} rounds\n`)
const wholeMs = median(Array.from({ length: ROUNDS }, () => timeOf(() => JSON.stringify(query.all()).length)))
console.log(
  `JSON.stringify(query.all())  ${format((rows / wholeMs) * 1_000).padStart(9)} rows/s, ${format(wholeMs)} ms held`,
)
await measureExport('toNDJSON(query)', () => toNDJSON(query))
await measureExport('toCSV(query)', () => toCSV(query))

async function measureExport(name: string, write: () => AsyncIterable<string>): Promise<void> {
  const times: number[] = []
  const longest: number[] = []
  let units = 0
  for (let round = 0; round < ROUNDS; round++) {
    const turns = watchTurns()
    const start = performance.now()
    units = 0
    for await (const chunk of write()) units += chunk.length
    times.push(performance.now() - start)
    longest.push(turns.longest())
  }
  const ms = median(times)
  const speed = `${format((rows / ms) * 1_000).padStart(9)} rows/s, ${format(units / 1_000 / ms)} MB/s`
  console.log(`${name.padEnd(28)} ${speed}, ${format(median(longest))} ms held at most, ${(wholeMs / ms).toFixed(2)} x`)
}

/** Looks at the clock in every turn of the event loop. */
function watchTurns(): { longest(): number } {
  let [last, longest] = [performance.now(), 0]
  let isOver = false
  const turn = () => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
    if (!isOver) setImmediate(turn)
  }
  setImmediate(turn)
  return {
    longest() {
      isOver = true
      turn()
      return longest
    },
  }
}

function median(times: number[]): number {
  return times.sort((a, b) => a - b)[times.length >> 1]!
}
