/** Messages of the AI SDK: `UIMessage` of versions 5 to 7, and of version 4, which has `toolInvocations`. */
import { listOf, type Part, partOf, stringOf, TurnCollector, timeOf, tokensOf } from './collect.ts'
import type { Turn, TurnRole } from './turn.ts'

const ROLES: { readonly [role: string]: TurnRole } = { user: 'user', assistant: 'agent' }

/** Whether this is a message with parts, or one of version 4 with calls of tools. */
export function isUIMessage(message: Part): boolean {
  return typeof message.role === 'string' && (Array.isArray(message.parts) || Array.isArray(message.toolInvocations))
}

/** The turns of `UIMessage`s. O(parts). */
export function fromUIMessages(messages: readonly unknown[]): Turn[] {
  const into = new TurnCollector()
  for (const message of messages) readUIMessage(partOf(message), into)
  return into.turns
}

/** Reads one message. */
export function readUIMessage(message: Part, into: TurnCollector): void {
  const { metadata, content, createdAt, toolInvocations, experimental_attachments } = message
  const { model, createdAt: at, usage, totalUsage } = partOf(metadata)
  const named = stringOf(model)
  into.begin(ROLES[String(message.role)] ?? 'system', {
    ...(named !== null && { model: named }),
    ...tokensOf(totalUsage ?? usage),
    ...timeOf(createdAt ?? at),
  })
  const parts = listOf(message.parts).map(partOf)
  if (!parts.some(({ type }) => type === 'text')) into.say(content)
  for (const part of parts) readPart(part, into)
  // Version 4 has each call among the parts as well, in its later releases.
  if (!parts.some(({ type }) => type === 'tool-invocation'))
    for (const call of listOf(toolInvocations)) readInvocation(partOf(call), into)
  for (const file of listOf(experimental_attachments).map(partOf)) into.file(file.name, file.contentType, file.url)
}

function readPart(part: Part, into: TurnCollector): void {
  const type = String(part.type)
  const read = READERS[type]
  if (read !== undefined) read(part, into)
  else if (type.startsWith('tool-')) readTool(type.slice('tool-'.length), part, into)
}

/** What each type of part says. Steps, sources and data are left out. */
const READERS: { readonly [type: string]: (part: Part, into: TurnCollector) => void } = {
  text: ({ text }, into) => into.say(text),
  reasoning: ({ text, reasoning }, into) => into.think(text ?? reasoning),
  file: ({ filename, mediaType, mimeType, url }, into) => into.file(filename, mediaType ?? mimeType, url),
  'dynamic-tool': (part, into) => readTool(part.toolName, part, into),
  'tool-invocation': ({ toolInvocation }, into) => readInvocation(partOf(toolInvocation), into),
}

function readTool(name: unknown, part: Part, into: TurnCollector): void {
  const { toolCallId, state, input, rawInput, output, errorText, approval } = part
  const isDenied = state === 'output-denied'
  into.call(toolCallId, name, input ?? rawInput, {
    output,
    error: isDenied ? (partOf(approval).reason ?? 'denied') : state === 'output-error' ? (errorText ?? '') : undefined,
  })
}

function readInvocation({ toolCallId, toolName, args, result }: Part, into: TurnCollector): void {
  into.call(toolCallId, toolName, args, { output: result })
}
