/** What of a conversation can be copied. */
import type { Conversation } from 'conversation-store'
import { writeUrl } from '../asking/url/index.ts'
import { useExplorer } from '../asking/use-explorer.ts'
import { copyText } from '../ui/copy.ts'
import type { MenuItem } from '../ui/menu.tsx'
import { toast } from '../ui/toasts.ts'

/** Loaded when something is copied. */
const copyAs = () => import('../asking/copy-as/conversation.ts')

async function copied(write: () => Promise<string>, done: string): Promise<void> {
  try {
    await copyText(await write(), done)
  } catch (error) {
    toast({ text: `Nothing was copied. ${(error as Error).message}`, isBad: true })
  }
}

export function useCopies(row: Conversation): readonly MenuItem[] {
  const link = useLinkTo()
  return [
    { label: 'Copy link', icon: 'link', run: () => void copyText(link(null), 'Link copied') },
    {
      label: 'Copy as Markdown',
      icon: 'copy',
      run: () => void copied(async () => (await copyAs()).conversationMarkdown(row), 'Copied as Markdown'),
    },
    {
      label: 'Copy as a test',
      icon: 'copy',
      run: () => void copied(async () => (await copyAs()).conversationTest(row), 'Copied as a test'),
    },
    { label: 'Copy as JSON', icon: 'copy', run: () => void copyText(JSON.stringify(row, null, 2), 'Copied as JSON') },
  ]
}

/** The address of the page as it is, with a message of the open conversation or none. */
export function useLinkTo(): (message: number | null) => string {
  const { asked, view } = useExplorer()
  return (message) =>
    `${location.origin}${location.pathname}${writeUrl(asked, { ...view, message, pane: 'conversation' }, location.search)}`
}
