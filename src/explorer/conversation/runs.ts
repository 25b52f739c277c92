/** Runs of actions as lines: `lookup_order · 120 ms · ok`. */
import type { ActionLog, Message } from 'conversation-store'
import { millisOf, spanOf } from '../ui/time.ts'

/** What the line of a run says. */
export interface RunLine {
  readonly name: string
  /** Null where nobody knows. */
  readonly took: string | null
  readonly outcome: 'ok' | 'failed' | null
}

/** The runs of a message; one of which only the name is known where none was logged. */
export function runsOf({ action_name, action_logs }: Message): readonly ActionLog[] {
  if (action_logs?.length) return action_logs
  return action_name ? [{}] : []
}

/** The line of a run. */
export function lineOf(message: Message, run: ActionLog): RunLine {
  const ms = durationOf(run)
  const isLogged = Object.keys(run).length > 0
  return {
    name: message.action_name || 'action',
    took: ms === null ? null : spanOf(ms),
    outcome: hasFailed(run) ? 'failed' : isLogged ? 'ok' : null,
  }
}

/** Whether a run has an error message. */
export function hasFailed({ error_message }: ActionLog): boolean {
  return typeof error_message === 'string' && error_message !== ''
}

function durationOf({ duration_ms, started_at, ended_at }: ActionLog): number | null {
  if (typeof duration_ms === 'number') return duration_ms
  const [from, to] = [millisOf(started_at), millisOf(ended_at)]
  return from === null || to === null ? null : to - from
}

/** Whether a message only says that its action was done: `Action lookup_order performed`. */
export function saysOnlyItsAction({ content, action_name }: Message): boolean {
  return Boolean(action_name) && (content.trim() === '' || content === `Action ${action_name} performed`)
}

/** The parts of a run that are unfolded, by the names that matches give them. */
export const RUN_PARTS = [
  { part: 'input', label: 'Arguments', key: 'tools_used' },
  { part: 'output', label: 'Result', key: 'response' },
  { part: 'error', label: 'Error', key: 'error_message' },
  { part: null, label: 'Metadata', key: 'metadata' },
] as const

/** A value as JSON: a string that is the JSON of an object or list is read, any other value stays. */
export function parsed(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[{[]/.test(value) || value.length > 1_000_000) return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

/** Whether there is anything to show. */
export function isShown(value: unknown): boolean {
  return (
    value !== undefined &&
    value !== null &&
    value !== '' &&
    !(typeof value === 'object' && Object.keys(value).length === 0)
  )
}
