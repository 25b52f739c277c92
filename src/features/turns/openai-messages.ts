/**
 * Messages in the shapes of OpenAI: chat completions, the items of the Responses API and of its agents SDK. The model
 * messages of the AI SDK and those of Anthropic have the same outer shape and other parts, which are read too.
 */
import { json, listOf, type Part, partOf, stringOf, TurnCollector, timeOf, tokensOf } from './collect.ts'
import type { Turn, TurnRole } from './turn.ts'

const ROLES: { readonly [role: string]: TurnRole } = { user: 'user', assistant: 'agent', model: 'agent' }

/** Whether this is a message with a role, or an item of the Responses API. */
export function isOpenAIMessage({ role, type }: Part): boolean {
  if (typeof role === 'string') return true
  return type === 'reasoning' || (typeof type === 'string' && /_(call|output|result)$/.test(type))
}

/** The turns of chat messages or of items of the Responses API. O(parts). */
export function fromOpenAIMessages(messages: readonly unknown[]): Turn[] {
  const into = new TurnCollector()
  for (const message of messages) readOpenAIMessage(partOf(message), into)
  return into.turns
}

/** Reads one message or item. */
export function readOpenAIMessage(message: Part, into: TurnCollector): void {
  const { role, type } = message
  if (typeof role !== 'string') readItem(message, String(type), into)
  else if (role === 'tool' || role === 'function') readResults(message, into)
  else readChat(message, role, into)
}

/** The keys of a message that become a turn's own. */
const READ = [
  ...['content', 'reasoning_content', 'reasoning', 'refusal', 'tool_calls', 'function_call', 'created_at', 'timestamp'],
  ...['created', 'createdAt', 'usage', 'model'],
]

/** A message of someone. */
function readChat(message: Part, role: string, into: TurnCollector): void {
  const { content } = message
  // What Anthropic sends back to the model is a message of the user that has results alone.
  const parts = listOf(content).map(partOf)
  const isResults = parts.length > 0 && parts.every(({ type }) => RESULTS.test(String(type)))
  const time = timeOf(message.created_at ?? message.timestamp ?? message.created ?? message.createdAt)
  if (!isResults) into.begin(ROLES[role] ?? 'system', into.keepsAll ? { ...time, ...factsOf(message) } : time)
  into.think(message.reasoning_content ?? message.reasoning)
  into.say(content)
  into.say(message.refusal)
  for (const part of parts) readContent(part, into)
  for (const call of listOf(message.tool_calls).map(partOf)) readCall(call, into)
  if (message.function_call) readCall({ id: partOf(message.function_call).name, ...message }, into)
  if (!isResults)
    into.rest(message, /^(user|assistant|system)$/.test(role) ? [...READ, 'role', ...typeOf(message)] : READ)
}

/** Messages of the Responses API say that they are messages. */
const typeOf = ({ type }: Part) => (type === 'message' ? ['type', 'status'] : [])

const RESULTS = /tool_result$/

function factsOf({ model, usage }: Part) {
  const named = stringOf(model)
  return { ...(named !== null && { model: named }), ...tokensOf(usage) }
}

/** A call in a chat message: of a function, or of a tool that takes a string. */
function readCall(call: Part, into: TurnCollector): void {
  const { id, function: named, custom, function_call } = call
  const { name, arguments: args, input, ...rest } = partOf(named ?? custom ?? function_call)
  into.call(id, name, args ?? input)
  if (function_call === undefined)
    into.restOfCall(id, { ...call, ...rest }, ['id', 'type', 'function', 'custom', 'index'])
}

/** A message that brings results: one, or, of the AI SDK, several. */
function readResults(message: Part, into: TurnCollector): void {
  const { tool_call_id, name, content } = message
  const results = listOf(content)
    .map(partOf)
    .filter(({ type }) => type === 'tool-result')
  for (const result of results) readContent(result, into)
  if (results.length > 0) return
  // A function of old was called by its name.
  into.answer(tool_call_id ?? name, name, { output: plainText(content) })
  const { at } = timeOf(message.created_at ?? message.timestamp ?? message.created ?? message.createdAt)
  if (into.keepsAll) into.timesOfCall(tool_call_id ?? name, undefined, at)
  into.restOfCall(tool_call_id ?? name, message, [...READ, 'role', 'tool_call_id', 'name', 'id'])
}

/** The text of parts that have nothing else. */
function plainText(content: unknown): unknown {
  const parts = listOf(content).map((part) => partOf(part).text)
  return parts.length > 0 && parts.every((text) => typeof text === 'string') ? parts.join('\n') : content
}

function readContent(part: Part, into: TurnCollector): void {
  const type = String(part.type)
  const known = Object.hasOwn(CONTENT, type) ? CONTENT[type] : undefined
  if (known !== undefined) {
    known.read(part, into)
    into.restOfPart(part, ['type', ...known.keys])
  } else if (into.keepsAll) {
    into.say(part.text)
    into.restOfPart(part, ['text'])
  }
}

/** A type of part: its keys that are read, and what it says. */
interface Content {
  readonly keys: readonly string[]
  readonly read: (part: Part, into: TurnCollector) => void
}

const TEXT: Content = { keys: ['text'], read: ({ text }, into) => into.say(text) }

const CALL: Content = { keys: ['id', 'name', 'input'], read: ({ id, name, input }, into) => into.call(id, name, input) }

