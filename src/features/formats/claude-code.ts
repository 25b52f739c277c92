/**
 * Sessions of Claude Code, one JSON object a line. The format is undocumented and changes, so all is read tolerantly: records of
 * unknown types are counted and kept, and lines that are broken are counted. Sidechains are conversations of their own.
 */
import type { Json, JsonObject } from '../../row/conversation.ts'
import { json, listOf, type Part, partOf, restOf, tokensOf } from '../turns/collect.ts'
import { readMessage, type Turn, type TurnCollector } from '../turns/index.ts'
import { firstString, firstTime, idOf, known, stringsIn } from './facts.ts'
import type { Draft, Format, FormatContext, FormatReader } from './format.ts'
import { collector, setFacts } from './messages.ts'

/** The format. */
export const claudeCode: Format = {
  title: 'a Claude Code session',
  isTolerant: true,
  detect: (value) => {
    const { type, sessionId, message, uuid } = value
    if (typeof type !== 'string' || 'payload' in value) return false
    if ((type === 'user' || type === 'assistant') && message !== undefined)
      return sessionId !== undefined || uuid !== undefined
    return Object.hasOwn(TYPES, type) && (MARKS[type] ?? ['sessionId', 'uuid']).some((key) => key in value)
  },
  open: (context) => new Sessions(context),
}

/** Keys that tell records of these types, which have no session. */
const MARKS: { readonly [type: string]: readonly string[] } = {
  summary: ['leafUuid'],
  'file-history-snapshot': ['snapshot'],
  'custom-title': ['customTitle'],
  'ai-title': ['aiTitle'],
  'agent-name': ['agentName'],
}

/** A conversation under way. */
interface Session {
  readonly id: string
  readonly line: number
  readonly into: TurnCollector
  readonly source: Record<string, Json>
  readonly records: Json[]
  title: string | undefined
  /** The records that were read, by their ids, since copies of a session repeat them. */
  readonly seen: Set<string>
  /** By the id of a message of the model: the turn that has its tokens. */
  readonly models: Map<string, Turn>
  last: string | undefined
  first: string | undefined
}

/** Facts of a session that stand in each of its records. */
const FACTS = ['cwd', 'gitBranch', 'version', 'userType', 'entrypoint', 'slug', 'teamName', 'sessionKind'] as const

/** How records of each type are read. Those that are `undefined` are known, and kept as they are. */
const TYPES: { readonly [type: string]: ((record: Part, session: Session) => void) | undefined } = {
  user: readSaid,
  assistant: readSaid,
  system: readSystem,
  attachment: readAttachment,
  summary: ({ summary }, session) => {
    session.title ??= firstString(summary)
  },
  'custom-title': ({ customTitle }, session) => {
    session.title = firstString(customTitle) ?? session.title
  },
  'ai-title': ({ aiTitle }, session) => {
    session.title ??= firstString(aiTitle)
  },
  'agent-name': ({ agentName }, session) => {
    session.title ??= firstString(agentName)
  },
  progress: undefined,
  'file-history-snapshot': undefined,
  'queue-operation': undefined,
  'pr-link': undefined,
  'last-prompt': undefined,
  'permission-mode': undefined,
  mode: undefined,
  'agent-setting': undefined,
  'agent-color': undefined,
  'bridge-session': undefined,
  'worktree-state': undefined,
  tag: undefined,
}

class Sessions implements FormatReader {
  readonly #context: FormatContext
  readonly #sessions = new Map<string, Session>()
  /** The sidechain of each record in one, for those that name no agent. */
  readonly #chains = new Map<string, string>()
  #lastKey: string | undefined
  /** Records that name no session, before the first that does. */
  #waiting: Part[] = []

  constructor(context: FormatContext) {
    this.#context = context
  }

  read({ value, line }: { readonly value: unknown; readonly line: number }): boolean {
    const record = partOf(value)
    const type = typeof record.type === 'string' ? record.type : 'none'
    if (!Object.hasOwn(TYPES, type)) this.#context.note(type)
    const session = this.#sessionOf(record, line)
    if (session === undefined) this.#waiting.push(record)
    else this.#take(record, type, session)
    return true
  }

  #sessionOf(record: Part, line: number): Session | undefined {
    const own = idOf(record.sessionId)
    const key = own === undefined ? this.#lastKey : own + this.#chainOf(record)
    if (key === undefined) return undefined
    this.#lastKey = key
    return this.#sessions.get(key) ?? this.#begin(key, own, line)
  }

  #begin(key: string, own: string | undefined, line: number): Session {
    const agent = key.includes('/') ? { agent: key.slice(key.indexOf('/') + 1), is_sidechain: true } : {}
    const session: Session = {
      id: key,
      line,
      into: collector(this.#context),
      source: { ...(own !== undefined && { session: own }), ...agent },
      records: [],
      title: undefined,
      seen: new Set(),
      models: new Map(),
      last: undefined,
      first: undefined,
    }
    this.#sessions.set(key, session)
    for (const waiting of this.#waiting.splice(0)) this.#take(waiting, String(waiting.type), session)
    return session
  }

  /** What tells a sidechain from its session: the agent, or the record that it begins with. */
  #chainOf({ isSidechain, agentId, uuid, parentUuid }: Part): string {
    const agent = idOf(agentId)
    if (isSidechain !== true && agent === undefined) return ''
    if (agent !== undefined) return `/${agent}`
    const chain = this.#chains.get(String(parentUuid)) ?? String(uuid)
    this.#chains.set(String(uuid), chain)
    return `/${chain}`
  }

  #take(record: Part, type: string, session: Session): void {
    const id = idOf(record.uuid)
    if (id !== undefined) {
      if (session.seen.has(id)) return
      session.seen.add(id)
    }
    for (const key of FACTS) {
      const fact = record[key]
      if (fact !== undefined && fact !== null && session.source[key] === undefined) session.source[key] = json(fact)
    }
    const at = firstTime(record.timestamp)
    const isSaid = Object.hasOwn(TYPES, type) && TYPES[type] !== undefined
    if (at !== undefined && isSaid) {
      if (session.first === undefined || Date.parse(at) < Date.parse(session.first)) session.first = at
      if (session.last === undefined || Date.parse(at) > Date.parse(session.last)) session.last = at
    }
    const read = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined
    if (read !== undefined) read(record, session)
    else if (this.#context.keepsAll) session.records.push(json(record))
  }

  end(): Iterable<Draft> {
    if (this.#waiting.length > 0) this.#begin('', undefined, 1)
    return [...this.#sessions.values()].map((session) => {
      const { id, line, into, source, records, title, first, last } = session
      return {
        id: id === '' ? undefined : id,
        line,
        turns: into.turns,
        name: title,
        started_at: first,
        ended_at: last === first ? undefined : last,
        source,
        ...(records.length > 0 && { extra: { records } }),
      }
    })
  }
}

