/** A row as the messages of OpenAI's chat completions. */
import type { ActionLog, ConversationInput, Json, Message } from '../../row/conversation.ts'
import { listOf, partOf } from '../turns/collect.ts'

/** A call of a function. */
export interface OpenAIToolCall {
  readonly id: string
  readonly type: 'function'
  readonly function: { readonly name: string; readonly arguments: string }
}

/** A part of what a user gives. */
type UserPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image_url'; readonly image_url: { readonly url: string } }

/** A message as the API takes it. */
export type OpenAIMessage =
  | { readonly role: 'system'; readonly content: string }
  | { readonly role: 'user'; readonly content: string | readonly UserPart[] }
  | { readonly role: 'assistant'; readonly content: string | null; readonly tool_calls?: readonly OpenAIToolCall[] }
  | { readonly role: 'tool'; readonly tool_call_id: string; readonly content: string }

/**
 * The messages of a row for OpenAI's chat completions: each action is a call and, once it ended, its result; an error is the
 * content of the result. Pictures of users are `image_url` parts; other files, reasoning and times are left out, since the API has
 * no place for them there. Calls without an id get one by their place. O(messages).
 *
 * @example
 * await openai.chat.completions.create({ model, messages: toOpenAIMessages(row) })
 */
export function toOpenAIMessages({ messages }: Pick<ConversationInput, 'messages'>): OpenAIMessage[] {
  const said: OpenAIMessage[] = []
  /** Calls of one answer, and their results, which follow together. */
  let calls: OpenAIToolCall[] = []
  let results: OpenAIMessage[] = []
  let text: string | null = null
  const flush = () => {
    if (text !== null || calls.length > 0)
      said.push({ role: 'assistant', content: text, ...(calls.length > 0 && { tool_calls: calls }) }, ...results)
    text = null
    calls = []
    results = []
  }
  let count = 0
  for (const message of messages ?? []) {
    const { action_name, sender, content, metadata } = message
    if (typeof action_name === 'string' && action_name !== '') {
      for (const log of logsOf(message)) {
        const call = callOf(action_name, log, ++count)
        calls.push(call)
        const result = resultOf(log)
        if (result !== undefined) results.push({ role: 'tool', tool_call_id: call.id, content: result })
      }
      continue
    }
    const { kind } = partOf(metadata)
    if (kind === 'reasoning') continue
    flush()
    if (kind === 'system') said.push({ role: 'system', content })
    else if (sender === 'end_user') said.push({ role: 'user', content: userContent(message) })
    else text = content
  }
  flush()
  return said
}

/** The runs of an action; one without any has run with nothing known. */
export function logsOf({ action_logs }: Message): readonly ActionLog[] {
  const logs = (action_logs ?? []).filter((log) => typeof log === 'object' && log !== null)
  return logs.length === 0 ? [{}] : logs
}

function callOf(name: string, { id, tools_used }: ActionLog, count: number): OpenAIToolCall {
  const given = typeof id === 'string' || typeof id === 'number' ? String(id) : `call_${count}`
  return { id: given, type: 'function', function: { name, arguments: jsonText(tools_used ?? null) } }
}

/** Arguments are always a string of JSON: a string that is none itself is one in quotes. */
function jsonText(value: Json): string {
  return typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value)
}

function resultOf({ response, error_message }: ActionLog): string | undefined {
  if (typeof error_message === 'string' && error_message !== '') return error_message
  if (response === undefined || response === null) return undefined
  return typeof response === 'string' ? response : JSON.stringify(response)
}

function userContent({ content, attachments }: Message): string | readonly UserPart[] {
  const pictures = listOf(attachments)
    .map(partOf)
    .filter(({ mime_type, file_url }) => String(mime_type).startsWith('image/') && typeof file_url === 'string')
  if (pictures.length === 0) return content
  const parts = pictures.map(({ file_url }): UserPart => ({ type: 'image_url', image_url: { url: String(file_url) } }))
  return content === '' ? parts : [{ type: 'text', text: content }, ...parts]
}
