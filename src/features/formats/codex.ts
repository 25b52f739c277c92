/**
 * Sessions of Codex, one JSON object a line: items of the Responses API with what the program notes beside them. Undocumented
 * and changing, so read tolerantly. Before September 2025 the items stood in the lines themselves.
 */
import type { Json } from '../../row/conversation.ts'
import { json, listOf, type Part, partOf, restOf, tokensOf } from '../turns/collect.ts'
import { readMessage, type Turn, type TurnCollector } from '../turns/index.ts'
import { firstString, firstTime, idOf, known, opened } from './facts.ts'
import type { Draft, Format, FormatContext, FormatReader } from './format.ts'
import { collector, sayAs, setFacts } from './messages.ts'
import type { SourceRecord } from './records.ts'

/** The format. */
export const codex: Format = {
  title: 'a Codex session',
  isTolerant: true,
  detect: (value) => {
    const { type, payload, timestamp, record_type, id, instructions } = value
    if (record_type === 'state') return true
    if (typeof payload === 'object' && payload !== null) return Object.hasOwn(TYPES, String(type))
    return type === undefined && typeof id === 'string' && typeof timestamp === 'string' && instructions !== undefined
  },
  open: (context) => new Session(context),
}

/** Events that repeat what an item says, by the key that has it. */
const REPEATED: { readonly [type: string]: readonly [key: string, role: 'user' | 'agent' | 'reasoning'] } = {
  user_message: ['message', 'user'],
  agent_message: ['message', 'agent'],
  agent_reasoning: ['text', 'reasoning'],
  agent_reasoning_raw_content: ['text', 'reasoning'],
}

/** Events that are known, and kept as they are. */
const EVENTS = new Set([
  ...[
    'turn_started',
    'turn_complete',
    'turn_aborted',
    'task_started',
    'task_complete',
    'agent_reasoning_section_break',
  ],
  ...['exec_command_begin', 'exec_command_end', 'exec_command_output_delta', 'patch_apply_begin', 'patch_apply_end'],
  ...['mcp_tool_call_begin', 'mcp_tool_call_end', 'web_search_begin', 'web_search_end', 'turn_diff', 'plan_update'],
  ...['context_compacted', 'thread_rolled_back', 'entered_review_mode', 'exited_review_mode', 'error', 'warning'],
  ...[
    'stream_error',
    'background_event',
    'session_configured',
    'view_image_tool_call',
    'undo_completed',
    'item_completed',
  ],
  ...['thread_name_updated', 'image_generation_end', 'item_started'],
])

/** How lines of each type are read. */
const TYPES: { readonly [type: string]: (payload: Part, session: Session, at: string | undefined) => void } = {
  session_meta: (payload, session) => session.meta(payload),
  turn_context: (payload, session) => session.context(payload),
  response_item: (payload, session, at) => session.item(payload, at),
  event_msg: (payload, session, at) => session.event(payload, at),
  compacted: (payload, session, at) => session.compacted(payload, at),
}

