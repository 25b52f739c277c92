/** What of the files could not be used. */
import { MOST_LISTED } from '../base/best-n.ts'
import { grouped } from '../base/text/counted.ts'
import { withoutCalls } from './failure.ts'
import { onOneLine } from './printable.ts'
import { type Streams, say } from './streams.ts'

/** Something that was left out, safe to be shown. */
export interface FileFault {
  readonly file: string
  /** From 1; null where it is about the whole file. */
  readonly line: number | null
  readonly message: string
}

/** So many are printed; the page lists more. */
const MOST_PRINTED = 10

/** The first hundred faults, and how many there were. */
export class FileFaults {
  readonly #listed: FileFault[] = []
  #count = 0

  get listed(): readonly FileFault[] {
    return this.#listed
  }

  get count(): number {
    return this.#count
  }

  /** Notes a fault. What the message says of the file and the line again is left out of it. */
  add(file: string, line: number | null, message: string): void {
    this.#count++
    if (this.#listed.length >= MOST_LISTED) return
    const own = message.startsWith(`${file}: `) ? message.slice(file.length + 2) : message
    const text = line === null ? own : own.replace(new RegExp(`^Line ${line}: `), '')
    this.#listed.push({ file: onOneLine(file), line, message: onOneLine(withoutCalls(text)) })
  }

  /** Notes faults of which nothing more is known. */
  addUnlisted(count: number): void {
    this.#count += count
  }

  /** Prints the first ones. */
  print(streams: Pick<Streams, 'stderr'>): void {
    const printed = this.#listed.slice(0, MOST_PRINTED)
    for (const { file, line, message } of printed)
      say(streams, `left out: ${file}: ${line === null ? '' : `line ${line}: `}${message}`)
    const more = this.#count - printed.length
    if (more > 0) {
      const listed = this.#count > MOST_LISTED ? `the first ${MOST_LISTED} of all` : 'all'
      say(streams, `left out: and ${grouped(more)} more; the page lists ${listed}.`)
    }
  }
}
