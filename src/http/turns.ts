/** Turns for slices of long work: one slice in each turn of the event loop, however many requests have some. */
export class Turns {
  #last: Promise<void> = Promise.resolve()

  /** Resolves when it is the caller's turn: after all that asked before, and after what else the event loop has to do. */
  next(): Promise<void> {
    this.#last = this.#last.then(() => new Promise<void>((resume) => setTimeout(resume)))
    return this.#last
  }
}
