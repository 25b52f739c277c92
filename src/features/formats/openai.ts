/**
 * OpenAI: chat messages and Responses items, in requests and answers, logs of both, batch and fine-tuning files. Anthropic's
 * requests and answers have the same outer shape and are read too.
 */
import type { Json } from '../../row/conversation.ts'
import { json, listOf, type Part, partOf, stringOf, tokensOf } from '../turns/collect.ts'
import { readMessage, type TurnCollector } from '../turns/index.ts'
import { firstString, firstTime, idOf, objectOf, opened, rests } from './facts.ts'
import type { Draft, Format, FormatContext, FormatReader } from './format.ts'
import { collector, isMessageList, looksLikeMessage, readMessages, sayAs, setFacts } from './messages.ts'

/** The format. */
export const openai: Format = {
  title: 'OpenAI messages',
  detect: (value) => isMessage(value) || exchangeOf(value) !== undefined,
  open: openReader,
}

/** Whether a value is a message or an item alone; those of Gemini and LangChain are read too. */
function isMessage(value: Part): boolean {
  const { role, content, parts, tool_calls, sender, messages, payload } = value
  if (sender !== undefined || messages !== undefined || payload !== undefined) return false
  if (typeof role === 'string') return content !== undefined || parts !== undefined || tool_calls !== undefined
  return looksLikeMessage(value)
}

/** A request or an answer in a record. */
interface Found {
  readonly part: Part
  /** The key of the record under which it stands; none for the record itself. */
  readonly key: string | undefined
  /** What stands around it under that key. */
  readonly around: Part
}

/** The request and the answer in a record. */
interface Exchange {
  readonly request: Found
  readonly response: Found
}

/** Keys under which logs have a request and an answer. */
const REQUESTS = ['request', 'body', 'params', 'input', 'kwargs', 'request_body']
const RESPONSES = ['response', 'output', 'completion', 'result', 'preferred_output', 'response_body']
const NONE: Found = { part: {}, key: undefined, around: {} }

function exchangeOf(value: Part): Exchange | undefined {
  const itself: Found = { part: value, key: undefined, around: {} }
  const response = find(value, RESPONSES, isAnswer)
  if (isRequest(value)) return { request: itself, response: response ?? (isAnswer(value) ? itself : textAnswer(value)) }
  const request = find(value, REQUESTS, isRequest) ?? promptOf(value)
  if (request !== undefined) return { request, response: response ?? textAnswer(value) }
  // A stored response has what it was asked, too.
  const isAsked = value.input !== undefined || value.instructions !== undefined
  if (isAnswer(value)) return { request: isAsked ? itself : NONE, response: itself }
  return response === undefined ? undefined : { request: NONE, response }
}

/** An answer that is a text. */
function textAnswer(value: Part): Found {
  const key = RESPONSES.find((name) => typeof value[name] === 'string' && value[name] !== '')
  return key === undefined ? NONE : { part: { choices: [{ text: value[key] }] }, key, around: {} }
}

/** A prompt and its completion, as fine-tuning of old had them. */
function promptOf({ prompt, completion }: Part): Found | undefined {
  if (typeof prompt !== 'string' || typeof completion !== 'string') return undefined
  return { part: { input: prompt }, key: 'prompt', around: {} }
}

function find(value: Part, keys: readonly string[], is: (part: Part) => boolean): Found | undefined {
  for (const key of keys) {
    const given = opened(value[key])
    if (keys === RESPONSES && isMessageList(given)) return { part: { output: given }, key, around: {} }
    const whole = partOf(given)
    const { body, ...around } = whole
    const inner = partOf(opened(body))
    if (is(inner)) return { part: inner, key, around }
    if (is(whole)) return { part: whole, key, around: {} }
  }
  return undefined
}

function isRequest({ messages, input, model, instructions, sender, object }: Part): boolean {
  if (sender !== undefined || object === 'response') return false
  if (isMessageList(messages)) return true
  if (isMessageList(input)) return true
  return typeof input === 'string' && (typeof model === 'string' || typeof instructions === 'string')
}

function isAnswer({ choices, output, role, content, object, type }: Part): boolean {
  if (Array.isArray(choices))
    return choices.some((choice) => partOf(choice).message !== undefined || typeof partOf(choice).text === 'string')
  if (object === 'response' || (Array.isArray(output) && isMessageList(output))) return true
  return role === 'assistant' && content !== undefined && (type === 'message' || type === undefined)
}

function openReader(context: FormatContext): FormatReader {
  const drafts: (Draft | Loose)[] = []
  const loose = new Map<string, Loose>()
  return {
    read({ value, line, list }) {
      const given = partOf(value)
      const exchange = exchangeOf(given)
      const isLoose = isMessage(given) && (exchange === undefined || list !== undefined || given.choices === undefined)
      if (isLoose && exchange?.request.part.messages === undefined) {
        const id = conversationOf(given)
        const key = `${id ?? ''}/${list ?? ''}`
        let group = loose.get(key)
        if (group === undefined) {
          group = { id, line, into: collector(context) }
          loose.set(key, group)
          drafts.push(group)
        }
        return readMessage(given, group.into)
      }
      if (exchange === undefined) return false
      drafts.push(draftOf(given, exchange, line, context))
      return true
    },
    end: () => drafts.map((each) => ('into' in each ? looseDraft(each) : each)),
  }
}

