/** The tools of a replay, whose calls are recorded. */
import { invalidOption } from '../../base/options.ts'
import type { Chat } from '../recording/index.ts'
import { type Recording, type Replaying, recording, type Tools } from './tools.ts'

/** Tools for a replay, and what ends it for them. Recorded ones record their calls themselves, wherever they are called. */
export function chatTools(tools: Tools, replaying: Replaying): { readonly tools: Tools; readonly end: () => void } {
  const whole = recordingOf(tools)
  const parts = whole === undefined ? Object.entries(tools) : []
  const recordings = new Set([whole, ...parts.map(([, tool]) => recordingOf(tool))].filter((it) => it !== undefined))
  const ends = [...recordings].map((each) => each.begin(replaying))
  const end = () => {
    for (const each of ends) each()
  }
  if (whole !== undefined) return { tools, end }
  return { tools: Object.fromEntries(parts.map(([name, tool]) => [name, recordedBy(replaying.chat, name, tool)])), end }
}

function recordedBy(chat: Chat, name: string, tool: unknown): Tools[string] {
  if (typeof tool !== 'function') throw invalidOption(`tools.${name}`, tool, 'a function')
  return recordingOf(tool) === undefined ? chat.tool(name, tool as Tools[string]) : (tool as Tools[string])
}

function recordingOf(value: unknown): Recording | undefined {
  return (Object(value) as { readonly [recording]?: Recording })[recording]
}
