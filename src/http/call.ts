/** One request on its way through a route, and what a route makes of it. */

import { formatInstant } from '../base/text/instant.ts'
import type { Conversation } from '../row/conversation.ts'
import type { Agent } from './agents.ts'
import { notFound } from './answer.ts'
import type { Body, Upload } from './body.ts'
import type { RecordedEvent } from './events.ts'
import type { Role } from './keys.ts'
import type { Scene } from './scene.ts'
import type { Settings } from './settings.ts'

/** The input of a route. */
export interface Call extends Scene {
  readonly settings: Settings
  readonly agent: Agent
  readonly role: Role
  readonly query: URLSearchParams
  /** The parts of the path that its pattern names. */
  readonly path: Readonly<Record<string, string>>
  /** The body of the request; empty where a route takes none. */
  readonly body: Body
  /** The files of a form; undefined for a JSON body. */
  readonly files?: readonly Upload[] | undefined
  /** Conversations that this request must not see yet. */
  readonly hidden: ReadonlySet<number>
}

/** The output of a route: what happened, and the answer. */
export interface Outcome {
  readonly status: number
  /** The events, if anything happened. */
  readonly events?: readonly RecordedEvent[]
  /** The body of the answer, made once the events are applied. */
  readonly answer?: () => unknown
  /** An answer that is not made from `answer`. */
  readonly response?: () => Response
}

/** A 200 with this body. */
export function ok(answer: () => unknown, events: readonly RecordedEvent[] = []): Outcome {
  return { status: 200, answer, events }
}

/** A 201 with this body. */
export function created(answer: () => unknown, events: readonly RecordedEvent[]): Outcome {
  return { status: 201, answer, events }
}

/** The time, as it is stored. */
export function clock({ settings }: Call): string {
  return formatInstant(settings.now())
}

/** Whether the conversation with this id is there for this call, a deleted one too. */
export function isServed({ agent, hidden }: Call, conversation: number): boolean {
  return agent.state.store.has(conversation) && !hidden.has(conversation)
}

/** The conversation that a path names, a deleted one too. Throws 404. */
export function rowOfPath(call: Call): Conversation {
  const row = call.agent.state.store.get(Number(call.path.pk))
  if (row === undefined || call.hidden.has(row.id)) throw notFound()
  return row
}

/** The row with this id, which is there, as it is when this is called. */
export function rowOf({ agent }: Call, id: number): Conversation {
  return agent.state.row(id)
}
