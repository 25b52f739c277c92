/** The files that arguments name: files themselves, and those in folders. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { systemText } from '../base/system-text.ts'

/** Files of arguments. */
export interface FoundFiles {
  readonly files: readonly string[]
  /** Those of them that were found in folders, and not named: what is wrong with one is reported, and the others are read. */
  readonly walked: ReadonlySet<string>
  readonly left: readonly Unreadable[]
}

/** A folder that cannot be looked into, and why, in the system's words. */
export interface Unreadable {
  readonly path: string
  readonly why: string
}

/** Parts of a snapshot in parts, which its manifest names. */
const PART = /^[0-9a-f]{64}$/

/**
 * The files of arguments: of a folder those in it and in folders within it, as `walkFolder` finds them. What is no folder is
 * taken as it is named.
 */
export async function findFiles(paths: readonly string[]): Promise<FoundFiles> {
  const files: string[] = []
  const seen = new Set<string>()
  const walked = new Set<string>()
  const left: Unreadable[] = []
  for (const path of paths) {
    if (await isFolder(path)) {
      const found = await walkFolder(path)
      left.push(...found.left)
      for (const file of found.files) {
        if (seen.has(file)) continue
        seen.add(file)
        walked.add(file)
        files.push(file)
      }
    } else {
      seen.add(path)
      // One that a folder has too is read once, and as one that is named.
      if (!walked.delete(path)) files.push(path)
    }
  }
  return { files, walked, left }
}

/**
 * Walks a folder and those within it in the order of names. Hidden files, links to folders, which may lead in a circle, and parts
 * of snapshots are passed over.
 */
export async function walkFolder(
  folder: string,
): Promise<{ readonly files: readonly string[]; readonly left: readonly Unreadable[] }> {
  const files: string[] = []
  const left: Unreadable[] = []
  const walk = async (within: string): Promise<void> => {
    const entries = await readdir(within, { withFileTypes: true }).catch((error: unknown) => {
      left.push({ path: within, why: systemText(error) })
      return []
    })
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.name.startsWith('.') || PART.test(entry.name)) continue
      const path = join(within, entry.name)
      if (entry.isDirectory()) await walk(path)
      else if (entry.isFile() || (entry.isSymbolicLink() && (await isFile(path)))) files.push(path)
    }
  }
  await walk(folder)
  return { files, left }
}

const isFolder = (path: string) => is(path, 'isDirectory')
const isFile = (path: string) => is(path, 'isFile')

async function is(path: string, what: 'isDirectory' | 'isFile'): Promise<boolean> {
  try {
    return (await stat(path))[what]()
  } catch {
    // A file that is not there is reported when it is read.
    return false
  }
}
