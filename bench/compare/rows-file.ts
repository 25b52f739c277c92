/** Rows in a file of NDJSON, written once and read by every process. */
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs'
import type { Row } from './ask.ts'

const CHUNK_BYTES = 1 << 22
const NEWLINE = 10

/** Writes rows as lines, a few megabytes at a time. */
export class RowsWriter {
  readonly #file: number
  #lines: string[] = []
  #units = 0

  constructor(path: string) {
    this.#file = openSync(path, 'w')
  }

  write(row: object): void {
    const line = JSON.stringify(row)
    this.#lines.push(line, '\n')
    this.#units += line.length
    if (this.#units > CHUNK_BYTES) this.#flush()
  }

  close(): void {
    this.#flush()
    closeSync(this.#file)
  }

  #flush(): void {
    writeSync(this.#file, this.#lines.join(''))
    this.#lines = []
    this.#units = 0
  }
}

/** The lines of a file, one by one, without the newline. A file may be larger than a buffer can be. */
export function* lines(path: string): Generator<string, void, undefined> {
  const file = openSync(path, 'r')
  try {
    let rest = Buffer.alloc(0)
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
      const read = readSync(file, chunk, 0, CHUNK_BYTES, null)
      if (read === 0) break
      const bytes = rest.length === 0 ? chunk.subarray(0, read) : Buffer.concat([rest, chunk.subarray(0, read)])
      let from = 0
      for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, from)) {
        yield bytes.toString('utf8', from, end)
        from = end + 1
      }
      rest = bytes.subarray(from)
    }
    if (rest.length > 0) yield rest.toString('utf8')
  } finally {
    closeSync(file)
  }
}

/** All rows of a file. */
export function readRows(path: string): Row[] {
  const rows: Row[] = []
  for (const line of lines(path)) rows.push(JSON.parse(line) as Row)
  return rows
}

/** The file as chunks of whole lines: NDJSON in memory, as a download would leave it. */
export function readChunks(path: string): Buffer[] {
  const file = openSync(path, 'r')
  try {
    const chunks: Buffer[] = []
    const { size } = fstatSync(file)
    for (let at = 0; at < size; ) {
      const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES * 16, size - at))
      let filled = 0
      while (filled < chunk.length) filled += readSync(file, chunk, filled, chunk.length - filled, at + filled)
      const end = at + filled === size ? filled : chunk.lastIndexOf(NEWLINE) + 1
      chunks.push(chunk.subarray(0, end))
      at += end
    }
    return chunks
  } finally {
    closeSync(file)
  }
}

/** Calls `take` with each line of NDJSON in memory. */
export function eachLine(chunks: readonly Buffer[], take: (line: string) => void): void {
  for (const chunk of chunks) {
    let from = 0
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      take(chunk.toString('utf8', from, end))
      from = end + 1
    }
    if (from < chunk.length) take(chunk.toString('utf8', from))
  }
}
