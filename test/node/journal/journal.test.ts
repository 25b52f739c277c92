/** The journal on real files. What a crash of the machine leaves is in crash.property.test.ts. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { crc32 } from '../../../src/base/crc32.ts'
import { type FileLayer, realFiles } from '../../../src/node/journal/files.ts'
import { type Journal, JournalError } from '../../../src/node/journal/index.ts'
import { openJournal, openWith } from '../../../src/node/journal/open.ts'
import type { JournaledState, JournalParts } from '../../../src/node/journal/types.ts'
import { SLICE } from '../../../src/node/journal/writer.ts'

interface Named {
  readonly name: string
}

let folder: string
let path: string
let names: string[]
let reports: string[]

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'journal-')))
  path = join(folder, 'state.journal')
  reports = []
})

afterEach(() => {
  rmSync(folder, { recursive: true })
})

type Parts = Partial<JournalParts<Named> & JournaledState<Named>>

function open({ apply, snapshot, ...parts }: Parts = {}, file = path): Promise<Journal<Named>> {
  names = []
  return openWith<Named>(file, {
    state: {
      apply: apply ?? (({ name }) => void names.push(name)),
      snapshot: snapshot ?? (() => names.slice().map((name) => ({ name }))),
    },
    files: realFiles,
    slice: SLICE,
    onReport: (text) => void reports.push(text),
    ...parts,
  })
}

/** Appends one event a write. */
async function record(journal: Journal<Named>, ...given: string[]): Promise<void> {
  for (const name of given) {
    names.push(name)
    await journal.append([{ name }])
  }
}

/** A journal that was closed: `seed` names at its beginning, then one write for each of `given`. */
async function recorded(given: readonly string[], seed: readonly string[] = []): Promise<void> {
  const journal = await open({ seed: () => void names.push(...seed) })
  await record(journal, ...given)
  await journal.close()
}

/** Without the command that locks, which costs more than all the rest. */
const unlocked: FileLayer = { ...realFiles, lock: async () => async () => {} }

async function reopened(options: Parts = {}): Promise<string[]> {
  await (await open(options)).close()
  return names
}

async function errorOf(promise: Promise<unknown>): Promise<JournalError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(JournalError)
  return error as JournalError
}

const text = () => readFileSync(path, 'utf8')
const lines = () => text().split('\n').slice(0, -1)

describe('the file', () => {
  test('has a header, then one event a line with checksum and number', async () => {
    const journal = await open({ seed: () => void names.push('Ada') })
    await journal.append([{ name: 'Böb\n' }, { name: '\ud800' }])
    await journal.close()
    expect(lines().map((line) => line.replace(/^[0-9a-f]{8} /, ''))).toEqual([
      '{"format":"conversation-store journal","version":1}',
      '1 {"name":"Ada"}',
      '2 folded',
      '3+ {"name":"Böb\\n"}',
      '4 {"name":"\\ud800"}',
    ])
    for (const line of lines().slice(1)) {
      expect(line.slice(0, 8)).toBe(
        crc32(Buffer.from(line.slice(9)))
          .toString(16)
          .padStart(8, '0'),
      )
    }
    expect(await reopened()).toEqual(['Ada', 'Böb\n', '\ud800'])
    expect(readdirSync(folder)).toEqual(['state.journal'])
    expect(reports).toEqual([])
  })

  test('its checksum is the CRC-32 of gzip', () => {
    expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926)
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 40 }),
        (bytes) => crc32(bytes) === gzipSync(bytes).readUInt32LE(gzipSync(bytes).length - 8),
      ),
    )
  })

  test('is new where there is none, and where it is empty; only then it is seeded', async () => {
    for (const prepare of [() => {}, () => writeFileSync(path, '')]) {
      rmSync(path, { force: true })
      prepare()
      const journal = await open({ seed: async () => void names.push('seed') })
      expect(journal.isNew).toBe(true)
      await journal.close()
      const again = await open({ seed: () => expect.unreachable() })
      expect(again.isNew).toBe(false)
      await again.close()
      expect(names).toEqual(['seed'])
    }
  })

  test('is not made where seeding fails', async () => {
    const error = new Error('no such rows')
    await expect(open({ seed: () => Promise.reject(error) })).rejects.toBe(error)
    expect(readdirSync(folder)).toEqual([])
  })

  test('is the one that a symbolic link names', async () => {
    const link = join(folder, 'link')
    await recorded(['Ada'])
    symlinkSync(path, link)
    const journal = await open({}, link)
    expect(journal.path).toBe(path)
    expect((await errorOf(open())).code).toBe('JOURNAL_LOCKED')
    names = ['Eve']
    await journal.fold()
    await journal.close()
    expect(await reopened()).toEqual(['Eve'])
  })

  test('large lines and many lines come back whole', async () => {
    const given = ['x'.repeat(3_000_000), ...Array.from({ length: 5_000 }, (_, i) => `${i} ${'é'.repeat(i % 100)}`)]
    const journal = await open()
    await Promise.all(given.map((name) => journal.append([{ name }])))
    await journal.close()
    const progress: number[][] = []
    expect(await reopened({ onProgress: (...seen) => void progress.push(seen) })).toEqual(given)
    const { size } = statSync(path)
    expect(progress.length).toBeGreaterThan(10)
    expect(progress.at(-1)).toEqual([size, size])
  })
})

