/** Loaded into the server beside its command: tells its parent, when asked, for how long its event loop was held. */
import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks'

/** Since the parent asked last, in milliseconds: the longest hold, and the longest collection of garbage in it. */
export interface Hold {
  readonly longest: number
  readonly garbage: number
}

const delay = monitorEventLoopDelay({ resolution: 1 })
delay.enable()
let garbage = 0
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) garbage = Math.max(garbage, duration)
}).observe({ entryTypes: ['gc'] })

process.on('message', () => {
  // A turn later, so that what was held last is counted.
  setTimeout(() => {
    const hold: Hold = { longest: delay.max / 1e6, garbage }
    process.send!(hold)
    delay.reset()
    garbage = 0
  }, 5)
})
process.channel?.unref()
