/** Files that were dropped or picked, and all that is in folders among them. */
import type { Picked } from '../contract.ts'
import type { NamedFile } from '../protocol.ts'

/** The files by their paths, in the order of these. Hidden ones in folders are left out: systems put them there. */
export async function filesOf(picked: Picked): Promise<NamedFile[]> {
  const found = await Promise.all(picked.map((each) => (isEntry(each) ? filesIn(each, false) : [named(each)])))
  return found.flat().sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}

function isEntry(value: File | FileSystemEntry): value is FileSystemEntry {
  return 'isDirectory' in value
}

/** A file of an input that takes folders knows its path. */
function named(file: File): NamedFile {
  return { name: file.webkitRelativePath || file.name, file }
}

async function filesIn(entry: FileSystemEntry, isInFolder: boolean): Promise<NamedFile[]> {
  if (isInFolder && entry.name.startsWith('.')) return []
  if (entry.isDirectory) {
    const entries = await entriesOf(entry as FileSystemDirectoryEntry)
    return (await Promise.all(entries.map((each) => filesIn(each, true)))).flat()
  }
  const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)).catch(
    () => new File([], entry.name),
  )
  return [{ name: entry.fullPath.replace(/^\//, ''), file }]
}

/** All entries of a folder, which come a hundred at a time. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader()
  const all: FileSystemEntry[] = []
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject)).catch(
      () => [],
    )
    if (some.length === 0) return all
    all.push(...some)
  }
}
