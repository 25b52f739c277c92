/** All conversations that match. */
import { useConversations } from 'conversation-store/react'
import { useExplorer } from '../asking/use-explorer.ts'

export function List() {
  const { query } = useExplorer()
  const { data } = useConversations(query, { keepPrevious: true })
  return (
    <section aria-label="Conversations">
      {data?.count}
      <ul>
        {data?.results.map((row) => (
          <li key={row.id}>{row.conversation_id}</li>
        ))}
      </ul>
    </section>
  )
}
