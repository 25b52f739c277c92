/** A real HTTP client on loopback: autocannon, with every answer's time kept as it measured it. */
import { load } from './workshop.ts'

/** A request that is sent again and again; `setupRequest` makes it anew each time. */
export interface Asked {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly setupRequest?: (request: Asked) => Asked
}

/** What a run of the client showed; times in milliseconds. */
export interface Measured {
  readonly perSecond: number
  readonly median: number
  readonly p99: number
  readonly longest: number
  readonly answers: number
}

/** How a run is made. */
export interface LoadOptions {
  readonly connections: number
  readonly seconds: number
}

type Autocannon = (options: object) => Instance

type Instance = PromiseLike<{ non2xx: number; errors: number; timeouts: number }> & {
  on(event: 'response', listener: (client: unknown, status: number, bytes: number, ms: number) => void): void
}

const { default: autocannon } = await load<{ default: Autocannon }>('autocannon')

/** Sends the requests in turn over each connection, the next as soon as the last is answered. An answer but a 2xx is an error. */
export async function drive(url: string, requests: readonly Asked[], options: LoadOptions): Promise<Measured> {
  const { connections, seconds } = options
  const times: number[] = []
  const start = performance.now()
  const instance = autocannon({ url, requests, connections, duration: seconds, timeout: 30 })
  instance.on('response', (_, __, ___, ms) => times.push(ms))
  const { non2xx, errors, timeouts } = await instance
  const elapsed = performance.now() - start
  if (non2xx + errors + timeouts > 0) {
    throw new Error(
      `${requests[0]!.path}: ${non2xx} answers that are no success, ${errors} errors, ${timeouts} timeouts.`,
    )
  }
  times.sort((a, b) => a - b)
  // Where none came at all, its time is not known but for being longer than the run.
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? elapsed
  return {
    perSecond: times.length / (elapsed / 1_000),
    median: at(0.5),
    p99: at(0.99),
    longest: at(1),
    answers: times.length,
  }
}
