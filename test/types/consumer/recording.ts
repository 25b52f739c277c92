/** A user of the recorder, compiled against the packed declarations. */
import { ConversationStore as FullStore } from 'conversation-store'
import { ConversationStore } from 'conversation-store/core'
import { counter, createRecorder, steps } from 'conversation-store/testing'

interface Metadata {
  readonly plan: 'free' | 'pro'
}

const core = new ConversationStore<Metadata>()
const full = new FullStore<Metadata>()

const chat = createRecorder(full, { now: steps('2026-01-05', 1_000), ids: counter() }).start({ device: 'mobile' })
export const recordedInto: FullStore<Metadata> = chat.store
const lookup = chat.tool('lookup', ({ order }: { order: number }) => order)
export const found: number = lookup({ order: 17 })
// @ts-expect-error: a recorded function takes what the function takes
lookup({ order: '17' })
export const said: string = chat
  .user('Hello', { files: [{ filename: 'a', data: 'YQ==' }] })
  .agent('Hi!')
  .lastTurn()
  .transcript()
createRecorder(core).start().toConversation().messages[0]?.content
// @ts-expect-error: there is no such sentiment
chat.feedback('bad')
