/**
 * A disk that forgets. Files have what programs see (the cache) and what is safe (the disk); only fsync makes the one
 * the other. When the power goes, unsynced writes are lost from any byte on, and unsynced names each on its own. A killed
 * process leaves the cache. Any call can fail, and any can be the last.
 */
import { JournalError } from '../../../src/node/journal/errors.ts'
import type { FileLayer, OpenFile } from '../../../src/node/journal/files.ts'

type FileOp =
  | { readonly kind: 'write'; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: 'cut'; readonly size: number }

interface Inode {
  cache: Uint8Array
  safe: Uint8Array
  /** What was done since the last fsync, in order. */
  ops: FileOp[]
}

interface NameOp {
  readonly put?: readonly [name: string, inode: Inode]
  readonly drop?: string
}

/** Whole numbers below a bound, the same ones for the same seed (mulberry32). */
export type Random = (below: number) => number

export function randomOf(seed: number): Random {
  let state = seed | 0
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), 1 | state)
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
    return ((bits ^ (bits >>> 14)) >>> 0) % below
  }
}

/** What a call asks for; `isFirst` for the first of its kind that this process makes on this path. */
export interface Call {
  readonly kind: keyof FileLayer | keyof OpenFile
  readonly path: string
  readonly isFirst: boolean
}

/** How far a call gets. One that failed or was cut off may have done nothing, a part or all of what it was to do. */
type How = 'done' | 'failed' | 'cut off'

/** What goes wrong in the life of one process. */
export interface Fate {
  /** The call that is its last, from 0. */
  readonly diesAt?: number
  /** The call that fails, and how. */
  readonly failsAt?: number
  readonly code?: 'ENOSPC' | 'EIO'
}

/** One life. */
export interface Process {
  readonly files: FileLayer
  readonly died: Promise<void>
  die(): void
  isDead(): boolean
}

export class Disk {
  readonly random: Random
  /** Whether an unsynced write is lost by sectors, each on its own, instead of from one byte on. */
  readonly #isScattered: boolean
  /** Calls that say that they were done, and were not. */
  readonly #isSkipped: (call: Call) => boolean
  #names = new Map<string, Inode>()
  #safeNames = new Map<string, Inode>()
  #nameOps: NameOp[] = []
  /** Whether a failed fsync has dropped what it was to write. */
  hasDropped = false
  isLocked = false

  constructor(random: Random, { isScattered = false, isSkipped = (_: Call): boolean => false } = {}) {
    this.random = random
    this.#isScattered = isScattered
    this.#isSkipped = isSkipped
  }

