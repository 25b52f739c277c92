/** What a conversation has to replay: turns, each of what the user said and what the agent did and said then. */
import type { ActionLog, Conversation, Json, Message } from '../../row/conversation.ts'
import { hasFailed, runsOf } from '../../row/runs.ts'
import { asJson } from '../recording/json.ts'
import { isFilesAlone, TOKEN_USAGE } from '../recording/parts.ts'

/** One call of a tool, as the row says it. */
export interface Action {
  /** The number of the turn, from 1; 0 for what came before the user said anything. */
  readonly turn: number
  readonly name: string
  /** What the tool was given; `undefined` where the row does not say. */
  readonly input: Json | undefined
  readonly output: Json | undefined
  /** The text of the error, where the tool failed. */
  readonly error: string | undefined
}

/** One turn: the user's messages in a row, and all that came after them. */
export interface Turn {
  /** From 1; 0 for what came before the user said anything. */
  readonly number: number
  /** What the user said, a line a message. */
  readonly said: string
  /** The user's messages. */
  readonly user: readonly Message[]
  /** What the agent said and did. */
  readonly agent: readonly Message[]
  readonly actions: readonly Action[]
  /** What the agent said, without empty strings. */
  readonly texts: readonly string[]
}

/** The turns of a row, whose messages may be null. The first has number 0 where the agent began. O(messages). */
export function turnsOf({ messages }: Pick<Conversation, 'messages'>): Turn[] {
  const turns: Turn[] = []
  let user: Message[] = []
  let agent: Message[] = []
  const end = () => {
    if (user.length + agent.length > 0) turns.push(turnOf(user.length > 0 ? numberAfter(turns) : 0, user, agent))
  }
  for (const message of messages ?? []) {
    if (message.sender === 'end_user' && agent.length > 0) {
      end()
      user = []
      agent = []
    }
    if (message.sender === 'end_user') user.push(message)
    else agent.push(message)
  }
  end()
  return turns
}

function numberAfter(turns: readonly Turn[]): number {
  return (turns.at(-1)?.number ?? 0) + 1
}

/** A turn of these messages. */
export function turnOf(number: number, user: readonly Message[], agent: readonly Message[]): Turn {
  return {
    number,
    said: user.flatMap((message) => (isFilesAlone(message) ? [] : message.content || [])).join('\n'),
    user,
    agent,
    actions: agent.flatMap((message) => actionsOf(message, number)),
    texts: agent.flatMap((message) => textOf(message) ?? []),
  }
}

/** What a message of the agent says; `undefined` for an action, for files alone, and for an empty string. */
export function textOf(message: Message): string | undefined {
  const { action_name, content } = message
  return action_name || content === '' || isFilesAlone(message) ? undefined : content
}

/** The calls that a message of the agent tells of: one, or several where its log has more. */
export function actionsOf(message: Message, turn: number): Action[] {
  const { action_name: name } = message
  if (!name || name === TOKEN_USAGE) return []
  return runsOf(message).map((run) => actionOf(name, run, turn))
}

function actionOf(name: string, run: ActionLog, turn: number): Action {
  const { tools_used, response, error_message } = run
  return {
    turn,
    name,
    input: tools_used === undefined || tools_used === null ? undefined : asJson(tools_used),
    output: response === undefined ? undefined : asJson(response),
    error: hasFailed(run) ? (error_message as string) : undefined,
  }
}
