/** How long something takes, in milliseconds: many runs, their median, and the first one apart. */

/** The times of a measured function. */
export interface Timing {
  readonly first: number
  readonly median: number
  readonly p99: number
  readonly runs: number
}

/** Runs `task(0)`, `task(1)`, ... for about `budget` milliseconds, at least five times. */
export function measure(task: (run: number) => unknown, budget = 1_000): Timing {
  const times: number[] = []
  const end = performance.now() + budget
  while (times.length < 5 || performance.now() < end) times.push(timeOf(() => task(times.length)))
  const first = times[0]!
  times.sort((a, b) => a - b)
  return { first, median: quantile(times, 0.5), p99: quantile(times, 0.99), runs: times.length }
}

/** How long one run takes. */
export function timeOf(task: () => unknown): number {
  const start = performance.now()
  // Kept where the optimizer cannot know it unused.
  ;(globalThis as { kept?: unknown }).kept = task()
  return performance.now() - start
}

/** A time for people: `12 µs`, `3.4 ms`, `2.1 s`. */
export function showTime(milliseconds: number): string {
  if (milliseconds < 1) return `${(milliseconds * 1_000).toPrecision(3)} µs`
  if (milliseconds < 1_000) return `${milliseconds.toPrecision(3)} ms`
  return `${(milliseconds / 1_000).toPrecision(3)} s`
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!
}
