/** Turns to the messages of a row, as the hosted API makes them of what was tracked. */
import type { ActionLog, Attachment, ConversationInput, Json, Message } from '../../row/conversation.ts'
import type { Turn, TurnFile, TurnTool } from './turn.ts'

/** What a row has besides its messages. Without `started_at` it is the time of the first turn that has one, else 1970. */
export type RowFacts = Omit<ConversationInput, 'started_at' | 'messages'> & { readonly started_at?: string | undefined }

/** A row with messages. */
export type RowOfTurns = ConversationInput & { readonly messages: readonly Message[] }

/** How turns become a row. */
export interface RowOptions {
  /**
   * Whether a message is made of all that turns have: of system turns, whose `metadata.kind` is `system`, and of reasoning
   * (`reasoning`), so that their strings are found; and whether ids and `metadata.extra` are kept.
   */
  readonly keepsAll?: boolean
}

/**
 * The row of some turns: a message for what was said, then one for each call of a tool. System turns are left out, and reasoning
 * is metadata of what was said, unless all is kept. O(turns).
 */
export function toRow(turns: readonly Turn[], facts: RowFacts, { keepsAll = false }: RowOptions = {}): RowOfTurns {
  const started_at = facts.started_at ?? turns.find(({ at }) => at !== undefined)?.at ?? '1970-01-01T00:00:00Z'
  return { ...facts, started_at, messages: turns.flatMap(keepsAll ? allMessagesOf : messagesOf) }
}

/** All that a turn has, as messages: its reasoning, what was said, then the calls. What is known of the turn is with the first. */
function allMessagesOf(turn: Turn): Message[] {
  const { role, text, reasoning, files, tools, id, extra, at } = turn
  const messages: Message[] = []
  const note = (kind: string, content: string) =>
    messages.push({
      ...timed(at),
      sender: 'agent',
      content,
      action_name: null,
      metadata: { kind },
      attachments: [],
      action_logs: [],
    })
  if (reasoning !== '') note('reasoning', reasoning)
  if (role === 'system') note('system', text)
  else if (text !== '' || files.length > 0 || (tools.length === 0 && reasoning === ''))
    messages.push(saidOf({ ...turn, reasoning: '', model: '', tokens: undefined } as unknown as Turn))
  messages.push(...tools.map((tool) => actionOf(tool, turn)))
  const [first, ...others] = messages
  if (first === undefined) return []
  const { model, tokens } = turn
  const known = { ...(model && { model }), ...(tokens && { tokens }), ...(extra && { extra }) }
  const metadata = { ...Object(first.metadata), ...known } as Json
  return [
    { ...(id !== undefined && { id }), ...first, ...(Object.keys(Object(metadata)).length > 0 && { metadata }) },
    ...others,
  ]
}

function messagesOf(turn: Turn): Message[] {
  if (turn.role === 'system') return []
  const actions = turn.tools.map((tool) => actionOf(tool, turn))
  const isSilent = turn.text === '' && turn.files.length === 0 && actions.length > 0
  return isSilent ? actions : [saidOf(turn), ...actions]
}

function saidOf({ role, text, files, reasoning, model, tokens, at }: Turn): Message {
  const metadata = { ...(reasoning && { reasoning }), ...(model && { model }), ...(tokens && { tokens }) }
  return {
    ...timed(at),
    sender: role === 'user' ? 'end_user' : 'agent',
    content: text,
    action_name: null,
    metadata: metadata as Json,
    attachments: files.map(attachmentOf),
    action_logs: [],
  }
}

function actionOf({ id, name, input, output, error, startedAt, endedAt, extra }: TurnTool, { at }: Turn): Message {
  const log: ActionLog = {
    ...(id !== undefined && { id }),
    started_at: startedAt ?? at ?? null,
    ended_at: endedAt ?? null,
    tools_used: input,
    response: output,
    error_message: error,
    ...(extra !== undefined && { metadata: { extra } }),
  }
  return {
    ...timed(startedAt ?? at),
    sender: 'agent',
    content: actionContent(name),
    action_name: name,
    attachments: [],
    action_logs: [log],
  }
}

/** What a message says that tells of a call of a tool. */
export function actionContent(name: string): string {
  return `Action ${name} performed`
}

function attachmentOf({ name, mediaType, url }: TurnFile): Attachment {
  return { filename: name, mime_type: mediaType, file_url: url }
}

function timed(timestamp: string | undefined): Pick<Message, 'timestamp'> {
  return timestamp === undefined ? {} : { timestamp }
}
