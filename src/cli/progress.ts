/** The progress of loading and indexing, on standard error: a bar on a terminal, else a line at each third. */
import type { SingleBar } from 'cli-progress'
import { type Streams, say } from './streams.ts'

/** Without a terminal, a line is printed after each of so many parts. */
const PARTS = 3

/** A piece of work that takes a while: `Reading`, `Indexing`. Nothing is shown before the first `show`. */
export class Progress {
  readonly #streams: Pick<Streams, 'stderr'>
  readonly #title: string
  readonly #bar: SingleBar | undefined
  /** Parts that have been printed; all of them where nothing is to be printed. */
  #shown: number

  private constructor(streams: Pick<Streams, 'stderr'>, title: string, bar: SingleBar | undefined, shown: number) {
    this.#streams = streams
    this.#title = title
    this.#bar = bar
    this.#shown = shown
  }

  /**
   * The bar's library is loaded for a terminal alone.
   *
   * @param withoutTerminal What is shown where there is no terminal.
   */
  static async of(
    streams: Pick<Streams, 'stderr'>,
    title: string,
    withoutTerminal: 'lines' | 'nothing' = 'lines',
  ): Promise<Progress> {
    const { stderr: stream } = streams
    if (!stream.isTTY) return new Progress(streams, title, undefined, withoutTerminal === 'lines' ? 0 : PARTS)
    const { default: library } = await import('cli-progress')
    const format = `${title} {bar} {percentage} %{text}`
    // A cursor that was hidden would stay so where the process is killed.
    const options = { stream, format, hideCursor: false, clearOnComplete: true }
    return new Progress(streams, title, new library.SingleBar(options, library.Presets.rect), PARTS)
  }

  /**
   * @param total Undefined where it is not known: then nothing is shown.
   * @param text More to show, such as `1,000 conversations`.
   */
  show(done: number, total: number | undefined, text = ''): void {
    if (total === undefined) return
    const addition = text === '' ? '' : `, ${text}`
    if (this.#bar !== undefined) {
      if (this.#bar.isActive) this.#bar.setTotal(total)
      else this.#bar.start(total, 0, { text: '' })
      this.#bar.update(done, { text: addition })
      return
    }
    const part = Math.floor((PARTS * done) / total)
    // 0 of 0 is NaN.
    if (!(part > this.#shown)) return
    this.#shown = part
    say(this.#streams, `${this.#title}: ${Math.floor((100 * done) / total)} %${addition}`)
  }

  /** Takes the bar away. */
  stop(): void {
    if (this.#bar?.isActive) this.#bar.stop()
  }
}
