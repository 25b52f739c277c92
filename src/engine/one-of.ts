/** The tests of one message, and of one run of an action, that conditions on them ask for. */
import { containment } from '../base/text/contains.ts'
import { fold } from '../base/text/fold.ts'
import type { ActionMatch, MessageMatch } from '../query/spec.ts'
import type { ActionLog, Message } from '../row/conversation.ts'
import { durationOf, hasFailed, searchedText } from '../row/runs.ts'

/** Tells whether one message has all that is named. O(units of its content × strings). */
export function messageTest({ sender, contains, hasAttachments }: MessageMatch): (message: Message) => boolean {
  const tests = contains?.map((text) => containment(fold(text)))
  return (message) =>
    (sender === undefined || message.sender === sender) &&
    (hasAttachments === undefined || (message.attachments ?? []).length > 0 === hasAttachments) &&
    // An empty list holds for nothing.
    (tests === undefined || (tests.length > 0 && tests.every((test) => test(message.content))))
}

/** What `input`, `output` and `error` look into, in this order. */
export const PARTS = [
  ['input', 'tools_used'],
  ['output', 'response'],
  ['error', 'error_message'],
] as const

/** The string of a run that a part looks into; `undefined` where there is none. O(units). */
export function partOf(run: ActionLog, key: (typeof PARTS)[number][1]): string | undefined {
  const value = run[key]
  return key === 'error_message' && typeof value !== 'string' ? undefined : searchedText(value)
}

/** Whether a run has a string there that is not empty. O(1). */
export function hasPart(run: ActionLog, key: (typeof PARTS)[number][1]): boolean {
  const value = run[key] ?? ''
  return key === 'error_message' ? typeof value === 'string' && value !== '' : value !== ''
}

/** Tells whether one run, of this message, has all that is named. O(units of its texts). */
export function runTest(asked: ActionMatch): (run: ActionLog, message: Message) => boolean {
  const { name, failed, longerThan = Number.NEGATIVE_INFINITY, shorterThan = Number.POSITIVE_INFINITY } = asked
  const isTimed = asked.longerThan !== undefined || asked.shorterThan !== undefined
  const texts = PARTS.flatMap(([part, key]) => {
    const piece = asked[part]
    return piece === undefined ? [] : [{ key, contains: containment(fold(piece)) }]
  })
  return (run, { action_name }) => {
    if (name !== undefined && !name.includes(action_name!)) return false
    if (failed !== undefined && hasFailed(run) !== failed) return false
    const took = isTimed ? durationOf(run) : 0
    if (took === undefined || (isTimed && !(took > longerThan && took < shorterThan))) return false
    return texts.every(({ key, contains }) => {
      const text = partOf(run, key)
      return text !== undefined && contains(text)
    })
  }
}
