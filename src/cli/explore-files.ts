/** The files of a person's arguments, which may be folders. */
import { open, realpath, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { systemText } from '../base/system-text.ts'
import { counted } from '../base/text/counted.ts'
import { SourceFaults } from '../features/load/fault.ts'
import type { FileFaults } from './explore-faults.ts'
import { type FileKind, headOf, kindOf, kindOfHead, unpacked } from './file-bytes.ts'
import { walkFolder } from './found-files.ts'

/** A file, or `-` for standard input. */
export interface FoundFile {
  readonly path: string
  readonly kind: FileKind | 'pipe'
  readonly bytes: number
}

/** Names of files in a folder that are passed over are listed, so many. */
const MOST_NAMED = 3

/**
 * The files that are meant: those that are named, and of a folder those that may hold conversations, in the folders within it
 * too, by name. Hidden ones are passed over. What cannot be read is a fault; so are the files of a folder that hold
 * something else, together.
 */
export async function findFiles(given: readonly string[], faults: FileFaults): Promise<readonly FoundFile[]> {
  const found = new Map<string, FoundFile>()
  for (const path of given) {
    if (path === '-') {
      found.set(path, { path, kind: 'pipe', bytes: 0 })
      continue
    }
    try {
      const stats = await stat(path)
      if (!stats.isDirectory()) await take(found, path)
      else await takeFolder(found, path, faults)
    } catch (error) {
      faults.add(path, null, `${path}: It cannot be read: ${systemText(error)}.`)
    }
  }
  return [...found.values()]
}

/** Takes a file, once. */
async function take(found: Map<string, FoundFile>, path: string): Promise<void> {
  const handle = await open(path)
  // It is readable.
  await handle.close()
  const { size } = await stat(path)
  found.set(await realpath(path), { path, kind: await kindOf(path), bytes: size })
}

async function takeFolder(found: Map<string, FoundFile>, folder: string, faults: FileFaults): Promise<void> {
  const others: string[] = []
  const { files, left } = await walkFolder(folder)
  for (const { path, why } of left) faults.add(path, null, `${path}: It cannot be read: ${why}.`)
  for (const path of files) {
    try {
      if (await mayHoldRows(path)) await take(found, path)
      else others.push(path)
    } catch (error) {
      faults.add(path, null, `${path}: It cannot be read: ${systemText(error)}.`)
    }
  }
  if (others.length === 0) return
  const names = others.slice(0, MOST_NAMED).map((path) => basename(path))
  const more = others.length > names.length ? ` and ${others.length - names.length} more` : ''
  faults.add(folder, null, `${counted(others.length, 'file')} without conversations: ${names.join(', ')}${more}.`)
}

/** How JSON of rows begins, or UTF-16. Empty files begin with nothing. */
const BEGINNING = /^(\xef\xbb\xbf)?\s*([{[]|$)|^(\xff\xfe|\xfe\xff)/

async function mayHoldRows(path: string): Promise<boolean> {
  const handle = await open(path)
  try {
    const head = Buffer.concat(await headOf(unpacked(handle, new SourceFaults(path))))
    return kindOfHead(head) !== 'rows' || BEGINNING.test(head.toString('latin1'))
  } catch {
    // Gzip that is damaged: it is told of when it is read.
    return true
  } finally {
    await handle.close()
  }
}
