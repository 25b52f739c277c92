/** `query --aggregate`: numbers as a table, JSON and CSV, and what is refused. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runHere } from './running.ts'

const ROWS = [
  { conversation_id: 'a', started_at: '2026-01-05T09:00:00Z', device: 'mobile', metadata: { tokens: 1200 } },
  { conversation_id: 'b', started_at: '2026-01-05T10:00:00Z', device: 'mobile', metadata: { tokens: 0.1 } },
  { conversation_id: 'c', started_at: '2026-01-06T10:00:00Z', device: '=1+1\u009b31m', metadata: { tokens: 0.2 } },
  { conversation_id: 'd', started_at: '2026-01-06T10:00:00Z', device: '(none)' },
  { conversation_id: 'e', started_at: '2026-01-06T10:00:00Z' },
]

let folder: string
let file: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'conversation-store-aggregate-'))
  file = join(folder, 'rows.ndjson')
  writeFileSync(file, ROWS.map((row) => `${JSON.stringify(row)}\n`).join(''))
})
afterAll(() => rmSync(folder, { recursive: true }))

const asked = (...args: string[]) => runHere(['query', file, '--aggregate', 'sum metadata.tokens', ...args])

describe('a table', () => {
  test('by a field, null and a string that looks like it apart', async () => {
    const { stdout, stderr, code } = await asked('--aggregate', 'count', '--by', 'device')
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
    expect(stdout.split('\n')).toEqual([
      'device         sum metadata.tokens  count',
      'mobile                     1,200.1      2',
      '=1+1\\u009b31m                  0.2      1',
      '"(none)"                         -      1',
      '(none)                           -      1',
      '',
    ])
  })

  test('with bars on a terminal, without where they do not fit or there is one group', async () => {
    const by = ['query', file, '--aggregate', 'count', '--by', 'device']
    const wide = await runHere(by, 60)
    expect(wide.stdout.split('\n').slice(0, 3)).toEqual([
      'device         count',
      `mobile             2  ${'█'.repeat(24)}`,
      `"(none)"           1  ${'█'.repeat(12)}`,
    ])
    expect((await runHere(by, 30)).stdout).not.toContain('█')
    expect((await runHere(by.slice(0, -2), 60)).stdout).toBe('count\n    5\n')
  })

  test('by day, in a zone; filters hold; the first so many groups', async () => {
    const days = await asked('--every', 'day', '--time-zone', 'Europe/Berlin', '--limit', '1')
    expect(days.stdout).toBe('from                  sum metadata.tokens\n2026-01-04T23:00:00Z              1,200.1\n')
    expect((await asked('--device', 'tablet', '--by', 'device')).stdout).toBe('no conversations\n')
  })
})

test('JSON is what query.aggregate gives', async () => {
  const { stdout } = await asked('--by', 'metadata.tokens,device', '--limit', '1', '--format', 'json')
  expect(JSON.parse(stdout)).toEqual([
    { key: { 'metadata.tokens': 1200, device: 'mobile' }, 'sum metadata.tokens': 1200 },
  ])
})

test('CSV runs no formula', async () => {
  const { stdout } = await asked('--by', 'device', '--format', 'csv')
  expect(stdout.split('\r\n').slice(0, 3)).toEqual([
    'device,sum metadata.tokens',
    'mobile,1200.1',
    `"'=1+1\u009b31m",0.2`,
  ])
})

test.each([
  [['--format', 'ids'], '--aggregate is printed as one of table, json, csv, not as ids.'],
  [['--by', 'devise'], 'There is no field "devise". Did you mean "device"?'],
  [['--aggregate', 'sun metadata.tokens'], 'There is no function "sun". Did you mean "sum"?'],
  [['--limit', 'x'], '--limit: expected a whole number from 1, got "x".'],
  [['--every', 'dya'], '--every: expected one of hour, day, week, month, got "dya". Did you mean "day"?'],
  [['--time-zone', 'UTC'], '--time-zone: expected a time zone beside every, or neither, got "UTC".'],
  [['--page', '2'], "option '--aggregate <function field>' cannot be used with option '--page <value>'"],
])('%j is refused before a file is read', async (args, text) => {
  const { stdout, stderr, code } = await runHere(['query', 'no such file', '--aggregate', 'count', ...args])
  expect({ stdout, code }).toEqual({ stdout: '', code: 2 })
  expect(stderr).toContain(text)
})

test('options of --aggregate alone are refused', async () => {
  const { stderr, code } = await runHere(['query', file, '--by', 'device'])
  expect({ stderr, code }).toEqual({
    stderr: "error: --by is of --aggregate: --aggregate 'sum metadata.tokens.total'.\n",
    code: 2,
  })
})
