/**
 * Another client, in a process of its own: it asks for one page every 20 ms and notes how long each answer takes, from
 * the time at which the request was due. Told `reset`, it begins anew; told `report`, it says what it saw.
 */
import { Agent, get } from 'node:http'

const EVERY_MS = 20

/** What a bystander saw, in milliseconds. */
export interface Seen {
  readonly answers: number
  /** Answers other than 200, and connections that broke. */
  readonly faults: number
  readonly p99: number
  readonly longest: number
}

const url = process.argv[2]!
const agent = new Agent({ keepAlive: true, maxSockets: 8 })
let times: number[] = []
let faults = 0
/** When each request that has no answer yet was due. */
const waiting = new Set<{ readonly due: number }>()

function ask(due: number): void {
  const request = { due }
  waiting.add(request)
  const end = (isRight: boolean) => {
    if (!waiting.delete(request)) return
    times.push(performance.now() - due)
    if (!isRight) faults++
  }
  get(url, { agent }, (response) => {
    response.on('data', () => {}).on('end', () => end(response.statusCode === 200))
    response.on('error', () => end(false))
  }).on('error', () => end(false))
}

let due = performance.now()
const timer = setInterval(() => {
  // Where this process itself was held up, the time that passed is not the server's.
  const now = performance.now()
  due = now - due > 4 * EVERY_MS ? now : due + EVERY_MS
  ask(due)
}, EVERY_MS)

function seen(): Seen {
  const now = performance.now()
  // What waits still has taken so long already, and the requests that were not sent meanwhile would have waited too.
  const all = [...times, ...[...waiting].map((request) => now - request.due)].sort((a, b) => a - b)
  const at = Math.min(all.length - 1, Math.floor(all.length * 0.99))
  return { answers: times.length, faults, p99: all[at] ?? 0, longest: all.at(-1) ?? 0 }
}

process.on('message', (word) => {
  if (word === 'report') process.send?.(seen())
  if (word !== 'reset') return
  times = []
  faults = 0
  waiting.clear()
})
process.on('disconnect', () => {
  clearInterval(timer)
  agent.destroy()
  process.exit()
})
