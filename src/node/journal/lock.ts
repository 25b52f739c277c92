/**
 * One process at a time on a journal.
 *
 * Two files are locked: FILE.lock beside the journal, whose content names the holder, and the journal itself, so that the
 * lock holds for every name of it, and also when FILE.lock is removed. The locks are the kernel's: they end with the
 * process however it ends, none goes stale, and no process ids are compared. Node has no call for such locks, so they are
 * taken
 *
 * - on Linux by `flock` of util-linux or busybox, run on the descriptor that it inherits: the lock belongs to the open
 *   file, which stays open here when that command has ended;
 * - on Linux without that command by listening at an abstract socket that has the name of the file's inode;
 * - on macOS and the BSDs by opening the file once more with `O_EXLOCK`;
 * - on Windows by opening FILE.lock without sharing, and by a named pipe with the identity of the file.
 *
 * `flock` and `O_EXLOCK` hold between containers of one machine, and over a network file system as far as its locks do
 * (NFS: yes, with its lock service). A socket or pipe holds among the processes that share a network, or a machine.
 */

import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { createServer } from 'node:net'
import { codeOf } from './errors.ts'

/** A lock that is held. */
export interface Hold {
  /** Lets go. An open file's own lock also ends when the file is closed. */
  release(): Promise<void>
  /** Whether only processes in the same container respect it. */
  readonly isLocal?: boolean
}

/** Locks an open file, which `path` names; undefined where another process has it. */
type Way = (file: FileHandle, path: string) => Promise<Hold | undefined>

const BSD_FLAGS = 0x20 /* O_EXLOCK */ | constants.O_NONBLOCK
/** The codes with which a system says that another process has the lock. */
const TAKEN: ReadonlySet<unknown> = new Set(['EAGAIN', 'EWOULDBLOCK', 'EADDRINUSE', 'EACCES', 'EBUSY'])

const WAYS: { readonly [platform: string]: Way } = {
  darwin: byOpening,
  freebsd: byOpening,
  openbsd: byOpening,
  netbsd: byOpening,
  win32: byName,
}

/** Where `flock` is, if not in PATH. */
const FLOCK_COMMANDS = ['flock', '/usr/bin/flock', '/bin/flock', '/run/current-system/sw/bin/flock']

/** Locks an open file, which `path` names; undefined where another process has it. Rejects where it cannot be locked. */
export async function hold(file: FileHandle, path: string): Promise<Hold | undefined> {
  const way = WAYS[process.platform] ?? byCommand
  try {
    return await way(file, path)
  } catch (error) {
    if (TAKEN.has(codeOf(error))) return undefined
    throw error
  }
}

/** Whether two files are one. */
export async function areSame(file: FileHandle, other: FileHandle): Promise<boolean> {
  return (await identity(file)) === (await identity(other))
}

/** What a file keeps under all its names. */
async function identity(file: FileHandle): Promise<string> {
  const { dev, ino } = await file.stat({ bigint: true })
  return `${dev}:${ino}`
}

async function byCommand(file: FileHandle): Promise<Hold | undefined> {
  for (const command of FLOCK_COMMANDS) {
    // The descriptor becomes the command's number 3.
    const ran = spawnSync(command, ['-n', '-x', '3'], { stdio: ['ignore', 'ignore', 'pipe', file.fd] })
    if (ran.status === 0) return { release: async () => {} }
    if (ran.status === 1) return undefined
    if (ran.error === undefined) throw new Error(`flock: ${ran.stderr.toString().trim() || `status ${ran.status}`}`)
    // Not there, or not to be run.
    if (!['ENOENT', 'EACCES', 'ENOTDIR'].includes(codeOf(ran.error) ?? '')) throw ran.error
  }
  return { ...(await byName(file)), isLocal: true }
}

async function byOpening(file: FileHandle, path: string): Promise<Hold> {
  const second = await open(path, constants.O_RDONLY | BSD_FLAGS)
  if (await areSame(file, second)) return { release: () => second.close() }
  await second.close()
  throw Object.assign(new Error('another file has taken its name'), { code: 'EAGAIN' })
}

/** Listens at a name that the kernel gives to one process and takes back when that ends. Nobody is meant to connect. */
async function byName(file: FileHandle): Promise<Hold> {
  const name = `conversation-store journal ${await identity(file)}`
  const server = createServer((socket) => socket.destroy())
  // `exclusive`: the workers of a cluster would share it.
  server.listen({ path: process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : `\0${name}`, exclusive: true })
  server.unref()
  await once(server, 'listening')
  return {
    async release() {
      server.close()
    },
  }
}
