/** One file into the store that is open, whatever it holds. */
import type { FileKind } from './kind.ts'
import { isGzip } from './kind.ts'
import type { Opening } from './opening.ts'
import { readRows } from './rows.ts'

type Reader = (opening: Opening, file: string, source: AsyncIterable<Uint8Array>) => Promise<void>

const note =
  (message: string): Reader =>
  async (opening, file) =>
    opening.addFault({ file, line: null, message })

/** What reads each kind of file. What few people open comes when it is needed. */
const READERS: Readonly<Record<FileKind, Reader>> = {
  rows: readRows,
  snapshot: async (...all) => (await import('./snapshot.ts')).readSnapshotFile(...all),
  journal: async (opening, file, source) =>
    (await import('./journal.ts')).readJournal(opening, file, await unzipped(source)),
  binary: note('It holds no conversations: it is not text, a snapshot or gzip.'),
  empty: note('It is empty.'),
}

/** Reads a file. `onBytes` hears how many bytes were read so far. What cannot be read is noted. */
export async function readInto(
  opening: Opening,
  {
    name,
    kind,
    stream,
  }: { readonly name: string; readonly kind: FileKind; readonly stream: ReadableStream<Uint8Array> },
  onBytes: (bytes: number) => void,
): Promise<void> {
  await READERS[kind](opening, name, chunksOf(stream, onBytes))
}

/** The chunks of a stream. Leaving it ends the stream. */
export async function* chunksOf(
  stream: ReadableStream<Uint8Array>,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader()
  let bytes = 0
  try {
    for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
      bytes += value!.length
      onBytes(bytes)
      yield value!
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
}

async function unzipped(source: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const chunks = source[Symbol.asyncIterator]()
  const first = await chunks.next()
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => (first.done ? controller.close() : controller.enqueue(first.value)),
    async pull(controller) {
      const { done, value } = await chunks.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
  })
  const isZipped = !first.done && isGzip(first.value)
  return chunksOf(isZipped ? stream.pipeThrough(new DecompressionStream('gzip') as never) : stream, () => {})
}