const RESULT: Content = {
  keys: ['tool_use_id', 'content', 'is_error', 'name'],
  read: ({ tool_use_id, content, is_error }, into) => {
    const text = plainText(content)
    into.answer(tool_use_id, null, is_error === true ? { error: text } : { output: text })
  },
}

/** Bytes in base64 as a URL; `undefined` where there are none. */
function dataUrl(data: unknown, mediaType: unknown): string | undefined {
  if (typeof data !== 'string' || data.startsWith('data:')) return data as string | undefined
  return `data:${stringOf(mediaType) ?? 'application/octet-stream'};base64,${data}`
}

/** A picture or document of Anthropic, or a picture of the AI SDK. */
const PICTURE: Content = {
  keys: ['image', 'source', 'mediaType', 'title'],
  read: ({ type, image, source, mediaType, title }, into) => {
    const { url, data, media_type } = partOf(source)
    const isUrl = typeof image === 'string' && /^(https?|data):/.test(image)
    const kind = mediaType ?? media_type ?? (type === 'image' ? 'image/*' : null)
    into.file(title ?? null, kind, (isUrl ? image : dataUrl(image, kind)) ?? url ?? dataUrl(data, media_type))
  },
}

/** What each part of a content says. */
const CONTENT: { readonly [type: string]: Content } = {
  text: TEXT,
  input_text: TEXT,
  output_text: TEXT,
  summary_text: TEXT,
  refusal: { keys: ['refusal'], read: ({ refusal }, into) => into.say(refusal) },
  reasoning: { keys: ['text'], read: ({ text }, into) => into.think(text) },
  thinking: { keys: ['thinking'], read: ({ thinking }, into) => into.think(thinking) },
  image_url: {
    keys: ['image_url'],
    read: ({ image_url }, into) => into.file(null, 'image/*', partOf(image_url).url ?? image_url),
  },
  input_image: {
    keys: ['image_url', 'image'],
    read: ({ image_url, image }, into) => into.file(null, 'image/*', image_url ?? image),
  },
  image: PICTURE,
  document: PICTURE,
  input_audio: {
    keys: ['input_audio'],
    read: ({ input_audio }, into) => {
      const { data, format } = partOf(input_audio)
      into.file(null, 'audio/*', into.keepsAll ? dataUrl(data, `audio/${format}`) : null)
    },
  },
  input_file: {
    keys: ['filename', 'file_url', 'file_data'],
    read: ({ filename, file_url, file_data }, into) => into.file(filename, null, file_url ?? dataUrl(file_data, null)),
  },
  file: {
    keys: ['file', 'filename', 'mediaType', 'data'],
    read: ({ file, filename, mediaType, data }, into) => {
      const { filename: own, file_data, file_id } = partOf(file)
      const url = into.keepsAll ? (dataUrl(file_data ?? data, mediaType) ?? file_id) : null
      into.file(filename ?? own, mediaType, url)
    },
  },
  'tool-call': {
    keys: ['toolCallId', 'toolName', 'input', 'args'],
    read: ({ toolCallId, toolName, input, args }, into) => into.call(toolCallId, toolName, input ?? args),
  },
  'tool-result': {
    keys: ['toolCallId', 'toolName', 'output', 'result', 'isError'],
    read: (part, into) => into.answer(part.toolCallId, part.toolName, resultOf(part)),
  },
  tool_use: CALL,
  server_tool_use: CALL,
  mcp_tool_use: CALL,
  tool_result: RESULT,
  mcp_tool_result: RESULT,
  web_search_tool_result: RESULT,
  web_fetch_tool_result: RESULT,
  code_execution_tool_result: RESULT,
}

/** The result in a part of the AI SDK, whose output says of which type it is. */
function resultOf({ output, result, isError }: Part): { readonly output?: unknown; readonly error?: unknown } {
  const { type, value } = partOf(output)
  const isTyped = typeof type === 'string' && /^(text|json|content|error-text|error-json)$/.test(type)
  const given = isTyped ? value : (output ?? result)
  return isError === true || (isTyped && type.startsWith('error')) ? { error: given } : { output: given ?? null }
}

/** The keys of an item that become a call's own. */
const ITEM_KEYS = [
  'type',
  'id',
  'call_id',
  'callId',
  'name',
  'arguments',
  'input',
  'action',
  'queries',
  'code',
  'output',
  'result',
]

/** An item of the Responses API that is no message. */
function readItem(item: Part, type: string, into: TurnCollector): void {
  const id = item.call_id ?? item.callId ?? item.id
  if (type === 'reasoning') {
    into.begin('agent')
    for (const { text } of [...listOf(item.summary), ...listOf(item.content)].map(partOf)) into.think(text)
    into.rest(item, ['type', 'summary', 'content', 'status'])
  } else if (type.endsWith('_call')) {
    if (into.turns.at(-1)?.role !== 'agent') into.begin('agent')
    const input = item.arguments ?? item.input ?? item.action ?? item.queries ?? item.code
    const output = item.output ?? item.result ?? item.results ?? item.outputs
    into.call(id, item.name ?? type.slice(0, -'_call'.length), input, { output, error: item.error })
    into.restOfCall(id, item, [...ITEM_KEYS, 'results', 'outputs', 'error', 'status'])
  } else {
    const { text } = partOf(item.output)
    into.answer(id, stringOf(item.name), { output: text ?? plainText(item.output) ?? json(item.output) })
    into.restOfCall(id, item, [...ITEM_KEYS, 'status'])
  }
}
