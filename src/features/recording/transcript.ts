/** A conversation as lines to read. */
import { checkFlag, checkOptions } from '../../base/options.ts'
import type { ActionLog, Conversation, Feedback, Json, Message } from '../../row/conversation.ts'
import { durationOf, hasFailed, runsOf } from '../../row/runs.ts'
import { isFilesAlone, TOKEN_USAGE } from './parts.ts'

/** What a transcript shows besides what was said and done. */
export interface TranscriptOptions {
  /** The ids of messages. */
  readonly ids?: boolean
  /** The times of messages, and how long tools ran. */
  readonly times?: boolean
}

const NAMES = { end_user: 'user', agent: 'agent' } as const

/**
 * A row as text: a line for each message, run of a tool, file and feedback; further lines of a message are indented. It has
 * neither ids nor times unless they are asked for, so that it is the same in each run of a test. O(size of the row).
 *
 * @example
 * transcriptOf(row)
 * // user: Where is order 17?
 * // agent: lookup_order({"order":17}) -> {"status":"lost"}
 * // agent: It is lost.
 */
export function transcriptOf(
  row: Pick<Conversation, 'messages' | 'feedbacks'>,
  options: TranscriptOptions = {},
): string {
  checkOptions('transcript', options, ['ids', 'times'])
  checkFlag('ids', options.ids)
  checkFlag('times', options.times)
  const lines = (row.messages ?? []).flatMap((message) => linesOf(message, options))
  const feedbacks = (row.feedbacks ?? []).map((feedback) => timed(feedback.created_at, feedbackLine(feedback), options))
  return [...lines, ...feedbacks].join('\n')
}

function linesOf(message: Message, options: TranscriptOptions): string[] {
  const { id, timestamp, sender, content, attachments } = message
  const runs = runsOf(message)
  const parts =
    runs.length > 0
      ? runs.map((run) => runText(`${message.action_name}`, run, options))
      : message.button
        ? [`[button] ${content}`]
        : isFilesAlone(message)
          ? []
          : [content]
  const files = (attachments ?? []).map(({ filename, mime_type, size_bytes }) => {
    return `[file] ${filename} (${mime_type}, ${size_bytes} bytes)`
  })
  const start = `${options.ids ? `#${id} ` : ''}${NAMES[sender]}: `
  return [...parts, ...files].map((part) => timed(timestamp, start + part.replace(/\n/g, '\n  '), options))
}

function runText(name: string, run: ActionLog, { times }: TranscriptOptions): string {
  if (name === TOKEN_USAGE) return `[tokens] ${countsText(run.metadata)}`
  const call = `${name}(${textOf(run.tools_used)})`
  const isOpen = Boolean(run.started_at) && !run.ended_at
  if (isOpen) return `${call} has not ended`
  const took = times ? durationOf(run) : undefined
  const end = hasFailed(run) ? ` failed: ${run.error_message}` : ` -> ${textOf(run.response) || 'null'}`
  return `${call}${end}${took === undefined ? '' : ` (${took} ms)`}`
}

/** `prompt 80, completion 30, total 110`: the counts that are not zero. */
function countsText(metadata: Json | undefined): string {
  const counts = Object.entries(Object(metadata) as Record<string, Json>).filter(([, count]) => count !== 0)
  return counts.map(([name, count]) => `${name.replace(/_tokens$/, '')} ${count}`).join(', ')
}

function feedbackLine({ sentiment, comment }: Feedback): string {
  return `[feedback] ${sentiment}${comment ? `: ${comment}` : ''}`
}

function textOf(value: Json | undefined): string {
  return value === undefined || value === null ? '' : JSON.stringify(value)
}

function timed(time: Json | undefined, line: string, { times }: TranscriptOptions): string {
  return times ? `${time ?? 'at no time'} ${line}` : line
}
