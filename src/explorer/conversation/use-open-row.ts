/** The conversation that is open, kept in step with the store. */
import type { Conversation } from 'conversation-store'
import { type Query, query } from 'conversation-store/core'
import { useConversations } from 'conversation-store/react'
import { useMemo } from 'react'

/** Finds nothing. */
const NOBODY = query().where('id', 'in', [])

/** `pending` until it is there; `absent` if there is none of that id. */
export type OpenRow =
  | { readonly state: 'none' | 'pending' | 'absent'; readonly row: null }
  | { readonly state: 'there'; readonly row: Conversation }

export function useOpenRow(id: string | null): OpenRow {
  const asked = useMemo(
    () => (id === null ? NOBODY : query().includeDeleted().conversationId(id).pageSize(1)) as Query,
    [id],
  )
  const { data, isPlaceholder } = useConversations(asked, { keepPrevious: true })
  if (id === null) return { state: 'none', row: null }
  const row = data?.results[0] as Conversation | undefined
  // The one before stays until this one comes.
  if (row !== undefined && (isPlaceholder || row.conversation_id === id)) return { state: 'there', row }
  return { state: data === undefined || isPlaceholder ? 'pending' : 'absent', row: null }
}
