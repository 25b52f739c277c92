import { query } from 'conversation-store/core'
import { StoreProvider, useConversations } from 'conversation-store/react'
import { connectStore } from 'conversation-store/worker'
import { Suspense, use, useState } from 'react'
import { createRoot } from 'react-dom/client'
import type { Opened } from './store-worker.ts'

const worker = new Worker(new URL('./store-worker.ts', import.meta.url), { type: 'module' })
// The first visit downloads the conversations before the worker answers.
const store = connectStore(worker, { timeoutMs: 60_000 })
const opened = new Promise<Opened>((resolve) => {
  worker.addEventListener('message', ({ data }) => {
    if (data.opened !== undefined) resolve(data.opened)
  })
})

function HowOpened() {
  const { from, isStale, ms } = use(opened)
  return (
    <p>
      Opened from the {from} in {ms.toFixed(0)} ms{isStale ? ', perhaps not the latest' : ''}.
    </p>
  )
}

function Search() {
  const [text, setText] = useState('')
  const { data, error } = useConversations(query().search(text), { keepPrevious: true })
  if (error !== null) return <p>{String(error)}</p>
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
    <Suspense fallback={<p>Opening…</p>}>
      <HowOpened />
    </Suspense>
  </StoreProvider>,
)