describe('what is no journal is refused and left as it is', () => {
  const cases: { readonly [name: string]: readonly [content: string, code: string, text: RegExp] } = {
    'other lines': [
      '{"conversation_id":"a"}\n{"conversation_id":"b"}\n',
      'NO_JOURNAL',
      /is not a journal\. Name a new file/,
    ],
    'no line at all': ['x'.repeat(1_000_000), 'NO_JOURNAL', /is not a journal/],
    'a beginning': ['{"format":"conv', 'NO_JOURNAL', /is not a journal/],
    'a later version': [
      '{"format":"conversation-store journal","version":2}\n',
      'JOURNAL_VERSION',
      /is a journal of version 2; this release reads version 1/,
    ],
  }
  test.each(Object.entries(cases))('%s', async (_, [content, code, expected]) => {
    writeFileSync(path, content)
    for (const repair of [false, true]) {
      const error = await errorOf(open({ repair }))
      expect(error.code).toBe(code)
      expect(error.message).toMatch(expected)
      expect(error.message.startsWith(`${path}: `)).toBe(true)
    }
    expect(text()).toBe(content)
    expect(readdirSync(folder)).toEqual(['state.journal'])
  })

  test('a directory, a device, a folder that is not there', async () => {
    expect(await errorOf(open({}, folder))).toMatchObject({ code: 'NO_JOURNAL', file: folder })
    expect(await errorOf(open({}, '/dev/null'))).toMatchObject({ code: 'NO_JOURNAL' })
    const error = await errorOf(open({}, join(folder, 'not', 'there')))
    expect(error.code).toBe('JOURNAL_UNREADABLE')
    expect(error.message).toMatch(/: it cannot be opened: no such file or directory\.$/)
  })
})

