/** A conversation as Markdown: its facts, what was said, what was done, and what was thought of it. */
import type { ActionLog, Conversation, Message } from 'conversation-store/core'

const SENDERS = { end_user: 'User', agent: 'Agent' } as const
const FACTS = ['customer_id', 'device', 'language', 'environment', 'started_at', 'ended_at'] as const

/** What of a line Markdown would take for markup. */
const MARKUP = /[\\`*_[\]<>#|~!&]/g

/**
 * The conversation as Markdown. The words of the agent are kept as they are, for they are Markdown; those of the user are
 * escaped, for they are plain. O(units).
 */
export function conversationMarkdown(row: Conversation): string {
  const facts = FACTS.flatMap((key) => (row[key] ? [`- ${key}: ${code(String(row[key]))}`] : []))
  const metadata =
    Object.keys(row.metadata ?? {}).length === 0 ? [] : [fenced(JSON.stringify(row.metadata, null, 2), 'json')]
  const feedbacks = (row.feedbacks ?? []).map(({ sentiment, source, comment }) => {
    const by = source === 'platform' ? 'the platform' : 'the customer'
    return `- ${sentiment}, by ${by}${comment ? `: ${plain(String(comment)).replaceAll('\n', ' ')}` : ''}`
  })
  const parts = [
    `# ${plain(row.name || row.conversation_id).replaceAll('\n', ' ')}`,
    [`- conversation_id: ${code(row.conversation_id)}`, ...facts].join('\n'),
    ...metadata,
    ...(row.messages ?? []).flatMap(messageParts),
    ...(feedbacks.length === 0 ? [] : ['## Feedback', feedbacks.join('\n')]),
  ]
  return `${parts.join('\n\n')}\n`
}

function messageParts({ sender, content, timestamp, action_name, action_logs, attachments }: Message): string[] {
  const at = timestamp ? ` · ${timestamp}` : ''
  const runs = (action_logs ?? []).flatMap((log) => runParts(action_name || 'action', log))
  const isCalled = Boolean(action_name) && runs.length === 0
  const files = (attachments ?? []).map(({ filename }) => `- attachment: ${code(String(filename ?? 'unnamed'))}`)
  const isSilent = content === '' || (action_name ? /^Action .* performed$/.test(content) : false)
  if (isSilent && files.length === 0 && (runs.length > 0 || isCalled))
    return runs.length > 0 ? runs : [`**${code(action_name!)}**`]
  return [
    `## ${SENDERS[sender]}${at}`,
    ...(content === '' ? [] : [sender === 'agent' ? content : plain(content)]),
    ...(files.length === 0 ? [] : [files.join('\n')]),
    ...(isCalled ? [`**${code(action_name!)}**`] : runs),
  ]
}

function runParts(name: string, { tools_used, response, error_message, duration_ms }: ActionLog): string[] {
  const took = typeof duration_ms === 'number' ? ` · ${duration_ms} ms` : ''
  const values: readonly (readonly [label: string, value: unknown])[] = [
    ['Arguments', tools_used],
    ['Result', response],
    ['Error', error_message || undefined],
  ]
  return [
    `**${code(name)}**${took} · ${error_message ? 'failed' : 'ok'}`,
    ...values.flatMap(([label, value]) =>
      value === undefined || value === null
        ? []
        : [`${label}:`, typeof value === 'string' ? fenced(value, '') : fenced(JSON.stringify(value, null, 2), 'json')],
    ),
  ]
}

/** Words that mean nothing to Markdown; its lines stay. */
function plain(text: string): string {
  return text
    .replace(MARKUP, '\\$&')
    .replace(/^[ \t]+/gm, '')
    .replace(/^[-+=]/gm, '\\$&')
    .replace(/^(\d+)([.)])/gm, '$1\\$2')
    .replace(/(?<!\n)\n(?!\n|$)/g, '  \n')
}

/** A block of code in a fence that is longer than any in it. */
function fenced(text: string, language: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1))
  return `${fence}${language}\n${text}\n${fence}`
}

/** A string as code in a line. */
function code(text: string): string {
  const ticks = '`'.repeat(longestRun(text) + 1)
  const line = text.replaceAll('\n', ' ')
  return ticks.length === 1 && !/^\s|\s$/.test(line) ? `\`${line}\`` : `${ticks} ${line} ${ticks}`
}

function longestRun(text: string): number {
  let longest = 0
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length)
  return longest
}
