/** `conversation-store import`: writes conversations of other tools as rows, one a line. */
import { createGzip } from 'node:zlib'
import { counted } from '../base/text/counted.ts'
import { ConversationStore } from '../core.ts'
import type { FormatName } from '../features/formats/formats.ts'
import type { LoadedBatch } from '../features/load/batch.ts'
import { SourceFaults } from '../features/load/fault.ts'
import { addBatches } from '../features/load/into.ts'
import { readAnyFiles, readAnyStream } from './any-files.ts'
import { UsageError } from './failure.ts'
import { unpacked } from './file-bytes.ts'
import { findFiles } from './found-files.ts'
import { sayRejected, showLoad, warningLines } from './input.ts'
import { printable, printableJson } from './printable.ts'
import { Progress } from './progress.ts'
import { type Streams, say, writeAll } from './streams.ts'
import { WholeFile } from './whole-file.ts'

/** Runs the command. */
export async function runImport(
  given: readonly string[],
  options: Readonly<Record<string, unknown>>,
  streams: Streams,
): Promise<void> {
  const isPipe = given.length === 0 || given.includes('-')
  if (isPipe && given.length > 1) throw new UsageError('"-" is standard input, which cannot be read beside files.')
  if (given.length === 0 && streams.stdin.isTTY)
    throw new UsageError('give at least one FILE, or pipe conversations in.')
  const { output = '-' } = options as { readonly output?: string }
  // Before the files are read, which may take a minute: a directory that is missing is reported at once.
  await using file = output === '-' ? undefined : await WholeFile.create(output)
  const rows = await readRows(isPipe ? undefined : given, options, streams)
  if (file === undefined) {
    await writeAll(streams.stdout, linesOf(rows))
    return
  }
  const isPacked = output.endsWith('.gz')
  if (isPacked) for await (const piece of packed(linesOf(rows))) await file.write(piece)
  else for (const line of linesOf(rows)) await file.write(Buffer.from(line))
  await file.keep()
  await writeAll(streams.stdout, [`${printable(output)}: ${counted(rows.length, 'conversation')}\n`])
}

/** The rows as they were read, each of which a store takes. */
async function readRows(
  given: readonly string[] | undefined,
  options: Readonly<Record<string, unknown>>,
  streams: Streams,
): Promise<readonly object[]> {
  const read = {
    streams,
    format: (options.from as FormatName | undefined) ?? ('auto' as const),
    lossy: options.lossy === true,
  }
  const progress = await Progress.of(streams, 'Reading', 'nothing')
  const rows: object[] = []
  const refused = new Set<number>()
  let count = 0
  /** Hands the batches on, and keeps their rows by their places. */
  const keeping = async function* (batches: AsyncIterable<LoadedBatch>) {
    for await (const batch of batches) {
      for (const [i, row] of batch.entries()) rows[batch.indexes[i] ?? count++] = row
      yield batch
    }
  }
  const { files, walked, left } = await findFiles(given ?? [])
  for (const { path, why } of left) say(streams, `left out: ${path}: The folder cannot be read: ${why}.`)
  try {
    const result = await addBatches(
      new ConversationStore(),
      (own) =>
        keeping(
          given === undefined
            ? readAnyStream(unpacked(streams.stdin, new SourceFaults()), read, own)
            : readAnyFiles(files, { ...read, walked }, own),
        ),
      {
        onInvalid:
          options.skipInvalid === true || (files.length > 0 && walked.size === files.length) ? 'skip' : 'throw',
        onProgress: (at) => showLoad(progress, at),
      },
    )
    sayRejected(result, streams)
    for (const { index } of result.rejected) refused.add(index)
    for (const warning of warningLines(result)) say(streams, warning)
  } finally {
    progress.stop()
  }
  return rows.filter((row, i) => row !== undefined && !refused.has(i))
}

function* linesOf(rows: readonly object[]): Iterable<string> {
  for (const row of rows) yield `${printableJson(row)}\n`
}

/** Gzip of lines. */
async function* packed(lines: Iterable<string>): AsyncGenerator<Uint8Array, void, undefined> {
  const gzip = createGzip()
  const feed = (async () => {
    for (const line of lines) if (!gzip.write(line)) await new Promise((resolve) => gzip.once('drain', resolve))
    gzip.end()
  })()
  yield* gzip
  await feed
}
