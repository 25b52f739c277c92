/** Conversations from files or standard input into a store, with a line on standard error that tells how far it is. */
import { type LoadOptions, type LoadProgress, type LoadResult, loadFilesInto, loadInto } from '../features/load/node.ts'
import { ConversationStore } from '../index.ts'
import type { Streams } from './command.ts'

/** A command that cannot be done as it was typed; the message is for the person who typed it. */
export class UsageError extends Error {}

/** A store with what the files hold; `-`, or no file, is standard input. */
export async function readStore(
  files: readonly string[],
  skipInvalid: boolean,
  streams: Streams,
): Promise<ConversationStore> {
  const isPiped = files.length === 0 || files.includes('-')
  if (files.length === 0 && streams.stdin.isTTY)
    throw new UsageError('give at least one FILE, or pipe conversations in.')
  if (isPiped && files.length > 1) throw new UsageError('"-" is standard input, which cannot be read beside files.')

  const store = new ConversationStore()
  const progress = new ProgressLine(streams.stderr)
  const options: LoadOptions = {
    onInvalid: skipInvalid ? 'skip' : 'throw',
    onProgress: (at) => progress.show(at),
  }
  let result: LoadResult
  try {
    result = isPiped ? await loadInto(store, streams.stdin, options) : await loadFilesInto(store, files, options)
  } finally {
    progress.clear()
  }
  for (const { file, line, error } of result.rejected) {
    const place = file === undefined ? `line ${line}` : `${file}: line ${line}`
    streams.stderr.write(`skipped: ${place}: ${error.message.replaceAll('\n', ' ')}\n`)
  }
  return store
}

/** A line that is written over and over, on a terminal alone. */
class ProgressLine {
  readonly #stream: NodeJS.WriteStream
  #nextAt = 0

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream
  }

  show({ rows, bytes, totalBytes }: LoadProgress): void {
    const now = performance.now()
    if (!this.#stream.isTTY || now < this.#nextAt) return
    this.#nextAt = now + 100
    const share = totalBytes
      ? `${String(Math.floor((100 * bytes) / totalBytes)).padStart(3)} %`
      : `${Math.floor(bytes / 1e6)} MB`
    this.#stream.write(`\r\u001b[KReading: ${share}, ${rows.toLocaleString('en')} conversations`)
  }

  clear(): void {
    if (this.#stream.isTTY) this.#stream.write('\r\u001b[K')
  }
}
