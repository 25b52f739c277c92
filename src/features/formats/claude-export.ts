/** The export of a Claude account: conversations with their `chat_messages`. */
import { listOf, type Part, partOf } from '../turns/collect.ts'
import type { Turn } from '../turns/index.ts'
import { readMessage, type TurnCollector } from '../turns/index.ts'
import { firstString, firstTime, idOf, known, rests } from './facts.ts'
import { type Draft, type Format, wholeReader } from './format.ts'
import { collector, setFacts } from './messages.ts'

/** The format. */
export const claudeExport: Format = {
  title: 'the export of a Claude account',
  detect: ({ chat_messages }) => Array.isArray(chat_messages),
  open: (context) =>
    wholeReader((value, line) =>
      Array.isArray(value.chat_messages) ? draftOf(value, line, collector(context)) : undefined,
    ),
}

function draftOf(value: Part, line: number, into: TurnCollector): Draft {
  for (const message of listOf(value.chat_messages).map(partOf)) readChat(message, into)
  const extra = rests(['', value, ['uuid', 'name', 'created_at', 'updated_at', 'chat_messages', 'account', 'model']])
  return {
    id: idOf(value.uuid, value.id),
    line,
    turns: into.turns,
    name: firstString(value.name),
    customer_id: idOf(partOf(value.account).uuid),
    started_at: firstTime(value.created_at),
    ended_at: firstTime(value.updated_at),
    source: known({ model: value.model }),
    extra,
  }
}

const READ = ['uuid', 'text', 'content', 'sender', 'created_at', 'attachments', 'files', 'files_v2']

function readChat(message: Part, into: TurnCollector): void {
  const role = message.sender === 'human' || message.sender === 'user' ? 'user' : 'assistant'
  const content = listOf(message.content).map(partOf)
  const from = into.turns.length
  const at = firstTime(message.created_at)
  // The text is that of the content again, in the exports that have content.
  const said = content.some(({ type }) => type === 'text')
    ? content
    : [{ type: 'text', text: message.text }, ...content]
  readMessage({ role, content: said.map(withTimes) }, into)
  for (const [i] of into.turns.slice(from).entries())
    setFacts(into.turns, from + i, { ...(at && { at }) } as Partial<Turn>)
  for (const part of content)
    into.timesOfCall(
      part.type === 'tool_result' ? part.tool_use_id : part.id,
      part.type === 'tool_use' ? firstTime(part.start_timestamp) : undefined,
      firstTime(part.stop_timestamp),
    )
  for (const file of [...listOf(message.files), ...listOf(message.files_v2)].map(partOf)) {
    into.file(file.file_name ?? file.file_uuid, file.file_type ?? null, file.preview_url ?? null)
    into.restOfPart(file, ['file_name', 'file_type', 'preview_url'])
  }
  into.rest(
    { ...message, id: message.uuid },
    message.updated_at === message.created_at ? [...READ, 'updated_at'] : READ,
  )
  for (const attachment of listOf(message.attachments).map(partOf)) {
    into.begin(role === 'user' ? 'user' : 'agent', at === undefined ? {} : { at })
    into.say(attachment.extracted_content)
    into.file(attachment.file_name, attachment.file_type, null)
    into.rest(attachment, ['extracted_content', 'file_name', 'file_type'])
  }
}

/** A result without a call is named by what it has. */
const withTimes = ({ start_timestamp: _, stop_timestamp: __, ...part }: Part): Part => part
