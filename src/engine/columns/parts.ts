/** What is kept of each message, and of each run of an action. */
import type { ActionLog, Message } from '../../row/conversation.ts'
import { durationOf, hasFailed, runsOf } from '../../row/runs.ts'
import { hasPart, PARTS, partOf } from '../one-of.ts'
import type { Row } from '../segments/documents.ts'
import type { EachPart } from './row-parts.ts'

/** The bits of a message. */
export const MESSAGE = { end_user: 1, agent: 2, attachments: 4, text: 8 } as const

/** The bits of a run: whether it failed, and which texts it has, in this order. */
export const RUN = { failed: 1, input: 2, output: 4, error: 8 } as const

/** The strings of a run that are searched, in this order: each a text of its row. Its bits say which there are. */
function textsOfRun(run: ActionLog): readonly string[] {
  return PARTS.flatMap(([, key]) => partOf(run, key) || [])
}

/** The messages of a row. */
export const eachMessage: EachPart = ({ messages }, emit) => {
  for (const { sender, attachments, content } of (messages ?? []) as readonly Message[]) {
    const has = (is: boolean | undefined, bit: number) => (is === true ? bit : 0)
    emit({
      kind:
        MESSAGE[sender] + has((attachments?.length ?? 0) > 0, MESSAGE.attachments) + has(content !== '', MESSAGE.text),
    })
  }
}

/** The runs of a row's actions. */
export const eachRun: EachPart = ({ messages }, emit) => {
  for (const message of (messages ?? []) as readonly Message[]) {
    for (const run of runsOf(message)) {
      let kind: number = hasFailed(run) ? RUN.failed : 0
      for (const [part, key] of PARTS) if (hasPart(run, key)) kind |= RUN[part]
      emit({ kind, name: message.action_name ?? undefined, duration: durationOf(run) ?? Number.NaN })
    }
  }
}

/** What the runs of a row's actions say, as an index of texts reads it. */
export function runTexts({ messages }: Row): readonly { readonly content: string }[] {
  const runs = ((messages ?? []) as readonly Message[]).flatMap(runsOf)
  return runs.flatMap((run) => textsOfRun(run).map((content) => ({ content })))
}
