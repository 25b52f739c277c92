/**
 * Messages in the shapes of OpenAI: chat completions, the items of the Responses API and of its agents SDK. The model
 * messages of the AI SDK and those of Anthropic have the same outer shape and other parts, which are read too.
 */
import { json, listOf, type Part, partOf, stringOf, TurnCollector, timeOf } from './collect.ts'
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

/** A message of someone. */
function readChat(message: Part, role: string, into: TurnCollector): void {
  const { content } = message
  // What Anthropic sends back to the model is a message of the user that has results alone.
  const parts = listOf(content).map(partOf)
  const isResults = parts.length > 0 && parts.every((part) => part.type === 'tool_result')
  if (!isResults) into.begin(ROLES[role] ?? 'system', timeOf(message.created_at ?? message.timestamp))
  into.think(message.reasoning_content ?? message.reasoning)
  into.say(content)
  into.say(message.refusal)
  for (const part of parts) readContent(part, into)
  for (const call of listOf(message.tool_calls).map(partOf)) readCall(call, into)
  if (message.function_call) readCall({ id: partOf(message.function_call).name, ...message }, into)
}

/** A call in a chat message: of a function, or of a tool that takes a string. */
function readCall({ id, function: named, custom, function_call }: Part, into: TurnCollector): void {
  const { name, arguments: args, input } = partOf(named ?? custom ?? function_call)
  into.call(id, name, args ?? input)
}

/** A message that brings results: one, or, of the AI SDK, several. */
function readResults({ tool_call_id, name, content }: Part, into: TurnCollector): void {
  const results = listOf(content)
    .map(partOf)
    .filter(({ type }) => type === 'tool-result')
  for (const result of results) readContent(result, into)
  // A function of old was called by its name.
  if (results.length === 0) into.answer(tool_call_id ?? name, name, { output: plainText(content) })
}

/** The text of parts that have nothing else. */
function plainText(content: unknown): unknown {
  const parts = listOf(content).map((part) => partOf(part).text)
  return parts.length > 0 && parts.every((text) => typeof text === 'string') ? parts.join('\n') : content
}

function readContent(part: Part, into: TurnCollector): void {
  CONTENT[String(part.type)]?.(part, into)
}

const say = ({ text }: Part, into: TurnCollector) => into.say(text)

/** What each part of a content says. */
const CONTENT: { readonly [type: string]: (part: Part, into: TurnCollector) => void } = {
  text: say,
  input_text: say,
  output_text: say,
  summary_text: say,
  refusal: ({ refusal }, into) => into.say(refusal),
  reasoning: ({ text }, into) => into.think(text),
  thinking: ({ thinking }, into) => into.think(thinking),
  image_url: ({ image_url }, into) => into.file(null, 'image/*', partOf(image_url).url ?? image_url),
  input_image: ({ image_url, image }, into) => into.file(null, 'image/*', image_url ?? image),
  image: ({ image, source, mediaType }, into) => into.file(null, mediaType ?? 'image/*', image ?? partOf(source).url),
  input_audio: (_, into) => into.file(null, 'audio/*', null),
  input_file: ({ filename, file_url }, into) => into.file(filename, null, file_url),
  file: ({ file, filename, mediaType }, into) => into.file(filename ?? partOf(file).filename, mediaType, null),
  'tool-call': ({ toolCallId, toolName, input, args }, into) => into.call(toolCallId, toolName, input ?? args),
  'tool-result': (part, into) => into.answer(part.toolCallId, part.toolName, resultOf(part)),
  tool_use: ({ id, name, input }, into) => into.call(id, name, input),
  tool_result: ({ tool_use_id, content, is_error }, into) => {
    const text = plainText(content)
    into.answer(tool_use_id, null, is_error === true ? { error: text } : { output: text })
  },
}

/** The result in a part of the AI SDK, whose output says of which type it is. */
function resultOf({ output, result, isError }: Part): { readonly output?: unknown; readonly error?: unknown } {
  const { type, value } = partOf(output)
  const isTyped = typeof type === 'string' && /^(text|json|content|error-text|error-json)$/.test(type)
  const given = isTyped ? value : (output ?? result)
  return isError === true || (isTyped && type.startsWith('error')) ? { error: given } : { output: given ?? null }
}

/** An item of the Responses API that is no message. */
function readItem(item: Part, type: string, into: TurnCollector): void {
  const id = item.call_id ?? item.callId ?? item.id
  if (type === 'reasoning') {
    into.begin('agent')
    for (const { text } of [...listOf(item.summary), ...listOf(item.content)].map(partOf)) into.think(text)
  } else if (type.endsWith('_call')) {
    if (into.turns.at(-1)?.role !== 'agent') into.begin('agent')
    const input = item.arguments ?? item.input ?? item.action ?? item.queries ?? item.code
    const output = item.output ?? item.result ?? item.results ?? item.outputs
    into.call(id, item.name ?? type.slice(0, -'_call'.length), input, { output, error: item.error })
  } else {
    const { text } = partOf(item.output)
    into.answer(id, stringOf(item.name), { output: text ?? plainText(item.output) ?? json(item.output) })
  }
}
