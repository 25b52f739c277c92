/** Files that a store follows. The clock is the test's: a look comes when it calls for one. */
import {
  appendFileSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WatchedFiles } from '../../src/cli/serve-watch.ts'
import { ConversationStore } from '../../src/index.ts'

/** Longer than a file that is written to is left alone, however slow the machine. */
const LONG = 600_000

let folder: string
let file: string
let store: ConversationStore
let reports: string[]
let now: number
let changes: number

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'conversation-store-watch-'))
  file = join(folder, 'rows.ndjson')
  store = new ConversationStore()
  reports = []
  now = 0
  changes = 0
})

afterEach(() => rmSync(folder, { recursive: true }))

const row = (id: string, more: object = {}) => ({ conversation_id: id, started_at: '2026-01-05T10:00:00Z', ...more })
const line = (id: string, more: object = {}) => `${JSON.stringify(row(id, more))}\n`
const ids = () => Array.from(store, ({ conversation_id: id }) => id).sort()

async function watched(content: string | Buffer, isLenient = false): Promise<WatchedFiles> {
  writeFileSync(file, content)
  const files = new WatchedFiles(store, [file], isLenient, (text) => reports.push(text.replaceAll(folder, '')))
  await files.load({})
  return files
}

/** Makes sure that the file looks different, whatever the grain of the disk's clock. */
function touched(path = file): void {
  const time = new Date(1_767_607_200_000 + 1_000 * ++changes)
  utimesSync(path, time, time)
}

function write(content: string | Buffer): void {
  writeFileSync(file, content)
  touched()
}

function append(content: string | Buffer): void {
  appendFileSync(file, content)
  touched()
}

/** The file is left alone from here on. */
async function rest(files: WatchedFiles): Promise<void> {
  for (let looks = 0; looks < 3; looks++) await files.look(++now)
}

/** The file is written to before each look, which come soon after each other; at last much time has gone by. */
async function busily(files: WatchedFiles, writeMore: () => void): Promise<void> {
  writeMore()
  await files.look(++now)
  writeMore()
  await files.look(++now)
  writeMore()
  now += LONG
  await files.look(now)
}

describe('a file that is appended to without pause', () => {
  test('is read meanwhile, again and again, and once more when it rests', async () => {
    const files = await watched(line('a'))
    let next = 0
    for (let round = 1; round <= 5; round++) {
      await busily(files, () => append(line(`b${next++}`)))
      expect(store.size).toBe(1 + next)
    }
    append(line('c'))
    await rest(files)
    expect(store.size).toBe(2 + next)
    expect(reports).toEqual([
      ...Array.from({ length: 5 }, () => '/rows.ndjson changed: 3 added, 0 changed, 0 gone.'),
      '/rows.ndjson changed: 1 added, 0 changed, 0 gone.',
    ])
  })

  test('is left alone as long as it may still come to rest', async () => {
    const files = await watched(line('a'))
    for (let i = 0; i < 4; i++) {
      append(line(`b${i}`))
      now += 100
      await files.look(now)
    }
    expect(ids()).toEqual(['a'])
    await rest(files)
    expect(store.size).toBe(5)
  })

  test.each([
    ['half a row', '{"conversation_id":"half","started_'],
    ['half a letter', Buffer.from('{"conversation_id":"ü').subarray(0, -1)],
  ])('with %s at its end: that waits for its line feed', async (_, half) => {
    const files = await watched(line('a'))
    await busily(files, () => append(''))
    append(line('b'))
    await files.look(++now)
    append(half)
    now += LONG
    await files.look(now)
    expect([ids(), reports]).toEqual([['a', 'b'], ['/rows.ndjson changed: 1 added, 0 changed, 0 gone.']])
  })

  test('as gzip: members that are whole are read, one that is not is waited for', async () => {
    const files = await watched(gzipSync(line('a')))
    await busily(files, () => append(gzipSync(line(`b${changes}`))))
    expect(store.size).toBe(4)
    const member = gzipSync(line('z'))
    await busily(files, () => append(member.subarray(0, 9)))
    expect(store.size).toBe(4)
    expect(reports).toEqual(['/rows.ndjson changed: 3 added, 0 changed, 0 gone.'])
  })
})

