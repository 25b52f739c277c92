/** Messages of the AI SDK: `UIMessage` of versions 5 to 7, and of version 4, which has `toolInvocations`. */
import { listOf, type Part, partOf, restOf, stringOf, TurnCollector, timeOf, tokensOf } from './collect.ts'
import type { Turn, TurnRole } from './turn.ts'

const ROLES: { readonly [role: string]: TurnRole } = { user: 'user', assistant: 'agent' }

/** The keys of a call that become its own. */
const TOOL_KEYS = ['type', 'toolName', 'toolCallId', 'input', 'rawInput', 'output', 'errorText']

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
  if (!into.keepsAll) return
  into.rest({ ...message, metadata: restOf(partOf(metadata), ['model', 'createdAt', 'usage', 'totalUsage']) }, READ)
}

/** The keys of a message that become a turn's own. */
const READ = ['role', 'content', 'createdAt', 'toolInvocations', 'experimental_attachments', 'parts']

function readPart(part: Part, into: TurnCollector): void {
  const type = String(part.type)
  const known = Object.hasOwn(READERS, type) ? READERS[type] : undefined
  if (known !== undefined) {
    known.read(part, into)
    into.restOfPart(part, ['type', 'state', ...known.keys])
  } else if (type.startsWith('tool-')) readTool(type.slice('tool-'.length), part, into)
  else if (into.keepsAll) readOther(type, part, into)
}

/** A part of another type: sources are files, data that a page is given is a call, and steps are left out. */
function readOther(type: string, part: Part, into: TurnCollector): void {
  const { sourceId, url, title, filename, mediaType, data, id, text } = part
  if (type.startsWith('source')) {
    const { source } = part
    into.file(title ?? filename ?? partOf(source).title ?? sourceId, mediaType, url ?? partOf(source).url)
    into.restOfPart(part, ['url', 'title', 'filename', 'mediaType'])
  } else if (type.startsWith('data-')) {
    into.call(id, type, null, { output: data })
    into.restOfPart(part, ['type', 'id', 'data'])
  } else if (type !== 'step-start') {
    into.say(text)
    into.restOfPart(part, ['text'])
  }
}

/** What each type of part says, and the keys that are read of it. */
const READERS: {
  readonly [type: string]: {
    readonly keys: readonly string[]
    readonly read: (part: Part, into: TurnCollector) => void
  }
} = {
  text: { keys: ['text'], read: ({ text }, into) => into.say(text) },
  reasoning: {
    keys: ['text', 'reasoning', 'details'],
    read: ({ text, reasoning, details }, into) => into.think(text ?? reasoning ?? partOf(listOf(details)[0]).text),
  },
  file: {
    keys: ['filename', 'mediaType', 'mimeType', 'url', 'data'],
    read: ({ filename, mediaType, mimeType, url, data }, into) => {
      const kind = mediaType ?? mimeType
      into.file(
        filename,
        kind,
        url ?? (into.keepsAll && typeof data === 'string' ? `data:${kind};base64,${data}` : null),
      )
    },
  },
  'dynamic-tool': { keys: TOOL_KEYS, read: (part, into) => readTool(part.toolName, part, into) },
  'tool-invocation': {
    keys: ['toolInvocation'],
    read: ({ toolInvocation }, into) => readInvocation(partOf(toolInvocation), into),
  },
}

function readTool(name: unknown, part: Part, into: TurnCollector): void {
  const { toolCallId, state, input, rawInput, output, errorText, approval } = part
  const isDenied = state === 'output-denied'
  into.call(toolCallId, name, input ?? rawInput, {
    output,
    error: isDenied ? (partOf(approval).reason ?? 'denied') : state === 'output-error' ? (errorText ?? '') : undefined,
  })
  const isUsual = state === 'output-available' || state === 'output-error'
  into.restOfCall(toolCallId, part, isUsual ? [...TOOL_KEYS, 'state'] : TOOL_KEYS)
}

function readInvocation(invocation: Part, into: TurnCollector): void {
  const { toolCallId, toolName, args, result } = invocation
  into.call(toolCallId, toolName, args, { output: result })
  into.restOfCall(toolCallId, invocation, ['toolCallId', 'toolName', 'args', 'result', 'state'])
}
