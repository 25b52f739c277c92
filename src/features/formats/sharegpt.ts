/** ShareGPT: conversations of turns with `from` and `value`, as data sets for training have them. */
import { listOf, type Part, partOf } from '../turns/collect.ts'
import type { Turn, TurnCollector } from '../turns/index.ts'
import { firstString, firstTime, idOf, objectOf, opened, rests } from './facts.ts'
import { type Draft, type Format, wholeReader } from './format.ts'
import { collector, sayAs } from './messages.ts'

/** The format. */
export const sharegpt: Format = {
  title: 'ShareGPT conversations',
  detect: (value) => turnsIn(value) !== undefined,
  open: (context) =>
    wholeReader((value, line) => {
      const turns = turnsIn(value)
      return turns && draftOf(value, turns, line, collector(context))
    }),
}

const LISTS = ['conversations', 'conversation', 'items', 'messages', 'dialog']

/** The turns of a conversation, as objects with `from` and `value`. */
function turnsIn(value: Part): readonly Part[] | undefined {
  for (const key of LISTS) {
    const list = listOf(opened(value[key])).map(partOf)
    if (list.length > 0 && list.every(isTurn)) return list
    if (key !== 'conversation' || list.length === 0 || !list.every(isPair)) continue
    return list.flatMap(({ human, user, assistant, gpt, system }) =>
      [
        { from: 'system', value: system },
        { from: 'human', value: human ?? user },
        { from: 'gpt', value: assistant ?? gpt },
      ].filter((turn) => typeof turn.value === 'string'),
    )
  }
  return undefined
}

const isTurn = ({ from, value }: Part) => typeof from === 'string' && (typeof value === 'string' || value === null)
const isPair = ({ human, user, assistant, gpt }: Part) =>
  typeof (human ?? user) === 'string' && typeof (assistant ?? gpt) === 'string'

const ROLES: { readonly [from: string]: Turn['role'] } = { human: 'user', user: 'user', system: 'system' }

function draftOf(value: Part, turns: readonly Part[], line: number, into: TurnCollector): Draft {
  sayAs('system', value.system ?? value.system_prompt, into)
  for (const turn of turns) readTurn(turn, into)
  const extra = rests([
    '',
    value,
    [...LISTS, 'id', 'system', 'system_prompt', 'title', 'model', 'created_at', 'metadata'],
  ])
  return {
    id: idOf(value.id, value.conversation_id),
    line,
    turns: into.turns,
    name: firstString(value.title),
    started_at: firstTime(value.created_at),
    metadata: objectOf(value.metadata),
    source: value.model === undefined ? undefined : { model: String(value.model) },
    extra,
  }
}

function readTurn(turn: Part, into: TurnCollector): void {
  const from = String(turn.from)
  const called = opened(turn.value)
  if (/^(function_call|tool_call)$/.test(from)) {
    if (into.turns.at(-1)?.role !== 'agent') into.begin('agent')
    for (const { name, arguments: args, ...rest } of (Array.isArray(called) ? called : [called]).map(partOf)) {
      into.call(name, name, name === undefined ? turn.value : args)
      into.restOfCall(name, rest, [])
    }
  } else if (/^(observation|tool|function|function_response|tool_response)$/.test(from)) {
    const name = turn.name ?? into.turns.at(-1)?.tools.at(-1)?.name
    into.answer(name, name, { output: turn.value })
  } else {
    into.begin(ROLES[from.toLowerCase()] ?? 'agent')
    into.say(turn.value)
    const isUsual = Object.hasOwn(ROLES, from) || from === 'gpt'
    into.rest(turn, isUsual ? ['from', 'value'] : ['value'])
  }
}
