/** Opening a journal: locks, reads, truncates or repairs the file, and syncs what was read. */

import { invalidOption } from '../../base/options.ts'
import { systemText } from '../../base/system-text.ts'
import { counted } from '../../base/text/counted.ts'
import { codeOf, isJournalError, JournalError } from './errors.ts'
import { type FileLayer, type OpenFile, realFiles } from './files.ts'
import { damagedError, headerError, listed } from './findings.ts'
import type { Found } from './found.ts'
import { BESIDE, FileJournal } from './journal.ts'
import type { Unlock } from './lock-file.ts'
import { HeaderFault, piecesOf, readJournal } from './read.ts'
import { keepCopy, writeKept } from './repair.ts'
import { toTexts, writeSnapshot } from './snapshot.ts'
import type { Journal, JournaledState, JournalOptions, JournalParts } from './types.ts'
import { checkPlace, LineWriter, SLICE } from './writer.ts'

/**
 * Opens the journal `path`, or makes it, and replays its events on `state`. What it gives is the `persistence` of a
 * handler. One process at a time may have the file open: it is locked until `close` or the end of the process.
 *
 * A last line that was cut off when its process or machine ended is removed and reported: nobody was told that it was
 * safe. Rejects, with the file as it was, with a `JournalError` whose `code` is `JOURNAL_LOCKED` (another process has
 * it), `JOURNAL_NOT_LOCKABLE`, `NO_JOURNAL` (another kind of file), `JOURNAL_VERSION`, `JOURNAL_DAMAGED` (unless
 * `repair`) or `JOURNAL_UNREADABLE`; with `INVALID_VALUE` for a state that is not one. Events may have been applied by
 * then: throw the state away. O(bytes of the file).
 *
 * @example
 * const state = new AgentState()
 * const journal = await openJournal('state.journal', state)
 * const handler = createHandler(state.store, { state, persistence: journal })
 */
export async function openJournal<Event extends object>(
  path: string,
  state: JournaledState<Event>,
  options: JournalOptions = {},
): Promise<Journal<Event>> {
  for (const method of ['apply', 'snapshot'] as const) {
    if (typeof Object(state)[method] !== 'function')
      throw invalidOption('state', state, 'an AgentState, or an object with the methods apply and snapshot')
  }
  return openWith(path, { ...options, state, files: realFiles, slice: SLICE })
}

/** The same, with all that a journal works with. */
export async function openWith<Event extends object>(
  path: string,
  parts: JournalParts<Event>,
): Promise<Journal<Event>> {
  const { files } = parts
  const real = await readable(path, () => files.resolve(path))
  // Before the lock, so that no lock file is made beside what cannot be a journal.
  await readable(path, () => files.size(real))
  const unlock = await files.lock(real)
  try {
    if (unlock.isLocal === true) parts.onReport?.(`${path}: ${LOCAL}`)
    return await readable(path, () => openLocked(real, parts, unlock))
  } catch (error) {
    await unlock()
    throw error
  }
}

const LOCAL =
  'there is no command flock (it comes with util-linux and busybox), so another container can open the file too.'

async function openLocked<Event extends object>(
  path: string,
  parts: JournalParts<Event>,
  unlock: Unlock,
): Promise<Journal<Event>> {
  const { files, signal } = parts
  signal?.throwIfAborted()
  const { file, bytes, isMade } = await openHeld(files, path)
  try {
    // Left by a folding that was not finished. The journal has all that it holds.
    await files.remove(path + BESIDE)
    return bytes === 0 ? await begin(path, file, parts, unlock) : await resume(path, file, bytes, parts, unlock)
  } catch (error) {
    await files.remove(path + BESIDE).catch(() => {})
    await discard(files, file, path, isMade)
    throw error
  }
}

/** Closes the file, and removes it if it was made here and is empty. */
async function discard(files: FileLayer, file: OpenFile, path: string, isMade: boolean): Promise<void> {
  try {
    if (isMade && (await file.sizeAt(path)) === 0) await files.remove(path)
    await file.close()
  } catch {}
}

