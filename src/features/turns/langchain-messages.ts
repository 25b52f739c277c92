/** Messages of LangChain: its classes, what `toDict()` makes of them, and what `JSON.stringify` does. */
import { listOf, type Part, partOf, stringOf, TurnCollector, tokensOf } from './collect.ts'
import type { Turn, TurnRole } from './turn.ts'

const ROLES: { readonly [type: string]: TurnRole } = {
  human: 'user',
  user: 'user',
  ai: 'agent',
  assistant: 'agent',
  tool: 'agent',
  function: 'agent',
  system: 'system',
  developer: 'system',
  generic: 'system',
}

/** Whether this is a message of LangChain. */
export function isLangChainMessage(message: Part): boolean {
  return typeof message.role !== 'string' && Object.hasOwn(ROLES, opened(message).type)
}

/** The turns of LangChain's messages. O(parts). */
export function fromLangChainMessages(messages: readonly unknown[]): Turn[] {
  const into = new TurnCollector()
  for (const message of messages) readLangChainMessage(partOf(message), into)
  return into.turns
}

/** Reads one message. */
export function readLangChainMessage(message: Part, into: TurnCollector): void {
  const { type, fields } = opened(message)
  if (type === 'tool' || type === 'function') readResult(fields, into)
  else readSaid(type, fields, into)
}

function readSaid(type: string, fields: Part, into: TurnCollector): void {
  const { model_name, model } = partOf(fields.response_metadata)
  const named = stringOf(model_name) ?? stringOf(model)
  into.begin(ROLES[type] ?? 'system', { ...(named !== null && { model: named }), ...tokensOf(fields.usage_metadata) })
  into.say(fields.content)
  for (const part of listOf(fields.content).map(partOf)) readBlock(part, into)
  const calls = [...listOf(fields.tool_calls), ...listOf(fields.invalid_tool_calls)].map(partOf)
  for (const { id, name, args } of calls) into.call(id, name, args)
  // Messages that were kept without the parsed calls have them as the model sent them.
  const sent = calls.length > 0 ? [] : listOf(partOf(fields.additional_kwargs).tool_calls).map(partOf)
  for (const call of sent) into.call(call.id, partOf(call.function).name, partOf(call.function).arguments)
  into.rest({ ...fields, content: undefined }, READ)
}

/** The keys of a message that become a turn's own. */
const READ = ['type', 'tool_calls', 'invalid_tool_calls', 'usage_metadata', 'content']

/** A block of content. Calls stand in `tool_calls` as well, and are read there. */
function readBlock(part: Part, into: TurnCollector): void {
  const { type, text, reasoning, thinking, image_url, url, mimeType, mime_type } = part
  if (type === 'text') into.say(text)
  else if (type === 'reasoning' || type === 'thinking') into.think(reasoning ?? thinking)
  else if (type === 'image_url') into.file(null, 'image/*', partOf(image_url).url ?? image_url)
  else if (type === 'image' || type === 'file' || type === 'audio') into.file(null, mimeType ?? mime_type, url)
  else if (type !== 'tool_use' && type !== 'tool_call' && into.keepsAll) into.restOfPart(part, [])
}

function readResult(message: Part, into: TurnCollector): void {
  const { tool_call_id, name, content, status } = message
  into.answer(tool_call_id ?? name, name, status === 'error' ? { error: content } : { output: content })
  into.restOfCall(tool_call_id ?? name, message, ['type', 'tool_call_id', 'name', 'content', 'status'])
}

/** A message with its type, whether it is an object of a class, of `toDict()` or of `toJSON()`. */
function opened(message: Part): { readonly type: string; readonly fields: Part } {
  const { lc, id, kwargs, data } = message
  if (lc !== undefined && Array.isArray(id) && kwargs !== undefined)
    return { type: typeOfClass(String(id.at(-1))), fields: partOf(kwargs) }
  // Chunks of a stream are messages of their kind.
  const type = String(message.type ?? call(message, 'getType') ?? call(message, '_getType'))
  return { type, fields: data !== undefined ? partOf(data) : message }
}

function call(message: Part, method: string): unknown {
  const get = message[method]
  return typeof get === 'function' ? get.call(message) : undefined
}

/** `AIMessageChunk` is `ai`. */
function typeOfClass(name: string): string {
  return name.replace(/Message(Chunk)?$/, '').toLowerCase()
}
