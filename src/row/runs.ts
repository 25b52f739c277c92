/** Runs of actions: what a tool did, as the messages of a row say it. */
import { type Instant, parseInstant } from '../base/text/instant.ts'
import type { ActionLog, Json, Message } from './conversation.ts'

const NONE: readonly ActionLog[] = []
/** The run of an action without a log: nothing is known of it but the name. */
const UNLOGGED: readonly ActionLog[] = [{}]

/** The runs of a message: the entries of its logs; without any, one if it has an action. O(1). */
export function runsOf({ action_name, action_logs }: Message): readonly ActionLog[] {
  if (action_logs?.length) return action_logs
  return typeof action_name === 'string' && action_name !== '' ? UNLOGGED : NONE
}

/** Whether a run has an error message that is not empty. */
export function hasFailed({ error_message }: ActionLog): boolean {
  return typeof error_message === 'string' && error_message !== ''
}

/**
 * The milliseconds of a run, exact to the microsecond: its `duration_ms`, or from its start to its end. `undefined` where it
 * has neither, and for a duration that is no number.
 */
export function durationOf({ duration_ms, started_at, ended_at }: ActionLog): number | undefined {
  if (duration_ms !== undefined && duration_ms !== null)
    return typeof duration_ms === 'number' ? duration_ms : undefined
  const [from, to] = [instantOf(started_at), instantOf(ended_at)]
  // Divided once, so that 1005 microseconds are the number 1.005.
  return from && to && ((to.ms - from.ms) * 1000 + to.us - from.us) / 1000
}

/** A value as it is searched: a string as it stands, else compact JSON. `undefined` for null, which contains nothing. */
export function searchedText(value: Json | undefined): string | undefined {
  if (value === undefined || value === null) return undefined
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function instantOf(value: Json | undefined): Instant | undefined {
  return typeof value === 'string' ? parseInstant(value) : undefined
}