/** Opens the file, or makes it empty, and locks it. */
async function openHeld(
  files: FileLayer,
  path: string,
): Promise<{ readonly file: OpenFile; readonly bytes: number; readonly isMade: boolean }> {
  for (;;) {
    const isMade = (await files.size(path)) === undefined
    const file = await (isMade ? files.create(path) : files.open(path))
    try {
      await file.lock(path)
      const bytes = await file.sizeAt(path)
      if (typeof bytes === 'number') return { file, bytes, isMade }
    } catch (error) {
      await discard(files, file, path, isMade)
      throw error
    }
    // The process that had it has replaced it between our opening and our locking.
    await file.close()
  }
}

/** A journal on a file that is empty: it gets what the state begins with, in one step. */
async function begin<Event extends object>(
  path: string,
  file: OpenFile,
  { state, files, slice, ...options }: JournalParts<Event>,
  unlock: Unlock,
): Promise<Journal<Event>> {
  await options.seed?.()
  options.signal?.throwIfAborted()
  const writer = await LineWriter.create(files, path + BESIDE, path, slice)
  try {
    await writeSnapshot(writer, toTexts(state.snapshot(), path), () => {})
    await writer.sync()
    await checkPlace(file, path, 0)
    await writer.replace(file, path + BESIDE, path)
    await files.syncDirectory(path)
  } catch (error) {
    await writer.close().catch(() => {})
    throw error
  }
  const parts = { state, files, slice, ...options }
  return new FileJournal(path, parts, unlock, { writer, isNew: true, foldedBytes: writer.bytes })
}

/** A journal on a file with content: it is read, and truncated or repaired where it must be. */
async function resume<Event extends object>(
  path: string,
  given: OpenFile,
  size: number,
  parts: JournalParts<Event>,
  unlock: Unlock,
): Promise<Journal<Event>> {
  const { state, files, slice, ...options } = parts
  const onRead = (bytes: number) => {
    options.signal?.throwIfAborted()
    options.onProgress?.(bytes, size)
  }
  const isStopped = (error: unknown) =>
    options.signal?.aborted === true || (error as Error | null)?.name === 'AbortError'
  let file = given
  try {
    let found = await readJournal(piecesOf(file), (event) => state.apply(event as Event), { onRead, isStopped })
    if (found.damage.length > 0) {
      if (options.repair !== true) throw damagedError(path, found)
      const copy = await keepCopy(files, file, path)
      file = await writeKept(files, file, found.kept, { path: path + BESIDE, like: path })
      await file.replace(given, path + BESIDE, path)
      await files.syncDirectory(path)
      options.onReport?.(repairedText(path, found, copy))
      // Again, for the positions, and to read back what was written.
      found = await readJournal(piecesOf(file), () => {})
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
    // The data and the name may be in the system's memory only, if a process was killed before its fsync. Should this
    // fsync fail and drop them, the next opening cannot notice: then restore the file from another disk.
    await file.sync()
    await files.syncDirectory(path)
    const writer = new LineWriter(file, { sequence: found.sequence, bytes: found.end, slice })
    return new FileJournal(path, parts, unlock, { writer, isNew: false, foldedBytes: found.foldedBytes })
  } catch (error) {
    if (file !== given) await file.close().catch(() => {})
    throw error
  }
}

function repairedText(path: string, found: Found, copy: string): string {
  const lost = found.lost === 0 ? 'No event is missing' : `${counted(found.lost, 'line')} lost`
  const kept = `${lost}, ${counted(found.events, 'event')} kept`
  return `${path}: it was damaged: ${listed(found)}. ${kept}. The damaged file is ${copy}.`
}

/** The result of a call, its system errors as `JournalError`s. */
async function readable<Value>(path: string, call: () => Promise<Value>): Promise<Value> {
  try {
    return await call()
  } catch (error) {
    if (error instanceof HeaderFault) throw headerError(path, error)
    // Errors of `seed` and `snapshot` go to the caller as they are.
    if (isJournalError(error) || !/^E[A-Z0-9]+$/.test(codeOf(error) ?? '')) throw error
    throw new JournalError('JOURNAL_UNREADABLE', path, `it cannot be opened: ${systemText(error)}.`, { cause: error })
  }
}
