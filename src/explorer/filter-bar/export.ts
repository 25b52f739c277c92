/** All matches as a file, streamed: to a file that a person picks where the browser lets pages write one, else to a download. */
import type { Query } from 'conversation-store/core'
import type { ConnectedStore } from 'conversation-store/worker'

export type Format = 'csv' | 'ndjson'

/** An export that is under way. */
export interface Exporting {
  readonly format: Format
  /** Characters written so far. */
  readonly written: number
}

/** The part of the File System Access API that is used; no type of it is in the standard library yet. */
interface Picker {
  showSaveFilePicker?(options: {
    readonly suggestedName: string
    readonly types: readonly { readonly accept: Readonly<Record<string, readonly string[]>> }[]
  }): Promise<{ createWritable(): Promise<FileSystemWritableFileStream> }>
}

const TYPES = { csv: 'text/csv', ndjson: 'application/x-ndjson' } as const

/** The next piece of progress is told once so many characters were written. */
const TOLD_EVERY = 256 * 1024

/** Where the pieces go. */
interface Sink {
  write(piece: string): unknown
  close(): unknown
  abort(): unknown
}

/**
 * Writes all rows of a query to a file. Gives `false` where the person picked none. Rejects as the store does, and with the signal's
 * reason; a file that was begun is left out then.
 */
export async function exportAll(
  store: ConnectedStore,
  query: Query,
  format: Format,
  signal: AbortSignal,
  tell: (written: number) => void,
): Promise<boolean> {
  const sink = await openSink(`conversations.${format}`, format)
  if (sink === undefined) return false
  let written = 0
  let told = 0
  try {
    for await (const piece of store.export(query, { format, signal })) {
      await sink.write(piece)
      written += piece.length
      if (written - told < TOLD_EVERY) continue
      told = written
      tell(written)
    }
    await sink.close()
    return true
  } catch (error) {
    await sink.abort()
    throw error
  }
}

async function openSink(name: string, format: Format): Promise<Sink | undefined> {
  const picker = window as unknown as Picker
  if (picker.showSaveFilePicker === undefined) return download(name, format)
  try {
    const accept = { [TYPES[format]]: [`.${format}`] }
    const file = await picker.showSaveFilePicker({ suggestedName: name, types: [{ accept }] })
    return await file.createWritable()
  } catch (error) {
    if ((error as Error).name === 'AbortError') return undefined
    // Not allowed in this frame, or without a click: a download needs no leave.
    return download(name, format)
  }
}

/** A download, whose pieces are kept as blobs, which the browser may move to the disk. */
function download(name: string, format: Format): Sink {
  const pieces: Blob[] = []
  return {
    write: (piece) => pieces.push(new Blob([piece])),
    abort: () => pieces.splice(0),
    close() {
      const link = document.createElement('a')
      link.href = URL.createObjectURL(new Blob(pieces, { type: TYPES[format] }))
      link.download = name
      link.click()
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
    },
  }
}
