/** `message_count` and `feedback_count`: a row may say them, and then they agree with its lists. */
import { show } from '../base/errors.ts'
import type { Reading } from './copy.ts'
import { STORED_FIELDS } from './fields.ts'
import type { Bag } from './json.ts'

const COUNTED = STORED_FIELDS.flatMap(([list, { count }]) => (count === undefined ? [] : [{ list, count }]))

/** Refuses a row with a count that does not agree: one of a saved page without messages would lose them. */
export function judgeCounts(reading: Reading, row: Bag): void {
  for (const { list, count } of COUNTED) {
    const given = row[count]
    if (given === undefined || given === null) continue
    const items = row[list] ?? []
    // A list that is not one has a fault already.
    if (!Array.isArray(items)) continue
    const { length } = items
    if (given === length) continue
    const came = `${show(given)}, but ${list} ${length === 0 ? 'are missing or empty' : `has ${length}`}`
    const expected = `whole rows, which the API gives with full=true; or ${length}; or leave ${count} out`
    reading.refuse(count, 2, given, came, expected)
  }
}