describe('lock', () => {
  test('of several that open a file at once, one gets it; the others are told by whom', async () => {
    const opened = await Promise.allSettled(Array.from({ length: 5 }, () => open()))
    const [journal] = opened.filter((each) => each.status === 'fulfilled')
    const errors = opened.filter((each) => each.status === 'rejected').map((each) => each.reason as JournalError)
    expect(errors.map(({ code }) => code)).toEqual(Array(4).fill('JOURNAL_LOCKED'))
    expect(errors[0]!.message).toContain(`in use by process ${process.pid}, since 20`)
    await journal!.value.close()
    expect(readdirSync(folder)).toEqual(['state.journal'])
    await reopened()
  })

  test.each([
    ['removed', 'rm "$LOCK"'],
    ['replaced by another', 'rm "$LOCK"; touch "$LOCK.new"; mv "$LOCK.new" "$LOCK"'],
  ])('a lock file that is %s between its opening and its locking is opened again', async (_, meanwhile) => {
    const bin = join(folder, 'bin')
    mkdirSync(bin)
    // The command that locks: before it does so for the first time, the last holder lets go.
    const once = `[ -e "$0.ran" ] || { touch "$0.ran"; ${meanwhile.replaceAll('$LOCK', `${path}.lock`)}; }`
    writeFileSync(join(bin, 'flock'), `#!/bin/sh\n${once}\nPATH=$REAL_PATH exec flock "$@"\n`, { mode: 0o755 })
    const { PATH = '' } = process.env
    vi.stubEnv('REAL_PATH', PATH)
    vi.stubEnv('PATH', `${bin}:${PATH}`)
    try {
      const journal = await open()
      expect(existsSync(join(bin, 'flock.ran'))).toBe(true)
      expect(readFileSync(`${path}.lock`, 'utf8')).toContain(`"pid":${process.pid}`)
      expect((await errorOf(open())).code).toBe('JOURNAL_LOCKED')
      await journal.close()
      expect(existsSync(`${path}.lock`)).toBe(false)
    } finally {
      vi.unstubAllEnvs()
    }
  })

  test('a process that is killed leaves no lock, and nothing that it said is safe is lost', async () => {
    const script = fileURLToPath(new URL('recording-process.ts', import.meta.url))
    const child = spawn(process.execPath, ['--import', 'tsx', script, path], { stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = once(child, 'exit')
    const said: number[] = []
    for await (const line of createInterface(child.stdout)) {
      if (line === 'open') {
        const error = await errorOf(open())
        expect(error.code).toBe('JOURNAL_LOCKED')
        expect(error.message).toContain(`in use by process ${child.pid}, since 20`)
      } else said.push(Number(line))
      if (said.length === 400) child.kill('SIGKILL')
    }
    await ended
    expect(existsSync(`${path}.lock`)).toBe(true)
    const numbers: number[] = []
    const journal = await openJournal<{ n: number }>(path, {
      apply: ({ n }) => void numbers.push(n),
      snapshot: () => [],
    })
    await journal.close()
    expect(numbers).toEqual(numbers.map((_, i) => i))
    expect(said.filter((n) => n >= numbers.length)).toEqual([])
    expect(readdirSync(folder)).toEqual(['state.journal'])
  })
})

describe('a last write that was cut off', () => {
  test('is removed at any byte, and said; the next takes its place', async () => {
    const journal = await open()
    await record(journal, 'Ada', 'Bob')
    const whole = statSync(path).size
    await journal.append([{ name: 'Eve' }, { name: 'Fay' }])
    await journal.close()
    const content = readFileSync(path)
    for (let size = whole; size < content.length; size += size % 4 === 0 ? 3 : 1) {
      writeFileSync(path, content.subarray(0, size))
      reports = []
      const cut = await open({ files: unlocked })
      expect(names).toEqual(['Ada', 'Bob'])
      const said = `${path}: its last write, from line 5 on, was cut off and is removed (${size - whole} byte`
      expect(reports.map((report) => report.slice(0, said.length))).toEqual(size === whole ? [] : [said])
      await record(cut, 'Gil')
      await cut.close()
      expect(await reopened({ files: unlocked })).toEqual(['Ada', 'Bob', 'Gil'])
    }
  })

  test('zeros after the last line are cut off', async () => {
    await recorded(['Ada', 'Bob'])
    const content = text()
    appendFileSync(path, Buffer.alloc(5_000))
    expect(await reopened()).toEqual(['Ada', 'Bob'])
    expect(text()).toBe(content)
    expect(reports.length).toBe(1)
  })

  const lastLines: { readonly [name: string]: (content: string) => string } = {
    'a changed byte': (content) => content.replace('"Bob"', '"Rob"'),
    'half of it, and a newline': (content) => `${content.slice(0, content.lastIndexOf('{'))}\n`,
    'an empty line after it': (content) => `${content}\n`,
    'a line of text after it': (content) => `${content}hello\n`,
    'a changed byte in the first line of the last write': (content) => content.replace('"Ada"', '"Ida"'),
  }

  test.each(Object.entries(lastLines))(
    'a last line that ends with a newline was not cut off: %s',
    async (_, change) => {
      await recorded([])
      const journal = await open()
      await journal.append([{ name: 'Ada' }, { name: 'Bob' }])
      await journal.close()
      const bad = change(text())
      writeFileSync(path, bad)
      const error = await errorOf(open())
      expect(error).toMatchObject({ code: 'JOURNAL_DAMAGED' })
      expect(error.message).toMatch(/it is damaged: line [345] fails its checksum\./)
      expect(text()).toBe(bad)

      await reopened({ repair: true })
      expect(readFileSync(`${path}.damaged-1`, 'utf8')).toBe(bad)
      const kept = names
      expect(['Ada', 'Bob'].filter((name) => bad.includes(`"${name}"`))).toEqual(kept)
      expect(reports).toHaveLength(1)
      expect(reports[0]).toContain(`1 line lost, ${kept.length} event`)
      // What was lost stays known, and the next write follows it.
      const again = await open()
      await record(again, 'Eve')
      await again.close()
      expect(await reopened()).toEqual([...kept, 'Eve'])
    },
  )
})

describe('a damaged middle', () => {
  const given = ['Ada', 'Bob', 'Eve', 'Fay']

  /** Ways to damage lines 4 and 5 of six or so (0: the header), and what is left then. */
  const cases: {
    readonly [name: string]: {
      readonly damage: (lines: string[]) => void
      readonly line: number
      readonly says: string
      readonly left: readonly string[]
      readonly lost: string
    }
  } = {
    'a changed byte': {
      damage: (all) => void all.splice(3, 1, all[3]!.replace('Bob', 'Rob')),
      line: 4,
      says: 'line 4 fails its checksum',
      left: ['Ada', 'Eve', 'Fay'],
      lost: '1 line lost, 3 events kept',
    },
    'a line that is gone': {
      damage: (all) => void all.splice(3, 1),
      line: 4,
      says: 'line 4 has number 4 where 3 was expected: 1 line missing',
      left: ['Ada', 'Eve', 'Fay'],
      lost: '1 line lost, 3 events kept',
    },
    'two lines joined': {
      damage: (all) => void all.splice(3, 2, all[3]! + all[4]!),
      line: 4,
      says: 'line 4 fails its checksum; line 5 has number 5 where 3 was expected: 2 lines missing',
      left: ['Ada', 'Fay'],
      lost: '2 lines lost, 2 events kept',
    },
    'a line repeated': {
      damage: (all) => void all.splice(4, 0, all[3]!),
      line: 5,
      says: 'line 5 has number 3, which was there before',
      left: given,
      lost: 'No event is missing, 4 events kept',
    },
    'two lines that changed places': {
      damage: (all) => void all.splice(3, 2, all[4]!, all[3]!),
      line: 4,
      says: 'line 4 has number 4 where 3 was expected: 1 line missing; line 5 has number 3, which was there before',
      left: ['Ada', 'Eve', 'Fay'],
      lost: '1 line lost, 3 events kept',
    },
    'a blank line put in': {
      damage: (all) => void all.splice(3, 0, ''),
      line: 4,
      says: 'line 4 fails its checksum',
      left: given,
      lost: 'No event is missing, 4 events kept',
    },
    'zeros where a line and its end were': {
      damage: (all) => void all.splice(3, 2, '\0'.repeat(all[3]!.length + 1) + all[4]),
      line: 4,
      says: 'line 4 fails its checksum',
      left: ['Ada', 'Eve', 'Fay'],
      lost: '1 line lost, 3 events kept',
    },
    'zeros where two lines and their ends were': {
      damage: (all) => void all.splice(2, 3, '\0'.repeat(all[2]!.length + all[3]!.length + 2) + all[4]),
      line: 3,
      says: 'line 3 fails its checksum; line 3 has number 4 where 2 was expected: 2 lines missing',
      left: ['Eve', 'Fay'],
      lost: '2 lines lost, 2 events kept',
    },
    'the header': {
      damage: (all) => void all.splice(0, 1, all[0]!.replace('format', 'fornat')),
      line: 1,
      says: 'line 1 is not a header of a journal',
      left: given,
      lost: 'No event is missing, 4 events kept',
    },
  }

  test.each(Object.entries(cases))('%s: refused with its line; repaired with a copy', async (_, expected) => {
    await recorded(given)
    const all = lines()
    expected.damage(all)
    const damaged = `${all.join('\n')}\n`
    writeFileSync(path, damaged)

    const error = await errorOf(open())
    expect(error).toMatchObject({ code: 'JOURNAL_DAMAGED', line: expected.line })
    expect(error.message).toContain(`${path}: it is damaged: ${expected.says}. `)
    expect(text()).toBe(damaged)
    expect(readdirSync(folder)).toEqual(['state.journal'])

    const journal = await open({ repair: true })
    expect(names).toEqual(expected.left)
    expect(reports).toEqual([
      `${path}: it was damaged: ${expected.says}. ${expected.lost}. The damaged file is ${path}.damaged-1.`,
    ])
    expect(readFileSync(`${path}.damaged-1`, 'utf8')).toBe(damaged)
    await record(journal, 'Gil')
    await journal.close()

    reports = []
    expect(await reopened()).toEqual([...expected.left, 'Gil'])
    const count = /^\d lines? lost/.exec(expected.lost)?.[0]
    expect(reports).toEqual(count === undefined ? [] : [`${path}: it was repaired before: ${count}.`])
  })

  test('any byte changed before the last line is seen, and repair keeps all lines but that one', async () => {
    await recorded(given)
    const content = readFileSync(path)
    const end = content.lastIndexOf(10, content.length - 2)
    for (let place = 0; place < end; place += 5) {
      const damaged = Buffer.from(content)
      damaged[place]! ^= 1 << (place % 7)
      writeFileSync(path, damaged)
      const { code } = await errorOf(open({ files: unlocked }))
      if (code === 'JOURNAL_VERSION') continue
      expect(code).toBe('JOURNAL_DAMAGED')
      const kept = await reopened({ repair: true, files: unlocked })
      expect(kept.length).toBeGreaterThanOrEqual(2)
      expect(kept).toEqual(given.filter((name) => kept.includes(name)))
    }
  })

  test('an event that cannot be replayed is damage too; repaired, it is left out', async () => {
    await recorded(given)
    const refuse = ({ name }: Named) => {
      if (name === 'Bob') throw new Error('Bob is not known.')
      names.push(name)
    }
    const error = await errorOf(open({ apply: refuse }))
    expect(error).toMatchObject({ code: 'JOURNAL_DAMAGED', line: 4 })
    expect(error.message).toContain('line 4 cannot be replayed: Bob is not known.')
    expect(await reopened({ apply: refuse, repair: true })).toEqual(['Ada', 'Eve', 'Fay'])
    expect(await reopened()).toEqual(['Ada', 'Eve', 'Fay'])
  })

  test('the beginning of a write whose end is damaged is kept, and is not taken for cut off later', async () => {
    const journal = await open()
    await record(journal, 'Ada')
    await journal.append([{ name: 'Bob' }, { name: 'Eve' }])
    await record(journal, 'Fay')
    await journal.close()
    writeFileSync(path, text().replace('"Eve"', '"Eva"').replace('"Fay"', '"May"'))
    expect((await errorOf(open())).line).toBe(5)
    expect(await reopened({ repair: true })).toEqual(['Ada', 'Bob'])
    reports = []
    expect(await reopened()).toEqual(['Ada', 'Bob'])
    expect(reports).toEqual([`${path}: it was repaired before: 2 lines lost.`])
  })

  test('many bad lines are counted, not all named; a second repair keeps a second copy', async () => {
    await recorded(Array.from({ length: 20 }, (_, i) => `${i}`))
    for (const copies of [1, 2]) {
      writeFileSync(path, text().replaceAll(copies === 1 ? '"1' : '"2', '"x'))
      const error = await errorOf(open())
      if (copies === 1) expect(error.message).toContain('; and 6 more. Repairing')
      await reopened({ repair: true })
      expect(readdirSync(folder).length).toBe(copies + 1)
    }
    expect(names).toEqual(['0', '3', '4', '5', '6', '7', '8', '9'])
  })

  test('who stops a repair while it reads has changed nothing', async () => {
    await recorded(given)
    writeFileSync(path, text().replace('Ada', 'Ava'))
    const before = text()
    const stop = new AbortController()
    const stopped = new Error('stopped')
    const byAbort = () => {
      throw new DOMException('stopped', 'AbortError')
    }
    const bySignal = () => {
      stop.abort(stopped)
      stop.signal.throwIfAborted()
    }
    await expect(open({ repair: true, apply: byAbort })).rejects.toThrow('stopped')
    await expect(open({ repair: true, apply: bySignal, signal: stop.signal })).rejects.toBe(stopped)
    await expect(open({ repair: true, signal: stop.signal })).rejects.toBe(stopped)
    expect(text()).toBe(before)
    expect(readdirSync(folder)).toEqual(['state.journal'])
  })

  test('a sound file is not touched by a repair', async () => {
    await recorded(given)
    const before = text()
    expect(await reopened({ repair: true })).toEqual(given)
    expect(text()).toBe(before)
    expect(readdirSync(folder)).toEqual(['state.journal'])
  })
})

/** The real file system, where one can look on and step in. */
function watched(change: (call: string) => void = () => {}): { files: FileLayer; calls: string[] } {
  const calls: string[] = []
  const seen = (call: string) => {
    calls.push(call)
    change(call)
  }
  const name = (file: string) => file.slice(path.length)
  const watch = (file: string, opened: Awaited<ReturnType<FileLayer['open']>>): typeof opened => ({
    read: (...given) => opened.read(...given),
    close: () => opened.close(),
    lock: (at) => opened.lock(at),
    sizeAt: (at) => opened.sizeAt(at),
    replace: async (old, from, to) => {
      seen(`rename${name(from)}`)
      await opened.replace(old, from, to)
    },
    write: async (bytes) => {
      seen(`write${name(file)}`)
      await opened.write(bytes)
    },
    truncate: async (bytes) => {
      seen(`truncate${name(file)} ${bytes}`)
      await opened.truncate(bytes)
    },
    sync: async () => {
      seen(`sync${name(file)}`)
      await opened.sync()
    },
  })
  const files: FileLayer = {
    ...realFiles,
    open: async (file) => watch(file, await realFiles.open(file)),
    create: async (file, like) => watch(file, await realFiles.create(file, like)),
    syncDirectory: async (file) => {
      seen('syncDirectory')
      await realFiles.syncDirectory(file)
    },
  }
  return { files, calls }
}

function fault(code: string): Error {
  return Object.assign(new Error(`${code}: no more`), { code })
}

describe('appends', () => {
  test('all that waits goes with one write and one fsync, in order', async () => {
    await recorded([])
    const { files, calls } = watched()
    const journal = await open({ files })
    calls.length = 0
    const given = Array.from({ length: 50 }, (_, i) => `${i}`)
    await Promise.all(given.map((name) => journal.append([{ name }])))
    expect(calls).toEqual(['write', 'sync'])
    calls.length = 0
    // While one is under way, the others gather.
    const first = journal.append([{ name: 'first' }])
    await new Promise(setImmediate)
    await Promise.all([first, ...given.map((name) => journal.append([{ name }]))])
    expect(calls).toEqual(['write', 'sync', 'write', 'sync'])
    await journal.close()
    expect(await reopened()).toEqual([...given, 'first', ...given])
  })

  test('an event is recorded as it was at the call', async () => {
    const journal = await open()
    const event = { name: 'then' }
    const appended = journal.append([event])
    event.name = 'now'
    await appended
    await journal.close()
    expect(await reopened()).toEqual(['then'])
  })

  test('what is no JSON is refused, and harms nothing', async () => {
    const journal = await open()
    const odd = { name: 1n } as unknown as Named
    const error = await errorOf(journal.append([{ name: 'Ada' }, odd]))
    expect(error.code).toBe('INVALID_EVENT')
    expect((await errorOf(journal.append([undefined as unknown as Named]))).code).toBe('INVALID_EVENT')
    await record(journal, 'Bob')
    await journal.append([])
    await journal.close()
    expect(await reopened()).toEqual(['Bob'])
  })

  test.each(['write', 'sync'])('a %s that fails: all that waits is refused, fsync is not tried again', async (call) => {
    await recorded(['Ada'])
    let isBroken = false
    const { files, calls } = watched((each) => {
      if (isBroken && each === call) throw fault('ENOSPC')
    })
    const journal = await open({ files })
    const size = journal.bytes
    isBroken = true
    calls.length = 0
    const errors = await Promise.all([
      errorOf(journal.append([{ name: 'Bob' }])),
      errorOf(journal.append([{ name: 'Eve' }])),
      new Promise(setImmediate).then(() => errorOf(journal.append([{ name: 'Fay' }]))),
    ])
    isBroken = false
    errors.push(await errorOf(journal.append([{ name: 'Gil' }])), await errorOf(journal.fold()))
    for (const error of errors) expect(error).toBe(errors[0])
    expect(errors[0]).toMatchObject({ code: 'JOURNAL_FAILED', cause: { code: 'ENOSPC' } })
    expect(errors[0]!.message).toBe(`${path}: it cannot be written: no more. It takes no more.`)
    expect(await journal.failed).toBe(errors[0])
    await journal.close()
    // What is not safe is taken back, so that nobody builds upon it.
    expect(calls).toEqual(['write', ...(call === 'sync' ? ['sync'] : []), `truncate ${size}`])
    expect(await reopened()).toEqual(['Ada'])
  })

  test('closing finishes what was appended, ends with an fsync, and is done once', async () => {
    const { files, calls } = watched()
    const journal = await open({ files })
    const appended = journal.append([{ name: 'Ada' }])
    const closed = journal.close()
    expect(journal.close()).toBe(closed)
    expect((await errorOf(journal.append([{ name: 'Bob' }]))).code).toBe('JOURNAL_CLOSED')
    expect((await errorOf(journal.fold())).code).toBe('JOURNAL_CLOSED')
    await Promise.all([appended, closed])
    expect(calls.at(-1)).toMatch(/^sync/)
    expect(await reopened()).toEqual(['Ada'])
  })

  test('a last fsync that fails is told, and unlocks all the same', async () => {
    let isBroken = false
    const { files } = watched(() => {
      if (isBroken) throw fault('EIO')
    })
    const journal = await open({ files })
    isBroken = true
    expect((await errorOf(journal.close())).code).toBe('JOURNAL_FAILED')
    expect(await reopened()).toEqual([])
  })
})

describe('folding', () => {
  test('keeps the state and what is appended meanwhile, in order, and the permissions', async () => {
    await recorded(['old', 'older'])
    chmodSync(path, 0o640)
    const journal = await open()
    names = Array.from({ length: 3_000 }, (_, i) => `${i}`)
    const given: Promise<void>[] = []
    const add = (name: string) => {
      names.push(name)
      given.push(journal.append([{ name }]))
    }
    add('before')
    const folded = journal.fold()
    expect(journal.fold()).toBe(folded)
    let isFolding = true
    void folded.finally(() => {
      isFolding = false
    })
    for (let i = 0; isFolding; i++) {
      add(`meanwhile ${i}`)
      await new Promise(setImmediate)
    }
    add('after')
    await Promise.all(given)
    await journal.close()
    const expected = names
    expect(await reopened()).toEqual(expected)
    expect(lines()[3_002]).toMatch(/ 3002 folded$/)
    expect(statSync(path).mode & 0o777).toBe(0o640)
    expect(readdirSync(folder)).toEqual(['state.journal'])
  })

  test('the thread is free between slices, and the snapshot is taken bit by bit', async () => {
    const big = 'x'.repeat(100)
    let size = 0
    let pulled = 0
    const journal = await open({
      slice: { bytes: 10_000, ms: 5 },
      *snapshot() {
        for (; pulled < size; pulled++) yield { name: big }
      },
    })
    size = 2_000
    let isFolding = true
    const folded = journal.fold().finally(() => {
      isFolding = false
    })
    for (let before = 0; isFolding; before = pulled) {
      await new Promise(setImmediate)
      expect(pulled - before).toBeLessThanOrEqual(10_000 / big.length)
    }
    await folded
    await journal.close()
    expect(await reopened()).toEqual(Array(2_000).fill(big))
  })

  test('happens by itself when the file has doubled and is over a size', async () => {
    const journal = await open({ foldBytes: 5_000 })
    names = ['the state']
    while (journal.bytes < 5_000) await journal.append([{ name: 'x'.repeat(100) }])
    while (journal.bytes > 1_000) await new Promise(setImmediate)
    await journal.close()
    expect(await reopened()).toEqual(['the state'])
    expect(reports).toEqual([])
  })

  test('happens after opening too, measured by what the last one wrote', async () => {
    await recorded(
      [],
      Array.from({ length: 100 }, (_, i) => `${i}`),
    )
    const { size } = statSync(path)
    const journal = await open({ foldBytes: 1_000 })
    while (journal.bytes <= 2 * size - 100) await journal.append([{ name: 'x' }])
    await journal.close()
    const unfolded = statSync(path).size
    const again = await open({ foldBytes: 1_000 })
    names = []
    await again.append([{ name: 'x'.repeat(100) }])
    while (again.bytes >= unfolded) await new Promise(setImmediate)
    await again.close()
    expect(await reopened()).toEqual([])
  })

  test('one that was not finished is ignored and removed', async () => {
    await recorded(['Ada'])
    writeFileSync(`${path}.folding`, readFileSync(path))
    expect(await reopened()).toEqual(['Ada'])
    expect(readdirSync(folder)).toEqual(['state.journal'])
    rmSync(path)
    writeFileSync(`${path}.folding`, 'anything')
    const journal = await open()
    expect(journal.isNew).toBe(true)
    // Whatever put it there.
    writeFileSync(`${path}.folding`, 'anything')
    names = ['Bob']
    await journal.fold()
    await journal.close()
    expect(await reopened()).toEqual(['Bob'])
    expect(readdirSync(folder)).toEqual(['state.journal'])
  })

  test.each(['write.folding', 'sync.folding'])('where its %s fails the journal goes on as it is', async (call) => {
    await recorded(['Ada'])
    const { files } = watched((each) => {
      if (each === call) throw fault('ENOSPC')
    })
    const journal = await open({ files, foldBytes: 100 })
    await record(journal, 'Bob', 'Eve')
    while (reports.length === 0) await new Promise(setImmediate)
    await expect(journal.fold()).rejects.toThrow('ENOSPC')
    await record(journal, 'Fay')
    await journal.close()
    expect(reports).toEqual([`${path}: it could not be folded: no more. It goes on as it is.`])
    expect(await reopened()).toEqual(['Ada', 'Bob', 'Eve', 'Fay'])
    expect(readdirSync(folder)).toEqual(['state.journal'])
  })

  test.each(['rename.folding', 'syncDirectory'])('where its %s fails the journal takes no more', async (call) => {
    await recorded(['Ada'])
    let isBroken = false
    const { files } = watched((each) => {
      if (isBroken && each === call) throw fault('EIO')
    })
    const journal = await open({ files })
    isBroken = true
    await expect(journal.fold()).rejects.toThrow('EIO')
    expect((await journal.failed).code).toBe('JOURNAL_FAILED')
    expect((await errorOf(journal.append([{ name: 'Bob' }]))).code).toBe('JOURNAL_FAILED')
    await journal.close()
    expect(await reopened()).toEqual(['Ada'])
  })

  test('closing gives it up', async () => {
    await recorded(['Ada'])
    const journal = await open()
    names = Array.from({ length: 50_000 }, (_, i) => `${i}`)
    const folded = errorOf(journal.fold())
    await journal.close()
    expect((await folded).code).toBe('JOURNAL_CLOSED')
    expect(await reopened()).toEqual(['Ada'])
    expect(readdirSync(folder)).toEqual(['state.journal'])
  })

  test('a snapshot that throws ends it, at its beginning or later', async () => {
    const journal = await open({
      *snapshot() {
        for (const name of names) {
          if (name === 'bad') throw new Error('no snapshot')
          yield { name }
        }
      },
    })
    for (const state of [['bad'], ['good', 'bad']]) {
      names = state
      await expect(journal.fold()).rejects.toThrow('no snapshot')
    }
    await journal.append([{ name: 'Ada' }])
    await journal.close()
    expect(await reopened()).toEqual(['Ada'])
  })
})

test('a journal that was truncated inside what was folded opens with what is left', async () => {
  await recorded([], ['Ada', 'Bob', 'Eve'])
  truncateSync(path, text().indexOf('Eve'))
  expect(await reopened()).toEqual(['Ada', 'Bob'])
  expect(reports.length).toBe(1)
})
