/** Long work in steps, between which the thread can be left to others. */

/** Work that gives its result in the end, and the thread in between. */
export type Steps<Result> = Generator<undefined, Result, undefined>

/** The reading of a long row: each step gives how many UTF-16 units it went through. */
export type ReadingSteps = Generator<number, void, undefined>

/** A step goes through about so many UTF-16 units of strings that are read: half a millisecond where each word is looked up. */
export const STEP_UNITS = 16_384

/** A step goes through so many numbers in typed arrays: half a millisecond. */
export const STEP_NUMBERS = 1 << 16

/** Does all steps at once. */
export function finish<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}

/** Does something for all numbers from 0 to `count`, those of one step after those of another. */
export function* stepwise(count: number, act: (from: number, to: number) => void): Steps<void> {
  for (let from = 0; from < count; from += STEP_NUMBERS) {
    if (from > 0) yield
    act(from, Math.min(count, from + STEP_NUMBERS))
  }
}
