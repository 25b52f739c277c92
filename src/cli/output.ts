/** Writing to standard output without holding more than the reader can take. */
import { once } from 'node:events'

/** Writes the pieces in order, in chunks of some size, waiting where the stream is full. */
export async function writeAll(stream: NodeJS.WritableStream, pieces: Iterable<string>): Promise<void> {
  let chunk = ''
  for (const piece of pieces) {
    chunk += piece
    if (chunk.length < CHUNK) continue
    if (!stream.write(chunk)) await once(stream, 'drain')
    chunk = ''
  }
  if (chunk !== '') stream.write(chunk)
}

const CHUNK = 65_536
