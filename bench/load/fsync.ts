/** What the disk itself needs, with no server between: an append and an fsync, one after another. */
import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs'

/** Times of an append with its fsync, in milliseconds. */
export interface Fsync {
  readonly median: number
  readonly p99: number
}

/** Appends `bytes` and syncs, for about as long as is said, in a file that is removed again. */
export function measureFsync(file: string, bytes = 512, milliseconds = 2_000): Fsync {
  const line = Buffer.alloc(bytes, 'x')
  const descriptor = openSync(file, 'a')
  const times: number[] = []
  try {
    for (const end = performance.now() + milliseconds; performance.now() < end; ) {
      const start = performance.now()
      writeSync(descriptor, line)
      fsyncSync(descriptor)
      times.push(performance.now() - start)
    }
  } finally {
    closeSync(descriptor)
    rmSync(file)
  }
  times.sort((a, b) => a - b)
  return { median: times[times.length >> 1]!, p99: times[Math.floor(times.length * 0.99)]! }
}
