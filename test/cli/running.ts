/** The command in this process, with streams that a test holds. */
import { Writable } from 'node:stream'
import { runCommand } from '../../src/cli/command.ts'
import type { Streams } from '../../src/cli/streams.ts'

/** What a command printed, and its exit code. */
export interface Outcome {
  readonly stdout: string
  readonly stderr: string
  readonly code: number
}

/** Runs the command. With `columns` standard output is a terminal of that width. */
export async function runHere(args: readonly string[], columns?: number): Promise<Outcome> {
  const [stdout, stderr] = [new Text(), new Text()]
  if (columns !== undefined) Object.assign(stdout, { isTTY: true, columns })
  const code = await runCommand(args, { stdin: process.stdin, stdout, stderr } as unknown as Streams)
  return { stdout: stdout.text, stderr: stderr.text, code }
}

class Text extends Writable {
  text = ''

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.text += chunk
    done()
  }
}
