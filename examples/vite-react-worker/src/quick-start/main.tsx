import { query } from 'conversation-store/core'
import { StoreProvider, useConversations } from 'conversation-store/react'
import { connectStore } from 'conversation-store/worker'
import { useState } from 'react'
import { createRoot } from 'react-dom/client'

const worker = new Worker(new URL('./store-worker.ts', import.meta.url), { type: 'module' })
const store = connectStore(worker)
fetch('/conversations.ndjson').then(({ body }) => store.load(body!))

function Search() {
  const [text, setText] = useState('')
  const { data } = useConversations(query().search(text), { keepPrevious: true })
  return (
    <main>
      <label>
        Search <input value={text} onChange={(event) => setText(event.target.value)} />
      </label>
      <p>{data?.count ?? 0} conversations</p>
      <ul>
        {data?.results.map((row) => (
          <li key={row.id}>{row.messages?.[0]?.content}</li>
        ))}
      </ul>
    </main>
  )
}

createRoot(document.getElementById('root')!).render(
  <StoreProvider store={store}>
    <Search />
  </StoreProvider>,
)
