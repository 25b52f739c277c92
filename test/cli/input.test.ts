/** What is said of rows that were taken, but look odd. */
import { expect, test } from 'vitest'
import { warningLines } from '../../src/cli/input.ts'

test('a warning is printed once, with its first place and how many rows have it', () => {
  const message = 'metdata: there is no such key. Did you mean "metadata"?'
  const warnings = [
    { index: 0, line: 1, file: 'a.ndjson', message },
    { index: 1, line: 2, file: 'a.ndjson', message: 'other' },
    { index: 2, line: 1, file: 'b.ndjson', message },
    { index: 3, line: 2, file: 'b.ndjson', message },
  ]
  expect(warningLines({ warnings })).toEqual([
    `warning: a.ndjson: line 1: ${message} (and in 2 other rows)`,
    'warning: a.ndjson: line 2: other',
  ])
  expect(
    warningLines({
      warnings: [
        { line: 7, message },
        { line: 8, message },
      ],
    }),
  ).toEqual([`warning: standard input: line 7: ${message} (and in 1 other row)`])
  expect(warningLines({})).toEqual([])
})
