/** W17 over typed columns: a pass that counts and adds, one that puts the numbers of a group side by side, and a look at each. */
import type { Group, Row, Value } from '../ask.ts'
import { dayOf, numberAt } from '../entry.ts'
import type { Column } from './columns.ts'

const DAY = 86_400_000
/** Sorting so many numbers or fewer costs more than looking for the greatest, the second and so on. */
const FEW = 256

/** The numbers of rows by path, and their days, by slot. */
export class ColumnSums {
  /** Days since 1970. */
  #days = new Int32Array(0)
  readonly #numbers = new Map<string, Float64Array>()

  /** Takes the rows in, which are in the order of time. */
  build(docs: readonly Row[], started: Float64Array, numbers: readonly (readonly string[])[]): void {
    this.#days = Int32Array.from(started, (each) => dayOf(each) / DAY)
    for (const path of numbers) {
      this.#numbers.set(
        JSON.stringify(path),
        Float64Array.from(docs, (row) => numberAt(row, path) ?? Number.NaN),
      )
    }
  }

  /** The groups of the first `count` slots, which ascend. */
  of(slots: Uint32Array, count: number, number: readonly string[], { codes, dictionary }: Column): Group[] {
    if (count === 0) return []
    const days = this.#days
    const numbers = this.#numbers.get(JSON.stringify(number))!
    const first = days[slots[0]!]!
    const values: Value[] = [...dictionary.keys()]
    const width = values.length + 1
    const size = (days[slots[count - 1]!]! - first + 1) * width
    const groups = new Uint32Array(count)
    const rows = new Uint32Array(size)
    const sums = new Float64Array(size)
    for (let i = 0; i < count; i++) {
      const slot = slots[i]!
      const value = numbers[slot]!
      // The groups of code 0 hold what has no value or no number.
      const group = (days[slot]! - first) * width + (Number.isNaN(value) ? 0 : codes[slot]!)
      groups[i] = group
      rows[group]!++
      sums[group]! += value
    }
    const ends = new Uint32Array(size)
    for (let group = 1; group < size; group++) ends[group] = ends[group - 1]! + rows[group - 1]!
    const grouped = new Float64Array(count)
    for (let i = 0; i < count; i++) grouped[ends[groups[i]!]!++] = numbers[slots[i]!]!
    const found: Group[] = []
    for (let group = 0; group < size; group++) {
      const [having, code] = [rows[group]!, group % width]
      if (having === 0 || code === 0) continue
      const day = (first + (group - code) / width) * DAY
      const p95 = ranked(grouped, ends[group]! - having, ends[group]!, Math.ceil(0.95 * having))
      found.push([values[code - 1]!, day, having, sums[group]!, p95])
    }
    return found
  }
}

/** The number of that rank, from 1, of those from `from` to `to`, which change their places. */
function ranked(numbers: Float64Array, from: number, to: number, rank: number): number {
  if (to - from > FEW) return numbers.subarray(from, to).sort()[rank - 1]!
  for (let end = to; ; end--) {
    let greatest = from
    for (let i = from + 1; i < end; i++) if (numbers[i]! > numbers[greatest]!) greatest = i
    const number = numbers[greatest]!
    if (end === from + rank) return number
    numbers[greatest] = numbers[end - 1]!
  }
}
