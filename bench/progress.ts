/** How far loading is, on standard error. */
import { SingleBar } from 'cli-progress'

/** A bar on a terminal, else a line at each tenth. */
export class Progress {
  readonly #bar: SingleBar | undefined
  #tenth = 0

  constructor(unit: 'bytes' | 'rows') {
    const text = unit === 'bytes' ? '{percentage} % | {rows} conversations' : '{percentage} % | {value} of {total}'
    this.#bar = process.stderr.isTTY
      ? new SingleBar({ format: `Loading {bar} ${text}`, hideCursor: true, clearOnComplete: true })
      : undefined
    this.#bar?.start(1, 0, { rows: 0 })
  }

  show(done: number, total: number, rows: number): void {
    this.#bar?.setTotal(total)
    this.#bar?.update(done, { rows })
    const tenth = Math.floor((10 * done) / total)
    if (this.#bar !== undefined || tenth === this.#tenth) return
    this.#tenth = tenth
    console.error(`Loading: ${tenth * 10} %, ${rows} conversations`)
  }

  stop(): void {
    this.#bar?.stop()
  }
}
