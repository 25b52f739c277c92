/** A row as the `UIMessage`s of the AI SDK. */
import type { ActionLog, Attachment, ConversationInput, Json, Message } from '../../row/conversation.ts'
import { partOf } from '../turns/collect.ts'
import { logsOf } from './to-openai.ts'

/** A part of a message, in the shape of versions 5 to 7. */
export type UIPartLike =
  | { readonly type: 'step-start' }
  | { readonly type: 'text'; readonly text: string; readonly state?: 'done' }
  | { readonly type: 'reasoning'; readonly text: string; readonly state?: 'done' }
  | { readonly type: 'file'; readonly mediaType: string; readonly filename?: string; readonly url: string }
  | {
      readonly type: 'dynamic-tool'
      readonly toolName: string
      readonly toolCallId: string
      readonly state: 'output-available'
      readonly input: unknown
      readonly output: unknown
    }
  | {
      readonly type: 'dynamic-tool'
      readonly toolName: string
      readonly toolCallId: string
      readonly state: 'output-error'
      readonly input: unknown
      readonly errorText: string
    }
  | {
      readonly type: 'dynamic-tool'
      readonly toolName: string
      readonly toolCallId: string
      readonly state: 'input-available'
      readonly input: unknown
    }

/** A message, which is a `UIMessage`. */
export interface UIMessageLike {
  readonly id: string
  readonly role: 'system' | 'user' | 'assistant'
  readonly metadata?: { readonly createdAt?: string; readonly model?: string; readonly usage?: object }
  readonly parts: UIPartLike[]
}

/**
 * The `UIMessage`s of a row, for `useChat` and `convertToModelMessages`: what the agent says and does until someone else speaks is
 * one message; an action is a `dynamic-tool` part, and what is said or thought after it begins a step. Files without an address are left out. O(messages).
 *
 * @example
 * const { messages } = useChat({ messages: toUIMessages(row) })
 */
export function toUIMessages({ messages }: Pick<ConversationInput, 'messages'>): UIMessageLike[] {
  const made: UIMessageLike[] = []
  let count = 0
  for (const message of messages ?? []) {
    const role = roleOf(message)
    const last = made.at(-1)
    // An agent that says or does more goes on with its message; what others say is each time one of its own.
    const goesOn =
      role === 'assistant' && last?.role === 'assistant' && !(isSaid(message) && last.parts.at(-1)?.type === 'text')
    const into = goesOn ? last : begin(message, role, made)
    const { action_name, content, metadata, attachments } = message
    // What follows a result came from another call of the model.
    if (isSaid(message) && into.parts.at(-1)?.type === 'dynamic-tool') into.parts.push({ type: 'step-start' })
    if (typeof action_name === 'string' && action_name !== '')
      for (const log of logsOf(message)) into.parts.push(toolPart(action_name, log, ++count))
    else if (partOf(metadata).kind === 'reasoning') into.parts.push({ type: 'reasoning', text: content, state: 'done' })
    else {
      const thought = partOf(metadata).reasoning
      if (typeof thought === 'string' && thought !== '')
        into.parts.push({ type: 'reasoning', text: thought, state: 'done' })
      if (content !== '') into.parts.push({ type: 'text', text: content })
    }
    into.parts.push(...(attachments ?? []).flatMap(filePart))
  }
  return made
}

/** Whether a message is text of its own, which is not joined to the text before. */
function isSaid({ action_name }: Message): boolean {
  return action_name === null || action_name === undefined || action_name === ''
}

function roleOf({ sender, metadata }: Message): UIMessageLike['role'] {
  if (sender === 'end_user') return 'user'
  return partOf(metadata).kind === 'system' ? 'system' : 'assistant'
}

function begin(
  { id, timestamp, metadata }: Message,
  role: UIMessageLike['role'],
  made: UIMessageLike[],
): UIMessageLike {
  const { model, tokens } = partOf(metadata)
  const { input, output, total } = partOf(tokens)
  const usage = {
    ...(input !== undefined && { inputTokens: input }),
    ...(output !== undefined && { outputTokens: output }),
    ...(total !== undefined && { totalTokens: total }),
  }
  const known = {
    ...(typeof timestamp === 'string' && { createdAt: timestamp }),
    ...(typeof model === 'string' && { model }),
    ...(Object.keys(usage).length > 0 && { usage }),
  }
  const own = typeof id === 'string' || typeof id === 'number' ? String(id) : `message-${made.length + 1}`
  const message = { id: own, role, ...(Object.keys(known).length > 0 && { metadata: known }), parts: [] }
  made.push(message)
  return message
}

function toolPart(toolName: string, { id, tools_used, response, error_message }: ActionLog, count: number): UIPartLike {
  const toolCallId = typeof id === 'string' || typeof id === 'number' ? String(id) : `call-${count}`
  const call = { type: 'dynamic-tool', toolName, toolCallId, input: tools_used ?? ({} as Json) } as const
  if (typeof error_message === 'string' && error_message !== '')
    return { ...call, state: 'output-error', errorText: error_message }
  if (response === undefined || response === null) return { ...call, state: 'input-available' }
  return { ...call, state: 'output-available', output: response }
}

function filePart(attachment: Attachment): UIPartLike[] {
  const { filename, mime_type, file_url } = Object(attachment) as Attachment
  if (typeof file_url !== 'string' || file_url === '') return []
  const mediaType = typeof mime_type === 'string' ? mime_type : 'application/octet-stream'
  return [{ type: 'file', mediaType, ...(typeof filename === 'string' && { filename }), url: file_url }]
}