/** What the program says to the model in the user's name. */
const TOLD =
  /^\s*(<(environment_context|user_instructions|permissions|INSTRUCTIONS|turn_aborted|user_shell_command|collaboration_mode|skill|subagent_notification)\b|# AGENTS\.md instructions)/

class Session implements FormatReader {
  readonly #note: FormatContext['note']
  readonly #keepsAll: boolean
  readonly #into: TurnCollector
  readonly #source: Record<string, Json> = {}
  readonly #records: Json[] = []
  /** What events said that no item has said so far: the turn made of it, by its role and text. */
  readonly #said = new Map<string, number>()
  readonly #eventTurns = new Map<string, Turn[]>()
  #id: string | undefined
  #name: string | undefined
  #line: number | undefined
  #model: string | undefined
  #first: string | undefined
  #last: string | undefined

  constructor(context: FormatContext) {
    this.#note = context.note
    this.#keepsAll = context.keepsAll
    this.#into = collector(context)
  }

  read({ value, line }: SourceRecord): boolean {
    const record = partOf(value)
    this.#line ??= line
    const at = firstTime(record.timestamp)
    if (at !== undefined) {
      this.#first ??= at
      this.#last = at
    }
    const type = String(record.type)
    if (Object.hasOwn(TYPES, type) && typeof record.payload === 'object') TYPES[type]!(partOf(record.payload), this, at)
    else if (record.record_type === 'state') this.keep(record)
    else if (record.type === undefined && record.id !== undefined && this.#id === undefined) this.meta(record)
    else if (isItem(record)) this.item(record, at)
    else {
      this.#note(record.type === undefined ? 'none' : type)
      this.keep(record)
    }
    return true
  }

  /** Keeps a record that becomes no turn. */
  keep(record: unknown): void {
    if (this.#keepsAll) this.#records.push(json(record))
  }

  /** The first says which session it is; those after it come from sessions that it goes on from. */
  meta(payload: Part): void {
    if (this.#id !== undefined) {
      this.keep({ session_meta: payload })
      return
    }
    const { id, instructions, base_instructions, timestamp, thread_name, ...rest } = payload
    this.#id = idOf(id)
    this.#name = firstString(thread_name)
    this.#first = firstTime(timestamp) ?? this.#first
    Object.assign(this.#source, known(rest))
    sayAs('system', instructions, this.#into)
    sayAs('system', firstString(base_instructions, partOf(base_instructions).text), this.#into)
  }

  /** The model and the settings of the turns that follow. Only changes are kept. */
  context(payload: Part): void {
    const { model, user_instructions, developer_instructions, ...rest } = payload
    this.#model = firstString(model) ?? this.#model
    for (const text of [user_instructions, developer_instructions]) this.#tell(text)
    for (const [key, value] of Object.entries(rest))
      if (this.#source[key] === undefined) Object.assign(this.#source, known({ [key]: value }))
  }

  /** Says instructions once. */
  #tell(text: unknown): void {
    if (typeof text === 'string' && !this.#into.turns.some((turn) => turn.role === 'system' && turn.text === text))
      sayAs('system', text, this.#into)
  }

  /** An item of the Responses API. */
  item(payload: Part, at: string | undefined): void {
    const { role, content } = payload
    const text = listOf(content)
      .map((part) => String(partOf(part).text ?? ''))
      .join('\n')
    const isTold = role === 'user' && TOLD.test(text)
    const from = this.#into.turns.length
    const item = isTold ? { ...payload, role: 'system' } : payload
    if (!readMessage(item, this.#into)) {
      this.#note(`response_item ${String(payload.type)}`)
      this.keep(payload)
      return
    }
    for (const turn of this.#into.turns.slice(from)) {
      setFacts([turn], 0, { at, ...(turn.role === 'agent' && this.#model && { model: this.#model }) } as Partial<Turn>)
      this.#settle(turn)
    }
    if (/_output$/.test(String(payload.type))) this.#end(payload, at)
    else if (/_call$/.test(String(payload.type))) this.#into.timesOfCall(payload.call_id ?? payload.id, at, undefined)
  }

  /** An item takes the place of the event that said the same before it. */
  #settle(turn: Turn): void {
    for (const key of keysOf(turn)) {
      const [other] = this.#eventTurns.get(key)?.splice(0, 1) ?? []
      if (other === undefined) this.#said.set(key, (this.#said.get(key) ?? 0) + 1)
      else this.#into.turns.splice(this.#into.turns.indexOf(other), 1)
    }
  }

  /** When a call ended, and whether its command failed. */
  #end(payload: Part, at: string | undefined): void {
    this.#into.timesOfCall(payload.call_id, undefined, at)
    const output = opened(payload.output)
    const code = partOf(partOf(output).metadata).exit_code ?? /^Exit code: (-?\d+)/.exec(String(output))?.[1]
    if (code !== undefined && Number(code) !== 0)
      this.#into.answer(payload.call_id, null, { error: `Exit code ${code}` })
  }

  /** A note of the program. */
  event(payload: Part, at: string | undefined): void {
    const type = String(payload.type)
    if (type === 'token_count') this.#tokens(partOf(payload.info))
    else if (type === 'thread_name_updated') this.#name = firstString(payload.thread_name) ?? this.#name
    else if (Object.hasOwn(REPEATED, type)) this.#repeat(payload, type, at)
    else {
      if (!EVENTS.has(type)) this.#note(`event_msg ${type}`)
      this.keep(payload)
    }
  }

  #repeat(payload: Part, type: string, at: string | undefined): void {
    const [key, role] = REPEATED[type]!
    const text = payload[key]
    if (typeof text !== 'string' || text === '') return
    const name = `${role} ${text}`
    const count = this.#said.get(name) ?? 0
    if (count > 0) {
      this.#said.set(name, count - 1)
      return
    }
    this.#into.begin(role === 'user' ? 'user' : 'agent', at === undefined ? {} : { at })
    if (role === 'reasoning') this.#into.think(text)
    else this.#into.say(text)
    this.#eventTurns.set(name, [...(this.#eventTurns.get(name) ?? []), this.#into.turns.at(-1)!])
    const rest = restOf(payload, [key, 'type', 'kind'])
    if (rest !== undefined) this.#into.rest(rest, [])
  }

  /** The tokens of the last answer, and of all so far. */
  #tokens({ last_token_usage, total_token_usage }: Part): void {
    const turn = this.#into.turns.findLast(({ role }) => role === 'agent')
    const { tokens } = tokensOf(last_token_usage)
    if (turn !== undefined && tokens !== undefined) Object.assign(turn, { tokens })
    if (total_token_usage !== undefined) this.#source.total_token_usage = json(total_token_usage)
  }

  /** The history before was summed up. */
  compacted(payload: Part, at: string | undefined): void {
    sayAs('system', payload.message, this.#into, at)
    const rest = restOf(payload, ['message'])
    if (rest !== undefined) this.keep({ compacted: rest })
  }

  end(): Iterable<Draft> {
    return [
      {
        id: this.#id,
        line: this.#line ?? 1,
        turns: this.#into.turns,
        name: this.#name,
        started_at: this.#first,
        ended_at: this.#last === this.#first ? undefined : this.#last,
        source: this.#source,
        ...(this.#records.length > 0 && { extra: { records: this.#records } }),
      },
    ]
  }
}

function isItem({ type, role }: Part): boolean {
  return (
    (type === 'message' && typeof role === 'string') || type === 'reasoning' || /_call(_output)?$/.test(String(type))
  )
}

/** What a turn says, as events name it. Reasoning of several parts is said part by part. */
function keysOf({ role, text, reasoning }: Turn): string[] {
  const thoughts =
    reasoning === '' ? [] : [...new Set([reasoning, ...reasoning.split('\n')])].map((thought) => `reasoning ${thought}`)
  return [...thoughts, ...(text === '' || role === 'system' ? [] : [`${role} ${text}`])]
}
