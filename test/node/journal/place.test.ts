/** One server on a journal, whatever its names are; and a journal that is taken away while it is open. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Journal, JournalError } from '../../../src/node/journal/index.ts'
import { openJournal } from '../../../src/node/journal/open.ts'

interface Named {
  readonly name: string
}

let folder: string
let path: string
let names: string[]

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'journal-')))
  path = join(folder, 'state.journal')
})

afterEach(() => {
  rmSync(folder, { recursive: true })
})

function open(file = path): Promise<Journal<Named>> {
  names = []
  const own = names
  return openJournal<Named>(file, {
    apply: ({ name }) => void own.push(name),
    snapshot: () => own.slice().map((name) => ({ name })),
  })
}

async function reopened(file = path): Promise<string[]> {
  await (await open(file)).close()
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

/** Other names by which someone may open a journal that is open. */
const aliases: { readonly [how: string]: (other: string) => string } = {
  'the same name, its lock file removed': () => {
    rmSync(`${path}.lock`)
    return path
  },
  'a hard link': (other) => {
    linkSync(path, other)
    return other
  },
  'a symbolic link': (other) => {
    symlinkSync('state.journal', other)
    return other
  },
  'a link to its folder': (other) => {
    symlinkSync(folder, other)
    return join(other, 'state.journal')
  },
}

describe.each(['a new file', 'a file with content', 'a file that was folded'])(
  '%s that is open is not opened by',
  (kind) => {
    test.each(Object.entries(aliases))('%s', async (_, alias) => {
      if (kind === 'a file with content') await reopened()
      const journal = await open()
      names.push('Ada')
      await journal.append([{ name: 'Ada' }])
      if (kind === 'a file that was folded') await journal.fold()
      const before = readFileSync(path)
      const other = alias(join(folder, 'other'))
      expect(await errorOf(open(other))).toMatchObject({ code: 'JOURNAL_LOCKED' })
      expect(readFileSync(path)).toEqual(before)
      await journal.append([{ name: 'Bob' }])
      await journal.close()
      expect(await reopened(other)).toEqual(['Ada', 'Bob'])
      expect(readdirSync(folder).filter((name) => name.endsWith('.lock'))).toEqual([])
    })
  },
)

test('another name of a file stays locked when folding has given the first name to a new file', async () => {
  const other = join(folder, 'other')
  writeFileSync(path, '')
  linkSync(path, other)
  const journal = await open()
  await journal.append([{ name: 'Ada' }])
  for (let foldings = 0; foldings < 2; foldings++) {
    expect((await errorOf(open(other))).code).toBe('JOURNAL_LOCKED')
    await journal.fold()
  }
  expect((await errorOf(open(other))).code).toBe('JOURNAL_LOCKED')
  await journal.close()
  await reopened(other)
})

describe('what is not the lock of a journal is not touched', () => {
  const precious = () => join(folder, 'precious')
  const cases: { readonly [name: string]: (lock: string) => void } = {
    'a symbolic link': (lock) => symlinkSync(precious(), lock),
    'a symbolic link to nothing': (lock) => symlinkSync(join(folder, 'nothing'), lock),
    'a hard link': (lock) => linkSync(precious(), lock),
    'a directory': (lock) => mkdirSync(lock),
    'a pipe': (lock) => void execFileSync('mkfifo', [lock]),
    'another file': (lock) => writeFileSync(lock, 'precious'),
  }

  test.each(Object.entries(cases))('%s', async (_, make) => {
    writeFileSync(precious(), 'precious')
    make(`${path}.lock`)
    const stateOf = () => {
      const { ino, size, mode, mtimeNs } = lstatSync(`${path}.lock`, { bigint: true })
      return { ino, size, mode, mtimeNs }
    }
    const before = stateOf()
    const error = await errorOf(open())
    expect(error).toMatchObject({ code: 'JOURNAL_NOT_LOCKABLE', file: path })
    expect(error.message).toContain(`${path}.lock is not `)
    expect(stateOf()).toEqual(before)
    expect(readFileSync(precious(), 'utf8')).toBe('precious')
    expect(readdirSync(folder).sort()).toEqual(['precious', 'state.journal.lock'])
  })

  test.each(['', '{"pid":12,"host":"a","since":"2026"}\n', '{"pid":1', '\0\0\0\0'])(
    'left by a crash: %j is',
    async (left) => {
      writeFileSync(`${path}.lock`, left)
      await reopened()
      expect(readdirSync(folder)).toEqual(['state.journal'])
    },
  )
})

describe('what stands where a folding is written', () => {
  test('a directory is an error that names it, and one that appears later ends the folding only', async () => {
    mkdirSync(`${path}.folding`)
    const error = await errorOf(open())
    expect(error.code).toBe('JOURNAL_UNREADABLE')
    expect(error.message).toBe(`${path}.folding: it is a directory. Remove it.`)
    expect(readdirSync(folder)).toEqual(['state.journal.folding'])

    rmSync(`${path}.folding`, { recursive: true })
    const journal = await open()
    mkdirSync(`${path}.folding`)
    expect((await errorOf(journal.fold())).message).toBe(`${path}.folding: it is a directory. Remove it.`)
    await journal.append([{ name: 'Ada' }])
    await journal.close()
    rmSync(`${path}.folding`, { recursive: true })
    expect(await reopened()).toEqual(['Ada'])
  })

  test('a symbolic link is removed, not followed', async () => {
    writeFileSync(join(folder, 'precious'), 'precious')
    symlinkSync('precious', `${path}.folding`)
    await reopened()
    expect(readFileSync(join(folder, 'precious'), 'utf8')).toBe('precious')
    expect(readdirSync(folder)).toEqual(['precious', 'state.journal'])
  })
})

