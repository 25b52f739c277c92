/** A page without components: what the explorer's data does, for a test to drive. */
import { query } from 'conversation-store/core'
import { startSession } from '../../../src/explorer/data/session.ts'

const session = startSession()
const phases: { phase: string; rows: number; at: number }[] = []
session.subscribe(() => {
  const { phase, rows } = session.state.status
  phases.push({ phase, rows, at: performance.now() })
})
const longTasks: number[] = []
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) longTasks.push(duration)
}).observe({ type: 'longtask', buffered: true })

Object.assign(window, { session, query, phases, longTasks })
