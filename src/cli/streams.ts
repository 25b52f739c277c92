/** The streams that a command reads and writes, and writing to them so that a failure is one line, not a stack. */
import { onOneLine } from './printable.ts'

/** Standard input, output and error. */
export interface Streams {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
}

/** Standard output cannot be written. `cause` is the system's error: `EPIPE` where the reader has left. */
export class OutputError extends Error {}

/** Output is written in chunks of so many UTF-16 units. */
const CHUNK = 65_536

/** Writes the pieces in order, in chunks, each after the one before was written. Rejects with an `OutputError`. */
export async function writeAll(stream: NodeJS.WritableStream, pieces: Iterable<string>): Promise<void> {
  let chunk = ''
  for (const piece of pieces) {
    chunk += piece
    if (chunk.length < CHUNK) continue
    await write(stream, chunk)
    chunk = ''
  }
  if (chunk !== '') await write(stream, chunk)
}

/** Writes one line for a person to standard error. Never throws: where standard error fails, nobody could read of it. */
export function say({ stderr }: Pick<Streams, 'stderr'>, line: string): void {
  sayRaw({ stderr }, `${onOneLine(line)}\n`)
}

/** Writes text that is safe for a terminal to standard error, as `say` does. */
export function sayRaw({ stderr }: Pick<Streams, 'stderr'>, text: string): void {
  try {
    stderr.write(text)
  } catch {
    // For a file that cannot be written Node throws instead of emitting `error`.
  }
}

async function write(stream: NodeJS.WritableStream, chunk: string): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      stream.write(chunk, (error) => (error ? reject(error) : resolve()))
    })
  } catch (cause) {
    throw new OutputError('Standard output cannot be written.', { cause })
  }
}
