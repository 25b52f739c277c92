/** An agent that does what a script says, turn by turn, and what a row makes of one. */

import { turnsOf } from '../../src/features/replay/turns.ts'
import { type Conversation, ConversationStore } from '../../src/index.ts'
import { type Agent, type Replay, type Replayable, type ReplayOptions, replay } from '../../src/testing/index.ts'

/** One thing that the agent does: it calls a tool, or says something. */
export type Deed =
  | { readonly call: string; readonly input?: unknown; readonly output?: unknown; readonly error?: string }
  | { readonly say: string }

/** Turns: what the user says, and what the agent does then. */
export type Script = readonly { readonly user: string; readonly agent: readonly Deed[] }[]

/** The row that a script is recorded as. */
export function rowOf(script: Script, more: Partial<Conversation> = {}): Conversation {
  const messages = script.flatMap(({ user, agent }) => [
    { sender: 'end_user' as const, content: user },
    ...agent.map((deed) => {
      if ('say' in deed) return { sender: 'agent' as const, content: deed.say }
      const { call: action_name, input = {}, output = null, error = '' } = deed
      const log = { tools_used: input, response: output, error_message: error }
      return { sender: 'agent' as const, content: `Action ${action_name} performed`, action_name, action_logs: [log] }
    }),
  ])
  return {
    conversation_id: 'chat-17',
    started_at: '2026-01-05T10:00:00Z',
    messages,
    ...more,
  } as unknown as Conversation
}

/** An agent that does what the script says; errors of tools are its own business. */
export function agentOf(script: readonly { readonly agent: readonly Deed[] }[]): Agent {
  return async (_, { number, tools, chat }) => {
    for (const deed of script[number - 1]!.agent) {
      if ('say' in deed) chat.agent(deed.say)
      else await Promise.resolve(tools[deed.call]!(...('input' in deed ? [deed.input] : []))).catch(() => {})
    }
  }
}

/** The script that a row is. */
export function scriptOf(row: Conversation): { readonly agent: readonly Deed[] }[] {
  return turnsOf(row)
    .filter(({ number }) => number > 0)
    .map(({ agent, number }) => ({
      agent: agent.flatMap((message) => {
        const one = turnsOf({ messages: [{ sender: 'end_user', content: 'x' }, message] })[0]!
        const calls = one.actions.map(
          ({ name, input }): Deed => (input === undefined ? { call: name } : { call: name, input }),
        )
        return number > 0 && calls.length > 0 ? calls : one.texts.map((say): Deed => ({ say }))
      }),
    }))
}

/** A replay into a store of its own, unless there is another. */
export async function play(
  row: Replayable,
  options: Omit<ReplayOptions, 'store'> & Partial<ReplayOptions>,
): Promise<Replay> {
  return replay(row, { store: new ConversationStore(), ...options })
}
