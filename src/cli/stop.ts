/** How a server is told to stop. */
import { constants } from 'node:os'

/** Hears SIGINT and SIGTERM: the first asks to stop, the second ends the process at once. */
export class Stop {
  readonly #controller = new AbortController()
  readonly requested: Promise<void>
  readonly #hear = (name: 'SIGINT' | 'SIGTERM') => {
    if (this.signal.aborted) process.exit(128 + constants.signals[name])
    this.#controller.abort()
  }

  constructor() {
    this.requested = new Promise((resolve) => {
      this.signal.addEventListener('abort', () => resolve(), { once: true })
    })
    process.on('SIGINT', this.#hear).on('SIGTERM', this.#hear)
  }

  /** Aborted by the first signal. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  forget(): void {
    process.off('SIGINT', this.#hear).off('SIGTERM', this.#hear)
  }
}
