/** A conversation as failures show it: a line a message, twenty lines at most. */
import { counted } from '../base/text/counted.ts'
import { transcriptOf as transcript } from '../features/recording/transcript.ts'
import { actionContent } from '../features/turns/to-row.ts'
import type { Message } from '../row/conversation.ts'
import { print } from './print.ts'
import type { Row } from './subject.ts'

/** The most lines of a transcript after its title, those that count what is left out too. */
const LINES = 19

/** So long is a line. */
const UNITS = 120

/** A conversation in lines. Of a long one, those around a message; without one the last. O(messages). */
export function transcriptOf(row: Row, around = Number.POSITIVE_INFINITY): string {
  const { conversation_id } = row
  const messages = row.messages ?? []
  if (messages.length === 0) return ''
  const lines = messages.flatMap((message, at) => linesOf(message).map((line) => ({ line, at })))
  const focus = lines.filter(({ at }) => at < around).length
  const isLong = lines.length > LINES
  const shown = LINES - 2
  const from = isLong ? Math.max(0, Math.min(lines.length - shown, focus - (shown >> 1))) : 0
  const to = isLong ? from + shown : lines.length
  const cut = (count: number, where: string) => (count > 0 ? [`  ... ${counted(count, 'line')} ${where}`] : [])
  return [
    conversation_id === 'messages' ? 'Transcript:' : `Transcript of ${print(conversation_id)}:`,
    ...cut(from, 'before'),
    ...lines.slice(from, to).map(({ line }) => `  ${line}`),
    ...cut(lines.length - to, 'after'),
  ].join('\n')
}

function linesOf(message: Message): string[] {
  const lines = transcript({ messages: [message], feedbacks: [] }).split('\n')
  return lines.filter((line) => line.trim() !== '').map(shortened)
}

/** Whether a message records a call and says nothing besides. */
export function isRecord({ action_name, content }: Message): boolean {
  return Boolean(action_name) && (content === '' || content === actionContent(action_name!))
}

function shortened(line: string): string {
  return line.length > UNITS ? `${line.slice(0, UNITS - 3)}...` : line
}
