/** The command, run as a process: its options, its formats, its exit codes, and how it ends. */
import { spawn } from 'node:child_process'
import { closeSync, copyFileSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { PARAMETER_NAMES } from '../../src/query/filters.ts'
import { buildCommand } from '../node/serving.ts'
import { runHere } from './running.ts'

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
    ['a sender', ['--message-sender', 'agent'], [2]],
    ['a string and its sender', ['--message-contains', 'e', '--message-sender', 'agent'], [2]],
    ['a string of another sender', ['--message-contains', 'refund', '--message-sender=agent'], []],
    [
      'one run of an action',
      ['--where', '[{"field":"action","lookup":"matches","value":{"name":"lookup_order","failed":false}}]'],
      [2],
    ],
    ['an order', ['--ordering', 'language,-id'], [2, 1, 3]],
    ['a number of the row', ['--message-count--gte', '1', '--duration--isnull'], [2, 1]],
    ['an order by one', ['--ordering=-message_count,id'], [2, 1, 3]],
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
    const word = join(folder, 'maybe')
    copyFileSync(file, word)
    for (const path of [file, word])
      expect(await run(['query', '--is-marked', path, '--format', 'ids'])).toMatchObject({ stdout: '1\n', code: 0 })
  })

  test('every wire parameter is an option', async () => {
    for (const name of PARAMETER_NAMES) {
      const option = `--${name.replaceAll('_', '-')}`
      expect(HELPED.has(name) || option.lastIndexOf('--') > 0, option).toBe(true)
    }
    const { stdout } = await run(['query', '--help'])
    expect(stdout).toMatch(/--started-at-after <time> .*^Times are in ISO 8601: /ms)
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

describe.concurrent('several values: any of them', () => {
  test.each<[name: string, args: readonly string[], ids: readonly number[]]>([
    ['with commas', ['--device', 'mobile,desktop'], [2, 1]],
    ['the option repeated', ['--device', 'mobile', '--device', 'desktop'], [2, 1]],
    ['both', ['--conversation-id', 'a-1, b-2', '--conversation-id=c-3'], [3, 2, 1]],
    ['white space around them', ['--device', ' mobile , tablet '], [1]],
    ['a comma within a value', ['--customer-id', '"=HYPERLINK(""x"")",c-1'], [2, 1]],
    ['one in quotes', ['--device', '"mobile"'], [1]],
    ['a comma within quotes parts nothing', ['--device', '"mobile,desktop"'], []],
    ['the environment, in either spelling', ['--environment', 'prod,development', '--include-deleted'], []],
    ['an action', ['--action-name--exact', 'x,lookup_order'], [2]],
    ['with another filter: both hold', ['--device', 'mobile,desktop', '--language', 'de,fr'], [2]],
  ])('%s', async (_, args, ids) => {
    const { stdout, stderr, code } = await runHere(['query', file, ...args, '--format', 'ids'])
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
    expect(stdout.split('\n').filter(Boolean).map(Number)).toEqual(ids)
  })

  test.each<[name: string, args: readonly string[], message: RegExp]>([
    ['an empty one', ['--device', 'mobile,'], /--device.*One of its values is empty/],
    ['an empty one between others', ['--device', 'a,,b'], /--device.*One of its values is empty/],
    ['an empty one in quotes', ['--device', 'a,""'], /--device.*One of its values is empty/],
    ['a quote that does not end', ['--device', 'a,"b'], /--device.*double quote/],
    ['something after a quote', ['--device', '"a"b'], /--device.*double quote/],
    ['a misspelt environment', ['--environment', 'prod,prodution'], /--environment: .*"prodution".*"production"/],
    ['a filter that takes one value', ['--name', 'a', '--name', 'b'], /--name.*given twice/],
  ])('%s is an error', async (_, args, message) => {
    await expectBadInput(['query', file, ...args], message)
  })
})

describe.concurrent('how many there are', () => {
  test.each<[args: readonly string[], count: number]>([
    [[], 3],
    [['--device', 'mobile'], 1],
    [['--device', 'none'], 0],
    [['--include-deleted'], 4],
  ])('--count %j', async (args, count) => {
    const outcome = await runHere(['query', file, '--count', ...args])
    expect(outcome).toEqual({ stdout: `${count}\n`, stderr: '', code: 0 })
  })

  test.each(['--all', '--explain', '--page=2', '--page-size=2', '--cursor=x', '--format=json', '--ordering=id'])(
    '--count does not go with %s',
    async (option) => {
      await expectBadInput(['query', file, '--count', option], /--count.*cannot be used with option '--/)
    },
  )

  test.each(['--page=1', '--cursor=x'])('--all does not go with %s', async (option) => {
    await expectBadInput(['query', file, '--all', option], /--all.*cannot be used with option '--/)
  })

  test.each(['table', 'json', 'ndjson', 'csv', 'ids'])('%s says when it shows a page of more', async (format) => {
    const said = async (...args: string[]) => (await runHere(['query', file, '--format', format, ...args])).stderr
    expect(await said('--page-size', '2')).toBe('2 of 3; --all prints all\n')
    expect(await said('--page-size', '2', '--page', '2')).toBe('1 of 3; --all prints all\n')
    expect(await said('--page-size', '3')).toBe('')
    expect(await said('--page-size', '2', '--all')).toBe('')
  })

  test('with thousands apart', async () => {
    const many = join(folder, 'many-rows.ndjson')
    const rows = Array.from({ length: 1_296 }, (_, i) => ({ conversation_id: `m-${i}`, started_at: '2026-01-05' }))
    writeFileSync(many, toNdjson(rows))
    const { stdout, stderr } = await runHere(['query', many])
    expect(stdout).toMatch(/\n1,296 conversations, page 1 of 130\n$/)
    expect(stderr).toBe('10 of 1,296; --all prints all\n')
    expect((await runHere(['query', many, '--page-size', '100', '--format', 'ids'])).stdout.split('\n').length).toBe(
      101,
    )
  })

  test('a single one is singular', async () => {
    const one = join(folder, 'one.ndjson')
    writeFileSync(one, toNdjson(ROWS.slice(0, 1)))
    expect((await runHere(['query', one])).stdout).toMatch(/\n1 conversation, page 1 of 1\n$/)
    expect((await runHere(['stats', one])).stdout).toMatch(/^1 conversation, 0 of them deleted, in 1 segment\n/)
    await expectBadInput(['query', one, '--page', '2'], /\(1 row, 10 a page\)/)
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

  test.each(['csv', 'ndjson', 'ids'])('explain with --format %s is refused: it prints no rows', async (format) => {
    const { stdout, stderr, code } = await run(['query', file, '--explain', '--format', format])
    const says = `error: --explain prints no rows, so --format ${format} does not go with it. Give --format table or --format json.\n`
    expect({ stdout, stderr, code }).toEqual({ stdout: '', stderr: says, code: 2 })
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
    const counts = { values: { device: { mobile: 2, desktop: 1 } }, without: { device: 1 } }
    expect(stats).toMatchObject({ rows: 4, deleted: 1, ...counts })
  })

  test('no value, and values that look like none or like nothing, are told apart', async () => {
    const odd = join(folder, 'odd.ndjson')
    const devices = [null, null, '(none)', ' ', '"(none)"', 'null', 'x ', 'plain']
    const rows = devices.map((device, i) => ({ conversation_id: `o${i}`, started_at: '2026-01-05', device }))
    writeFileSync(odd, toNdjson(rows))
    const { stdout } = await run(['stats', odd])
    const [, section] = /^device .*\n((?:.+\n)*)/m.exec(stdout)!
    const lines = section!
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/ +(?=\d+$)/, ' -> '))
    expect(lines.sort()).toEqual(
      [
        '(none) -> 2',
        '"(none)" -> 1',
        '" " -> 1',
        '"\\"(none)\\"" -> 1',
        'null -> 1',
        '"x " -> 1',
        'plain -> 1',
      ].sort(),
    )
    const { values, without } = JSON.parse((await run(['stats', odd, '--format', 'json'])).stdout)
    expect(values.device).toEqual({ '(none)': 1, ' ': 1, '"(none)"': 1, null: 1, 'x ': 1, plain: 1 })
    expect(without.device).toBe(2)
  })
})

describe.concurrent('bad input is one line and exit code 2', () => {
  test.each<[name: string, args: readonly string[], message: RegExp]>([
    ['an unknown option', ['query', '--devise', 'mobile'], /unknown option '--devise'\. Did you mean --device\?/],
    ['an unknown lookup', ['query', '--device--icontain', 'm'], /Did you mean --device--icontains\?/],
    ['an unknown command', ['quary'], /unknown command 'quary'\. Did you mean query\?/],
    ['no command', [], /query, stats, build, inspect, import, explore, pull, verify or serve/],
    ['an unknown format', ['query', '--format', 'xml'], /table, json, ndjson, csv, ids/],
    ['no value', ['query', '--device'], /--device <value,...>' argument missing/],
    ['an empty value', ['query', '--device', ''], /--device.*empty/],
    ['an option twice', ['query', '--name', 'a', '--name', 'b'], /--name.*twice, and takes one value/],
    [
      'no time',
      ['query', '--started-at-after', 'yesterday'],
      /: expected a time in ISO 8601 \(2026-01-31T09:30:00Z\), got "yesterday"/,
    ],
    [
      'no choice',
      ['query', '--feedback-sentiment', 'meh'],
      /--feedback-sentiment: .*positive, neutral, negative.*"meh"/,
    ],
    ['no sender', ['query', '--message-sender', 'agnt'], /--message-sender: .*end_user, agent.*Did you mean "agent"/],
    ['no yes or no', ['query', '--is-marked=perhaps'], /--is-marked: expected true or false, got "perhaps"/],
    [
      'no yes or no after a blank',
      ['query', '--is-marked', 'maybe'],
      /--is-marked: expected true or false, got "maybe"/,
    ],
    ['none in another language', ['query', '--has-messages', 'ναι', '--count'], /--has-messages: .*, got "ναι"/],
    [
      'several at once',
      ['query', '--feedback-sentiment', 'meh', '--ended-at--lt', 'soon'],
      /^error: (?=.*meh)(?=.*soon)/,
    ],
    ['an unknown order', ['query', '--ordering', 'strated_at'], /--ordering: .*strated_at/],
    ['no page size', ['query', '--page-size', '0'], /--page-size: .*"0"/],
    ['no page size in digits', ['query', '--page-size', '0x2'], /--page-size: .*"0x2"/],
    ['too large a page', ['query', '--page-size', '101'], /--page-size: .*from 1 to 100 \(--all prints all rows\)/],
    ['a much too large page', ['query', '--page-size', '1000'], /--page-size: .*--all.*"1000"/],
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
    const missing = join(folder, 'none.ndjson')
    const line = /^error: .*none\.ndjson: The file cannot be read: no such file or directory\.\n$/
    await expectBadInput(['query', missing], line)
    await expectBadInput(['query', '--is-marked', missing], line)
    await expectBadInput(['query', mkdtempSync(join(folder, 'empty-'))], /: there is no file in it\.\n$/)
    await expectBadInput(
      ['serve', '--save', join(missing, 'a')],
      /: it cannot be opened: no such file or directory\.\n$/,
    )
  })

  test('a row that is none, with its line; or left out', async () => {
    const bad = join(folder, 'bad.ndjson')
    writeFileSync(bad, `${toNdjson(ROWS.slice(0, 1))}{"conversation_id":"x","started_at":"soon"}\n`)
    await expectBadInput(['query', bad], /bad\.ndjson: Line 2: .*started_at/)
    const { stdout, stderr, code } = await run(['query', bad, '--skip-invalid', '--format', 'ids'])
    expect({ stdout, code }).toEqual({ stdout: '1\n', code: 0 })
    expect(stderr).toMatch(/^skipped: .*bad\.ndjson: line 2: .*started_at.*\n$/)
  })

  test('many of them: 100 are told, the others counted, in little memory', async () => {
    const bad = join(folder, 'all-bad.ndjson')
    writeFileSync(bad, `${'x\n'.repeat(300_000)}${toNdjson(ROWS.slice(0, 1))}`)
    const { stdout, stderr, code } = await run(['query', bad, '--skip-invalid', '--format', 'ids'], '', {}, [
      // Their errors take several times as much.
      '--max-old-space-size=64',
    ])
    expect({ stdout, code }).toEqual({ stdout: '1\n', code: 0 })
    const lines = stderr.trimEnd().split('\n')
    expect(lines).toHaveLength(101)
    expect(lines[99]).toMatch(/^skipped: .*all-bad\.ndjson: line 100: /)
    expect(lines[100]).toBe('skipped: and 299,900 more rows')
  })

  test('many warnings: the others are counted', async () => {
    const odd = join(folder, 'odd.ndjson')
    const rows = Array.from({ length: 250 }, (_, i) => ({
      conversation_id: `o${i}`,
      started_at: '2026-01-05',
      devise: 'x',
    }))
    writeFileSync(odd, toNdjson(rows))
    const { stderr, code } = await run(['query', odd, '--count'])
    expect(code).toBe(0)
    expect(stderr).toMatch(/^warning: .*line 1: .*devise.* \(and in 99 other rows\)\nwarning: and 150 more warnings\n$/)
  })

  test('a wrapped list and UTF-32 are named', async () => {
    const wrapped = join(folder, 'wrapped.json')
    writeFileSync(wrapped, JSON.stringify({ data: ROWS }))
    const { stderr, code } = await run(['query', wrapped])
    expect(code).toBe(2)
    expect(stderr).toMatch(
      /^error: .*wrapped\.json: Line 1 .*has a list of conversations, "data"\. .* jq '\.\["data"\]' FILE\.\n$/,
    )
    const wide = join(folder, 'wide.json')
    writeFileSync(wide, Uint8Array.from([...'[]'].flatMap((char) => [char.charCodeAt(0), 0, 0, 0])))
    await expectBadInput(['query', wide], /wide\.json: The source is UTF-32\. .*iconv/)
  })
})

test('help has an example of each command', async () => {
  expect((await run(['--help'])).stdout).toMatch(/\$ conversation-store query .*\n.*\$ conversation-store stats /)
  for (const command of ['query', 'stats', 'build', 'inspect', 'serve']) {
    const { stdout, code } = await run([command, '--help'])
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
    expect(code).toBe(0)
    expect(stdout).toContain(`$ conversation-store ${command} `)
  }
})

test('version', async () => {
  expect(await run(['--version'])).toMatchObject({ stdout: `${manifest.version}\n`, code: 0 })
})

describe.concurrent('output that cannot be written is one line, and no stack', () => {
  test.each<[args: readonly string[]]>([
    ...['table', 'json', 'ndjson', 'csv', 'ids'].map((format): [readonly string[]] => [['query', '--format', format]]),
    [['query', '--all']],
    [['query', '--count']],
    [['query', '--explain']],
    [['stats']],
    [['stats', '--format', 'json']],
    [['serve', '--port', '0']],
    [['--help']],
    [['query', '--help']],
    [['--version']],
  ])('a full disk: %j', async (args) => {
    const files = args[0] === 'query' || args[0] === 'stats' ? [file] : []
    const { stderr, code } = await run([...args, ...(args.includes('--help') ? [] : files)], '', { to: '/dev/full' })
    const told = stderr.replaceAll(/^Reading: .*\n/gm, '')
    expect([told, code]).toEqual(['error: standard output cannot be written: no space left on device.\n', 1])
  })

  test('a full disk under standard error changes nothing', async () => {
    expect(
      await run(['query', file, '--page-size', '1', '--format', 'ids'], '', { errorsTo: '/dev/full' }),
    ).toMatchObject({
      stdout: '3\n',
      code: 0,
    })
    expect(await run(['query', 'none.ndjson'], '', { errorsTo: '/dev/full' })).toMatchObject({ stdout: '', code: 2 })
  })

  test('both full', async () => {
    const full = { to: '/dev/full', errorsTo: '/dev/full' }
    expect(await run(['query', file], '', full)).toEqual({ stdout: '', stderr: '', code: 1 })
  })

  test.each(['table', 'json', 'ndjson', 'csv'])('a reader of %s that stops early ends it quietly', async (format) => {
    const many = join(folder, `long-${format}.ndjson`)
    const rows = Array.from({ length: 5_000 }, (_, i) => ({
      ...ROWS[0],
      id: i + 1,
      conversation_id: `m-${i}`,
      name: 'x'.repeat(500),
    }))
    writeFileSync(many, toNdjson(rows))
    const child = spawn(process.execPath, [command, 'query', many, '--all', '--format', format])
    let stderr = ''
    child.stderr.on('data', (data) => {
      stderr += data
    })
    child.stdout.once('data', () => child.stdout.destroy())
    const code = await new Promise((resolve) => child.once('close', resolve))
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })
})

test('standard input that is a directory', async () => {
  const { stderr, code } = await run(['query'], '', { from: folder })
  expect([stderr, code]).toEqual(['error: standard input is a directory.\n', 2])
})

/** The parameters that the help shows one by one: all but FIELD`__`LOOKUP. */
const HELPED: ReadonlySet<string> = new Set(
  PARAMETER_NAMES.filter((name) => !name.includes('__') || name === 'action_name__exact'),
)

async function expectBadInput(args: readonly string[], message: RegExp): Promise<void> {
  const { stdout, stderr, code } = await runHere(args)
  expect({ stdout, code }).toEqual({ stdout: '', code: 2 })
  expect(stderr).toMatch(/^error: [^\n]+\n$/)
  expect(stderr).toMatch(message)
}

interface Outcome {
  readonly stdout: string
  readonly stderr: string
  readonly code: number | null
}

/** Where the streams of a command lead, besides to the test. */
interface Redirections {
  readonly from?: string
  readonly to?: string
  readonly errorsTo?: string
}

function run(
  args: readonly string[],
  input = '',
  { from, to, errorsTo }: Redirections = {},
  flags: readonly string[] = [],
): Promise<Outcome> {
  const stdio = [
    from === undefined ? ('pipe' as const) : openSync(from, 'r'),
    to === undefined ? ('pipe' as const) : openSync(to, 'w'),
    errorsTo === undefined ? ('pipe' as const) : openSync(errorsTo, 'w'),
  ]
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...flags, command, ...args], { stdio })
    for (const stream of stdio) if (typeof stream === 'number') closeSync(stream)
    let [stdout, stderr] = ['', '']
    child.stdout?.setEncoding('utf8').on('data', (data) => {
      stdout += data
    })
    child.stderr?.setEncoding('utf8').on('data', (data) => {
      stderr += data
    })
    child.once('close', (code) => resolve({ stdout, stderr, code }))
    child.stdin?.on('error', () => {})
    child.stdin?.end(input)
  })
}

function toNdjson(rows: readonly object[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('')
}
