/** `toHaveMessage`: something was said. */
import { counted } from '../base/text/counted.ts'
import { longestPiece } from '../features/why-empty/longest-piece.ts'
import type { Group } from '../query/spec.ts'
import type { Message } from '../row/conversation.ts'
import { matches } from './differences.ts'
import { checkMessage, checkText } from './options.ts'
import { isAsymmetric, print } from './print.ts'
import { placeIn, resultOf } from './result.ts'
import { type Conversations, conversationsOf, messagesOf, type Row, refuseEmpty, wrong } from './subject.ts'
import { isRecord } from './transcript.ts'
import type { MatcherResult, MessageOptions } from './types.ts'

/** A message, and the conversation that it is of. */
interface Said {
  readonly row: Row
  readonly message: Message
}

/** Whether some message contains a string, or matches. What records the call of a tool says nothing. */
export function toHaveMessage(subject: unknown, content: unknown, given?: MessageOptions): MatcherResult {
  checkText('toHaveMessage(content)', content)
  const options = checkMessage('toHaveMessage', given)
  const conversations = conversationsOf('toHaveMessage', subject)
  refuseEmpty('toHaveMessage', subject, conversations, 'messages', options.allowEmpty)
  refuseTurn(subject, conversations, options)
  const holds = (text: string) => (typeof content === 'string' ? text.includes(content) : matches(text, content))
  const found = first(said(conversations, options, conditionsOf(content)), ({ message }) => holds(message.content))
  const pass = found !== undefined
  return resultOf(conversations, { pass, actual: found?.message.content, expected: content }, () => {
    const { near, isAlike } = found
      ? { near: found, isAlike: true }
      : nearest(said(conversations, options, []), content)
    const head = pass ? 'It has one' : isAlike ? 'The nearest is' : 'None is like it. The last is'
    return {
      claim: `have a message ${wanted(content, options)}.`,
      lines: near
        ? [`${head} ${shown(near, conversations)}`, pass ? '' : caseHint(near, content)]
        : [nothingSaid(options)],
      row: near?.row,
      around: near?.row.messages.indexOf(near.message),
    }
  })
}

/** A string narrows the conversations to those that contain it in any case, which an index finds. */
function conditionsOf(content: unknown): Group {
  return typeof content === 'string' ? [{ field: 'message', lookup: 'icontains', value: content }] : []
}

/** What was said in some turn, by some sender. */
function* said({ rows }: Conversations, { sender, turn }: MessageOptions, where: Group): Generator<Said> {
  for (const row of rows(where))
    for (const message of messagesOf(row, turn) ?? [])
      if (!isRecord(message) && (sender === undefined || message.sender === sender)) yield { row, message }
}

function first<Item>(items: Iterable<Item>, test: (item: Item) => boolean): Item | undefined {
  for (const item of items) if (test(item)) return item
  return undefined
}

/** Throws where no conversation has the turn: nothing could be said there. */
function refuseTurn(subject: unknown, conversations: Conversations, { turn, allowEmpty }: MessageOptions): void {
  if (typeof turn !== 'number' || allowEmpty === true) return
  let most = 0
  for (const row of conversations.rows()) {
    if (messagesOf(row, turn) !== undefined) return
    for (let n = most + 1; messagesOf(row, n) !== undefined; n++) most = n
  }
  const has = `${conversations.words} has ${counted(most, 'turn')}`
  throw wrong('turn', subject, `toHaveMessage: there is no turn ${turn}: ${has}. A turn begins where the user speaks.`)
}

/** So many messages are compared to find the nearest. */
const MOST_COMPARED = 20_000

/** The message that has the longest piece in common with what is looked for; without any the last. */
function nearest(all: Iterable<Said>, content: unknown): { near: Said | undefined; isAlike: boolean } {
  const pieces = piecesOf(content)
  let best = ''
  let near: Said | undefined
  let last: Said | undefined
  let compared = 0
  for (const each of all) {
    last = each
    if (++compared > MOST_COMPARED) break
    for (const piece of pieces) {
      const found = longestPiece(each.message.content.toLowerCase(), piece.toLowerCase(), best.length)
      if (found.length > best.length) [best, near] = [found, each]
    }
  }
  return { near: near ?? last, isAlike: near !== undefined }
}

/** The strings that something to look for is made of: what stands literally in a regular expression. */
function piecesOf(content: unknown): readonly string[] {
  if (typeof content === 'string') return [content]
  const sample = isAsymmetric(content) ? content.sample : content
  const source = sample instanceof RegExp ? sample.source : typeof sample === 'string' ? sample : ''
  return sample instanceof RegExp
    ? source.split(/\\[a-z]|[\\^$.|?*+()[\]{}]/i).filter((piece) => piece !== '')
    : [source]
}

function wanted(content: unknown, { sender, turn }: MessageOptions): string {
  const what = typeof content === 'string' ? `that contains ${print(content)}` : `that matches ${print(content)}`
  const who = sender === undefined ? '' : `, from ${sender}`
  const when = turn === undefined ? '' : turn === 'last' ? ', in the last turn' : `, in turn ${turn}`
  return `${what}${who}${when}`
}

function nothingSaid({ sender, turn }: MessageOptions): string {
  return `Nothing was said${sender === undefined ? '' : ` by ${sender}`}${turn === undefined ? '' : ' in that turn'}.`
}

function shown({ row, message: { sender, content } }: Said, conversations: Conversations): string {
  return `from ${sender}${placeIn(conversations, row)}: ${print(content)}`
}

function caseHint({ message }: Said, content: unknown): string {
  const isCase = typeof content === 'string' && message.content.toLowerCase().includes(content.toLowerCase())
  return isCase ? 'It differs in the case of its letters alone. A regular expression with the flag i ignores that.' : ''
}
