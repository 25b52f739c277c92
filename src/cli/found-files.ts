/** The files that arguments name: files themselves, and those in folders. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { systemText } from '../base/system-text.ts'

/** Files of arguments. */
export interface FoundFiles {
  readonly files: readonly string[]
  /** Those of them that were found in folders, and not named: what is wrong with one is reported, and the others are read. */
  readonly walked: ReadonlySet<string>
  /** What cannot be looked at, and why. */
  readonly left: readonly { readonly path: string; readonly why: string }[]
}

/** Parts of a snapshot in parts, which its manifest names. */
const PART = /^[0-9a-f]{64}$/

/**
 * Walks folders, those within them too, in the order of names. Hidden files, links to folders and parts of snapshots are passed
 * over. What is no folder is taken as it is named.
 */
export async function findFiles(paths: readonly string[]): Promise<FoundFiles> {
  const files: string[] = []
  const seen = new Set<string>()
  const walked = new Set<string>()
  const left: { path: string; why: string }[] = []
  const walk = async (folder: string): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
      left.push({ path: folder, why: `The folder cannot be read: ${systemText(error)}.` })
      return []
    })
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.name.startsWith('.') || PART.test(entry.name)) continue
      const path = join(folder, entry.name)
      if (entry.isDirectory()) await walk(path)
      else if (entry.isFile() || (entry.isSymbolicLink() && (await isFile(path)))) {
        if (seen.has(path)) continue
        seen.add(path)
        walked.add(path)
        files.push(path)
      }
    }
  }
  for (const path of paths) {
    if (await isFolder(path)) await walk(path)
    else {
      seen.add(path)
      // One that a folder has too is read once, and as one that is named.
      if (!walked.delete(path)) files.push(path)
    }
  }
  return { files, walked, left }
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
