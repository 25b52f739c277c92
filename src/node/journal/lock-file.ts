/** FILE.lock: the file beside a journal that one process has locked, and whose content names that process. */

import { constants, unlinkSync } from 'node:fs'
import { type FileHandle, lstat, open, unlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemText } from '../../base/system-text.ts'
import { codeOf, isJournalError, JournalError } from './errors.ts'
import { type Hold, hold } from './lock.ts'

/** Releases a lock; calling it again does nothing. */
export interface Unlock {
  (): Promise<void>
  /** Whether only processes in the same container respect the lock. */
  readonly isLocal?: boolean
}

/** On Windows it is not shared, also not to be removed; and there is no `O_NOFOLLOW`, where links need rights anyway. */
const FLAGS =
  constants.O_RDWR |
  constants.O_CREAT |
  (process.platform === 'win32' ? 0x1000_0000 /* UV_FS_O_EXLOCK */ : constants.O_NOFOLLOW | constants.O_NONBLOCK)
/** The codes of opening a file that another process has open without sharing. */
const NOT_SHARED: ReadonlySet<unknown> = new Set(process.platform === 'win32' ? ['EBUSY', 'EPERM', 'EACCES'] : [])
/** What names a holder is shorter. */
const LONGEST = 1_024
/** What a file may hold that is replaced by the name of a holder: such a name, whole or cut off by a crash, or nothing. */
const HOLDER = /^(\{"pid":[^\n]*\n?)?\0*$/

/** Paths that are removed when the process ends without unlocking. */
const held = new Set<string>()
const removeHeld = () => {
  for (const path of held) {
    try {
      unlinkSync(path)
    } catch {}
  }
}

/** Locks the journal `path`. Rejects with `JOURNAL_LOCKED`, naming the process, or `JOURNAL_NOT_LOCKABLE`. */
export async function lockFile(path: string): Promise<Unlock> {
  const lockPath = `${path}.lock`
  for (;;) {
    const handle = await opened(path, lockPath)
    let lock: Hold | undefined
    try {
      lock = await hold(handle, lockPath)
      if (lock === undefined) throw await lockedError(path, lockPath)
      // The last holder may have removed it between our opening and our locking: then the lock protects nothing.
      if (await isAt(handle, lockPath)) {
        await nameHolder(handle, lockPath)
        return unlocking(handle, lockPath, lock)
      }
    } catch (error) {
      await letGo(handle, lock)
      throw isJournalError(error) ? error : notLockable(path, `it cannot be locked: ${systemText(error)}.`, error)
    }
    await letGo(handle, lock)
  }
}

/** Opens FILE.lock, or makes it. Rejects, with whatever it is as it was, for anything but a regular file with one name. */
async function opened(path: string, lockPath: string): Promise<FileHandle> {
  let handle: FileHandle
  try {
    handle = await open(lockPath, FLAGS, 0o666)
  } catch (error) {
    if (NOT_SHARED.has(codeOf(error))) throw await lockedError(path, lockPath)
    const kind = (await lstat(lockPath).catch(() => undefined)) ?? { isFile: () => true }
    if (!kind.isFile()) throw notLockable(path, `${lockPath} is not a regular file. Remove it.`, error)
    throw notLockable(path, `it cannot be locked: ${systemText(error)}.`, error)
  }
  try {
    const { nlink } = await handle.stat()
    const isPlain = (await lstat(lockPath).catch(() => undefined))?.isFile() !== false
    if (!isPlain || nlink > 1) throw notLockable(path, `${lockPath} is not a regular file of its own. Remove it.`)
    if (!HOLDER.test(await contentOf(handle)))
      throw notLockable(path, `${lockPath} is not the lock of a journal. Move it away.`)
    return handle
  } catch (error) {
    await handle.close()
    throw error
  }
}

async function contentOf(handle: FileHandle): Promise<string> {
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(LONGEST), 0, LONGEST, 0)
  return buffer.toString('utf8', 0, bytesRead)
}

/** Whether `path` names an open file. */
async function isAt(handle: FileHandle, path: string): Promise<boolean> {
  const [ours, there] = await Promise.all([handle.stat({ bigint: true }), lstat(path, { bigint: true }).catch(gone)])
  return ours.ino === there?.ino && ours.dev === there.dev
}

function gone(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error
}

async function nameHolder(handle: FileHandle, lockPath: string): Promise<void> {
  try {
    await handle.truncate(0)
    const holder = { pid: process.pid, host: hostname(), since: new Date().toISOString() }
    await handle.write(`${JSON.stringify(holder)}\n`, 0)
  } catch (error) {
    // A full disk. The file would stay, as nobody holds it any more.
    await unlink(lockPath).catch(() => {})
    throw error
  }
}

function unlocking(handle: FileHandle, lockPath: string, lock: Hold): Unlock {
  if (held.size === 0) process.on('exit', removeHeld)
  held.add(lockPath)
  let isHeld = true
  const unlock = async () => {
    if (!isHeld) return
    isHeld = false
    // Someone may have removed it, and another process made its own.
    const isOurs = await isAt(handle, lockPath).catch(() => false)
    // Removed first: whoever opens it later makes a new file, and whoever has it open finds that it is gone. Windows
    // removes no file that is not shared; there, nobody else has it open.
    if (process.platform === 'win32') await letGo(handle, lock)
    if (isOurs) await unlink(lockPath).catch(() => {})
    held.delete(lockPath)
    if (held.size === 0) process.off('exit', removeHeld)
    await letGo(handle, lock)
  }
  return Object.assign(unlock, { isLocal: lock.isLocal === true })
}

async function letGo(handle: FileHandle, lock: Hold | undefined): Promise<void> {
  await handle.close()
  await lock?.release()
}

function notLockable(path: string, text: string, cause?: unknown): JournalError {
  return new JournalError('JOURNAL_NOT_LOCKABLE', path, text, { cause })
}

async function lockedError(path: string, lockPath: string): Promise<JournalError> {
  return inUse(path, await holderOf(lockPath))
}

/** The error of a journal that another process has. */
export function inUse(path: string, holder: string): JournalError {
  return new JournalError(
    'JOURNAL_LOCKED',
    path,
    `it is in use by ${holder}. Stop that process, or save to another file.`,
  )
}

/** The holder of the lock, in words. A process writes its name right after it took the lock. */
async function holderOf(lockPath: string): Promise<string> {
  for (let tries = 0; tries < 5; tries++) {
    try {
      const handle = await open(lockPath, 'r')
      try {
        const { pid, host, since } = JSON.parse(await contentOf(handle))
        return `process ${pid}${host === hostname() ? '' : ` of ${host}`}, since ${since}`
      } finally {
        await handle.close()
      }
    } catch {
      await sleep(20)
    }
  }
  return 'another process'
}
