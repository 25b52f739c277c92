/** Milliseconds without a change before what can wait is asked. */
const QUIET = 600

/** Runs a task once nothing has changed for a while. The function that comes back ends it, and what it asks by its signal. */
export function later(task: (signal: AbortSignal) => Promise<void>): () => void {
  const control = new AbortController()
  const timer = setTimeout(() => {
    task(control.signal).catch((error) => {
      // A store that was closed answers nothing, and an ended task is not asked for any more.
      if (!control.signal.aborted && error?.code !== 'ABORTED') reportError(error)
    })
  }, QUIET)
  return () => {
    clearTimeout(timer)
    control.abort()
  }
}
