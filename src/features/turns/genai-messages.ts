/**
 * Messages in the shape of OpenTelemetry's conventions for GenAI, a role and parts whose text is their `content`, and those of
 * Gemini, whose parts have no type.
 */
import { listOf, type Part, partOf, stringOf, type TurnCollector } from './collect.ts'
import type { TurnRole } from './turn.ts'

const ROLES: { readonly [role: string]: TurnRole } = { user: 'user', assistant: 'agent', model: 'agent', tool: 'agent' }

/** Whether this is a message whose parts have content, or no type. */
export function isGenAIMessage({ role, parts }: Part): boolean {
  if (typeof role !== 'string' || !Array.isArray(parts)) return false
  return parts.map(partOf).some((part) => {
    if (part.type === undefined) return 'text' in part || 'functionCall' in part || 'functionResponse' in part
    return KNOWN.has(String(part.type)) || (part.type === 'text' && typeof part.content === 'string')
  })
}

/** Types of parts that no message of another shape has. */
const KNOWN = new Set([
  'tool_call',
  'tool_call_response',
  'server_tool_call',
  'server_tool_call_response',
  'blob',
  'uri',
])

/** Reads one message. */
export function readGenAIMessage(message: Part, into: TurnCollector): void {
  const { role } = message
  const parts = listOf(message.parts).map(partOf)
  const isResults =
    parts.length > 0 && parts.every((part) => RESULT.test(String(part.type)) || 'functionResponse' in part)
  if (!isResults) into.begin(ROLES[String(role)] ?? 'system')
  for (const part of parts) readPart(part, into)
  if (!isResults) into.rest(message, ['role', 'parts'])
}

const RESULT = /tool_call_response$/

function readPart(part: Part, into: TurnCollector): void {
  const type = String(part.type ?? 'gemini')
  const known = Object.hasOwn(PARTS, type) ? PARTS[type] : undefined
  if (known !== undefined) known.read(part, into)
  else into.say(part.content ?? part.text)
  const read = known?.keys ?? ['content', 'text']
  if (RESULT.test(type)) into.restOfCall(part.id, part, ['type', 'id', ...read])
  else into.restOfPart(part, known === undefined ? read : ['type', ...read])
}

const PARTS: {
  readonly [type: string]: { readonly keys: readonly string[]; read(part: Part, into: TurnCollector): void }
} = {
  text: { keys: ['content'], read: ({ content }, into) => into.say(content) },
  reasoning: { keys: ['content'], read: ({ content }, into) => into.think(content) },
  tool_call: {
    keys: ['id', 'name', 'arguments'],
    read: ({ id, name, arguments: input }, into) => into.call(id, name, input),
  },
  server_tool_call: {
    keys: ['id', 'name', 'server_tool_call'],
    read: ({ id, name, server_tool_call }, into) => into.call(id, name, server_tool_call),
  },
  tool_call_response: {
    keys: ['response', 'result'],
    read: ({ id, name, response, result }, into) => into.answer(id, name, { output: response ?? result }),
  },
  server_tool_call_response: {
    keys: ['server_tool_call_response'],
    read: ({ id, server_tool_call_response }, into) => into.answer(id, null, { output: server_tool_call_response }),
  },
  blob: {
    keys: ['mime_type', 'content', 'modality', 'transcript'],
    read: ({ mime_type, modality, content, transcript }, into) => {
      const type = stringOf(mime_type) ?? `${modality}/*`
      into.file(null, type, typeof content === 'string' ? `data:${type};base64,${content}` : null)
      into.say(transcript)
    },
  },
  uri: { keys: ['uri', 'mime_type'], read: ({ uri, mime_type }, into) => into.file(null, mime_type, uri) },
  file: {
    keys: ['file_id', 'mime_type', 'transcript'],
    read: ({ file_id, mime_type, transcript }, into) => {
      into.file(file_id, mime_type, null)
      into.say(transcript)
    },
  },
  gemini: {
    keys: ['text', 'thought', 'functionCall', 'functionResponse', 'inlineData', 'fileData'],
    read: ({ text, thought, functionCall, functionResponse, inlineData, fileData }, into) => {
      if (thought === true) into.think(text)
      else into.say(text)
      const call = partOf(functionCall)
      if (functionCall !== undefined) into.call(call.id ?? call.name, call.name, call.args)
      const result = partOf(functionResponse)
      if (functionResponse !== undefined)
        into.answer(result.id ?? result.name, result.name, { output: result.response })
      const { mimeType, data } = partOf(inlineData)
      if (inlineData !== undefined) into.file(null, mimeType, `data:${mimeType};base64,${data}`)
      if (fileData !== undefined) into.file(null, partOf(fileData).mimeType, partOf(fileData).fileUri)
    },
  },
}
