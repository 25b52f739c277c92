/** Sentences about what was said. */
import type { MessageCondition, MessageMatch, MessageMatchCondition, SenderCondition } from 'conversation-store/core'
import type { Say } from './say.ts'
import { shownText } from './values.ts'

const SENDERS = { end_user: 'the user', agent: 'the agent' } as const

/** Says what one message has: `the user` `said` `refund`. */
export const said: Say<MessageCondition | MessageMatchCondition> = ({ value }, isNegated) => {
  const match: MessageMatch = typeof value === 'string' ? { contains: [value] } : value
  const { sender, contains, hasAttachments } = match
  const subject = sender === undefined ? (isNegated ? 'no one' : 'someone') : SENDERS[sender]
  const never = isNegated && sender !== undefined ? 'never ' : ''
  if (contains === undefined) return { subject, verb: `${never}sent`, object: attached(hasAttachments) }
  const words = contains.length === 0 ? 'nothing' : contains.map(shownText).join(' and ')
  const together = contains.length > 1 ? ' in one message' : ''
  const extra = hasAttachments === undefined ? '' : ` with${hasAttachments ? '' : 'out'} an attachment`
  return { subject, verb: `${never}said`, object: `${words}${together}${extra}` }
}

/** Says who wrote something. */
export const messageSender: Say<SenderCondition> = ({ value }, isNegated) => ({
  subject: SENDERS[value],
  verb: 'said',
  object: isNegated ? 'nothing' : 'something',
})

function attached(hasAttachments: boolean | undefined): string {
  return hasAttachments === true
    ? 'an attachment'
    : `a message${hasAttachments === false ? ' without an attachment' : ''}`
}
