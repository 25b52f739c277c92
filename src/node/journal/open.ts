/** Opening a journal: lock, read, cut off or repair what is not whole, and make sure that what was read is safe. */
import { codeOf, JournalError, messageOf } from './errors.ts'
import { type FileLayer, type OpenFile, realFiles } from './files.ts'
import { BESIDE, FileJournal, type Journal, type JournalOptions } from './journal.ts'
import type { Unlock } from './lock.ts'
import { counted, type Found, HeaderFault, readJournal } from './read.ts'
import { keepCopy, writeKept } from './repair.ts'
import { toTexts, writeSnapshot } from './snapshot.ts'
import { LineWriter, SLICE } from './writer.ts'

/** Damaged lines that an error names one by one. */
const LINES_NAMED = 5

/**
 * Opens the journal `path`, or makes it, and replays what it holds. One process at a time may have it open.
 *
 * A last line that was cut off by the end of its process or machine is removed and reported: it was never answered for.
 * Rejects, with nothing changed, with a `JournalError`: `JOURNAL_LOCKED` (another process has it), `JOURNAL_NOT_LOCKABLE`,
 * `NO_JOURNAL` (another kind of file), `JOURNAL_VERSION`, `JOURNAL_DAMAGED` (unless `repair`), `JOURNAL_UNREADABLE`. Events
 * may have been replayed by then: the state is to be thrown away. O(bytes of the file).
 *
 * @example
 * const journal = await openJournal<Added>('state.journal', {
 *   replay: ({ name }) => names.push(name),
 *   snapshot: () => names.map((name) => ({ name })),
 * })
 * await journal.append([{ name: 'Ada' }])
 */
export async function openJournal<Event extends object>(
  path: string,
  options: JournalOptions<Event>,
): Promise<Journal<Event>> {
  const files = options.files ?? realFiles
  const real = await readable(path, () => files.resolve(path))
  // Before the lock, so that no lock file stands beside what can be no journal.
  await readable(path, () => files.size(real))
  const unlock = await files.lock(real)
  try {
    return await readable(path, () => openLocked(real, files, options, unlock))
  } catch (error) {
    await files.remove(real + BESIDE).catch(() => {})
    await unlock()
    throw error
  }
}

async function openLocked<Event extends object>(
  path: string,
  files: FileLayer,
  options: JournalOptions<Event>,
  unlock: Unlock,
): Promise<Journal<Event>> {
  const { slice = SLICE } = options
  options.signal?.throwIfAborted()
  // A folding that was not finished: what it holds is in the file too.
  await files.remove(path + BESIDE)
  const size = await files.size(path)
  const isNew = size === undefined || size === 0
  if (isNew) {
    await options.seed?.()
    options.signal?.throwIfAborted()
    const writer = await LineWriter.create(files, path + BESIDE, path, slice)
    try {
      await writeSnapshot(writer, toTexts(options.snapshot(), path), () => {})
      await writer.sync()
      await files.rename(path + BESIDE, path)
      await files.syncDirectory(path)
    } catch (error) {
      await writer.close().catch(() => {})
      throw error
    }
    return new FileJournal(path, files, options, unlock, { writer, isNew, foldedBytes: writer.bytes })
  }

  const onRead = (bytes: number) => {
    options.signal?.throwIfAborted()
    options.onProgress?.(bytes, size)
  }
  const isStopped = (error: unknown) =>
    options.signal?.aborted === true || (error as Error | null)?.name === 'AbortError'
  let file = await files.open(path)
  try {
    let found = await readJournal(file, (event) => options.replay(event as Event), { onRead, isStopped })
    if (found.damage.length > 0) {
      if (options.repair !== true) throw damagedError(path, found)
      const copy = await repair(path, files, file, found)
      await file.close()
      options.onReport?.(repairedText(path, found, copy))
      file = await files.open(path)
      // Once more, for the positions; and what was written is read.
      found = await readJournal(file, () => {})
    } else if (found.lostBefore > 0) {
      options.onReport?.(`${path}: it was repaired before: ${counted(found.lostBefore, 'line')} lost.`)
    }
    if (found.torn !== undefined) {
      await file.truncate(found.end)
      const { line, bytes } = found.torn
      const rest = `${counted(found.events, 'event')} before it ${found.events === 1 ? 'is' : 'are'} whole`
      const cut = `its last write, from line ${line} on, was cut off and is removed (${counted(bytes, 'byte')})`
      options.onReport?.(`${path}: ${cut}. ${rest}.`)
    }
    // What was read may be in the memory of the system only, and so may the name: a process was killed before its fsync.
    // Should this one fail and drop it, the next opening cannot tell: the file is then to be copied from another disk.
    await file.sync()
    await files.syncDirectory(path)
    const writer = new LineWriter(file, { sequence: found.sequence, bytes: found.end, slice })
    return new FileJournal(path, files, options, unlock, { writer, isNew, foldedBytes: found.foldedBytes })
  } catch (error) {
    await file.close().catch(() => {})
    throw error
  }
}

/** Keeps the damaged file beside it and puts a sound one in its place; the path of the copy. */
async function repair(path: string, files: FileLayer, file: OpenFile, found: Found): Promise<string> {
  let number = 1
  while ((await files.size(`${path}.damaged-${number}`)) !== undefined) number++
  const copy = `${path}.damaged-${number}`
  await keepCopy(files, file, path, copy)
  await writeKept(files, file, found.kept, { path: path + BESIDE, like: path })
  await files.rename(path + BESIDE, path)
  await files.syncDirectory(path)
  return copy
}

function damagedError(path: string, found: Found): JournalError {
  const hint = `Repairing it keeps a copy and every line that is sound (${counted(found.events, 'event')}).`
  return new JournalError('JOURNAL_DAMAGED', path, `it is damaged: ${listed(found)}. ${hint}`, {
    line: found.damage[0]!.line,
  })
}

function repairedText(path: string, found: Found, copy: string): string {
  const lost = found.lost === 0 ? 'No event is missing' : `${counted(found.lost, 'line')} lost`
  const kept = `${lost}, ${counted(found.events, 'event')} kept`
  return `${path}: it was damaged: ${listed(found)}. ${kept}. The damaged file is ${copy}.`
}

function listed({ damage, torn }: Found): string {
  const named = damage.slice(0, LINES_NAMED).map(({ line, text }) => `line ${line} ${text}`)
  if (damage.length > LINES_NAMED) named.push(`and ${damage.length - LINES_NAMED} more`)
  if (torn !== undefined) named.push(`its last write, from line ${torn.line} on, was cut off`)
  return named.join('; ')
}

/** What a call gives; what it rejects with as a `JournalError`. */
async function readable<Value>(path: string, call: () => Promise<Value>): Promise<Value> {
  try {
    return await call()
  } catch (error) {
    if (error instanceof JournalError) throw error
    if (!(error instanceof HeaderFault)) {
      // What `seed` and `snapshot` throw is their caller's own.
      if (!/^E[A-Z0-9]+$/.test(codeOf(error) ?? '')) throw error
      throw new JournalError('JOURNAL_UNREADABLE', path, `it cannot be opened: ${messageOf(error)}.`, { cause: error })
    }
    const { fault } = error
    if (fault === 'foreign')
      throw new JournalError('NO_JOURNAL', path, 'it is no journal. Name a new file, or one that a journal wrote.')
    const text = `it is a journal of version ${fault.version}; this release reads version ${fault.known}.`
    throw new JournalError('JOURNAL_VERSION', path, text)
  }
}
