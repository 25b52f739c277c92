/**
 * The export of a ChatGPT account: each conversation is a tree of messages. What stands on the way to the current message is the
 * conversation; what was said on other branches, from where each parts, is a conversation of its own.
 */
import { json, listOf, type Part, partOf } from '../turns/collect.ts'
import type { Turn, TurnCollector } from '../turns/index.ts'
import { firstString, firstTime, idOf, known, rests } from './facts.ts'
import { type Draft, type Format, type FormatContext, wholeReader } from './format.ts'
import { collector } from './messages.ts'

/** The format. */
export const chatgpt: Format = {
  title: 'the export of a ChatGPT account',
  detect: isTree,
  open: (context) => wholeReader((value, line) => (isTree(value) ? draftsOf(value, line, context) : undefined)),
}

function isTree({ mapping }: Part): boolean {
  if (typeof mapping !== 'object' || mapping === null || Array.isArray(mapping)) return false
  return Object.values(mapping).some((node) => typeof node === 'object' && node !== null && 'children' in node)
}

type Nodes = ReadonlyMap<string, Part>

function draftsOf(value: Part, line: number, context: FormatContext): Draft[] {
  const nodes: Nodes = new Map(Object.entries(partOf(value.mapping)).map(([id, node]) => [id, partOf(node)]))
  const main = wayTo(String(value.current_node ?? lastLeaf(nodes)), nodes)
  const done = new Set(main)
  const id = idOf(value.conversation_id, value.id)
  const facts = { name: firstString(value.title), started_at: firstTime(value.create_time), line }
  const drafts: Draft[] = [
    {
      ...facts,
      id,
      turns: turnsOf(main, nodes, collector(context)),
      ended_at: firstTime(value.update_time),
      source: known({
        model: value.default_model_slug,
        gizmo: value.gizmo_id,
        is_archived: value.is_archived,
        origin: value.conversation_origin,
      }),
      extra: rests(['', value, READ]),
    },
  ]
  for (const leaf of [...nodes].filter(([, { children }]) => listOf(children).length === 0).map(([leaf]) => leaf)) {
    const branch = wayTo(leaf, nodes).filter((node) => !done.has(node))
    for (const node of branch) done.add(node)
    const turns = turnsOf(branch, nodes, collector(context))
    const parent = nodes.get(branch[0] ?? '')?.parent
    if (turns.length > 0)
      drafts.push({
        name: facts.name,
        line,
        id: `${id ?? ''}/${branch[0]}`,
        turns,
        source: known({ is_branch: true, conversation: id, after: parent }),
      })
  }
  return drafts
}

const READ = [
  'title',
  'create_time',
  'update_time',
  'mapping',
  'current_node',
  'conversation_id',
  'id',
  'default_model_slug',
  'gizmo_id',
  'is_archived',
  'conversation_origin',
]

function lastLeaf(nodes: Nodes): string | undefined {
  return [...nodes].filter(([, { children }]) => listOf(children).length === 0).at(-1)?.[0]
}

/** The ids from the root to a node. A circle ends where it closes. */
function wayTo(leaf: string, nodes: Nodes): string[] {
  const way = new Set<string>()
  for (let at: unknown = leaf; typeof at === 'string' && nodes.has(at) && !way.has(at); at = nodes.get(at)!.parent)
    way.add(at)
  return [...way].reverse()
}

function turnsOf(way: readonly string[], nodes: Nodes, into: TurnCollector): Turn[] {
  for (const id of way) {
    const { message } = nodes.get(id)!
    if (typeof message === 'object' && message !== null) readTreeMessage(partOf(message), into)
  }
  return into.turns
}

const ROLES: { readonly [role: string]: Turn['role'] } = { user: 'user', assistant: 'agent', tool: 'agent' }

const READ_OF_MESSAGE = [
  'author',
  'content',
  'create_time',
  'update_time',
  'status',
  'end_turn',
  'weight',
  'recipient',
  'metadata',
  'channel',
]
/** Metadata that stands in the turn itself, or says how the page drew it. */
const READ_OF_METADATA = ['model_slug', 'timestamp_', 'parent_id', 'message_type', 'attachments', 'default_model_slug']

function readTreeMessage(message: Part, into: TurnCollector): void {
  const author = partOf(message.author)
  const content = partOf(message.content)
  const metadata = partOf(message.metadata)
  const at = firstTime(message.create_time)
  const texts = textsOf(content)
  const files = filesOf(content)
  const recipient = firstString(message.recipient) ?? 'all'
  const model = author.role === 'assistant' ? firstString(metadata.model_slug) : undefined
  if (author.role === 'tool') {
    const name = firstString(author.name) ?? 'tool'
    into.answer(
      name,
      name,
      content.content_type === 'system_error' ? { error: texts.join('\n') } : { output: texts.join('\n') },
    )
    into.timesOfCall(name, undefined, at)
    into.restOfCall(
      name,
      {
        content: files.length > 0 || texts.length === 0 ? json(content) : undefined,
        ...rests(['metadata', metadata, READ_OF_METADATA]),
      },
      [],
    )
    return
  }
  const isEmpty = texts.join('') === '' && files.length === 0
  if (isEmpty && author.role === 'system') return
  into.begin(ROLES[String(author.role)] ?? 'system', { ...(at && { at }), ...(model && { model }) })
  if (author.role === 'assistant' && recipient !== 'all') {
    into.call(recipient, recipient, texts.join('\n'))
    into.timesOfCall(recipient, at, undefined)
  } else if (content.content_type === 'thoughts' || content.content_type === 'reasoning_recap')
    for (const text of texts) into.think(text)
  else for (const text of texts) into.say(text)
  for (const { id, name, type } of files) into.file(name ?? id, type, id)
  for (const attachment of listOf(metadata.attachments).map(partOf)) {
    into.file(attachment.name ?? attachment.id, attachment.mime_type ?? attachment.mimeType, null)
    into.restOfPart(attachment, ['name', 'mime_type', 'mimeType'])
  }
  into.rest(
    { ...message, ...rests(['of_message', metadata, READ_OF_METADATA], ['of_content', content, READ_OF_CONTENT]) },
    READ_OF_MESSAGE,
  )
}

const READ_OF_CONTENT = [
  'content_type',
  'parts',
  'text',
  'result',
  'content',
  'thoughts',
  'user_profile',
  'user_instructions',
  'model_set_context',
  'title',
  'domain',
  'url',
  'name',
  'summary',
]

/** What a content says, by whichever of its keys. */
function textsOf(content: Part): string[] {
  const parts = listOf(content.parts).map((part) => (typeof part === 'string' ? part : partOf(part).text))
  const thoughts = listOf(content.thoughts)
    .map(partOf)
    .flatMap((thought) => [thought.summary, thought.content])
  const own = [
    content.title,
    content.domain,
    content.url,
    content.name,
    content.text,
    content.result,
    content.content,
    content.summary,
    content.user_profile,
    content.user_instructions,
    content.model_set_context,
  ]
  const all = [...parts, ...thoughts, ...own].filter((text): text is string => typeof text === 'string' && text !== '')
  return all
}

/** Pictures and recordings among the parts. */
function filesOf(content: Part): { readonly id: string; readonly name: string | null; readonly type: string }[] {
  return listOf(content.parts).flatMap((part) => {
    const { asset_pointer, content_type } = partOf(part)
    return typeof asset_pointer === 'string'
      ? [{ id: asset_pointer, name: null, type: String(content_type).startsWith('audio') ? 'audio/*' : 'image/*' }]
      : []
  })
}