describe('a journal that is taken away while it is open takes no more', () => {
  const away = () => join(folder, 'away')
  const cases: { readonly [name: string]: { readonly text: string; readonly take: () => void } } = {
    deleted: { text: 'was deleted', take: () => rmSync(path) },
    moved: { text: 'was deleted', take: () => renameSync(path, away()) },
    'its folder moved': { text: 'was deleted', take: () => renameSync(folder, `${folder}-away`) },
    replaced: {
      text: 'was replaced by another file',
      take: () => {
        writeFileSync(away(), readFileSync(path))
        renameSync(away(), path)
      },
    },
    'replaced by a directory': {
      text: 'was replaced by another file',
      take: () => {
        rmSync(path)
        mkdirSync(path)
      },
    },
    truncated: { text: 'was changed by another program', take: () => truncateSync(path) },
    'appended to': { text: 'was changed by another program', take: () => appendFileSync(path, 'a line\n') },
  }

  test.each(Object.entries(cases))('%s', async (_, { text, take }) => {
    const journal = await open()
    await journal.append([{ name: 'Ada' }])
    take()
    const content = existsSync(path) && lstatSync(path).isFile() ? readFileSync(path) : undefined
    const error = await errorOf(journal.append([{ name: 'Bob' }]))
    expect(error.code).toBe('JOURNAL_FAILED')
    expect(error.message).toBe(`${path}: it ${text} while it was open. It takes no more.`)
    expect(await journal.failed).toBe(error)
    expect((await errorOf(journal.append([{ name: 'Eve' }]))).code).toBe('JOURNAL_FAILED')
    expect((await errorOf(journal.fold())).code).toBe('JOURNAL_FAILED')
    await journal.close()
    // What is there now is as its owner left it.
    if (content !== undefined) expect(readFileSync(path)).toEqual(content)
    if (existsSync(`${folder}-away`)) renameSync(`${folder}-away`, folder)
  })

  test('while it is written: what is in a deleted file is not acknowledged', async () => {
    const journal = await open()
    const appended = errorOf(journal.append([{ name: 'x'.repeat(5_000_000) }]))
    rmSync(path)
    expect((await appended).message).toContain('it was deleted while it was open')
    await journal.close()
  })

  test('a folding replaces no file of somebody else, and closing says that the file is gone', async () => {
    for (const end of ['fold', 'close'] as const) {
      const journal = await open()
      rmSync(path)
      writeFileSync(path, 'somebody else')
      expect((await errorOf(journal[end]())).message).toContain('it was replaced by another file')
      expect(readFileSync(path, 'utf8')).toBe('somebody else')
      await journal.close().catch(() => {})
      expect(readdirSync(folder)).toEqual(['state.journal'])
      rmSync(path)
    }
  })
})

test('a symbolic link to a file that is not there: the file is made', async () => {
  mkdirSync(join(folder, 'data'))
  symlinkSync('data/real.journal', join(folder, 'near'))
  symlinkSync(join(folder, 'near'), path)
  const journal = await open()
  expect(journal.path).toBe(join(folder, 'data', 'real.journal'))
  await journal.append([{ name: 'Ada' }])
  await journal.close()
  expect(lstatSync(path).isSymbolicLink()).toBe(true)
  expect(readdirSync(join(folder, 'data'))).toEqual(['real.journal'])
  expect(await reopened()).toEqual(['Ada'])

  const nowhere = join(folder, 'nowhere')
  symlinkSync('not/there.journal', nowhere)
  expect((await errorOf(open(nowhere))).code).toBe('JOURNAL_UNREADABLE')
  symlinkSync('loop', join(folder, 'loop'))
  expect((await errorOf(open(join(folder, 'loop')))).code).toBe('JOURNAL_UNREADABLE')
})

/** A process that has a journal open. */
async function holder(file: string, ...flags: string[]): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('recording-process.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', ...flags, script, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout!, 'data')
  // It goes on writing, and must not wait for us.
  child.stdout!.resume()
  return child
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

const NO_FLOCK = fileURLToPath(new URL('no-flock.mjs', import.meta.url))

describe('without the command flock', () => {
  // Other systems do not use it. Theirs are the same calls with other flags and names: see docs/journal.md.
  test.runIf(process.platform === 'linux')('a journal has one process all the same, by any name', async () => {
    const child = await holder(path, '--import', NO_FLOCK)
    const other = join(folder, 'other')
    linkSync(path, other)
    rmSync(`${path}.lock`)
    for (const file of [path, other]) {
      // It ends at once, since the file is taken.
      const second = spawn(process.execPath, ['--import', 'tsx', '--import', NO_FLOCK, ...script(file)])
      let stderr = ''
      second.stderr.on('data', (text) => {
        stderr += text
      })
      const [code] = await once(second, 'close')
      expect([code, /JOURNAL_LOCKED|in use by/.test(stderr)]).toEqual([1, true])
    }
    await kill(child)
    const next = await holder(path, '--import', NO_FLOCK)
    await kill(next)
  })
})

function script(file: string): string[] {
  return [fileURLToPath(new URL('recording-process.ts', import.meta.url)), file]
}

test('a process that exits without closing leaves no lock file', async () => {
  const code = `
    import { openJournal } from ${JSON.stringify(new URL('../../../src/node/journal/open.ts', import.meta.url).href)}
    await openJournal(${JSON.stringify(path)}, { apply() {}, snapshot: () => [] })
    process.exit(7)`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], { stdio: 'inherit' })
  expect(await once(child, 'exit')).toEqual([7, null])
  expect(readdirSync(folder)).toEqual(['state.journal'])
})