describe('a file that rests', () => {
  test('with half a row at its end: the others are followed, and it is told', async () => {
    const files = await watched(line('a') + line('gone'))
    write(`${line('a')}${line('b')}{"conversation_id":"half","star`)
    await rest(files)
    expect(ids()).toEqual(['a', 'b'])
    expect(reports).toEqual([
      '/rows.ndjson changed: 1 added, 0 changed, 1 gone; line 3 is not whole yet and is left out.',
    ])
    append('ted_at":"2026-01-05"}\n')
    await rest(files)
    expect(ids()).toEqual(['a', 'b', 'half'])
  })

  test('with half a row at its end from the beginning', async () => {
    const files = await watched(`${line('a')}{"conversation_id":"half",`)
    expect([ids(), reports]).toEqual([['a'], ['/rows.ndjson: line 2 is not whole yet and is left out.']])
    append('"started_at":"2026-01-05"}\n')
    await rest(files)
    expect(ids()).toEqual(['a', 'half'])
  })

  test('with a whole row and no line feed at its end', async () => {
    const files = await watched(line('a'))
    append(JSON.stringify(row('b')))
    await rest(files)
    expect([ids(), reports]).toEqual([['a', 'b'], ['/rows.ndjson changed: 1 added, 0 changed, 0 gone.']])
  })

  test.each([
    ['in the middle', `${line('a')}{"broken\n${line('b')}`, 'Line 2'],
    ['at its end, with a line feed', `${line('a')}{"broken\n`, 'Line 2'],
    ['and nothing else', '{"broken', 'Line 1'],
    ['as a list that is cut off', `[${JSON.stringify(row('a'))},`, ''],
    ['as gzip that is cut off', gzipSync(line('b')).subarray(0, -3), ''],
  ])('with a broken line %s cannot be used, and is told of once', async (_, content, place) => {
    const files = await watched(line('a') + line('old'))
    write(content)
    await rest(files)
    await rest(files)
    expect(ids()).toEqual(['a', 'old'])
    expect(reports.length).toBe(1)
    expect(reports[0]).toMatch(/^\/rows\.ndjson changed and cannot be used; its old rows stay\. /)
    expect(reports[0]).toContain(place)
    expect(reports[0]).not.toContain('\n')
    write(line('new'))
    await rest(files)
    expect(ids()).toEqual(['new'])
  })

  test('with invalid rows that are left out', async () => {
    const files = await watched(line('a'), true)
    write(`{"broken\n${line('a')}${line('bad', { started_at: 'noon' })}${line('b')}{"half`)
    await rest(files)
    expect(ids()).toEqual(['a', 'b'])
    expect(reports[0]).toMatch(/^skipped: .*Line 1/)
    expect(reports[1]).toMatch(/^skipped: .*Line 3.*started_at/)
    expect(reports[2]).toMatch(/1 added, 0 changed, 0 gone; line 5 is not whole yet/)
  })

  test('many invalid rows: 100 are told, the others counted, at each reading', async () => {
    const files = await watched(line('a'), true)
    for (const [count, id] of [
      [250, 'b'],
      [101, 'c'],
    ] as const) {
      reports.length = 0
      write(`${'x\n'.repeat(count)}${line(id)}`)
      await rest(files)
      expect(reports).toHaveLength(102)
      expect(reports[100]).toBe(`skipped: /rows.ndjson: and ${count - 100} more row${count === 101 ? '' : 's'}`)
    }
  })

  test.each<[name: string, change: () => void, expected: string[]]>([
    ['truncated', () => truncateSync(file, statSync(file).size - line('b').length), ['a']],
    ['emptied', () => write(''), []],
    ['rewritten in place', () => write(line('c')), ['c']],
    [
      'replaced, as editors do it',
      () => {
        const other = join(folder, 'other')
        writeFileSync(other, line('a') + line('d'))
        renameSync(other, file)
      },
      ['a', 'd'],
    ],
    ['made gzip', () => write(gzipSync(line('a') + line('e'))), ['a', 'e']],
    ['made a list', () => write(JSON.stringify([row('a'), row('f')], null, 2)), ['a', 'f']],
  ])('and was %s', async (_, change, expected) => {
    const files = await watched(line('a') + line('b'))
    change()
    await rest(files)
    expect(ids()).toEqual(expected)
  })

  test('and was removed keeps its rows, also when it comes back', async () => {
    const files = await watched(line('a'))
    rmSync(file)
    await rest(files)
    expect([ids(), reports.length]).toEqual([['a'], 1])
    expect(reports[0]).toMatch(/cannot be read/)
    write(line('a') + line('b'))
    await rest(files)
    expect(ids()).toEqual(['a', 'b'])
  })

  test('and did not change is not read', async () => {
    const files = await watched(line('a'))
    await rest(files)
    touched()
    await rest(files)
    expect(reports).toEqual([])
  })
})

describe('a file that is replaced without pause', () => {
  test.each<[name: string, replace: (content: string) => void]>([
    ['in place', write],
    [
      'by another file',
      (content) => {
        const other = join(folder, `other-${++changes}`)
        writeFileSync(other, content)
        renameSync(other, file)
      },
    ],
  ])('%s is followed', async (_, replace) => {
    const files = await watched(line('a'))
    let version = 0
    await busily(files, () => replace(line('a') + line(`v${++version}`)))
    expect(ids()).toEqual(['a', `v${version}`])
    await busily(files, () => replace(line(`v${++version}`)))
    expect(ids()).toEqual([`v${version}`])
  })
})
