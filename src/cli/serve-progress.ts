/** How far loading and indexing are, on standard error: a bar on a terminal, else a line at each third. */
import type { SingleBar } from 'cli-progress'

/** Parts in which lines are told where there is no terminal. */
const PARTS = 3

/** A piece of work that takes a while: `Reading`, `Indexing`. Nothing is shown before the first `show`. */
export class Progress {
  readonly #stream: NodeJS.WriteStream
  readonly #title: string
  readonly #bar: SingleBar | undefined
  #told = 0

  private constructor(stream: NodeJS.WriteStream, title: string, bar: SingleBar | undefined) {
    this.#stream = stream
    this.#title = title
    this.#bar = bar
  }

  /** The bar's library is fetched for a terminal alone. */
  static async of(stream: NodeJS.WriteStream, title: string): Promise<Progress> {
    if (!stream.isTTY) return new Progress(stream, title, undefined)
    const { default: library } = await import('cli-progress')
    const format = `${title} {bar} {percentage} %{text}`
    const options = { stream, format, hideCursor: true, clearOnComplete: true }
    return new Progress(stream, title, new library.SingleBar(options, library.Presets.rect))
  }

  /** @param text What else is to be said, such as `1,000 conversations`. */
  show(done: number, total: number, text = ''): void {
    const addition = text === '' ? '' : `, ${text}`
    if (this.#bar !== undefined) {
      if (this.#bar.isActive) this.#bar.setTotal(total)
      else this.#bar.start(total, 0, { text: '' })
      this.#bar.update(done, { text: addition })
      return
    }
    const part = Math.floor((PARTS * done) / total)
    // Of nothing at all, no part is a number.
    if (!(part > this.#told)) return
    this.#told = part
    this.#stream.write(`${this.#title}: ${Math.floor((100 * done) / total)} %${addition}\n`)
  }

  /** Takes the bar away. */
  stop(): void {
    if (this.#bar?.isActive) this.#bar.stop()
  }
}