  names(): string[] {
    return [...this.#names.keys()].sort()
  }

  content(path: string): Uint8Array | undefined {
    return this.#names.get(path)?.cache
  }

  /** The power goes: what is not safe may be there or not. */
  losePower(): void {
    for (const { put, drop } of this.#nameOps) {
      if (this.random(2) === 0) continue
      if (drop !== undefined) this.#safeNames.delete(drop)
      if (put !== undefined) this.#safeNames.set(...put)
    }
    this.#nameOps = []
    this.#names = new Map(this.#safeNames)
    for (const inode of new Set(this.#names.values())) {
      if (this.#isScattered) inode.ops = inode.ops.flatMap(sectors).filter(() => this.random(2) === 0)
      else this.#tear(inode)
      settle(inode)
      inode.cache = inode.safe
    }
    this.isLocked = false
  }

  #tear(inode: Inode): void {
    const last = inode.ops[this.random(inode.ops.length + 1)]
    if (last === undefined) return
    inode.ops.length = inode.ops.indexOf(last)
    if (last.kind === 'write') {
      inode.ops.push({ ...last, bytes: last.bytes.subarray(0, this.random(last.bytes.length + 1)) })
    }
  }

  /** The files as one process sees them, until its fate. `died` resolves when it does. */
  process({ diesAt = -1, failsAt = -1, code = 'EIO' }: Fate): Process {
    let calls = 0
    let isDead = false
    let die!: () => void
    const died = new Promise<void>((resolve) => {
      die = () => {
        isDead = true
        resolve()
      }
    })
    const seen = new Set<string>()
    const never = new Promise<never>(() => {})

    /** One call: `act` does it, wholly or up to some point; what it gives is given some turns later. */
    const call = async <Value>(
      kind: Call['kind'],
      path: string,
      act: (how: How, isFirst: boolean) => Value,
    ): Promise<Value> => {
      if (isDead) return never
      const number = calls++
      const isFirst = !seen.has(`${kind} ${path}`)
      seen.add(`${kind} ${path}`)
      for (let turns = this.random(4); turns > 0; turns--) await undefined
      if (isDead) return never
      if (number === diesAt) {
        act('cut off', isFirst)
        die()
        return never
      }
      if (number === failsAt) {
        act('failed', isFirst)
        throw Object.assign(new Error(`${code}: ${kind} ${path}`), { code })
      }
      if (this.#isSkipped({ kind, path, isFirst })) return undefined as Value
      const value = act('done', isFirst)
      for (let turns = this.random(4); turns > 0; turns--) await undefined
      return isDead ? never : value
    }

    const isDone = (how: How) => how === 'done' || this.random(2) === 0
    const inodeOf = (path: string) => {
      const inode = this.#names.get(path)
      if (inode === undefined) throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' })
      return inode
    }
    const nameOp = (op: NameOp) => {
      this.#nameOps.push(op)
      if (op.drop !== undefined) this.#names.delete(op.drop)
      if (op.put !== undefined) this.#names.set(...op.put)
    }

    const openFile = (path: string, inode: Inode): OpenFile => ({
      read: (into, position) =>
        call('read', path, () => {
          const bytes = inode.cache.subarray(position, position + Math.min(into.length, 1 + this.random(200)))
          into.set(bytes)
          return bytes.length
        }),
      write: (bytes) =>
        call('write', path, (how) => {
          const length = how === 'done' ? bytes.length : this.random(bytes.length + 1)
          change(inode, { kind: 'write', at: inode.cache.length, bytes: new Uint8Array(bytes.subarray(0, length)) })
        }),
      truncate: (size) =>
        call('truncate', path, (how) => {
          if (isDone(how)) change(inode, { kind: 'cut', size })
        }),
      sync: () =>
        call('sync', path, (how, isFirst) => {
          // Not at opening: what an fsync drops there, nobody can know of when the file is opened once more.
          if (how === 'failed' && !isFirst && this.random(2) === 0) {
            // As Linux does it: the pages are taken for written, and read as if they were.
            if (inode.ops.length > 0) this.hasDropped = true
            inode.ops = []
          } else if (isDone(how)) settle(inode)
        }),
      lock: async () => {},
      sizeAt: (at) =>
        call('sizeAt', at, () => {
          const named = this.#names.get(at)
          if (named === undefined) return 'was deleted'
          return named === inode ? inode.cache.length : 'was replaced by another file'
        }),
      replace: (_, from, to) =>
        call('replace', to, (how) => {
          if (isDone(how)) nameOp({ drop: from, put: [to, inode] })
        }),
      close: () => call('close', path, () => {}),
    })

    const files: FileLayer = {
      resolve: (path) => call('resolve', path, () => path),
      size: (path) => call('size', path, () => this.#names.get(path)?.cache.length),
      open: (path) => call('open', path, () => openFile(path, inodeOf(path))),
      create: (path) =>
        call('create', path, (how) => {
          if (this.#names.has(path)) throw Object.assign(new Error(`EEXIST: ${path}`), { code: 'EEXIST' })
          const inode: Inode = { cache: new Uint8Array(0), safe: new Uint8Array(0), ops: [] }
          if (isDone(how)) nameOp({ put: [path, inode] })
          return openFile(path, inode)
        }),
      remove: (path) =>
        call('remove', path, (how) => {
          if (this.#names.has(path) && isDone(how)) nameOp({ drop: path })
        }),
      syncDirectory: (path) =>
        call('syncDirectory', path, (how) => {
          if (!isDone(how)) return
          this.#safeNames = new Map(this.#names)
          this.#nameOps = []
        }),
      lock: async (path) => {
        if (this.isLocked) throw new JournalError('JOURNAL_LOCKED', path, 'it is in use.')
        this.isLocked = true
        return async () => {
          if (!isDead) this.isLocked = false
        }
      },
    }
    return { files, died, die, isDead: () => isDead }
  }

  /** The process was killed: files are as it left them. */
  bury(): void {
    this.isLocked = false
  }
}

function change(inode: Inode, op: FileOp): void {
  inode.cache = applied(inode.cache, op)
  inode.ops.push(op)
}

/** All that was done is safe now. */
function settle(inode: Inode): void {
  for (const op of inode.ops) inode.safe = applied(inode.safe, op)
  inode.ops = []
}

/** Bytes that were never written, before some that were, are zeros. */
function applied(bytes: Uint8Array, op: FileOp): Uint8Array {
  if (op.kind === 'cut') return bytes.slice(0, op.size)
  const changed = new Uint8Array(Math.max(bytes.length, op.at + op.bytes.length))
  changed.set(bytes)
  changed.set(op.bytes, op.at)
  return changed
}

function sectors(op: FileOp): FileOp[] {
  if (op.kind === 'cut') return [op]
  const parts: FileOp[] = []
  for (let i = 0; i < op.bytes.length; i += 32)
    parts.push({ ...op, at: op.at + i, bytes: op.bytes.subarray(i, i + 32) })
  return parts
}
