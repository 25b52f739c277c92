/**
 * One process at a time on a journal.
 *
 * The lock is the kernel's, on the open file FILE.lock beside the journal, and ends with the process however that ends:
 * a lock cannot go stale, and process ids are not compared. The content of the file only names the holder. Node has no call
 * for such locks; they are taken
 *
 * - on Linux by `flock` of util-linux or busybox, run on the descriptor that it inherits: the lock belongs to the open
 *   file, which stays open here when that command has ended;
 * - on macOS and the BSDs by opening with `O_EXLOCK`, on Windows by opening without sharing.
 *
 * It holds between containers of one machine. Over a network file system it holds as far as its locks do (NFS: yes,
 * with its lock service). FILE.lock is removed when unlocked, and left by a process that was killed, which harms nothing.
 */

import { spawnSync } from 'node:child_process'
import { constants } from 'node:fs'
import { type FileHandle, open, stat, unlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemText } from '../../base/system-text.ts'
import { codeOf, JournalError } from './errors.ts'

/** Releases a lock; calling it again does nothing. */
export type Unlock = () => Promise<void>

/** How a platform takes the lock. */
interface Way {
  /** Flags of open(2), beyond reading and writing, that lock or fail. */
  readonly flags: number
  /** The error codes of that call that mean that another process has the lock. */
  readonly taken: readonly string[]
  /** Locks the open file where the flags do not; false where another process has the lock. */
  readonly lock?: (descriptor: number) => boolean
}

const BSD: Way = { flags: 0x20 /* O_EXLOCK */ | constants.O_NONBLOCK, taken: ['EAGAIN', 'EWOULDBLOCK'] }

const WAYS: { readonly [platform: string]: Way } = {
  darwin: BSD,
  freebsd: BSD,
  openbsd: BSD,
  netbsd: BSD,
  win32: { flags: 0x1000_0000 /* UV_FS_O_EXLOCK */, taken: ['EBUSY', 'EPERM', 'EACCES'] },
}

const FLOCK: Way = { flags: 0, taken: [], lock: flock }

/** Where `flock` is, if not in PATH. */
const FLOCK_COMMANDS = ['flock', '/usr/bin/flock', '/bin/flock', '/run/current-system/sw/bin/flock']

/** Locks the journal `path`. Rejects with `JOURNAL_LOCKED`, naming the process, or `JOURNAL_NOT_LOCKABLE`. */
export async function lockFile(path: string): Promise<Unlock> {
  const lockPath = `${path}.lock`
  const way = WAYS[process.platform] ?? FLOCK
  let handle: FileHandle
  do {
    handle = await openLocked(path, lockPath, way)
    // The last holder may have removed it between our opening and our locking: then the lock protects nothing.
  } while (!(await isStillThere(handle, lockPath)))
  await handle.truncate(0)
  await handle.write(`${JSON.stringify({ pid: process.pid, host: hostname(), since: new Date().toISOString() })}\n`, 0)

  let isHeld = true
  return async () => {
    if (!isHeld) return
    isHeld = false
    // In this order: whoever opens it later makes a new file, and whoever has it open finds that it is gone.
    await unlink(lockPath).catch(() => {})
    await handle.close()
  }
}

async function openLocked(path: string, lockPath: string, way: Way): Promise<FileHandle> {
  let handle: FileHandle
  try {
    handle = await open(lockPath, constants.O_RDWR | constants.O_CREAT | way.flags)
  } catch (error) {
    if (way.taken.includes(codeOf(error) ?? '')) throw await lockedError(path, lockPath)
    throw new JournalError('JOURNAL_NOT_LOCKABLE', path, `it cannot be locked: ${systemText(error)}.`, { cause: error })
  }
  try {
    if (way.lock?.(handle.fd) === false) throw await lockedError(path, lockPath)
    return handle
  } catch (error) {
    await handle.close()
    if (error instanceof JournalError) throw error
    throw new JournalError('JOURNAL_NOT_LOCKABLE', path, `it cannot be locked: ${systemText(error)}.`, { cause: error })
  }
}

/** Locks by the command `flock`. Throws where there is no such command or the file system has no locks. */
function flock(descriptor: number): boolean {
  for (const command of FLOCK_COMMANDS) {
    // The descriptor becomes the command's number 3.
    const ran = spawnSync(command, ['-n', '-x', '3'], { stdio: ['ignore', 'ignore', 'pipe', descriptor] })
    if (ran.status === 0) return true
    if (ran.status === 1) return false
    if (ran.error === undefined) throw new Error(`flock: ${ran.stderr.toString().trim() || `status ${ran.status}`}`)
    if (codeOf(ran.error) !== 'ENOENT') throw ran.error
  }
  throw new Error('there is no command flock (it comes with util-linux and busybox)')
}

async function isStillThere(handle: FileHandle, lockPath: string): Promise<boolean> {
  try {
    const [ours, there] = await Promise.all([handle.stat({ bigint: true }), stat(lockPath, { bigint: true })])
    if (ours.ino === there.ino && ours.dev === there.dev) return true
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
  await handle.close()
  return false
}

async function lockedError(path: string, lockPath: string): Promise<JournalError> {
  const holder = await holderOf(lockPath)
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
        const { pid, host, since } = JSON.parse(await handle.readFile('utf8'))
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
