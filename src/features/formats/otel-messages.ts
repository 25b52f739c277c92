/** The messages of a span, by whichever conventions: GenAI, its older ones and its events, OpenInference, OpenLLMetry, the AI SDK. */
import { listOf, type Part, partOf } from '../turns/collect.ts'
import { readMessage, type TurnCollector } from '../turns/index.ts'
import { opened } from './facts.ts'
import { readMessages, sayAs } from './messages.ts'
import { Attributes, items } from './otel-attributes.ts'

/** What a model was given: the first of these that a span has. */
const INPUTS: readonly ((attributes: Attributes) => readonly unknown[] | undefined)[] = [
  (attributes) => listed(attributes.get('gen_ai.input.messages')),
  (attributes) => attributes.list('llm.input_messages')?.map(openInference),
  (attributes) => attributes.list('gen_ai.prompt')?.map(indexed),
  (attributes) => listed(attributes.get('ai.prompt.messages')),
  (attributes) => promptOf(attributes.get('ai.prompt')),
  (attributes) => listed(attributes.get('gen_ai.request.messages')),
]

/** What it gave: all of these that a span has. */
const OUTPUTS: readonly ((attributes: Attributes) => readonly unknown[] | undefined)[] = [
  (attributes) => listed(attributes.get('gen_ai.output.messages')),
  (attributes) => attributes.list('llm.output_messages')?.map(openInference),
  (attributes) => attributes.list('gen_ai.completion')?.map(indexed),
  (attributes) => aiSdkAnswer(attributes),
]

/** Events that are messages, by their names, with the role where they do not say it. */
const EVENTS: { readonly [name: string]: string } = {
  'gen_ai.system.message': 'system',
  'gen_ai.user.message': 'user',
  'gen_ai.assistant.message': 'assistant',
  'gen_ai.tool.message': 'tool',
  'gen_ai.choice': 'assistant',
}

/** Reads the messages of a span, and tells whether there are any. `answerFrom` is where the answer begins. */
export function readSpanMessages(
  attributes: Attributes,
  events: readonly Part[],
  into: TurnCollector,
): { readonly answerFrom: number; readonly unread: Part[] } | undefined {
  sayAs('system', systemOf(attributes), into)
  const unread: Part[] = []
  const input = first(INPUTS, attributes)
  if (input !== undefined) readMessages(input, into)
  let answerFrom = into.turns.length
  for (const event of events) {
    const own = new Attributes(event.attributes)
    const name = String(event.name ?? own.get('event.name'))
    const details = first(INPUTS, own)
    if (details !== undefined) {
      sayAs('system', systemOf(own), into)
      readMessages(details, into)
      answerFrom = into.turns.length
    }
    const role = Object.hasOwn(EVENTS, name) ? EVENTS[name] : undefined
    if (role === undefined) {
      const output = OUTPUTS.flatMap((read) => read(own) ?? [])
      readMessages(output, into)
      if (details === undefined && output.length === 0) unread.push(event)
      continue
    }
    if (name === 'gen_ai.choice') answerFrom = Math.min(answerFrom, into.turns.length) || into.turns.length
    readEvent(event, own, role, into)
    if (name !== 'gen_ai.choice') answerFrom = into.turns.length
  }
  for (const read of OUTPUTS) readMessages(read(attributes), into)
  return into.turns.length === 0 ? undefined : { answerFrom, unread }
}

function first(readers: typeof INPUTS, attributes: Attributes): readonly unknown[] | undefined {
  for (const read of readers) {
    const messages = read(attributes)
    if (messages !== undefined && messages.length > 0) return messages
  }
  return undefined
}

function listed(value: unknown): readonly unknown[] | undefined {
  const given = opened(value)
  return Array.isArray(given) ? given.map(opened) : undefined
}

/** Instructions: parts with content, or text. */
function systemOf(attributes: Attributes): unknown {
  const given = opened(attributes.get('gen_ai.system_instructions'))
  if (!Array.isArray(given)) return given
  return given.map((part) => (typeof part === 'string' ? part : (partOf(part).content ?? partOf(part).text))).join('\n')
}

function readEvent(event: Part, attributes: Attributes, role: string, into: TurnCollector): void {
  const given = partOf(opened(event.body ?? attributes.get('gen_ai.event.content')))
  const whole = { ...attributes.rest(), ...given }
  const message = partOf(opened(whole.message ?? {}))
  const read: Part = { role, ...whole, ...message, tool_calls: opened(message.tool_calls ?? whole.tool_calls) }
  const { id, finish_reason: _, index: __, ...said } = read as Record<string, unknown>
  readMessage(
    { ...said, role: typeof said.role === 'string' ? said.role : role, ...(role === 'tool' && { tool_call_id: id }) },
    into,
  )
}

/** `gen_ai.prompt.0`: role, content, and calls by their indexes. */
function indexed(item: Part): Part {
  const { tool_calls, content, ...rest } = item
  const parts = opened(content)
  const calls = items(tool_calls).map(({ id, name, arguments: args, ...more }) => ({
    ...more,
    id,
    function: { name, arguments: args },
  }))
  return {
    role: 'assistant',
    ...rest,
    content: Array.isArray(parts) ? parts : content,
    ...(calls.length > 0 && { tool_calls: calls }),
  }
}

/** `llm.input_messages.0`: its keys stand under `message`. */
function openInference(item: Part): Part {
  const message = partOf(item.message ?? item)
  const { tool_calls, contents, content, ...rest } = message
  const calls = items(tool_calls).map((call) => {
    const { id, function: named } = partOf(call.tool_call ?? call)
    return { id, type: 'function', function: partOf(named) }
  })
  const parts = items(contents).map((each) => {
    const { type, text, image, ...more } = partOf(each.message_content ?? each)
    const { url } = partOf(partOf(image).image ?? image)
    return type === 'image' ? { type: 'image_url', image_url: { url } } : { ...more, type: type ?? 'text', text }
  })
  return {
    role: 'assistant',
    ...rest,
    content: parts.length > 0 ? parts : content,
    ...(calls.length > 0 && { tool_calls: calls }),
  }
}

/** What a call of the AI SDK was given. */
function promptOf(value: unknown): readonly unknown[] | undefined {
  const { system, prompt, messages } = partOf(opened(value))
  const said = [
    ...(typeof system === 'string' ? [{ role: 'system', content: system }] : []),
    ...(typeof prompt === 'string' ? [{ role: 'user', content: prompt }] : listOf(prompt)),
    ...listOf(messages),
  ]
  return said.length === 0 ? undefined : said
}

function aiSdkAnswer(attributes: Attributes): readonly unknown[] | undefined {
  const text = attributes.get('ai.response.text', 'ai.result.text')
  const reasoning = attributes.get('ai.response.reasoning')
  const calls = listed(attributes.get('ai.response.toolCalls', 'ai.result.toolCalls'))
  if (text === undefined && calls === undefined) return undefined
  const parts = (calls ?? []).map((call) => {
    const { toolCallId, toolName, args, input } = partOf(call)
    return { type: 'tool-call', toolCallId, toolName, input: opened(input ?? args) }
  })
  return [
    {
      role: 'assistant',
      reasoning,
      content: [...(text === undefined || text === '' ? [] : [{ type: 'text', text }]), ...parts],
    },
  ]
}