/** The keys of a record that become a turn's own, or the session's. */
const READ = [
  'type',
  'message',
  'timestamp',
  'sessionId',
  'uuid',
  'isSidechain',
  'agentId',
  'toolUseResult',
  'parentUuid',
]

function readSaid(record: Part, session: Session): void {
  const { into, source, models } = session
  const message = partOf(record.message)
  const { usage, model, id, type, stop_reason, ...said } = message
  const at = firstTime(record.timestamp)
  const from = into.turns.length
  const given = typeof said.role === 'string' ? said : { ...said, role: record.type === 'user' ? 'user' : 'assistant' }
  // What is put in for the model in the user's name, such as reminders and summaries.
  const isTold = record.isMeta === true || record.isCompactSummary === true
  if (!readMessage(isTold && given.role === 'user' ? { ...given, role: 'system' } : given, into)) into.rest(record, [])
  const isNew = into.turns.length > from
  const rest = restOf(withoutFacts(record, source), READ)
  if (isNew) {
    setFacts(into.turns, from, {
      at,
      id: idOf(record.uuid),
      ...(typeof model === 'string' && { model }),
    } as Partial<Turn>)
    for (const turn of into.turns.slice(from + 1))
      setFacts(into.turns, into.turns.indexOf(turn), { at } as Partial<Turn>)
    const turn = into.turns[from]!
    setTokens(turn, usage, idOf(id), models)
    const known = {
      ...rest,
      ...(into.keepsAll && restOf({ message_id: id, stop_reason, usage: restOf(partOf(usage), TOKENS) }, [])),
    }
    if (into.keepsAll && Object.keys(known).length > 0) turn.extra = { ...turn.extra, ...known }
  }
  for (const part of listOf(said.content).map(partOf)) {
    if (!/tool_result$/.test(String(part.type))) continue
    into.timesOfCall(part.tool_use_id, undefined, at)
    into.restOfCall(part.tool_use_id, { ...resultOf(record.toolUseResult, part.content), ...(!isNew && rest) }, [])
  }
}

const TOKENS = ['input_tokens', 'output_tokens', 'total_tokens']

/** A message of the model comes in several records, and each says the tokens of all so far: the last counts, once. */
function setTokens(turn: Turn, usage: unknown, id: string | undefined, models: Map<string, Turn>): void {
  const { tokens } = tokensOf(usage)
  if (tokens === undefined) return
  const first = id === undefined ? turn : (models.get(id) ?? turn)
  if (id !== undefined) models.set(id, first)
  Object.assign(first, { tokens })
}

/** What the result of a tool has besides what the model was told, by its keys. */
function resultOf(result: unknown, content: unknown): JsonObject | undefined {
  if (result === undefined) return undefined
  const told = [...stringsIn(content)].join('\n')
  if (typeof result !== 'object' || result === null)
    return told.includes(String(result).replace(/^Error: /, '')) ? undefined : { result: json(result) }
  const rest = Object.entries(result).filter(([, value]) => {
    const strings = [...stringsIn(value)]
    return strings.length === 0 ? typeof value !== 'boolean' || value : !strings.every((text) => told.includes(text))
  })
  return known({ result: known(Object.fromEntries(rest)) })
}

function withoutFacts(record: Part, source: Part): Part {
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => [
      key,
      (FACTS as readonly string[]).includes(key) && value === source[key] ? undefined : value,
    ]),
  )
}

/** What the program said. */
function readSystem(record: Part, { into, source }: Session): void {
  const at = firstTime(record.timestamp)
  into.begin('system', at === undefined ? {} : { at })
  into.say(record.content)
  into.rest({ ...withoutFacts(record, source), id: record.uuid }, [...READ, 'content'])
}

/** What was given to the model beside the messages: a command of the user that waited is one of theirs, all else is instructions. */
function readAttachment(record: Part, { into, source }: Session): void {
  const attachment = partOf(record.attachment)
  const at = firstTime(record.timestamp)
  const isUsers = attachment.type === 'queued_command' && typeof attachment.prompt === 'string'
  const prose = (value: unknown) => [...stringsIn(value)].some((text) => /\s/.test(text))
  const texts = isUsers ? [attachment.prompt] : [...stringsIn(attachment)].filter((text) => /\s/.test(text))
  into.begin(isUsers ? 'user' : 'system', at === undefined ? {} : { at })
  for (const text of texts) into.say(text)
  const rest = Object.fromEntries(Object.entries(attachment).filter(([, value]) => !prose(value)))
  into.rest({ ...withoutFacts(record, source), id: record.uuid, attachment: known(rest) }, READ)
}
