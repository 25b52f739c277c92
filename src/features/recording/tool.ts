/** A function whose calls are recorded. */
import { inputOf } from './input.ts'

/** How a run of a tool ended. Whether there is an `error` decides whether it failed. */
export interface RunEnd {
  /** The input, where it was not known when the run began. */
  readonly input?: unknown
  readonly output?: unknown
  readonly error?: unknown
}

type Begin = (input: unknown) => (end: RunEnd) => void

/** The same function; each call begins a run and ends it. */
// biome-ignore lint/suspicious/noExplicitAny: a function of any arguments comes back as it is.
export function recorded<Fn extends (...args: any[]) => unknown>(fn: Fn, name: string, begin: Begin): Fn {
  const wrapped = function (this: unknown, ...args: unknown[]): unknown {
    const end = begin(inputOf(args))
    let result: unknown
    try {
      result = Reflect.apply(fn, this, args)
    } catch (error) {
      end({ error })
      throw error
    }
    if (isThenable(result)) return settled(result, end)
    if (Object.prototype.toString.call(result) === '[object AsyncGenerator]') return read(result as AsyncGenerator, end)
    end({ output: result })
    return result
  }
  Object.defineProperty(wrapped, 'name', { value: name, configurable: true })
  Object.defineProperty(wrapped, 'length', { value: fn.length, configurable: true })
  return wrapped as Fn
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof Object(value).then === 'function'
}

/** The same promise, recorded before anyone hears of it. Its `then` is called once, for of some promises that begins the work. */
function settled(result: PromiseLike<unknown>, end: (end: RunEnd) => void): PromiseLike<unknown> {
  return result.then(
    (output) => {
      end({ output })
      return output
    },
    (error) => {
      end({ error })
      throw error
    },
  )
}

/** The same generator: what is sent, thrown or returned to it reaches it. What it returns is the result, or else its last value. */
async function* read(values: AsyncGenerator, end: (end: RunEnd) => void): AsyncGenerator {
  let output: unknown
  const seen = (step: IteratorResult<unknown>) => {
    output = step.done === true ? (step.value ?? output) : step.value
    return step
  }
  const watched: AsyncIterableIterator<unknown> = {
    next: async (...sent: [] | [unknown]) => seen(await values.next(...sent)),
    return: (value: unknown) => values.return(value),
    throw: async (error: unknown) => seen(await values.throw(error)),
    [Symbol.asyncIterator]: () => watched,
  }
  try {
    return yield* watched
  } catch (error) {
    end({ error })
    throw error
  } finally {
    end({ output })
  }
}
