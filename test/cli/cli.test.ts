/** The command, run as a process: its options, its formats, its exit codes, and how it ends. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { PARAMETER_NAMES } from '../../src/query/filters.ts'
import { buildCommand } from '../node/serving.ts'

const ROWS = [
  {
    id: 1,
    conversation_id: 'a-1',
    started_at: '2024-01-01T10:00:00Z',
    device: 'mobile',
    language: 'en',
    customer_id: 'c-1',
    is_marked: true,
    name: 'Refund, please',
    metadata: { plan: 'pro', note: 'a,b:c' },
    messages: [{ sender: 'end_user', content: 'I want a REFUND' }],
    feedbacks: [{ sentiment: 'negative', source: 'customer' }],
  },
  {
    id: 2,
    conversation_id: 'b-2',
    started_at: '2024-01-02T10:00:00Z',
    device: 'desktop',
    language: 'de',
    customer_id: '=HYPERLINK("x")',
    name: 'Say "hi"\nthere',
    metadata: { plan: 'free' },
    messages: [
      { sender: 'end_user', content: 'Wo ist meine Bestellung?' },
      { sender: 'agent', content: 'Action lookup_order performed', action_name: 'lookup_order' },
    ],
  },
  { id: 3, conversation_id: 'c-3', started_at: '2024-01-03T10:00:00Z', customer_id: '-5', name: '北京烤鸭' },
  { id: 4, conversation_id: 'd-4', started_at: '2024-01-04T10:00:00Z', is_deleted: true, device: 'mobile' },
]

let command: string
let folder: string
let file: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'conversation-store-cli-'))
  file = join(folder, 'rows.ndjson')
  writeFileSync(file, toNdjson(ROWS))
  command = await buildCommand('cli-test')
})

afterAll(() => {
  for (const path of [folder, command]) rmSync(path, { recursive: true, force: true })
})

describe.concurrent('query', () => {
  test.each<[name: string, args: readonly string[], ids: readonly number[]]>([
    ['nothing: all that are not deleted, newest first', [], [3, 2, 1]],
    ['a value', ['--device', 'mobile'], [1]],
    ['a value after an equals sign', ['--device=desktop'], [2]],
    ['a text, ignoring case', ['--message-contains', 'refund'], [1]],
    ['a yes-or-no option without a value', ['--is-marked'], [1]],
    ['a yes-or-no option with one', ['--is-marked', 'false'], [3, 2]],
    ['deleted rows too', ['--include-deleted'], [4, 3, 2, 1]],
    [
      'both ends of a range',
      ['--started-at-after', '2024-01-01T10:00Z', '--started-at-before', '2024-01-02T10:00Z'],
      [2, 1],
    ],
    ['metadata', ['--metadata', 'plan:pro'], [1]],
    ['metadata twice: both hold', ['--metadata', 'plan:pro', '--metadata', 'plan:free'], []],
    ['a metadata value with a comma', ['--metadata-key', 'note', '--metadata-value', 'a,b:c'], [1]],
    ['the equal action', ['--action-name--exact', 'lookup_order'], [2]],
    ['a lookup of a field', ['--customer-id--istartswith', 'C-'], [1]],
    ['a list', ['--device--in', 'mobile,desktop'], [2, 1]],
    ['an option written as in a URL', ['--message_contains', 'refund', '--customer_id__exact', 'c-1'], [1]],
    [
      'the parameter of conditions',
      ['--where', '[{"not":[{"field":"device","lookup":"isnull","value":true}]}]'],
      [2, 1],
    ],
    ['an order', ['--ordering', 'language,-id'], [2, 1, 3]],
    ['an empty text that a person types', ['--message-contains', ''], [3, 2, 1]],
  ])('%s', async (_, args, ids) => {
    const { stdout, stderr, code } = await run(['query', file, ...args, '--format', 'ids'])
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
    expect(stdout.split('\n').filter(Boolean).map(Number)).toEqual(ids)
  })

  test('a value that looks like an option is a value', async () => {
    const dashes = join(folder, 'dashes.ndjson')
    const rows = ['use --dry_run', 'use --dry-run', '--is-marked'].map((content, i) => ({
      conversation_id: `d${i}`,
      started_at: '2024-01-01',
      messages: [{ sender: 'agent', content }],
    }))
    writeFileSync(dashes, toNdjson(rows))
    for (const [value, id] of [
      ['--dry_run', '1'],
      ['--dry-run', '2'],
      ['--is-marked', '3'],
    ] as const) {
      const args = ['query', dashes, '--message-contains', value, '--format', 'ids']
      expect(await run(args)).toMatchObject({ stdout: `${id}\n`, code: 0 })
    }
  })

  test('a yes-or-no option does not take the file after it', async () => {
    expect(await run(['query', '--is-marked', file, '--format', 'ids'])).toMatchObject({ stdout: '1\n', code: 0 })
  })

  test('every wire parameter is an option', async () => {
    for (const name of PARAMETER_NAMES) {
      const option = `--${name.replaceAll('_', '-')}`
      expect(HELPED.has(name) || option.lastIndexOf('--') > 0, option).toBe(true)
    }
    const { stdout } = await run(['query', '--help'])
    for (const name of HELPED) expect(stdout).toMatch(new RegExp(`^  --${name.replaceAll('_', '-')} <`, 'm'))
  })

  test('several files, gzipped or not, one after another', async () => {
    const zipped = join(folder, 'more.ndjson.gz')
    writeFileSync(zipped, gzipSync(toNdjson([{ id: 9, conversation_id: 'z', started_at: '2025-01-01' }])))
    expect(await run(['query', file, zipped, '--format', 'ids'])).toMatchObject({ stdout: '9\n3\n2\n1\n', code: 0 })
  })

  test.each([[['query', '--format', 'ids']], [['query', '-', '--format', 'ids']]])(
    'standard input: %j',
    async (args) => {
      expect(await run(args, toNdjson(ROWS))).toMatchObject({ stdout: '3\n2\n1\n', code: 0 })
    },
  )

  test('pages, and all of them', async () => {
    const page = await run(['query', file, '--page-size', '2', '--page', '2', '--format', 'ids'])
    expect(page.stdout).toBe('1\n')
    expect((await run(['query', file, '--page-size', '2', '--page', 'last', '--format', 'ids'])).stdout).toBe('1\n')
    expect((await run(['query', file, '--page-size', '2', '--all', '--format', 'ids'])).stdout).toBe('3\n2\n1\n')
  })
})

describe.concurrent('formats', () => {
  test('json: the envelope', async () => {
    const { stdout } = await run(['query', file, '--page-size', '2', '--format', 'json'])
    const envelope = JSON.parse(stdout)
    expect(envelope).toMatchObject({ count: 3, page_size: 2, total_pages: 2, current_page: 1, previous: null })
    expect(envelope.results.map(({ id }: { id: number }) => id)).toEqual([3, 2])
  })

  test('json of all: the count and the rows', async () => {
    const { count, results } = JSON.parse((await run(['query', file, '--all', '--format', 'json'])).stdout)
    expect([count, results.length]).toEqual([3, 3])
  })

  test('ndjson: what goes out can be loaded again', async () => {
    const { stdout } = await run(['query', file, '--all', '--format', 'ndjson'])
    const again = await run(['query', '--all', '--format', 'ndjson'], stdout)
    expect(again.stdout).toBe(stdout)
    expect(stdout.trimEnd().split('\n').length).toBe(3)
  })

  test('csv: quoted by RFC 4180, and no cell is a formula', async () => {
    const { stdout } = await run(['query', file, '--all', '--format', 'csv'])
    const [titles, third, ...others] = stdout.split('\r\n')
    expect(titles).toMatch(/^id,conversation_id,name,customer_id,/)
    // A negative number is a number.
    expect(third).toMatch(/^3,c-3,北京烤鸭,-5,/)
    expect(others.join('\r\n')).toContain('2,b-2,"Say ""hi""\nthere","\'=HYPERLINK(""x"")",')
    expect(stdout.endsWith('\r\n')).toBe(true)
  })

  test('table: a row a line, in columns that wide letters do not shift', async () => {
    const { stdout } = await run(['query', file])
    const lines = stdout.split('\n')
    expect(lines[0]).toMatch(/^id {2}conversation {2}started/)
    expect(lines[2]).toContain('Say "hi" there')
    expect(stdout).toMatch(/\n3 conversations, page 1 of 1\n$/)
  })

  test('table of lean rows', async () => {
    const { stdout } = await run(['query', file, '--full', 'false', '--device', 'desktop'])
    expect(stdout).toMatch(/ 2 +Say "hi" there\n/)
  })

  test('explain: the plan, as text and as JSON', async () => {
    const text = await run(['query', file, '--device', 'mobile', '--explain'])
    expect(text.stdout).toMatch(/device exact "mobile"/)
    const { count, steps } = JSON.parse(
      (await run(['query', file, '--device', 'mobile', '--explain', '--format', 'json'])).stdout,
    )
    expect([count, steps.length]).toEqual([1, 1])
  })
})

describe.concurrent('stats', () => {
  test('table', async () => {
    const { stdout, code } = await run(['stats', file])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^4 conversations, 1 of them deleted/)
    expect(stdout).toMatch(/mobile +2\n/)
    expect(stdout).toMatch(/plan +string +2\n/)
  })

  test('json', async () => {
    const nulls = join(folder, 'nulls.ndjson')
    const bare = { started_at: '2024-01-01', feedbacks: null, messages: null }
    const customers = ['7', '12', '12'].map((customer_id, i) => ({ ...bare, conversation_id: `n${i}`, customer_id }))
    writeFileSync(nulls, toNdjson(customers))
    expect((await run(['stats', nulls])).stdout).toMatch(/customer_id.*\n.*12 .*2\n.*7 .*1\n/)
    const stats = JSON.parse((await run(['stats', file, '--format', 'json'])).stdout)
    expect(stats).toMatchObject({ rows: 4, deleted: 1, values: { device: { mobile: 2, desktop: 1 } } })
  })
})

describe.concurrent('bad input is one line and exit code 2', () => {
  test.each<[name: string, args: readonly string[], message: RegExp]>([
    ['an unknown option', ['query', '--devise', 'mobile'], /unknown option '--devise'\. Did you mean --device\?/],
    ['an unknown lookup', ['query', '--device--icontain', 'm'], /Did you mean --device--icontains\?/],
    ['an unknown command', ['quary'], /unknown command 'quary'\. Did you mean query\?/],
    ['no command', [], /query, stats or serve/],
    ['an unknown format', ['query', '--format', 'xml'], /table, json, ndjson, csv, ids/],
    ['no value', ['query', '--device'], /--device <value,...>' argument missing/],
    ['an empty value', ['query', '--device', ''], /--device.*empty/],
    ['an option twice', ['query', '--name', 'a', '--name', 'b'], /--name.*twice, and takes one value/],
    ['no time', ['query', '--started-at-after', 'yesterday'], /^error: --started-at-after: .*"yesterday"/],
    [
      'no choice',
      ['query', '--feedback-sentiment', 'meh'],
      /--feedback-sentiment: .*positive, neutral, negative.*"meh"/,
    ],
    ['no yes or no', ['query', '--is-marked=perhaps'], /--is-marked: .*"perhaps"/],
    [
      'several at once',
      ['query', '--feedback-sentiment', 'meh', '--ended-at--lt', 'soon'],
      /^error: (?=.*meh)(?=.*soon)/,
    ],
    ['an unknown order', ['query', '--ordering', 'strated_at'], /--ordering: .*strated_at/],
    ['no page size', ['query', '--page-size', '0'], /--page-size: .*"0"/],
    ['no page size in digits', ['query', '--page-size', '0x2'], /--page-size: .*"0x2"/],
    ['half of a pair', ['query', '--metadata-key', 'plan'], /--metadata-value is missing/],
    ['its other half', ['query', '--metadata-value', 'pro'], /--metadata-key is missing/],
    ['a list of nothing', ['query', '--device--in', ','], /--device--in.*It is empty/],
    ['no page', ['query', '--page', 'abc'], /--page: .*"abc"/],
    ['conditions that are no JSON', ['query', '--where', '{'], /--where: /],
    ['input twice', ['query', '-', 'rows.ndjson'], /standard input/],
  ])('%s', async (_, args, message) => {
    await expectBadInput(args, message)
  })

  test('a cursor goes on where its page ended, and is no cursor of another query', async () => {
    const first = JSON.parse((await run(['query', file, '--page-size', '1', '--format', 'json'])).stdout)
    const after = ['query', file, '--page-size', '1', '--format', 'ids', '--cursor', first.next_cursor]
    expect(await run(after)).toMatchObject({ stdout: '2\n', code: 0 })
    await expectBadInput([...after, '--device', 'mobile'], /--cursor: .* of a query with other filters/)
  })

  test('a page past the end', async () => {
    await expectBadInput(['query', file, '--page', '7'], /Page 7 /)
  })

  test('a file that is none', async () => {
    await expectBadInput(['query', join(folder, 'none.ndjson')], /none\.ndjson/)
  })

  test('a row that is none, with its line; or left out', async () => {
    const bad = join(folder, 'bad.ndjson')
    writeFileSync(bad, `${toNdjson(ROWS.slice(0, 1))}{"conversation_id":"x","started_at":"soon"}\n`)
    await expectBadInput(['query', bad], /bad\.ndjson: Line 2: .*started_at/)
    const { stdout, stderr, code } = await run(['query', bad, '--skip-invalid', '--format', 'ids'])
    expect({ stdout, code }).toEqual({ stdout: '1\n', code: 0 })
    expect(stderr).toMatch(/^skipped: .*bad\.ndjson: line 2: .*started_at.*\n$/)
  })
})

test('help has an example of each command', async () => {
  expect((await run(['--help'])).stdout).toMatch(/\$ conversation-store query .*\n.*\$ conversation-store stats /)
  for (const command of ['query', 'stats']) {
    const { stdout, code } = await run([command, '--help'])
    expect(code).toBe(0)
    expect(stdout).toContain(`$ conversation-store ${command} `)
  }
})

test('version', async () => {
  expect(await run(['--version'])).toMatchObject({ stdout: `${manifest.version}\n`, code: 0 })
})

test('a reader that stops early ends it quietly', async () => {
  const many = join(folder, 'many.ndjson')
  const rows = Array.from({ length: 5_000 }, (_, i) => ({
    ...ROWS[0],
    id: i + 1,
    conversation_id: `m-${i}`,
    name: 'x'.repeat(500),
  }))
  writeFileSync(many, toNdjson(rows))
  const child = spawn(process.execPath, [command, 'query', many, '--all', '--format', 'ndjson'])
  let stderr = ''
  child.stderr.on('data', (data) => {
    stderr += data
  })
  child.stdout.once('data', () => child.stdout.destroy())
  const code = await new Promise((resolve) => child.once('close', resolve))
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
})

/** The parameters that the help shows one by one: all but FIELD`__`LOOKUP. */
const HELPED: ReadonlySet<string> = new Set(
  PARAMETER_NAMES.filter((name) => !name.includes('__') || name === 'action_name__exact'),
)

async function expectBadInput(args: readonly string[], message: RegExp): Promise<void> {
  const { stdout, stderr, code } = await run(args)
  expect({ stdout, code }).toEqual({ stdout: '', code: 2 })
  expect(stderr).toMatch(/^error: [^\n]+\n$/)
  expect(stderr).toMatch(message)
}

interface Outcome {
  readonly stdout: string
  readonly stderr: string
  readonly code: number | null
}

function run(args: readonly string[], input = ''): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [command, ...args])
    let [stdout, stderr] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (data) => {
      stdout += data
    })
    child.stderr.setEncoding('utf8').on('data', (data) => {
      stderr += data
    })
    child.once('close', (code) => resolve({ stdout, stderr, code }))
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}

function toNdjson(rows: readonly object[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('')
}