/** Messages that stand alone, of one list or of one conversation. */
interface Loose {
  readonly id: string | undefined
  readonly line: number
  readonly into: TurnCollector
}

const looseDraft = ({ id, line, into }: Loose): Draft => ({ id, line, turns: into.turns, isHistory: true })

/** The id of the conversation that a record or its metadata names. */
function conversationOf(value: Part): string | undefined {
  const metadata = partOf(value.metadata)
  const { conversation } = value
  return idOf(
    ...[value.conversation_id, value.thread_id, value.session_id, value.chat_id, value.conversationId, value.sessionId],
    ...[value.threadId, value.chatId, partOf(conversation).id, conversation],
    ...[metadata.conversation_id, metadata.thread_id, metadata.session_id],
  )
}

function draftOf(
  value: Part,
  { request: asked, response: answered }: Exchange,
  line: number,
  context: FormatContext,
): Draft {
  const [request, response] = [asked.part, answered.part]
  const isFlat = request === value
  const into = collector(context)
  sayAs('system', request.instructions, into)
  sayAs('system', textOf(request.system), into)
  const odd = [...readMessages(request.messages, into)]
  if (typeof request.input === 'string') sayAs('user', request.input, into)
  else odd.push(...readMessages(request.input, into))
  const from = into.turns.length
  const others = readAnswer(response, into, odd)
  const model = firstString(response.model, request.model)
  const at = firstTime(
    response.created_at,
    response.created,
    value.created_at,
    value.timestamp,
    value.created,
    value.time,
  )
  setFacts(into.turns, from, { ...tokensOf(response.usage), ...(model && { model }), ...(at && { at }) })
  const id =
    conversationOf(request) ?? conversationOf(value) ?? (isFlat && response === NONE.part ? idOf(value.id) : undefined)
  const outer = [...OUTER, asked.key, answered.key].filter((key) => key !== undefined)
  const extra = rests(
    ['', value, [...outer, ...(isFlat ? [...REQUEST_KEYS, 'id'] : []), ...(response === value ? ANSWER_KEYS : [])]],
    [asked.key ?? '', asked.around, []],
    [answered.key ?? '', answered.around, []],
    ['request', isFlat ? {} : request, REQUEST_KEYS],
    ['answer', response === value ? {} : response, ANSWER_KEYS],
    ['', { messages: odd, choices: others }, []],
  )
  return {
    id,
    line,
    turns: into.turns,
    isHistory: true,
    continues: stringOf(request.previous_response_id) ?? undefined,
    answers: stringOf(response.id) ?? undefined,
    customer_id: idOf(value.user_id, value.customer_id, value.user, request.user),
    name: firstString(value.title, value.name),
    started_at: firstTime(
      value.started_at,
      value.created_at,
      value.timestamp,
      value.created,
      value.time,
      response.created_at,
      response.created,
    ),
    metadata: objectOf(isFlat ? value.metadata : { ...partOf(request.metadata), ...partOf(value.metadata) }),
    source: { ...(model && { model }), ...(response.id !== undefined && { response: json(response.id) }) },
    ...(extra !== undefined && { extra }),
  }
}

/** Reads an answer: the first choice, items or a message. Gives the other choices. */
function readAnswer(response: Part, into: TurnCollector, odd: Json[]): Json[] {
  const [first, ...others] = listOf(response.choices).map(partOf)
  if (first !== undefined) {
    if (first.message !== undefined) odd.push(...readMessages([first.message], into))
    else sayAs('agent', first.text, into)
    return others.flatMap((choice) => readChoice(choice, into))
  }
  if (Array.isArray(response.output)) odd.push(...readMessages(response.output, into))
  else if (typeof response.role === 'string')
    odd.push(...readMessages([{ ...response, id: response.id, usage: undefined }], into))
  return []
}

/** Another choice of the answer: its text is a note, since the conversation goes on from the first. Gives what is left of it. */
function readChoice(choice: Part, into: TurnCollector): Json[] {
  const { message, text, ...rest } = choice
  const { content, ...others } = partOf(message)
  const said = stringOf(content) ?? stringOf(text)
  if (said === null || !into.keepsAll) return [json(choice)]
  sayAs('system', said, into)
  into.rest({ ...rest, choice: rest.index }, ['index'])
  const left = rests(['', others, ['role']])
  return left === undefined ? [] : [left]
}

/** Text, or parts of text. */
function textOf(given: unknown): unknown {
  return Array.isArray(given) ? given.map((part) => partOf(part).text).join('\n') : given
}

const OUTER = [
  'metadata',
  'user',
  'user_id',
  'customer_id',
  'title',
  'name',
  'started_at',
  'created_at',
  'timestamp',
  'created',
  'time',
]
const REQUEST_KEYS = [
  'messages',
  'input',
  'instructions',
  'system',
  'model',
  'user',
  'metadata',
  'conversation_id',
  'thread_id',
  'session_id',
]
const ANSWER_KEYS = [
  'id',
  'choices',
  'output',
  'role',
  'content',
  'usage',
  'model',
  'created',
  'created_at',
  'object',
  'type',
]
